//! The number of series of each family.

use super::input::Input;
use std::sync::Arc;
use tallymark_core::{
    registry::FamilyDescriptor,
    snapshot::{Family, Value},
};

/// The number of series that a family has and may have, as a Prometheus server counts them: each bucket is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FamilySeries {
    /// The name of the family.
    pub family: String,
    /// The number of series now.
    pub now: usize,
    /// The greatest possible number of series, or `None` if nothing limits it.
    pub at_most: Option<usize>,
}

/// Returns the series by family, the largest first.
pub(super) fn all(input: &Input) -> Vec<FamilySeries> {
    let of = |family: &Arc<FamilyDescriptor>| {
        let now = input.snapshot.family(&family.name).map_or(0, samples);
        let at_most = family.max_series.map(|series| series * family.samples_per_series());
        FamilySeries { family: family.name.clone(), now, at_most }
    };
    let mut series: Vec<FamilySeries> = input.catalogue.families().iter().map(of).collect();
    series.sort_by(|a, b| (b.now, b.at_most, &a.family).cmp(&(a.now, a.at_most, &b.family)));
    series
}

/// Returns the number of samples of a family in an exposition.
fn samples(family: &Family) -> usize {
    let of = |value: &Value| match value {
        Value::Histogram(histogram) => histogram.counts.len() + 2,
        Value::Summary(summary) => summary.quantiles.len() + 2,
        Value::States(states) => states.states.len(),
        _ => 1,
    };
    family.series.iter().map(|series| of(&series.value)).sum()
}
