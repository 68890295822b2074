//! From elements in any order to families that can be shown.

use super::{Conflict, config::Config, conflict::Difference};
use crate::{
    descriptor::{Kind, Place},
    element::{Element, Entry},
    encode::{sample_suffixes, stem},
    visit::Head,
};
use std::{borrow::Cow, cmp::Ordering};

/// A declared metric as it is shown.
pub(super) struct Declared {
    pub(super) entry: &'static Entry,
    pub(super) name: Cow<'static, str>,
    /// The constant labels, if they are not those of all others.
    own_constant: Option<Vec<(String, String)>>,
    /// Its slot among the jobs, if showing it calls out.
    pub(super) slot: Option<u64>,
}

impl Declared {
    pub(super) fn head<'a>(&'a self, config: &'a Config) -> Head<'a> {
        let descriptor = &self.entry.descriptor;
        Head {
            name: &self.name,
            help: descriptor.help,
            kind: descriptor.kind,
            unit: descriptor.unit,
            constant: self.own_constant.as_ref().unwrap_or(&config.labels),
        }
    }

    fn kind(&self) -> Kind {
        self.entry.descriptor.kind
    }

    fn place(&self) -> &'static Place {
        &self.entry.descriptor.place
    }
}

/// All declared metrics, ready to be shown.
pub(super) struct Resolved {
    pub(super) config: Config,
    /// Sorted by name; no two of them clash.
    pub(super) families: Vec<Declared>,
    pub(super) conflicts: Vec<Conflict>,
}

impl Resolved {
    pub(super) fn new(elements: &[Element], config: Config) -> Self {
        let mut families = named(elements, &config);
        sort(&mut families);
        let mut conflicts = Vec::new();
        remove_twice(&mut families, &mut conflicts);
        remove_clashes(&mut families, &mut conflicts);
        if !config.labels.is_empty() {
            keep_own_labels(&mut families, &config, &mut conflicts);
        }
        Self { config, families, conflicts }
    }

    /// Whether a family of this name and kind would clash with a declared one.
    pub(super) fn clashes(&self, name: &str, kind: Kind) -> bool {
        clashes(stem(name, kind), kind, |wanted| {
            ["", "_total", "_info"].iter().find_map(|suffix| {
                let declared = self.find(&format!("{wanted}{suffix}"))?;
                (stem(&declared.name, declared.kind()) == wanted).then(|| declared.kind())
            })
        })
    }

    /// The family of this name.
    pub(super) fn find(&self, name: &str) -> Option<&Declared> {
        let at = self.families.binary_search_by(|declared| declared.name.as_ref().cmp(name)).ok()?;
        self.families.get(at)
    }
}

/// Whether a family clashes with one of those whose kinds `known` tells by their stems.
pub(super) fn clashes(stem: &str, kind: Kind, known: impl Fn(&str) -> Option<Kind>) -> bool {
    known(stem).is_some()
        || sample_suffixes(kind).iter().any(|suffix| known(&format!("{stem}{suffix}")).is_some())
        || SUFFIXES.iter().any(|suffix| {
            let kind = stem.strip_suffix(suffix).and_then(&known);
            kind.is_some_and(|kind| sample_suffixes(kind).contains(suffix))
        })
}

/// Everything that [`sample_suffixes`] may answer.
const SUFFIXES: [&str; 6] = ["_total", "_created", "_bucket", "_count", "_sum", "_info"];

/// All metrics under the names they are shown under.
fn named(elements: &[Element], config: &Config) -> Vec<Declared> {
    let mut families = Vec::with_capacity(elements.len());
    for element in elements {
        let Element::Metrics(entries) = element else { continue };
        for entry in *entries {
            let descriptor = &entry.descriptor;
            let name = match config.rename(descriptor.name, descriptor.namespaced) {
                Some(name) => Cow::Owned(name),
                None => Cow::Borrowed(descriptor.name),
            };
            families.push(Declared { entry, name, own_constant: None, slot: None });
        }
    }
    families
}

/// Sorts by name; metrics of one name by package, file and line, so that the same one is shown in every build.
///
/// Names of one application begin alike, so what follows the common beginning is compared first, as one number.
fn sort(families: &mut Vec<Declared>) {
    let skip = common_prefix(families);
    let mut keys: Vec<(u128, usize)> = families
        .iter()
        .enumerate()
        .map(|(at, declared)| (key(declared.name.as_bytes().get(skip..).unwrap_or_default()), at))
        .collect();
    keys.sort_unstable_by(|(a, at), (b, other)| {
        a.cmp(b).then_with(|| match (families.get(*at), families.get(*other)) {
            (Some(a), Some(b)) => by_name_and_place(a, b),
            _ => Ordering::Equal,
        })
    });
    let mut taken: Vec<Option<Declared>> = families.drain(..).map(Some).collect();
    families.extend(keys.iter().filter_map(|&(_, at)| taken.get_mut(at)?.take()));
}

fn by_name_and_place(a: &Declared, b: &Declared) -> Ordering {
    let place =
        |declared: &Declared| (declared.place().package, declared.place().file, declared.place().line);
    a.name.cmp(&b.name).then_with(|| place(a).cmp(&place(b)))
}

/// How many bytes all names have in common at their start.
fn common_prefix(families: &[Declared]) -> usize {
    let Some((first, rest)) = families.split_first() else { return 0 };
    rest.iter().fold(first.name.len(), |length, declared| {
        let pairs = first.name.bytes().zip(declared.name.bytes());
        pairs.take(length).take_while(|(a, b)| a == b).count()
    })
}

/// The first sixteen bytes as a number that sorts as they do; a shorter text sorts first, as it should.
fn key(text: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let length = text.len().min(16);
    bytes[..length].copy_from_slice(&text[..length]);
    u128::from_be_bytes(bytes)
}

/// Leaves the first of each name.
fn remove_twice(families: &mut Vec<Declared>, conflicts: &mut Vec<Conflict>) {
    families.dedup_by(|later, earlier| {
        let twice = later.name == earlier.name;
        if twice {
            conflicts.push(Conflict::Twice {
                name: earlier.name.to_string(),
                shown: *earlier.place(),
                left_out: *later.place(),
                differ: Difference::between(&earlier.entry.descriptor, &later.entry.descriptor),
            });
        }
        twice
    });
}

/// Leaves the first, by stem, of metrics whose samples or families have one name.
///
/// A clash means that one stem is another stem, or another stem and one of the suffixes of its kind. Sorted by stem,
/// that other one is among the stems which the current one begins with, and those are kept on a stack.
fn remove_clashes(families: &mut Vec<Declared>, conflicts: &mut Vec<Conflict>) {
    let stem_at = |at: usize| families.get(at).map_or("", |declared| stem(&declared.name, declared.kind()));
    let mut order: Vec<usize> = (0..families.len()).collect();
    // Almost sorted: stems differ from names by a suffix. A stable sort takes little more than one pass then.
    order.sort_by(|&a, &b| stem_at(a).cmp(stem_at(b)));
    let mut prefixes: Vec<usize> = Vec::new();
    let mut left_out = Vec::new();
    for &at in &order {
        let current = stem_at(at);
        while prefixes.last().is_some_and(|&last| !current.starts_with(stem_at(last))) {
            prefixes.pop();
        }
        let clash = prefixes.iter().copied().find(|&other| {
            let suffix = current.get(stem_at(other).len()..).unwrap_or_default();
            let kind = families.get(other).map_or(Kind::Unknown, Declared::kind);
            suffix.is_empty() || sample_suffixes(kind).contains(&suffix)
        });
        match clash {
            Some(other) => left_out.push((at, other)),
            None => prefixes.push(at),
        }
    }
    left_out.sort_unstable();
    for &(at, other) in &left_out {
        if let (Some(left_out), Some(shown)) = (families.get(at), families.get(other)) {
            conflicts.push(Conflict::Samples {
                name: shown.name.to_string(),
                shown: *shown.place(),
                other: left_out.name.to_string(),
                left_out: *left_out.place(),
            });
        }
    }
    let mut at = 0;
    families.retain(|_| {
        let keep = !left_out.iter().any(|&(gone, _)| gone == at);
        at += 1;
        keep
    });
}

/// Where a constant label is also a metric's own, the metric keeps its own.
fn keep_own_labels(families: &mut [Declared], config: &Config, conflicts: &mut Vec<Conflict>) {
    for declared in families {
        let descriptor = &declared.entry.descriptor;
        let taken = |label: &str| {
            descriptor.labels.contains(&label)
                || (descriptor.kind == Kind::StateSet && declared.name == label)
        };
        let (own, rest): (Vec<_>, Vec<_>) =
            config.labels.iter().cloned().partition(|(label, _)| taken(label));
        if own.is_empty() {
            continue;
        }
        for (label, _) in own {
            conflicts.push(Conflict::ConstantLabel {
                label,
                name: declared.name.to_string(),
                place: descriptor.place,
            });
        }
        declared.own_constant = Some(rest);
    }
}

#[cfg(test)]
mod tests;
