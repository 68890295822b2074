//! Exemplars: for some observations, which one it was.
//!
//! A series that was declared with `exemplars()` keeps for each of its buckets, or if it is a counter for itself, one
//! observation with a few labels, usually the identifier of a trace. OpenMetrics and protobuf show them.
//!
//! ```
//! use tallymark_core::{Histogram, buckets};
//!
//! static WAIT_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]).exemplars();
//!
//! WAIT_SECONDS.observe_with_exemplar(0.25, &[("trace_id", "4bf92f3577b34da6")]);
//! ```
//!
//! Labels that are too long, or have invalid names, cost the exemplar and not the observation;
//! `tallymark_dropped_exemplars_total{metric}` counts what was left out for that.
//!
//! With a [source](set_source), ordinary observations get exemplars as well.
//!
//! Source: OpenMetrics 1.0, "Exemplars".

mod labels;
mod source;
mod store;

pub use labels::ExemplarLabels;
pub use source::{SourceTaken, set_source};
pub(crate) use store::Exemplars;

use std::time::Duration;

/// One observation, and which one it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exemplar {
    /// Names and values; 128 characters at most.
    pub labels: Vec<(String, String)>,
    /// What was observed, or the amount that a counter counted.
    pub value: f64,
    /// When that was, since the beginning of 1970.
    pub at: Duration,
}

impl Exemplar {
    /// Whether the labels are within the limits. Others are not shown.
    #[doc(hidden)]
    pub fn is_valid(&self) -> bool {
        let mut labels = ExemplarLabels::default();
        self.labels.iter().all(|(name, value)| labels.push(name, value))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Counter, place,
        registry::{self, Declaration},
    };

    #[test]
    fn what_is_left_out_is_counted_by_metric() {
        let declaration = Declaration::new("exemplary_jobs_total", "Jobs.", place!());
        let jobs: &Counter = declaration.declare(|| Counter::new().exemplars()).expect("good");
        let dropped = || {
            registry::snapshot()
                .counter("tallymark_dropped_exemplars_total", &[("metric", "exemplary_jobs_total")])
        };
        jobs.inc_with_exemplar(1, &[("trace_id", "x")]);
        assert_eq!(dropped(), None);
        let long = "x".repeat(128);
        for (name, value) in [("not a name", "x"), ("trace_id", &long)] {
            jobs.inc_with_exemplar(1, &[(name, value)]);
        }
        assert_eq!((jobs.get(), dropped()), (3, Some(2)));
        // A count does not fall, whatever becomes of the series.
        jobs.clear();
        assert_eq!(dropped(), Some(2));
    }
}
