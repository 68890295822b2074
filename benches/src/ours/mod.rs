//! tallymark's own rows: statics with `#[metric]`, functions with `#[timed]`, the way its documentation shows.

mod counting;
mod families;
mod timing;

pub use counting::{NAMED_AT_RUN_TIME, counter, histogram, histogram_str, labels_enum, labels_str};
pub use families::makers;
pub use timing::{asynchronous, timed};

use tallymark::{LabelSet, LabelValue};

/// Two labels of any text.
#[derive(LabelSet)]
pub struct Pair<'a> {
    endpoint: &'a str,
    customer: &'a str,
}

/// One label of any text.
#[derive(LabelSet)]
pub struct Route<'a> {
    route: &'a str,
}

/// A closed label.
#[derive(LabelValue, Clone, Copy)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
    Patch,
}

/// Another.
#[derive(LabelValue, Clone, Copy)]
pub enum Outcome {
    Fine,
    Moved,
    Refused,
    Failed,
    Late,
}

/// Two closed labels.
#[derive(LabelSet, Clone, Copy)]
pub struct Ended {
    verb: Verb,
    outcome: Outcome,
}
