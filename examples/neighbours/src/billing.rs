//! Billing, which has used `prometheus` for years. Nothing in here was changed.

use std::sync::LazyLock;

use prometheus::{IntCounterVec, register_int_counter_vec};

static CHARGES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!("billing_charges_total", "Charges, by size.", &["size"])
        .expect("the name is taken once")
});

pub(crate) fn charge(lines: u32) {
    let size = if lines > 3 { "large" } else { "small" };
    CHARGES.with_label_values(&[size]).inc();
}
