//! Points at which a test can have the process killed, or have others run. They do nothing in release builds.

use std::sync::LazyLock;

static WANTED: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("TALLYMARK_PROCESSES_FAULT").ok().filter(|_| cfg!(debug_assertions)));

#[cfg(test)]
thread_local! {
    /// What this thread does at each point.
    pub(crate) static STEP: std::cell::RefCell<Option<Box<dyn Fn()>>> = const { std::cell::RefCell::new(None) };
}

/// Aborts the process if `TALLYMARK_PROCESSES_FAULT` names this point, in builds with debug assertions.
pub(crate) fn point(name: &str) {
    #[cfg(test)]
    STEP.with_borrow(|step| step.iter().for_each(|step| step()));
    if WANTED.as_deref() == Some(name) {
        std::process::abort();
    }
}
