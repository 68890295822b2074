//! `prometheus-client` 0.25. It writes OpenMetrics only.

use std::sync::Mutex;

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// Two labels of any text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct StaticLabels {
    pub endpoint: &'static str,
    pub customer: &'static str,
}

/// One label of any text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    pub route: String,
}

/// A histogram with the bounds.
pub fn histogram() -> Histogram {
    Histogram::new(BOUNDS)
}

/// A family of histograms.
pub type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// Families in a registry.
pub struct Families {
    registry: Registry,
    counters: Vec<Family<Labels, Counter>>,
    histograms: Vec<Histograms<Labels>>,
    buffer: Mutex<String>,
}

impl Families {
    /// Registers the families.
    pub fn new(shape: Shape) -> Self {
        let mut registry = Registry::default();
        let counters: Vec<Family<Labels, Counter>> = (0..shape.counters).map(|_| Family::default()).collect();
        let histograms: Vec<Histograms<Labels>> = (0..shape.histograms)
            .map(|_| Family::new_with_constructor(histogram as fn() -> Histogram))
            .collect();
        for (i, family) in counters.iter().enumerate() {
            registry.register(counter_name(i), HELP, family.clone());
        }
        for (i, family) in histograms.iter().enumerate() {
            registry.register(histogram_name(i), HELP, family.clone());
        }
        Self { registry, counters, histograms, buffer: Mutex::default() }
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
        let mut buffer = self.buffer.lock().expect("not poisoned");
        buffer.clear();
        text::encode(&mut *buffer, &self.registry).expect("a string takes everything");
        take(&buffer);
        true
    }
}
