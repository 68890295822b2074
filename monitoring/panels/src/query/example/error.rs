//! Conditions without an example.

use std::{error::Error, fmt};

/// The reason why there is no example for a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExampleError {
    /// The condition cannot hold: a quantile, say, is compared with a limit beyond the last bucket.
    NeverHolds,
    /// The condition always holds.
    AlwaysHolds,
    /// The query is not a condition, or no example was found.
    Unknown,
}

impl fmt::Display for ExampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverHolds => "no values were found for which the condition holds: it may never hold",
            Self::AlwaysHolds => {
                "no values were found for which the condition does not hold: it may always hold"
            }
            Self::Unknown => {
                "no example can be made for it: an alert compares a rate, a ratio, a quantile or a value \
                              with a limit"
            }
        })
    }
}

impl Error for ExampleError {}
