//! `opentelemetry` 0.33 with its SDK and its exporter to `prometheus`.

use std::sync::Mutex;

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
};
use opentelemetry_sdk::metrics::{Instrument, SdkMeterProvider, Stream};
use prometheus::{Registry, TextEncoder};

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// A provider that exports to a registry, and lets each instrument have so many series.
pub fn provider(series: usize) -> (SdkMeterProvider, Meter, Registry) {
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter().with_registry(registry.clone());
    let exporter = exporter.without_target_info().build().expect("an exporter");
    let view = move |_: &Instrument| Stream::builder().with_cardinality_limit(series + 1).build().ok();
    let provider = SdkMeterProvider::builder().with_reader(exporter).with_view(view).build();
    let meter = provider.meter("bench");
    (provider, meter, registry)
}

/// A histogram with the bounds.
pub fn histogram(meter: &Meter, name: String) -> Histogram<f64> {
    meter.f64_histogram(name).with_description(HELP).with_boundaries(BOUNDS.to_vec()).build()
}

/// The exposition of a registry.
pub fn text(registry: &Registry) -> String {
    TextEncoder::new().encode_to_string(&registry.gather()).expect("valid families")
}

/// Attributes of any text.
pub fn attributes([endpoint, customer]: [&str; 2]) -> [KeyValue; 2] {
    [KeyValue::new("endpoint", endpoint.to_owned()), KeyValue::new("customer", customer.to_owned())]
}

/// Instruments of one meter.
pub struct Families {
    _provider: SdkMeterProvider,
    registry: Registry,
    counters: Vec<Counter<u64>>,
    histograms: Vec<Histogram<f64>>,
    buffer: Mutex<String>,
}

impl Families {
    /// Makes the instruments.
    pub fn new(shape: Shape) -> Self {
        let (provider, meter, registry) = provider(shape.series);
        let counters = (0..shape.counters)
            .map(|i| meter.u64_counter(counter_name(i)).with_description(HELP).build())
            .collect();
        let histograms = (0..shape.histograms).map(|i| histogram(&meter, histogram_name(i))).collect();
        Self { _provider: provider, registry, counters, histograms, buffer: Mutex::default() }
    }
}

impl Population for Families {
    fn inc(&self, series: usize, labels: [&str; 2]) {
        self.counters[series % self.counters.len()].add(1, &attributes(labels));
    }

    fn observe(&self, series: usize, labels: [&str; 2], value: f64) {
        self.histograms[series % self.histograms.len()].record(value, &attributes(labels));
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
