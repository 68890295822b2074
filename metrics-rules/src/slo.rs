//! Service level objectives as they are written.

use core::{fmt, time::Duration};

use crate::{Message, duration_of_seconds, parse_duration};

/// Returns whether a number can be the target of an objective, in percent.
///
/// ```
/// use tallymark_rules::is_target;
///
/// assert!(is_target(99.9) && !is_target(100.0) && !is_target(0.0));
/// ```
pub const fn is_target(percent: f64) -> bool {
    percent > 0.0 && percent < 100.0
}

/// A latency objective as it is written: `250ms @ 99`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LatencyTarget {
    /// What a good event takes at most.
    pub limit: Duration,
    /// The percentage of events that should be good.
    pub percent: f64,
}

/// The reason why a text is not a latency objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields hold what the sentence puts between backquotes")]
pub enum LatencyFault<'a> {
    /// There is no `@` between limit and target.
    Form { text: &'a str },
    /// The limit is no duration.
    Limit { text: &'a str },
    /// The target is not between 0 and 100.
    Target { text: &'a str },
}

impl fmt::Display for LatencyFault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form { text } => write!(
                f,
                "`{text}` is no latency objective: write the limit and the percentage of calls within it, such as `250ms @ 99`"
            ),
            Self::Limit { text } => {
                write!(f, "`{text}` is no duration: write a number and a unit, such as `250ms` or `2.5s`")
            }
            Self::Target { text } => {
                write!(
                    f,
                    "`{text}` is no percentage that can be promised: write one between 0 and 100, such as `99.9`"
                )
            }
        }
    }
}

impl LatencyTarget {
    /// Parses a latency objective.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tallymark_rules::LatencyTarget;
    ///
    /// let target = LatencyTarget::parse("250ms @ 99").expect("it is one");
    /// assert_eq!((target.limit, target.percent), (Duration::from_millis(250), 99.0));
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not a duration, `@` and a percentage.
    pub fn parse(text: &str) -> Result<Self, LatencyFault<'_>> {
        let (limit, percent) = text.split_once('@').ok_or(LatencyFault::Form { text })?;
        let (limit, percent) = (limit.trim(), percent.trim());
        let duration = parse_duration(limit).filter(|limit| !limit.is_zero());
        let number = percent.trim_end_matches('%').trim_end().parse().ok();
        Ok(Self {
            limit: duration.ok_or(LatencyFault::Limit { text: limit })?,
            percent: number
                .filter(|number| is_target(*number))
                .ok_or(LatencyFault::Target { text: percent })?,
        })
    }
}

/// Returns the edge of a bucket that is this duration, in seconds.
///
/// Durations are compared in whole nanoseconds: 0.1 has no exact representation.
pub const fn edge(bounds: &[f64], limit: Duration) -> Option<f64> {
    let mut at = 0;
    while at < bounds.len() {
        if duration_of_seconds(bounds[at]).as_nanos() == limit.as_nanos() {
            return Some(bounds[at]);
        }
        at += 1;
    }
    None
}

/// Returns the edges of buckets that are nearest to a limit, below and above it.
pub const fn nearest_edges(bounds: &[f64], limit: Duration) -> (Option<Duration>, Option<Duration>) {
    let (mut below, mut above) = (None, None);
    let mut at = 0;
    while at < bounds.len() {
        let edge = duration_of_seconds(bounds[at]);
        if bounds[at] > 0.0 {
            if edge.as_nanos() < limit.as_nanos() {
                below = Some(edge);
            } else if above.is_none() {
                above = Some(edge);
            }
        }
        at += 1;
    }
    (below, above)
}

/// Returns the sentence for a limit that is no [`edge`], which names the nearest edges.
///
/// ```
/// use std::time::Duration;
/// use tallymark_rules::{edge_fault, nearest_edges};
///
/// let limit = Duration::from_millis(250);
/// let (below, above) = nearest_edges(&[0.1, 0.5], limit);
/// let fault = edge_fault(limit, below, above);
/// assert!(fault.text().ends_with("write `100ms` or `500ms`, the nearest edges"), "{}", fault.text());
/// ```
pub const fn edge_fault(limit: Duration, below: Option<Duration>, above: Option<Duration>) -> Message {
    let message = Message::new()
        .and("`")
        .and_duration(limit)
        .and("` is no edge of a bucket, so that nothing counts what takes no longer: ");
    match (below, above) {
        (Some(below), Some(above)) => message
            .and("write `")
            .and_duration(below)
            .and("` or `")
            .and_duration(above)
            .and("`, the nearest edges"),
        (Some(edge), None) | (None, Some(edge)) => {
            message.and("write `").and_duration(edge).and("`, the nearest edge")
        }
        (None, None) => message.and("give the histogram buckets"),
    }
}
