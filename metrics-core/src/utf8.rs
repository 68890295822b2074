//! Names of any characters, which few programs have.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether there may be names that need escaping. Few programs have any.
static EXPECTED: AtomicBool = AtomicBool::new(false);

/// Notes that there may be names from now on that need escaping.
pub(crate) fn expect() {
    EXPECTED.store(true, Ordering::Relaxed);
}

/// Whether there may be names that need escaping.
pub(crate) fn are_expected() -> bool {
    EXPECTED.load(Ordering::Relaxed)
}

/// Whether a metric that was declared to have any name may have this one: control characters make no name.
pub(crate) fn is_metric_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

/// Whether a label that was declared to have any name may have this one.
pub(crate) fn is_label_name(name: &str) -> bool {
    is_metric_name(name) && !name.starts_with("__")
}
