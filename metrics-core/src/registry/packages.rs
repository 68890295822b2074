//! Which packages have registered how much.

use crate::{descriptor::Place, element::Element, sorted::by_text};

/// What one package registered. See [`crates`](super::crates).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// The package's name, from its `Cargo.toml`.
    pub name: &'static str,
    /// Metrics declared.
    pub metrics: usize,
    /// Functions annotated.
    pub functions: usize,
    /// Models derived.
    pub models: usize,
}

impl Package {
    /// All of them together.
    pub const fn total(&self) -> usize {
        self.metrics + self.functions + self.models
    }
}

pub(super) fn count(elements: &[&[Element]]) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut add = |place: &Place, metrics, functions, models| {
        let name = place.package;
        // Elements of one crate stand together, so the last one is usually it.
        let known =
            packages.iter().rposition(|package| std::ptr::eq(package.name, name) || package.name == name);
        let at = known.unwrap_or(packages.len());
        if known.is_none() {
            packages.push(Package { name, metrics: 0, functions: 0, models: 0 });
        }
        if let Some(package) = packages.get_mut(at) {
            package.metrics += metrics;
            package.functions += functions;
            package.models += models;
        }
    };
    for element in elements.iter().copied().flatten() {
        match element {
            Element::Metrics(entries) => {
                for entry in *entries {
                    add(&entry.descriptor.place, 1, 0, 0);
                }
            }
            Element::Function(site) => add(&site.meta().place, 0, 1, 0),
            Element::Model(site) => add(&site.meta().place, 0, 0, 1),
        }
    }
    let order = by_text(packages.len(), &|at| packages.get(at).map_or("", |package| package.name));
    order.apply(&mut packages);
    packages
}

/// Names crates, so that the compiler links them and their metrics are found.
///
/// A crate that stands in `Cargo.toml` and is named nowhere in the code is not linked, and what it declares is missing
/// without a word. Naming it anywhere is enough; this names it where a reader sees why.
///
/// ```
/// // Both declare metrics and are used by nothing else here.
/// tallymark_core::require!(tallymark_core, std);
/// ```
#[macro_export]
macro_rules! require {
    ($($name:ident),+ $(,)?) => {
        $(use $name as _;)+
    };
}
