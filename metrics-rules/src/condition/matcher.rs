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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
