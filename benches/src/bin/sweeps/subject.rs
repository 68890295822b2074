//! A subject: one thing whose cost is swept.

use crate::meter::Meter;

/// One thing that can be long.
pub struct Subject {
    pub name: &'static str,
    /// What the size is a number of.
    pub of: &'static str,
    /// The greatest size.
    pub most: usize,
    /// The greatest size of the short version.
    pub least: usize,
    pub run: fn(&mut Meter, usize),
}

impl Subject {
    pub const fn new(name: &'static str, of: &'static str, run: fn(&mut Meter, usize)) -> Self {
        Self { name, of, most: 100_000, least: 240, run }
    }

    pub const fn up_to(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    pub const fn least(mut self, least: usize) -> Self {
        self.least = least;
        self
    }
}

/// Numbers below `n`, each once, in no order.
pub fn shuffled(n: usize) -> impl Iterator<Item = usize> {
    // A prime, so that it has no divisor in common with a smaller size.
    (0..n).map(move |at| at * 1_000_003 % n)
}

/// A text that lives as long as the program.
pub fn leak(text: String) -> &'static str {
    text.leak()
}
