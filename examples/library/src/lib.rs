//! A library that measures itself. It neither serves metrics nor asks its user to register any: they appear in the
//! exposition of every program that uses it. See `examples/library.rs` for such a program.

use tallymark::{Counter, metric, timed};

/// Greetings written.
#[metric(namespace = "greeting")]
static WRITTEN_TOTAL: Counter = Counter::new();

/// A greeting for `name`.
#[timed]
pub fn greet(name: &str) -> String {
    WRITTEN_TOTAL.inc();
    format!("Hello, {name}!")
}
