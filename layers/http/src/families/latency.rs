//! The buckets that belong to a naming.

use tallymark_core::Buckets;

/// The default of `PROMETHEUS_LATENCY_BUCKETS` of django-prometheus.
pub(super) static DJANGO: Buckets = Buckets::new(&[
    0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0,
]);

/// The twelve buckets of HyperDjango.
pub(super) static HYPER_DJANGO: Buckets =
    Buckets::new(&[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

/// The `PowersOf(2, 30)` of django-prometheus: 0, then the powers of two from 1 to 2 to the 29th.
pub(super) static POWERS: Buckets = {
    let mut bounds = [0.0; 31];
    let mut at = 1;
    while at < bounds.len() {
        bounds[at] = (1_u32 << (at - 1)) as f64;
        at += 1;
    }
    Buckets::new(&bounds)
};
