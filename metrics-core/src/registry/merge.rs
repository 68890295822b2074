//! From what several collectors handed over to one list of families.

use super::{clash, pool::Collected, resolve::Resolved};
use crate::{
    encode::stem,
    snapshot::{Family, Series},
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// Joins families of one name and kind, leaves out what clashes with a declared metric or with another collector's,
/// and series that are there twice; `conflicts` takes the names of family and collector. The result is sorted by name.
pub(super) fn merge(
    collected: Vec<Collected>,
    declared: &Resolved,
    conflicts: &mut Vec<(String, String)>,
) -> Vec<Arc<Family>> {
    let mut merged: BTreeMap<String, Arc<Family>> = BTreeMap::new();
    let mut stems = BTreeMap::new();
    for Collected { name: collector, families, .. } in collected {
        for family in families.iter() {
            match merged.get_mut(&family.name) {
                Some(known) if known.kind == family.kind => {
                    let known = Arc::make_mut(known);
                    known.series.extend(family.series.iter().cloned());
                    if !remove_twice(&mut known.series) {
                        continue;
                    }
                }
                None if !declared.clashes(&family.name, family.kind)
                    && !clash::with_known(stem(&family.name, family.kind), family.kind, |stem| {
                        stems.get(stem).copied()
                    }) =>
                {
                    stems.insert(stem(&family.name, family.kind).to_owned(), family.kind);
                    merged.insert(family.name.clone(), Arc::clone(family));
                    continue;
                }
                _ => {}
            }
            conflicts.push((family.name.clone(), collector.to_string()));
        }
    }
    merged.into_values().collect()
}

/// Leaves the first of all series with the same labels. Answers whether there were others.
pub(super) fn remove_twice(series: &mut Vec<Series>) -> bool {
    let before = series.len();
    let mut seen = HashSet::with_capacity(before);
    let keep: Vec<bool> = series
        .iter()
        .map(|series| {
            let mut labels: Vec<_> =
                series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            labels.sort_unstable();
            seen.insert(labels)
        })
        .collect();
    let mut keep = keep.into_iter();
    series.retain(|_| keep.next().unwrap_or(true));
    series.len() != before
}
