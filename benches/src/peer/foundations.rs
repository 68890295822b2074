//! `foundations-metrics` 0.1.0-beta.6. It writes OpenMetrics only.

use foundations_metrics::{
    CollectionOptions, Counter, EncodeMetric, Family, Histogram, HistogramBuilder, NamedMetric,
    RegistrationMetadata, ServiceNameFormat, collect, encode_to_text, register,
};
use serde::Serialize;

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// Two labels of any text.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
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

/// Two labels of text that lives for ever.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct StaticLabels {
    pub endpoint: &'static str,
    pub customer: &'static str,
}

/// One label of any text.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Route {
    pub route: String,
}

/// A family of histograms.
pub type Histograms<L> = Family<L, Histogram, HistogramBuilder>;

/// Makes histograms with the bounds.
pub fn histograms() -> HistogramBuilder {
    HistogramBuilder { buckets: &BOUNDS }
}

/// Puts a metric into the global registry.
pub fn put(metric: impl EncodeMetric + 'static) {
    register(Box::new(metric) as Box<dyn EncodeMetric>, RegistrationMetadata::default());
}

/// The exposition of everything registered.
pub fn text() -> String {
    encode_to_text(&collect(CollectionOptions {
        include_optional: true,
        service_name: None,
        service_name_format: ServiceNameFormat::MetricPrefix,
    }))
}

/// Families in the global registry.
pub struct Families {
    counters: Vec<Family<Labels, Counter>>,
    histograms: Vec<Histograms<Labels>>,
}

impl Families {
    /// Registers the families.
    pub fn new(shape: Shape) -> Self {
        let counters: Vec<Family<Labels, Counter>> = (0..shape.counters).map(|_| Family::default()).collect();
        let histograms: Vec<Histograms<Labels>> =
            (0..shape.histograms).map(|_| Family::new_with_constructor(histograms())).collect();
        for (i, family) in counters.iter().enumerate() {
            put(NamedMetric::new(counter_name(i).leak(), HELP, family.clone()));
        }
        for (i, family) in histograms.iter().enumerate() {
            put(NamedMetric::new(histogram_name(i).leak(), HELP, family.clone()));
        }
        Self { counters, histograms }
    }
}

impl Population for Families {
    fn inc(&self, series: usize, labels: [&str; 2]) {
        self.counters[series % self.counters.len()].get_or_create(&Labels::of(labels)).inc();
    }

    fn observe(&self, series: usize, labels: [&str; 2], value: f64) {
        self.histograms[series % self.histograms.len()].get_or_create(&Labels::of(labels)).observe(value);
    }

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        if format == Format::Text {
            return false;
        }
        take(&text());
        true
    }
}
