//! Points at which a test has the process killed: as long as nobody asks for it, nothing.

use std::sync::LazyLock;

static WANTED: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("TALLYMARK_PROCESSES_FAULT").ok().filter(|_| cfg!(debug_assertions)));

/// Kills the process if the environment asks for that at this point, in builds with debug assertions.
pub(crate) fn point(name: &str) {
    if WANTED.as_deref() == Some(name) {
        std::process::abort();
    }
}
