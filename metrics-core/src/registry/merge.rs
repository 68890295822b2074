//! From what several collectors handed over to one list of families.

use super::{clash, duplicates::remove_duplicates, pool::Collected, resolve::Resolved};
use crate::{descriptor::Kind, encode::stem, snapshot::Family};
use std::{
    collections::{BTreeMap, HashMap},
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
    let mut stems: HashMap<String, Kind> = HashMap::new();
    for Collected { name: collector, families, .. } in collected {
        for family in families.iter() {
            match merged.get_mut(family.name.as_str()) {
                Some(known) if known.kind == family.kind => {
                    let known = Arc::make_mut(known);
                    known.series.extend(family.series.iter().cloned());
                    if !remove_duplicates(&mut known.series) {
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
