//! What a user, or a stranger, can make long.

mod bridged;
mod clients;
mod collectors;
mod commands;
mod declared;
mod names;
mod requests;
mod rows;
mod running;
mod series;
mod text;
mod waiting;

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
    const fn new(name: &'static str, of: &'static str, run: fn(&mut Meter, usize)) -> Self {
        Self { name, of, most: 100_000, least: 240, run }
    }

    const fn up_to(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    const fn least(mut self, least: usize) -> Self {
        self.least = least;
        self
    }
}

/// All of them, in the order of the table.
pub fn all() -> Vec<Subject> {
    let mut all = Vec::new();
    all.extend(declared::SUBJECTS);
    all.extend(running::SUBJECTS);
    all.extend(bridged::SUBJECTS);
    all.extend(names::SUBJECTS);
    all.extend(collectors::SUBJECTS);
    all.extend(series::SUBJECTS);
    all.extend(rows::SUBJECTS);
    all.extend(text::SUBJECTS);
    all.extend(requests::SUBJECTS);
    all.extend(commands::SUBJECTS);
    all.extend(clients::SUBJECTS);
    all.extend(waiting::SUBJECTS);
    all
}

/// Numbers below `n`, each once, in no order.
fn shuffled(n: usize) -> impl Iterator<Item = usize> {
    // A prime, so that it has no divisor in common with a smaller size.
    (0..n).map(move |at| at * 1_000_003 % n)
}

/// A text that lives as long as the program.
fn leak(text: String) -> &'static str {
    text.leak()
}
