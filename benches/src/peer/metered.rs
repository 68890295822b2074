//! `metered` 0.10.0-rc.1. It writes OpenMetrics only.

use std::sync::{Arc, atomic::AtomicU64};

use metered::{
    Counter, Family, LabelSet, MetricTreeView,
    bucket_histogram::{BucketHistogram, Buckets},
    om::OpenMetricsViewExt,
};

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// Two labels of any text.
#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
pub struct Labels {
    pub endpoint: String,
    pub customer: String,
}

impl Labels {
    /// Copies the text, as a key of the map must.
    pub fn of([endpoint, customer]: [&str; 2]) -> Self {
        Self { endpoint: endpoint.to_owned(), customer: customer.to_owned() }
    }
}

/// One label of any text.
#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
pub struct Route {
    pub route: String,
}

/// A histogram with the bounds.
pub fn histogram() -> BucketHistogram {
    BucketHistogram::new(Buckets::custom(BOUNDS))
}

/// A family of histograms.
pub type Histograms<L> = Family<L, BucketHistogram, fn() -> BucketHistogram>;

type Counters = Family<Labels, AtomicU64>;

/// Families behind a registry that borrows them.
pub struct Families {
    view: MetricTreeView<'static, ()>,
    counters: Vec<Arc<Counters>>,
    histograms: Vec<Arc<Histograms<Labels>>>,
}

impl Families {
    /// Registers the families.
    pub fn new(shape: Shape) -> Self {
        let mut view = MetricTreeView::new();
        let counters: Vec<Arc<Counters>> = (0..shape.counters).map(|_| Arc::default()).collect();
        let make: fn() -> BucketHistogram = histogram;
        let histograms: Vec<Arc<Histograms<Labels>>> =
            (0..shape.histograms).map(|_| Arc::new(Family::new_with_constructor(make))).collect();
        for (i, family) in counters.iter().enumerate() {
            let family: &'static Counters = Box::leak(Box::new(Arc::clone(family)));
            view.register(metered::entry::metric(counter_name(i)).source(family).help(HELP));
        }
        for (i, family) in histograms.iter().enumerate() {
            let family: &'static Histograms<Labels> = Box::leak(Box::new(Arc::clone(family)));
            view.register(metered::entry::metric(histogram_name(i)).source(family).help(HELP));
        }
        Self { view, counters, histograms }
    }
}

impl Population for Families {
    fn inc(&self, series: usize, labels: [&str; 2]) {
        self.counters[series % self.counters.len()].with(&Labels::of(labels), Counter::incr);
    }

    fn observe(&self, series: usize, labels: [&str; 2], value: f64) {
        self.histograms[series % self.histograms.len()]
            .with(&Labels::of(labels), |metric| metric.observe(value));
    }

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        if format == Format::Text {
            return false;
        }
        take(&self.view.encode_to_string(&()).expect("a string takes everything"));
        true
    }
}
