//! Statements that took too long.

use crate::{SqlOperation, Vendor, sql::Redacted};
use std::{
    fmt::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// A text longer than this is cut off in the log.
const LONGEST: usize = 1_000;

/// No more of a text is kept for the log. Long lists of values become short, so it is more than is shown.
const KEPT: usize = 8 * 1024;

/// A statement that took longer than the threshold. Its `Display` is a line for the log.
#[derive(Debug)]
#[non_exhaustive]
pub struct SlowStatement<'a> {
    /// The name of the database.
    pub db: &'a str,
    /// What the statement does.
    pub operation: SqlOperation,
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

/// The beginning of a text, values included, kept until it is known whether the statement was slow.
#[derive(Debug)]
pub(super) struct KeptText {
    text: Box<str>,
    is_whole: bool,
}

impl KeptText {
    pub(super) fn new(sql: &str) -> Self {
        let kept = cut(sql, KEPT);
        Self { text: kept.into(), is_whole: kept.len() == sql.len() }
    }

    /// The text as it is shown.
    pub(super) fn shown(&self, vendor: Vendor) -> String {
        let mut shown = Shown { text: String::new(), is_whole: self.is_whole };
        // The error is our own, and says that there is no room.
        let _full = write!(shown, "{}", Redacted::new(&self.text, vendor));
        if !shown.is_whole && !shown.text.ends_with('…') {
            shown.text.push('…');
        }
        shown.text
    }
}

/// What has been shown of a text.
struct Shown {
    text: String,
    is_whole: bool,
}

impl Write for Shown {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let fits = cut(piece, LONGEST - self.text.len());
        self.text.push_str(fits);
        if fits.len() < piece.len() {
            self.is_whole = false;
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// As much of a text as so many bytes hold.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::{KeptText, LONGEST};
    use crate::Vendor;

    #[test]
    fn long_texts_are_cut_off_without_being_read_to_their_end() {
        let shown = |sql: &str| KeptText::new(sql).shown(Vendor::Postgresql);
        assert_eq!(shown("SELECT 'secret'"), "SELECT ?");
        let long = format!("SELECT '{}', a", "secret".repeat(10_000));
        assert_eq!(shown(&long), "SELECT ?…");
        let many = format!("SELECT {}", "é, ".repeat(1_000_000));
        let cut = shown(&many);
        assert!(cut.len() <= LONGEST + '…'.len_utf8() && cut.ends_with('…'), "{}", cut.len());
        let exact = format!("SELECT {}", "a".repeat(LONGEST - 7));
        assert_eq!(shown(&exact), exact);
    }
}
