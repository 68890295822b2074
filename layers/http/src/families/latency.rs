//! The buckets of django-prometheus' durations.

use tallymark_core::{Buckets, bucket_layouts};

/// Its `PROMETHEUS_LATENCY_BUCKETS`, unless others were asked for.
static LATENCY: Buckets = Buckets::new(&[
    0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0,
]);

/// Returns the bounds of durations: its own, unless others were asked for.
pub(super) fn durations(asked_for: &'static Buckets) -> &'static Buckets {
    if std::ptr::eq(asked_for, bucket_layouts::DEFAULT) { &LATENCY } else { asked_for }
}
