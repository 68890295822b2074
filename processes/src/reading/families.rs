//! All families of the group, by the names that they are shown under.

use super::family::Family;
use crate::{merged::Merged, shape::key};
use std::{cmp::Reverse, collections::HashMap, sync::Arc};
use tallymark_core::{Kind, visit::Labels};

/// All families of the group.
pub(super) struct Families {
    all: Vec<Family>,
    by_name: HashMap<String, Vec<usize>>,
    key: Vec<u8>,
}

/// What becomes of a series of this process.
pub(super) enum Known<'a> {
    /// It is shown as it is: nothing was published of it.
    Own,
    /// It is shown with the rest of the family, or not at all.
    Later,
    /// This takes its place.
    Shown(&'a mut super::family::Shown),
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
            .filter(|family| family.points.iter().any(Option::is_some))
            .map(|family| {
                let name = rename(&family.shape.name, family.shape.namespaced);
                Family::new(family, name.unwrap_or_else(|| family.shape.name.clone()), labels)
            })
            .collect();
        if !shows_created {
            families.iter_mut().flat_map(|family| &mut family.shown).for_each(|shown| shown.created = None);
        }
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
        (Self { all: families, by_name, key: Vec::new() }, conflicts)
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The families of a name, the youngest declaration first.
    pub(super) fn named(&self, name: &str) -> impl ExactSizeIterator<Item = &Family> {
        let same = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        same.iter().map(|at| &self.all[*at])
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    /// What becomes of a series that this process has of a family.
    pub(super) fn find(&mut self, name: &str, labels: Labels<'_>) -> Known<'_> {
        let Self { all, by_name, key: bytes } = self;
        let Some(same) = by_name.get(name) else { return Known::Own };
        key(labels.iter(), bytes);
        let found = same.iter().find_map(|at| Some((*at, all[*at].place(bytes)?)));
        let Some((at, place)) = found else { return Known::Own };
        let family = &mut all[at];
        if family.is_outdated || same.len() > 1 {
            return Known::Later;
        }
        match family.shown_at(place) {
            Some(shown) => Known::Shown(&mut family.shown[shown]),
            // Facts are known of living processes, of which this may be one that has no file.
            None if family.shape.kind == Kind::Info => Known::Own,
            // Each process is shown by itself, or what this one shows was removed since.
            None => Known::Later,
        }
    }
}
