//! What there is to ask about.

use crate::QueryError;
use std::sync::Arc;
use tallymark_core::{
    Kind,
    registry::{self, FamilyDescriptor},
    snapshot::Snapshot,
};

/// All families that a program has: those that it declares, and those that its collectors hand over.
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

    /// Returns what the running program has. Collectors are asked, so that what they hand over is among it.
    ///
    /// Layers declare their families when they are built: so build the application first.
    pub fn current() -> Self {
        let mut catalogue = Self::with_snapshot(registry::descriptors(), &registry::snapshot());
        for package in registry::crates() {
            catalogue.functions += package.functions;
            catalogue.models += package.models;
        }
        catalogue
    }

    /// Creates the catalogue of declared families, and of those in a snapshot that are not declared.
    ///
    /// What is only known from series, such as the bounds of a histogram that a collector hands over, is taken from there.
    pub fn with_snapshot(mut declared: Vec<FamilyDescriptor>, snapshot: &Snapshot) -> Self {
        for family in snapshot.families() {
            let seen = FamilyDescriptor::of_family(family);
            match declared.iter_mut().find(|known| known.name == family.name) {
                Some(known) if known.kind == Kind::Histogram && known.bounds.is_empty() => {
                    known.bounds = seen.bounds;
                }
                Some(_) => {}
                // Without series it is not known what labels it has.
                None if family.series.is_empty() => {}
                None => declared.push(seen),
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
    /// If there is none.
    pub fn get(&self, name: &str) -> Result<&Arc<FamilyDescriptor>, QueryError> {
        let unknown = || QueryError::UnknownFamily { family: name.to_owned() };
        let at =
            self.families.binary_search_by(|family| family.name.as_str().cmp(name)).map_err(|_| unknown())?;
        self.families.get(at).ok_or_else(unknown)
    }

    /// The prefixes with which a family of a layer is declared: namespaces, each with its `_`.
    ///
    /// A layer may be there more than once, each time in a namespace of its own.
    pub(crate) fn prefixes(&self, name: &str) -> Vec<String> {
        let prefix = |family: &Arc<FamilyDescriptor>| {
            let prefix = family.name.strip_suffix(name)?;
            let ours = family.place.is_some_and(|place| place.package.starts_with("tallymark"));
            let whole = prefix.is_empty() || family.base_name == name;
            // Of collectors it is not known which part of the name is a namespace.
            (whole || (prefix.ends_with('_') && (ours || family.place.is_none()))).then(|| prefix.to_owned())
        };
        self.families.iter().filter_map(prefix).collect()
    }
}
