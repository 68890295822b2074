//! Results of queries.

/// The value of one series of a query's result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sampled {
    /// The labels, sorted by name; without the name of a metric.
    pub labels: LabelPairs,
    /// The value.
    pub value: f64,
}

/// The values of one series of a query's result over time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SampledRange {
    /// The labels, sorted by name; without the name of a metric.
    pub labels: LabelPairs,
    /// The value at each step; `None` where it has none.
    pub values: Vec<Option<f64>>,
}

/// Names and values of labels.
pub(super) type LabelPairs = Vec<(String, String)>;
