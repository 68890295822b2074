//! Exemplars: some of what was observed, with the trace that it belongs to.

use std::{cmp::Reverse, time::Duration};

use tallymark_core::{
    exemplar::Exemplar,
    snapshot::{Family, Series, Snapshot},
};

use super::json::Json;

/// The newest so many are kept.
const MOST: usize = 100;

/// An exemplar and the series that it is of.
#[derive(Debug)]
struct Found {
    at: Duration,
    value: f64,
    metric: String,
    unit: Option<String>,
    labels: Vec<(String, String)>,
    trace: Vec<(String, String)>,
}

/// The newest exemplars of a snapshot.
#[derive(Debug, Default)]
pub(super) struct Exemplars(Vec<Found>);

impl Exemplars {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut found: Vec<(&Family, &Series, &Exemplar)> = Vec::new();
        for family in snapshot.families() {
            for series in &family.series {
                found.extend(series.exemplars.iter().map(|exemplar| (family, series, exemplar)));
            }
        }
        found.sort_by_key(|(.., exemplar)| Reverse(exemplar.at));
        found.truncate(MOST);
        let own = |(family, series, exemplar): (&Family, &Series, &Exemplar)| Found {
            at: exemplar.at,
            value: exemplar.value,
            metric: family.name.clone(),
            unit: family.unit.clone(),
            labels: series.labels.clone(),
            trace: exemplar.labels.clone(),
        };
        Self(found.into_iter().map(own).collect())
    }

    /// Returns an upper limit of the size in bytes.
    pub(super) fn bytes(&self) -> usize {
        let texts = |labels: &[(String, String)]| -> usize {
            labels.iter().map(|(name, value)| name.len() + value.len() + 2 * size_of::<String>()).sum()
        };
        let one = |found: &Found| {
            size_of::<Found>() + found.metric.len() + texts(&found.labels) + texts(&found.trace)
        };
        self.0.iter().map(one).sum()
    }

    pub(super) fn write(&self, json: &mut Json) {
        let pairs = |json: &mut Json, labels: &[(String, String)]| {
            json.object(|json| labels.iter().for_each(|(name, value)| json.key(name).string(value)));
        };
        json.array(|json| {
            for found in &self.0 {
                json.object(|json| {
                    json.key("metric").string(&found.metric);
                    json.key("unit").option(found.unit.as_deref());
                    pairs(json.key("labels"), &found.labels);
                    json.key("value").number(found.value);
                    pairs(json.key("exemplar"), &found.trace);
                    json.key("time").whole(i64::try_from(found.at.as_millis()).unwrap_or(i64::MAX));
                });
            }
        });
    }
}
