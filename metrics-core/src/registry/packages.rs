//! Which packages have registered how much.

use crate::{descriptor::Place, sorted::by_text};

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

/// Packages while they are counted.
#[derive(Default)]
pub(super) struct Packages {
    all: Vec<Package>,
    /// The place of the one that was named last.
    last: usize,
}

impl Packages {
    /// The package of this place, to be added to.
    #[inline]
    pub(super) fn add(&mut self, place: &Place) -> &mut Package {
        let name = place.package;
        // Elements of one crate lie side by side, so the last one is usually it.
        let is_last = self.all.get(self.last).is_some_and(|package| std::ptr::eq(package.name, name));
        if !is_last {
            self.find(name);
        }
        &mut self.all[self.last]
    }

    /// Makes the package of this name the last one.
    #[cold]
    #[inline(never)]
    fn find(&mut self, name: &'static str) {
        let known = self.all.iter().position(|package| package.name == name);
        self.last = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.all.push(Package { name, metrics: 0, functions: 0, models: 0 });
        }
    }

    /// All of them by name.
    pub(super) fn into_sorted(self) -> Vec<Package> {
        let mut packages = self.all;
        let order = by_text(packages.len(), &|at| packages.get(at).map_or("", |package| package.name));
        order.apply(&mut packages);
        packages
    }
}

/// Names crates, so that the compiler links them and their metrics are found.
///
/// A crate that is a dependency in `Cargo.toml` and is named nowhere in the code is not linked, and what it declares is
/// missing without a message. Naming it anywhere is enough; this names it where a reader sees why.
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
