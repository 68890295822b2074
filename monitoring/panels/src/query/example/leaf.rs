//! Series with values, and the snapshots that have them.

use super::ExampleSeries;
use crate::History;
use std::{collections::BTreeMap, sync::Arc};
use tallymark_core::{
    Kind, Number,
    registry::FamilyDescriptor,
    snapshot::{Family, HistogramValue, Series, Snapshot, StatesValue, SummaryValue, Value},
};

/// A series with a value, or one of its buckets.
pub(super) struct Leaf {
    pub(super) family: Arc<FamilyDescriptor>,
    pub(super) labels: Vec<(String, String)>,
    /// The index of the bucket that grows, if the family is a histogram.
    pub(super) bucket: usize,
    pub(super) value: f64,
    /// The growth per second.
    pub(super) growth: f64,
    /// The mean of the observations of a histogram or summary.
    pub(super) mean: f64,
}

/// Returns the families of the series at a minute.
pub(super) fn snapshot(leaves: &[Leaf], minute: f64) -> Snapshot {
    let mut families: BTreeMap<&str, Family> = BTreeMap::new();
    for leaf in leaves {
        let descriptor = &leaf.family;
        let family = families.entry(&descriptor.name).or_insert_with(|| Family {
            name: descriptor.name.clone(),
            help: descriptor.help.clone(),
            kind: descriptor.kind,
            unit: descriptor.unit.clone(),
            series: Vec::new(),
        });
        let now = leaf.value + leaf.growth * minute * 60.0;
        let labels: Vec<(&str, &str)> =
            leaf.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let known = family.series.iter().position(|series| series.has(&labels));
        match descriptor.kind {
            Kind::Histogram => {
                let at = known.unwrap_or_else(|| {
                    let (bounds, counts) = (descriptor.bounds.clone(), vec![0; descriptor.bounds.len() + 1]);
                    let value = HistogramValue { bounds, counts, ..HistogramValue::default() };
                    family.series.push(Series::new(leaf.labels.clone(), Value::Histogram(value)));
                    family.series.len() - 1
                });
                if let Value::Histogram(histogram) = &mut family.series[at].value {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "small examples"
                    )]
                    let count = now.round() as u64;
                    histogram.counts[leaf.bucket] += count;
                    histogram.sum += leaf.mean * now;
                }
            }
            Kind::Summary => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small examples")]
                let value = SummaryValue {
                    count: now.round() as u64,
                    sum: leaf.mean * now,
                    ..SummaryValue::default()
                };
                family.series.push(Series::new(leaf.labels.clone(), Value::Summary(value)));
            }
            Kind::StateSet => {
                let (own, labels): (Vec<_>, Vec<_>) =
                    leaf.labels.iter().cloned().partition(|(name, _)| *name == descriptor.name);
                let state = own.first().map(|(_, state)| state.clone()).unwrap_or_default();
                let states = descriptor.states.clone();
                let place = states.iter().position(|known| *known == state).unwrap_or(0);
                // Zero means that another state is on.
                let current = if now == 0.0 { usize::from(place == 0) } else { place };
                family.series.push(Series::new(labels, Value::States(StatesValue { states, current })));
            }
            _ => match known {
                Some(at) => {
                    let before = family.series[at].value.as_f64();
                    family.series[at].value = Value::Number(Number::F64(before + now));
                }
                None => {
                    family.series.push(Series::new(leaf.labels.clone(), Value::Number(Number::F64(now))));
                }
            },
        }
    }
    Snapshot::new(families.into_values().collect())
}

/// Returns the samples that a server would have, by comparing two snapshots.
pub(super) fn series(leaves: &[Leaf]) -> Vec<ExampleSeries> {
    let mut history = History::new(usize::MAX);
    // Numbers of observations are whole, so their growth is measured over many minutes. A power of two keeps that of
    // all other numbers exact.
    let minutes = f64::from(1 << 16);
    history.push(0, &snapshot(leaves, 0.0));
    history.push(60_000, &snapshot(leaves, minutes));
    history.steps(minutes)
}
