//! From elements in any order to families that can be shown.

use super::{Conflict, Package, clash, config::Config, conflict::Difference, packages::Packages};
use crate::{
    descriptor::{Kind, Place},
    element::{Element, Entry},
    encode::stem,
    function::FunctionSite,
    model::ModelSite,
    sorted::by_text,
    visit::Head,
};

/// A declared metric as it is shown.
///
/// Small, since there may be thousands, and all are written to memory that was never touched before: what few of them
/// have is elsewhere.
pub(super) struct Declared {
    pub(super) entry: &'static Entry,
    rare: Option<Box<Rare>>,
    /// Here, so that whoever asks need not look at the entry.
    counts_alone: bool,
}

/// What few metrics have.
#[derive(Default)]
struct Rare {
    /// The name it is shown under, if that is not the one it was declared with.
    renamed: Option<String>,
    /// The constant labels, where they are not those of all others.
    constant: Option<Vec<(String, String)>>,
    /// The slot among the jobs, where showing it calls out.
    slot: Option<u64>,
}

impl Declared {
    fn new(entry: &'static Entry, config: &Config) -> Self {
        let descriptor = &entry.descriptor;
        let renamed = config.rename(descriptor.name, descriptor.namespaced);
        let rare = renamed.map(|renamed| Box::new(Rare { renamed: Some(renamed), ..Rare::default() }));
        let keeps_nothing = || entry.metric.vacancy().is_some_and(|vacancy| !vacancy.options.exemplars());
        Self { entry, rare, counts_alone: entry.counts_alone && keeps_nothing() }
    }

    pub(super) fn name(&self) -> &str {
        let renamed = self.rare.as_ref().and_then(|rare| rare.renamed.as_deref());
        renamed.unwrap_or(self.entry.descriptor.name)
    }

    pub(super) fn slot(&self) -> Option<u64> {
        self.rare.as_ref()?.slot
    }

    pub(super) fn set_slot(&mut self, slot: u64) {
        self.rare.get_or_insert_default().slot = Some(slot);
    }

    /// Whether it is a counter without labels and exemplars.
    pub(super) fn counts_alone(&self) -> bool {
        self.counts_alone
    }

    /// What was prepared for the text formats, if it holds: empty if not.
    pub(super) fn lines(&self, config: &Config) -> &'static str {
        if self.rare.is_none() && config.labels.is_empty() { self.entry.lines } else { "" }
    }

    pub(super) fn head<'a>(&'a self, config: &'a Config) -> Head<'a> {
        let descriptor = &self.entry.descriptor;
        Head {
            name: self.name(),
            help: descriptor.help,
            kind: descriptor.kind,
            unit: descriptor.unit,
            constant: self.rare.as_ref().and_then(|rare| rare.constant.as_ref()).unwrap_or(&config.labels),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.entry.descriptor.kind
    }

    pub(super) fn place(&self) -> &'static Place {
        &self.entry.descriptor.place
    }
}

/// All declared metrics, ready to be shown.
pub(super) struct Resolved {
    pub(super) config: Config,
    /// Sorted by name; no two of them clash.
    pub(super) families: Vec<Declared>,
    pub(super) conflicts: Vec<Conflict>,
    /// Sorted by module and name.
    pub(super) functions: Vec<&'static FunctionSite>,
    pub(super) models: Vec<&'static ModelSite>,
    pub(super) packages: Vec<Package>,
}

impl Resolved {
    /// Resolves all elements, which come from several places.
    pub(super) fn new(elements: &[&[Element]], config: Config) -> Self {
        let entries = |element: &Element| match element {
            Element::Metrics(entries) => entries.len(),
            Element::Function(_) | Element::Model(_) => 0,
        };
        let mut families = Vec::with_capacity(elements.iter().copied().flatten().map(entries).sum());
        let mut packages = Packages::default();
        let (mut functions, mut models) = (Vec::new(), Vec::new());
        for element in elements.iter().copied().flatten() {
            match element {
                Element::Metrics(entries) => {
                    // While the entry is at hand, everything that is to be known of it.
                    families.extend(entries.iter().map(|entry| {
                        packages.add(&entry.descriptor.place).metrics += 1;
                        Declared::new(entry, &config)
                    }));
                }
                Element::Function(site) => {
                    packages.add(&site.meta().place).functions += 1;
                    functions.push(*site);
                }
                Element::Model(site) => {
                    packages.add(&site.meta().place).models += 1;
                    models.push(*site);
                }
            }
        }
        let order = by_text(families.len(), &|at| families.get(at).map_or("", Declared::name));
        order.apply(&mut families);
        sort_functions(&mut functions);
        let mut conflicts = Vec::new();
        if order.twice {
            remove_twice(&mut families, &mut conflicts);
        }
        clash::remove(&mut families, &mut conflicts);
        if !config.labels.is_empty() {
            keep_own_labels(&mut families, &config, &mut conflicts);
        }
        Self { config, families, conflicts, functions, models, packages: packages.into_sorted() }
    }

    /// Whether a family of this name and kind would clash with a declared one.
    pub(super) fn clashes(&self, name: &str, kind: Kind) -> bool {
        clash::with_known(stem(name, kind), kind, |wanted| {
            ["", "_total", "_info"].iter().find_map(|suffix| {
                let declared = self.find(&format!("{wanted}{suffix}"))?;
                (stem(declared.name(), declared.kind()) == wanted).then(|| declared.kind())
            })
        })
    }

    /// The family of this name.
    pub(super) fn find(&self, name: &str) -> Option<&Declared> {
        let at = self.families.binary_search_by(|declared| declared.name().cmp(name)).ok()?;
        self.families.get(at)
    }
}

/// Sorts by module, those of one module by name.
fn sort_functions(functions: &mut [&'static FunctionSite]) {
    let name = |at: usize| functions.get(at).map_or("", |site| site.meta().function);
    let order = by_text(functions.len(), &name);
    order.apply(functions);
    let module = |at: usize| functions.get(at).map_or("", |site| site.meta().place.module);
    let order = by_text(functions.len(), &module);
    order.apply(functions);
}

/// Leaves the first of each name, by package, file and line, so that the same one is shown in every build.
fn remove_twice(families: &mut Vec<Declared>, conflicts: &mut Vec<Conflict>) {
    let by_place = |declared: &Declared| {
        let place = declared.place();
        (place.package, place.file, place.line)
    };
    for same in families.chunk_by_mut(|a, b| a.name() == b.name()) {
        // There are two, or a few.
        for end in 1..same.len() {
            let at = same[..end].partition_point(|other| by_place(other) <= by_place(&same[end]));
            same[at..=end].rotate_right(1);
        }
    }
    families.dedup_by(|later, earlier| {
        let twice = later.name() == earlier.name();
        if twice {
            conflicts.push(Conflict::Twice {
                name: earlier.name().to_owned(),
                shown: *earlier.place(),
                left_out: *later.place(),
                differ: Difference::between(&earlier.entry.descriptor, &later.entry.descriptor),
            });
        }
        twice
    });
}

/// Where a constant label is also a metric's own, the metric keeps its own.
fn keep_own_labels(families: &mut [Declared], config: &Config, conflicts: &mut Vec<Conflict>) {
    for declared in families {
        let descriptor = &declared.entry.descriptor;
        let taken = |label: &str| {
            descriptor.labels.contains(&label)
                || (descriptor.kind == Kind::StateSet && declared.name() == label)
        };
        let (own, rest): (Vec<_>, Vec<_>) =
            config.labels.iter().cloned().partition(|(label, _)| taken(label));
        if own.is_empty() {
            continue;
        }
        for (label, _) in own {
            conflicts.push(Conflict::ConstantLabel {
                label,
                name: declared.name().to_owned(),
                place: descriptor.place,
            });
        }
        declared.rare.get_or_insert_default().constant = Some(rest);
    }
}

#[cfg(test)]
mod tests;
