//! `metriken` 0.11 with `metriken-exposition` 0.25.
//!
//! Series of its groups have numbers, not labels: the labels are text beside the number, for the exposition. It has
//! no histograms with bounds of one's choice.

use std::collections::HashMap;

use metriken::{CounterGroup, MetricBuilder};
use metriken_exposition::{PrometheusOptions, prometheus_text};

use super::population::{Format, HELP, Population, Shape, counter_name};

/// Groups that are registered for ever.
pub struct Families {
    counters: Vec<&'static CounterGroup>,
}

impl Families {
    /// Registers the groups.
    pub fn new(shape: Shape) -> Self {
        let counters = (0..shape.counters)
            .map(|i| {
                let builder = MetricBuilder::new(format!("{}_total", counter_name(i))).description(HELP);
                let metric = builder.build(CounterGroup::new(shape.series));
                &**Box::leak(Box::new(metric))
            })
            .collect();
        Self { counters }
    }
}

impl Families {
    fn place(&self, series: usize) -> (&'static CounterGroup, usize) {
        (self.counters[series % self.counters.len()], series / self.counters.len())
    }
}

impl Population for Families {
    fn create(&self, series: usize, [endpoint, customer]: [&str; 2]) {
        let (group, slot) = self.place(series);
        let labels = [("endpoint", endpoint), ("customer", customer)];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        group.set_metadata(slot, HashMap::from(labels));
        group.increment(slot);
    }

    fn inc(&self, series: usize, _: [&str; 2]) {
        let (group, slot) = self.place(series);
        group.increment(slot);
    }

    fn observe(&self, _: usize, _: [&str; 2], _: f64) {}

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        if format == Format::OpenMetrics {
            return false;
        }
        take(&prometheus_text(&PrometheusOptions::default()));
        true
    }
}
