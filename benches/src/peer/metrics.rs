//! `metrics` 0.24 with `metrics-exporter-prometheus` 0.18, without its HTTP server.
//!
//! Its recorder is global. Histograms keep every observation until the recorder's upkeep, which its user must call
//! now and then, sorts them into buckets.

use std::{io::Write, sync::OnceLock};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::population::{Format, HELP, Population, Shape, counter_name, histogram_name};
use crate::input::BOUNDS;

/// The global recorder's handle; installs it first.
pub fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets(&BOUNDS).expect("there are bounds");
        builder.install_recorder().expect("no other recorder")
    })
}

/// The sum of all values on the lines of a name; for checks.
pub fn rendered(name: &str) -> f64 {
    let text = recorder().render();
    let lines = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// Names of families; the recorder holds them.
pub struct Families {
    counters: Vec<&'static str>,
    histograms: Vec<&'static str>,
}

impl Families {
    /// Describes the families.
    pub fn new(shape: Shape) -> Self {
        recorder();
        let counters: Vec<&'static str> =
            (0..shape.counters).map(|i| &*format!("{}_total", counter_name(i)).leak()).collect();
        let histograms: Vec<&'static str> =
            (0..shape.histograms).map(|i| &*histogram_name(i).leak()).collect();
        for &name in &counters {
            metrics::describe_counter!(name, HELP);
        }
        for &name in &histograms {
            metrics::describe_histogram!(name, HELP);
        }
        Self { counters, histograms }
    }
}

impl Population for Families {
    fn inc(&self, series: usize, [endpoint, customer]: [&str; 2]) {
        let name = self.counters[series % self.counters.len()];
        metrics::counter!(name, "endpoint" => endpoint.to_owned(), "customer" => customer.to_owned())
            .increment(1);
    }

    fn observe(&self, series: usize, [endpoint, customer]: [&str; 2], value: f64) {
        let name = self.histograms[series % self.histograms.len()];
        metrics::histogram!(name, "endpoint" => endpoint.to_owned(), "customer" => customer.to_owned())
            .record(value);
    }

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        if format == Format::OpenMetrics {
            return false;
        }
        take(&recorder().render());
        true
    }

    fn stream(&self, mut sink: &mut dyn Write) {
        let _ = recorder().render_to_write(&mut sink);
    }
}
