//! The families that queries can name.

use crate::QueryError;
use std::{collections::HashMap, sync::Arc};
use tallymark_core::{
    Kind,
    registry::{self, FamilyDescriptor},
    snapshot::Snapshot,
};

/// All families of a program: those that it declares, and those that its collectors return.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// Sorted by name.
    families: Vec<Arc<FamilyDescriptor>>,
    functions: usize,
    models: usize,
}

impl Catalogue {
    /// Creates the catalogue of these families.
    pub fn new(families: impl IntoIterator<Item = FamilyDescriptor>) -> Self {
        let mut families: Vec<_> = families.into_iter().map(Arc::new).collect();
        families.sort_by(|a, b| a.name.cmp(&b.name));
        families.dedup_by(|later, earlier| later.name == earlier.name);
        Self { families, functions: 0, models: 0 }
    }

    /// Creates the catalogue of the running program. Runs the collectors, whose families are part of it.
    ///
    /// Build the application first: layers declare their families when they are built.
    pub fn current() -> Self {
        Self::of_program(&registry::snapshot())
    }

    /// Creates the catalogue of the running program, of which this is a snapshot.
    pub fn of_program(snapshot: &Snapshot) -> Self {
        let mut catalogue = Self::with_snapshot(registry::descriptors(), snapshot);
        for package in registry::crates() {
            catalogue.functions += package.functions;
            catalogue.models += package.models;
        }
        catalogue
    }

    /// Creates the catalogue of declared families, and of those in a snapshot that are not declared.
    ///
    /// Properties that only series show, such as the bounds of a collector's histogram, are taken from the snapshot.
    pub fn with_snapshot(mut declared: Vec<FamilyDescriptor>, snapshot: &Snapshot) -> Self {
        let places: HashMap<String, usize> =
            declared.iter().enumerate().map(|(at, known)| (known.name.clone(), at)).collect();
        for family in snapshot.families() {
            match places.get(&family.name).and_then(|at| declared.get_mut(*at)) {
                Some(known) if known.kind == Kind::Histogram && known.bounds.is_empty() => {
                    known.bounds = FamilyDescriptor::of_family(family).bounds;
                }
                Some(_) => {}
                // The labels of a family without a declaration are known from its series alone.
                None if family.series.is_empty() => {}
                None => declared.push(FamilyDescriptor::of_family(family)),
            }
        }
        Self::new(declared)
    }

    /// Returns the families, sorted by name.
    pub fn families(&self) -> &[Arc<FamilyDescriptor>] {
        &self.families
    }

    /// Returns the number of functions under `#[timed]`.
    pub fn functions(&self) -> usize {
        self.functions
    }

    /// Returns the number of structs under `#[derive(ModelMetrics)]`.
    pub fn models(&self) -> usize {
        self.models
    }

    /// Returns the family of this name.
    ///
    /// # Errors
    ///
    /// If no family has this name.
    pub fn get(&self, name: &str) -> Result<&Arc<FamilyDescriptor>, QueryError> {
        let unknown = || QueryError::UnknownFamily { family: name.to_owned() };
        let at =
            self.families.binary_search_by(|family| family.name.as_str().cmp(name)).map_err(|_| unknown())?;
        self.families.get(at).ok_or_else(unknown)
    }

    /// Returns the prefixes with which a family of a layer is declared: namespaces, each with its `_`.
    ///
    /// A program may have a layer several times, each time in a namespace of its own.
    pub(crate) fn prefixes(&self, name: &str) -> Vec<String> {
        let prefix = |family: &Arc<FamilyDescriptor>| {
            let prefix = family.name.strip_suffix(name)?;
            let ours = family.place.is_some_and(|place| place.package.starts_with("tallymark"));
            let whole = prefix.is_empty() || family.base_name == name;
            // The family of a collector does not say which part of its name is a namespace.
            (whole || (prefix.ends_with('_') && (ours || family.place.is_none()))).then(|| prefix.to_owned())
        };
        self.families.iter().filter_map(prefix).collect()
    }
}
