//! Points at which a test can have the process killed. They do nothing in release builds.

use std::sync::LazyLock;

static WANTED: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("TALLYMARK_PROCESSES_FAULT").ok().filter(|_| cfg!(debug_assertions)));

/// Aborts the process if `TALLYMARK_PROCESSES_FAULT` names this point, in builds with debug assertions.
pub(crate) fn point(name: &str) {
    if WANTED.as_deref() == Some(name) {
        std::process::abort();
    }
}
