//! What all processes of a group have counted, for one exposition.

mod families;
mod family;
mod itself;
mod merging;

use crate::{directory::Seen, merged::Merged, python, shape::key};
use families::Families;
use merging::Merging;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};
use tallymark_core::{
    __private_v4::Reading,
    snapshot::{self, Series},
    visit::{Details, Labels, Visitor},
};

/// What all processes have counted.
pub(crate) struct GroupReading {
    families: Families,
    seen: Seen,
    /// Names that processes declare in different ways.
    conflicts: Vec<String>,
    python: BTreeMap<String, snapshot::Family>,
}

/// The labels of a series, as keys of sets.
fn key_of(series: &Series, bytes: &mut Vec<u8>) {
    key(series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())), bytes);
}

impl GroupReading {
    /// What is merged, with the labels of processes by their places.
    pub(crate) fn new(
        merged: &Merged,
        labels: &[Arc<str>],
        mut seen: Seen,
        python: python::Read,
        rename: &dyn Fn(&str, bool) -> Option<String>,
        shows_created: bool,
    ) -> Self {
        let (families, conflicts) = Families::new(merged, labels, rename, shows_created);
        for (reason, count) in python.skipped {
            *seen.skipped.entry(reason).or_default() += count;
        }
        Self { families, seen, conflicts, python: python.families }
    }
}

impl Reading for GroupReading {
    fn knows(&self, name: &str) -> bool {
        self.families.contains(name) || self.python.contains_key(name)
    }

    fn family<'a>(&'a mut self, name: &str, visitor: &'a mut dyn Visitor) -> Box<dyn Visitor + 'a> {
        let same = self.families.places(name);
        Box::new(Merging { families: &mut self.families, same, visitor })
    }

    fn rest(&mut self, name: &str, visitor: &mut dyn Visitor) {
        let mut keys: HashSet<Vec<u8>> = HashSet::new();
        let mut bytes = Vec::new();
        let python = self.python.get(name);
        let same = self.families.named(name);
        let needs_keys = python.is_some() || same.len() > 1;
        let mut kind = None;
        for family in same {
            let kind = *kind.get_or_insert(family.shape.kind);
            if family.is_outdated && family.shape.kind != kind {
                continue;
            }
            family.show(visitor, |item| {
                // Younger declarations come first.
                let is_first = !needs_keys || {
                    key(family.labels_of(item), &mut bytes);
                    keys.insert(bytes.clone()) || item.process.is_some()
                };
                is_first && !item.is_done
            });
        }
        for series in python.into_iter().flat_map(|family| &family.series) {
            key_of(series, &mut bytes);
            if !keys.contains(&bytes) {
                let (names, values): (Vec<&str>, Vec<&str>) =
                    series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
                series.value.visit(Labels::new(&names, &values), Details::default(), visitor);
            }
        }
    }

    fn others(
        &mut self,
        is_declared: &dyn Fn(&str) -> bool,
        collected: Vec<Arc<snapshot::Family>>,
    ) -> Vec<Arc<snapshot::Family>> {
        let mut others: BTreeMap<String, snapshot::Family> = BTreeMap::new();
        for name in self.families.names().filter(|name| !is_declared(name)) {
            let Some(shape) = self.families.named(name).next().map(|first| &first.shape) else { continue };
            let like = |family: &&family::Family| family.shape.kind == shape.kind && !family.is_outdated;
            let family = snapshot::Family {
                name: name.clone(),
                help: shape.help.clone(),
                kind: shape.kind,
                unit: shape.unit.clone(),
                series: self.families.named(name).filter(like).flat_map(family::Family::series).collect(),
            };
            others.insert(name.clone(), family);
        }
        let mut bytes = Vec::new();
        for family in self.python.values().filter(|family| !is_declared(&family.name)) {
            match others.get_mut(&family.name) {
                Some(known) if known.kind == family.kind => {
                    let mut keys: HashSet<Vec<u8>> = HashSet::new();
                    for series in &known.series {
                        key_of(series, &mut bytes);
                        keys.insert(bytes.clone());
                    }
                    for series in &family.series {
                        key_of(series, &mut bytes);
                        if !keys.contains(&bytes) {
                            known.series.push(series.clone());
                        }
                    }
                }
                Some(_) => self.conflicts.push(family.name.clone()),
                None => {
                    others.insert(family.name.clone(), family.clone());
                }
            }
        }
        let own = itself::families(&self.seen, &self.conflicts);
        others.extend(own.into_iter().map(|family| (family.name.clone(), family)));
        let mut all: BTreeMap<String, Arc<snapshot::Family>> =
            collected.into_iter().map(|family| (family.name.clone(), family)).collect();
        all.extend(others.into_iter().map(|(name, family)| (name, Arc::new(family))));
        all.into_values().collect()
    }
}
