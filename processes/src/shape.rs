//! What a process declares of a family: everything but its series.

use tallymark_core::{Across, Kind};

/// The label that the values of processes are told apart by.
pub(crate) const PID: &str = "pid";

/// A family, as some process declares it.
#[expect(clippy::struct_excessive_bools, reason = "as the directory has them")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// The name it is declared with.
    pub(crate) name: String,
    /// Whether that has a namespace of its own.
    pub(crate) namespaced: bool,
    pub(crate) help: String,
    pub(crate) unit: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) mode: Across,
    /// Whether values are `f64`.
    pub(crate) is_float: bool,
    /// Whether the series are words and not cells.
    pub(crate) is_words: bool,
    /// Whether it is what was added less what was subtracted.
    pub(crate) is_level: bool,
    /// What a word holds that is not set.
    pub(crate) absent: u64,
    pub(crate) labels: Vec<String>,
    pub(crate) bounds: Vec<f64>,
    pub(crate) states: Vec<String>,
}

impl Shape {
    /// Whether series of both can be added up: everything but texts for people is the same.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.is_float == other.is_float
            && self.is_words == other.is_words
            && self.is_level == other.is_level
            && self.labels == other.labels
            && self.bounds == other.bounds
            && self.states == other.states
    }

    /// Whether each process has a value of its own, of which the mode says what is shown.
    pub(crate) fn is_gauge(&self) -> bool {
        self.is_words || self.is_level
    }

    /// Whether each series is one integer that is added up over processes.
    pub(crate) fn is_count(&self) -> bool {
        self.kind == Kind::Counter && !self.is_float && !self.is_gauge()
    }

    /// Whether each process is shown by itself, with a label `pid`. The application's own label of that name leaves no room
    /// for it.
    pub(crate) fn shows_each(&self) -> bool {
        self.is_gauge()
            && self.mode.is_each()
            && self.kind != Kind::StateSet
            && !self.labels.iter().any(|label| label == PID)
    }
}

/// The kinds by the numbers that the directory has for them.
pub(crate) const KINDS: [Kind; 6] =
    [Kind::Counter, Kind::Gauge, Kind::Histogram, Kind::Summary, Kind::Info, Kind::StateSet];

fn write<'a>(labels: &mut [(&'a str, &'a str)], key: &mut Vec<u8>) {
    labels.sort_unstable();
    for (name, value) in labels {
        for text in [*name, *value] {
            key.extend_from_slice(&(text.len() as u64).to_ne_bytes());
            key.extend_from_slice(text.as_bytes());
        }
    }
}

/// Writes a key of labels that does not depend on their order.
pub(crate) fn key<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>, key: &mut Vec<u8>) {
    key.clear();
    let mut few = [("", ""); 16];
    let mut many = Vec::new();
    let mut count = 0;
    for label in labels {
        match few.get_mut(count) {
            Some(place) => *place = label,
            None => many.push(label),
        }
        count += 1;
    }
    if many.is_empty() {
        write(few.get_mut(..count).unwrap_or_default(), key);
    } else {
        many.extend(few);
        write(&mut many, key);
    }
}
