//! From elements in any order to families that can be shown.

use super::{
    Conflict, Package, clash,
    config::Config,
    conflict::Difference,
    declared_family::{DeclaredFamily, size},
    packages::Packages,
};
use crate::{
    cell::Loss,
    declared::{Element, Entry},
    descriptor::Kind,
    encode::stem,
    function::FunctionMeta,
    group::Group,
    sorted::by_text,
};

/// All declared metrics, ready to be shown.
pub(super) struct Resolved {
    pub(super) config: Config,
    /// Sorted by name; no two of them clash.
    pub(super) families: Vec<DeclaredFamily>,
    /// The places of those that are not counters without labels and exemplars, which take everything.
    lossy: Vec<usize>,
    /// The places of those among them that have to be asked for what they turned away, even if nothing has noted a loss.
    silent: Vec<usize>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) packages: Vec<Package>,
    /// Bytes that they are likely to take in an exposition.
    pub(super) size: usize,
    /// What knows the other processes of a group, if anything does.
    pub(super) group: Option<&'static dyn Group>,
}

impl Resolved {
    /// Resolves all elements, which come from several places.
    pub(super) fn new(elements: &[&[Element]], config: Config) -> Self {
        let entries = |list: &&[Element]| list.iter().map(|element| element.entries().len()).sum::<usize>();
        let mut families = Vec::with_capacity(elements.iter().map(entries).sum());
        let mut packages = Packages::default();
        let mut functions = Vec::new();
        let mut bytes = 0;
        let mut resolved_group = None;
        let hides_any = config.hides_any();
        let mut resolve = |element: &Element| {
            // While an entry is at hand, everything that is to be known of it.
            let mut add = |entry: &'static Entry, declared: DeclaredFamily| {
                if hides_any && !config.shows(&[entry.descriptor.name, declared.name()]) {
                    return;
                }
                packages.add(&entry.descriptor.place).metrics += 1;
                bytes += size(entry);
                families.push(declared);
            };
            match element {
                Element::Counter(series, entry) => {
                    add(entry, DeclaredFamily::with_series(entry, Some(series), &config));
                }
                Element::Metrics(entries) => {
                    entries.iter().for_each(|entry| add(entry, DeclaredFamily::new(entry, &config)));
                }
                Element::Function(site) => {
                    packages.add(&site.meta().place).functions += 1;
                    functions.push(site.meta());
                }
                // A job is a function, too, and those of one name are one job.
                Element::Job(site) => packages.add(&site.meta().place).functions += 1,
                Element::Model(site) => {
                    packages.add(&site.meta().place).models += 1;
                }
                // They are asked, not shown: see `Registry::start_collectors` and `Registry::plan`.
                Element::Collector(_) => {}
                Element::Group(group) => resolved_group = Some(*group),
            }
        };
        // Not one loop over all, which would look for the next list behind each element.
        for list in elements {
            list.iter().for_each(&mut resolve);
        }
        // Apart from that, so that a processor waits for many texts, which were never read before, at the same time.
        let order = by_text(families.len(), &|at| families.get(at).map_or("", DeclaredFamily::name));
        let twice = order.twice;
        order.apply(&mut families);
        let mut conflicts = Vec::new();
        if twice {
            remove_twice(&mut families, &mut conflicts);
        }
        clash::remove(&mut families, &mut conflicts);
        find_shared(functions, &mut conflicts);
        if !config.labels.is_empty() {
            keep_own_labels(&mut families, &config, &mut conflicts);
        }
        let lossy = |(at, declared): (usize, &DeclaredFamily)| (!declared.is_plain_counter()).then_some(at);
        Self {
            config,
            lossy: families.iter().enumerate().filter_map(lossy).collect(),
            silent: Vec::new(),
            families,
            conflicts,
            packages: packages.into_sorted(),
            size: bytes,
            group: resolved_group,
        }
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

    /// The families that are not counters without labels and exemplars, and their places: those that may turn something away
    /// or call something. A program may have far more of the others.
    pub(super) fn lossy(&self) -> impl Iterator<Item = (usize, &DeclaredFamily)> {
        self.lossy.iter().filter_map(|&at| Some((at, self.families.get(at)?)))
    }

    /// Sets the places of those that have to be asked for what they turned away.
    pub(super) fn set_silent(&mut self, silent: Vec<usize>) {
        self.silent = silent;
    }

    /// The families that may have turned something of this kind away.
    pub(super) fn losing(&self, loss: Loss) -> impl Iterator<Item = &DeclaredFamily> {
        let places = if loss.was_seen() { &self.lossy } else { &self.silent };
        places.iter().filter_map(|&at| self.families.get(at))
    }

    /// The family of this name.
    pub(super) fn find(&self, name: &str) -> Option<&DeclaredFamily> {
        let at = self.families.binary_search_by(|declared| declared.name().cmp(name)).ok()?;
        self.families.get(at)
    }
}

/// Leaves the first of each name, by package, file and line, so that the same one is shown in every build.
fn remove_twice(families: &mut Vec<DeclaredFamily>, conflicts: &mut Vec<Conflict>) {
    let by_place = |declared: &DeclaredFamily| {
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
                differ: Difference::between(&earlier.entry().descriptor, &later.entry().descriptor),
            });
        }
        twice
    });
}

/// Finds functions whose calls are in one series although they are not the same.
fn find_shared(mut functions: Vec<&FunctionMeta>, conflicts: &mut Vec<Conflict>) {
    let name = |meta: &FunctionMeta| (meta.place.module, meta.function);
    functions.sort_by_key(|meta| (name(meta), meta.place.file, meta.place.line));
    for pair in functions.windows(2) {
        if let [one, other] = pair {
            if name(one) == name(other) {
                conflicts.push(Conflict::Functions {
                    module: one.place.module,
                    function: one.function,
                    one: one.place,
                    other: other.place,
                });
            }
        }
    }
}

/// Where a constant label is also a metric's own, the metric keeps its own.
fn keep_own_labels(families: &mut [DeclaredFamily], config: &Config, conflicts: &mut Vec<Conflict>) {
    for declared in families {
        let descriptor = &declared.entry().descriptor;
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
        declared.set_constant(rest);
    }
}

#[cfg(test)]
mod tests;
