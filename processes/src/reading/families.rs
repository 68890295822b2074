//! All families of the group, by the names that they are shown under.

use super::family::{Family, Item};
use crate::merged::Merged;
use std::{cmp::Reverse, collections::HashMap, sync::Arc};
use tallymark_core::{Kind, visit::Labels};

/// All families of the group.
pub(super) struct Families {
    all: Vec<Family>,
    by_name: HashMap<String, Arc<[usize]>>,
    key: Vec<u8>,
}

/// What becomes of a series of this process.
pub(super) enum Known<'a> {
    /// It is shown as it is: nothing was published of it.
    Own,
    /// It is shown with the rest of the family, or not at all.
    Later,
    /// This takes its place.
    Shown(Item<'a>),
}

impl Families {
    /// What is merged, with the labels of processes by their places; and the names that processes declare in different ways.
    pub(super) fn new(
        merged: &Merged,
        labels: &[Arc<str>],
        rename: &dyn Fn(&str, bool) -> Option<String>,
        shows_created: bool,
    ) -> (Self, Vec<String>) {
        let mut families: Vec<Family> = merged
            .families
            .iter()
            .filter(|family| family.is_shown())
            .map(|family| {
                let name = rename(&family.shape.name, family.shape.namespaced);
                Family::new(family, name.unwrap_or_else(|| family.shape.name.clone()), labels, shows_created)
            })
            .collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, family) in families.iter().enumerate() {
            by_name.entry(family.name.clone()).or_default().push(at);
        }
        let mut conflicts = Vec::new();
        for (name, same) in by_name.iter_mut().filter(|(_, same)| same.len() > 1) {
            // Different labels can be shown beside one another; with the same ones, the youngest declaration is.
            same.sort_by_key(|at| Reverse(families[*at].newest));
            conflicts.push(name.clone());
            for (place, &at) in same.iter().enumerate() {
                let of = |at: usize| &families[at].shape;
                let outdated = same[..place]
                    .iter()
                    .any(|&younger| of(younger).kind != of(at).kind || of(younger).labels == of(at).labels);
                families[at].is_outdated = outdated;
            }
        }
        let by_name = by_name.into_iter().map(|(name, same)| (name, same.into())).collect();
        (Self { all: families, by_name, key: Vec::new() }, conflicts)
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The families of a name, the youngest declaration first.
    pub(super) fn named(&self, name: &str) -> impl ExactSizeIterator<Item = &Family> {
        let same = self.by_name.get(name).map(|same| &**same).unwrap_or_default();
        same.iter().map(|at| &self.all[*at])
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    /// The places of the families of a name, for [`find`](Self::find).
    pub(super) fn places(&self, name: &str) -> Arc<[usize]> {
        self.by_name.get(name).cloned().unwrap_or_default()
    }

    /// What becomes of a series that this process has of the families at these places.
    pub(super) fn find(&mut self, same: &[usize], labels: Labels<'_>) -> Known<'_> {
        let Self { all, key, .. } = self;
        let found = same.iter().find_map(|at| Some((*at, all[*at].place(labels, key)?)));
        let Some((at, place)) = found else { return Known::Own };
        let family = &mut all[at];
        if family.is_outdated || same.len() > 1 {
            return Known::Later;
        }
        let is_info = family.shape.kind == Kind::Info;
        match family.take(place) {
            Some(item) => Known::Shown(item),
            // Facts are known of living processes, of which this may be one that has no file.
            None if is_info => Known::Own,
            // Each process is shown by itself, or what this one shows was removed since.
            None => Known::Later,
        }
    }
}
