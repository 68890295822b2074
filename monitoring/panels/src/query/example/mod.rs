//! Series that make a condition hold, and series that do not: what unit tests of alerts are made from.

mod error;
mod leaf;
mod search;
mod series;
mod target;

pub use error::ExampleError;
pub use series::ExampleSeries;

use super::{OverTime, Query, Window};
use crate::History;
use leaf::{series, snapshot};
use search::Search;
use std::time::Duration;

/// Minutes for which examples are evaluated, unless an increase looks back over more.
const MINUTES: u64 = 20;

impl Query {
    /// Returns series for which this condition holds, or for which it does not. The result is verified by evaluating the
    /// condition over the series.
    ///
    /// # Errors
    ///
    /// If the condition never holds, or always does, as far as can be seen, or if the query is no condition.
    pub fn example(&self, holds: bool) -> Result<Vec<ExampleSeries>, ExampleError> {
        let leaves = Search::leaves(&self.0, holds)?;
        let mut history = History::new(usize::MAX);
        let minutes = i64::try_from(self.example_minutes()).unwrap_or(i64::MAX);
        for minute in 0..=minutes {
            history.push(minute * 60_000, &snapshot(&leaves, minute as f64));
        }
        let held = !history.evaluate(self, minutes * 60_000, Duration::from_secs(300)).is_empty();
        match (held, holds) {
            (false, true) => Err(ExampleError::NeverHolds),
            (true, false) => Err(ExampleError::AlwaysHolds),
            _ => Ok(series(&leaves)),
        }
    }

    /// Returns after how many minutes an [`example`](Self::example) is as it says: an increase needs a whole window.
    pub fn example_minutes(&self) -> u64 {
        let mut minutes = MINUTES;
        self.0.windows(&mut |function, window| {
            if let (OverTime::Increase, Window::Of(window)) = (function, window) {
                minutes = minutes.max(window.as_secs().div_ceil(60) + 1);
            }
        });
        minutes
    }
}
