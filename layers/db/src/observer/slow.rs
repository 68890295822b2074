//! Statements that took too long.

use crate::{Operation, Vendor, sql::Redacted};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// A text longer than this is cut off in the log.
const LONGEST: usize = 1_000;

/// A statement that took longer than the threshold. Its `Display` is a line for the log.
#[derive(Debug)]
#[non_exhaustive]
pub struct SlowStatement<'a> {
    /// The name of the database.
    pub db: &'a str,
    /// What the statement does.
    pub operation: Operation,
    /// How long it took.
    pub elapsed: Duration,
    /// Its text, with a question mark for each value, and cut off if it is long.
    pub sql: &'a str,
}

impl fmt::Display for SlowStatement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { db, elapsed, sql, .. } = self;
        write!(f, "slow statement on database `{db}`, {:.3} s: {sql}", elapsed.as_secs_f64())
    }
}

/// What the application does with slow statements.
pub(super) struct OnSlow(Box<dyn Fn(&SlowStatement<'_>) + Send + Sync>);

impl OnSlow {
    pub(super) fn new(call: impl Fn(&SlowStatement<'_>) + Send + Sync + 'static) -> Self {
        Self(Box::new(call))
    }

    /// Calls it. What the application does there must not reach the statement that was slow.
    pub(super) fn call(&self, slow: &SlowStatement<'_>) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.0)(slow)));
    }
}

/// The text as it is shown.
pub(super) fn shown(sql: &str, vendor: Vendor) -> Box<str> {
    let mut text = Redacted::new(sql, vendor).to_string();
    if text.len() > LONGEST {
        let mut end = LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text.into_boxed_str()
}
