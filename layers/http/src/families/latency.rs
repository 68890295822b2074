//! The buckets of django-prometheus' durations.

use tallymark_core::{Buckets, bucket_layouts};

/// The default of `PROMETHEUS_LATENCY_BUCKETS`.
static LATENCY: Buckets = Buckets::new(&[
    0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0,
]);

/// Returns the bounds of durations: those of django-prometheus, unless the application has chosen others.
pub(super) fn durations(chosen: &'static Buckets) -> &'static Buckets {
    if std::ptr::eq(chosen, bucket_layouts::DEFAULT) { &LATENCY } else { chosen }
}
