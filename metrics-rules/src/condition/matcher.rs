//! Conditions on labels.

/// A condition on the value of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matcher<'a> {
    /// The label.
    pub label: &'a str,
    /// How its value is compared.
    pub operator: MatchOperator,
    /// The value, or the pattern.
    pub value: &'a str,
}

/// The operator of a [`Matcher`], as in PromQL.
// Exhaustive, since PromQL has no others: a caller that overlooks one must not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

impl MatchOperator {
    /// Returns the operator as PromQL writes it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    /// Returns whether the value is a [pattern](crate::is_pattern).
    pub const fn takes_pattern(self) -> bool {
        matches!(self, Self::Matches | Self::NotMatches)
    }
}
