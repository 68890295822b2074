//! From what several collectors handed over to one list of families.

use super::{clash, pool::Collected, resolve::Resolved};
use crate::{
    descriptor::Kind,
    encode::stem,
    label::Seed,
    snapshot::{Family, Series},
    sorted::SortedMap,
};
use std::sync::Arc;

/// Joins families of one name and kind, leaves out what clashes with a declared metric or with another collector's,
/// and series that are there twice; `conflicts` takes the names of family and collector. The result is sorted by name.
pub(super) fn merge(
    collected: Vec<Collected>,
    declared: &Resolved,
    conflicts: &mut Vec<(String, String)>,
) -> Vec<Arc<Family>> {
    let mut merged: SortedMap<String, Arc<Family>> = SortedMap::default();
    let mut stems: SortedMap<String, Kind> = SortedMap::default();
    for Collected { name: collector, families, .. } in collected {
        for family in families.iter() {
            match merged.get_mut(family.name.as_str()) {
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
    merged.into_iter().map(|(_, family)| family).collect()
}

/// Leaves the first of all series with the same labels, in whatever order. Answers whether there were others.
pub(super) fn remove_twice(series: &mut Vec<Series>) -> bool {
    let before = series.len();
    let seed = Seed::random();
    // Sorted with its place behind each hash, so that only series of one hash have to be compared.
    let mut keys: Vec<u128> =
        (0_u32..).zip(&*series).map(|(at, one)| u128::from(hash(seed, one)) << 32 | u128::from(at)).collect();
    keys.sort_unstable();
    let place_of = |key: u128| (key & u128::from(u32::MAX)) as usize;
    let at = |key: &u128| series.get(place_of(*key));
    let mut keep = vec![true; before];
    for alike in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
        for (place, key) in alike.iter().enumerate() {
            let is_like = |earlier: &u128| matches!((at(earlier), at(key)), (Some(a), Some(b)) if same(a, b));
            if alike.iter().take(place).any(is_like)
                && let Some(keep) = keep.get_mut(place_of(*key))
            {
                *keep = false;
            }
        }
    }
    let mut keep = keep.into_iter();
    series.retain(|_| keep.next().unwrap_or(true));
    series.len() != before
}

/// The same for all orders of the same labels.
fn hash(seed: Seed, series: &Series) -> u64 {
    series.labels.iter().fold(0, |sum, (name, value)| {
        let mut hasher = seed.hasher();
        hasher.text(name);
        hasher.text(value);
        sum.wrapping_add(hasher.finish())
    })
}

/// Whether both have the same labels. A label's name stands there once.
fn same(a: &Series, b: &Series) -> bool {
    a.labels.len() == b.labels.len() && a.labels.iter().all(|label| b.labels.contains(label))
}
