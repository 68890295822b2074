//! Comparisons, and the aggregation of series that comes before.

/// How several series become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aggregation {
    /// Their sum.
    Sum,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// The comparison of a value with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// The value is greater than the limit.
    Above,
    /// The value is greater than or equal to the limit.
    AtLeast,
    /// The value is less than the limit.
    Below,
    /// The value is less than or equal to the limit.
    AtMost,
    /// The value is equal to the limit.
    Equal,
}

impl Comparison {
    /// Returns the operator as PromQL writes it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
        }
    }

    /// Returns whether the comparison holds.
    #[expect(clippy::float_cmp, reason = "PromQL compares so")]
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Equal => value == limit,
        }
    }
}
