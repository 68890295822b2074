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
    collected: &[Collected],
    declared: &Resolved,
    conflicts: &mut Vec<(String, String)>,
) -> Vec<Arc<Family>> {
    // What is shown under each name: from whom, in the order in which it was handed over.
    let mut merged: BTreeMap<&str, Vec<(&Arc<Family>, &str)>> = BTreeMap::new();
    let mut stems: HashMap<&str, Kind> = HashMap::new();
    for Collected { name: collector, families, .. } in collected {
        for family in families.iter() {
            let (name, kind) = (family.name.as_str(), family.kind);
            match merged.get_mut(name) {
                Some(known) if known.first().is_some_and(|(first, _)| first.kind == kind) => {
                    known.push((family, collector));
                }
                None if !declared.clashes(name, kind)
                    && !clash::with_known(stem(name, kind), kind, |stem| stems.get(stem).copied()) =>
                {
                    stems.insert(stem(name, kind), kind);
                    merged.insert(name, vec![(family, collector)]);
                }
                _ => conflicts.push((name.to_owned(), collector.to_string())),
            }
        }
    }
    merged.into_values().filter_map(|parts| join(&parts, conflicts)).collect()
}

/// Joins the parts of one family, each of whose collectors is named. Looks at all their series once, however many
/// collectors there are.
fn join(parts: &[(&Arc<Family>, &str)], conflicts: &mut Vec<(String, String)>) -> Option<Arc<Family>> {
    let (&(first, _), others) = parts.split_first()?;
    if others.is_empty() {
        return Some(Arc::clone(first));
    }
    let mut family = Family::clone(first);
    // Where the series of each part end.
    let mut ends = vec![family.series.len()];
    for (part, _) in others {
        family.series.extend(part.series.iter().cloned());
        ends.push(family.series.len());
    }
    let mut blamed = None;
    for place in remove_duplicates(&mut family.series) {
        let part = ends.partition_point(|&end| end <= place);
        if blamed.replace(part) != Some(part) {
            conflicts.extend(
                parts.get(part).map(|(part, collector)| (part.name.clone(), (*collector).to_owned())),
            );
        }
    }
    Some(Arc::new(family))
}
