//! `prometheus` 0.14, without protobuf.

use std::sync::Mutex;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// Counters with these labels.
pub fn counters(name: &str, labels: &[&str]) -> IntCounterVec {
    IntCounterVec::new(Opts::new(name, HELP), labels).expect("a valid name")
}

/// Histograms with these labels.
pub fn histograms(name: &str, labels: &[&str]) -> HistogramVec {
    HistogramVec::new(HistogramOpts::new(name, HELP).buckets(BOUNDS.to_vec()), labels).expect("a valid name")
}

/// Families in a registry.
pub struct Families {
    registry: Registry,
    counters: Vec<IntCounterVec>,
    histograms: Vec<HistogramVec>,
    buffer: Mutex<String>,
}

impl Families {
    /// Registers the families.
    pub fn new(shape: Shape) -> Self {
        let registry = Registry::new();
        let labels = ["endpoint", "customer"];
        let counters: Vec<_> =
            (0..shape.counters).map(|i| counters(&format!("{}_total", counter_name(i)), &labels)).collect();
        let histograms: Vec<_> =
            (0..shape.histograms).map(|i| histograms(&histogram_name(i), &labels)).collect();
        for family in &counters {
            registry.register(Box::new(family.clone())).expect("a new name");
        }
        for family in &histograms {
            registry.register(Box::new(family.clone())).expect("a new name");
        }
        Self { registry, counters, histograms, buffer: Mutex::default() }
    }
}

impl Population for Families {
    fn inc(&self, series: usize, labels: [&str; 2]) {
        self.counters[series % self.counters.len()].with_label_values(&labels).inc();
    }

    fn observe(&self, series: usize, labels: [&str; 2], value: f64) {
        self.histograms[series % self.histograms.len()].with_label_values(&labels).observe(value);
    }

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        if format == Format::OpenMetrics {
            return false;
        }
        let mut buffer = self.buffer.lock().expect("not poisoned");
        buffer.clear();
        TextEncoder::new().encode_utf8(&self.registry.gather(), &mut buffer).expect("valid families");
        take(&buffer);
        true
    }
}
