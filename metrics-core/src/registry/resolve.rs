//! From elements in any order to families that can be shown.

use super::{Conflict, Package, config::Config, conflict::Difference, packages};
use crate::{
    descriptor::{Kind, Place},
    element::{Element, Entry},
    encode::{sample_suffixes, stem},
    function::FunctionSite,
    model::ModelSite,
    visit::Head,
};
use std::borrow::Cow;

/// A declared metric as it is shown.
pub(super) struct Declared {
    pub(super) entry: &'static Entry,
    pub(super) name: Cow<'static, str>,
    /// The constant labels, if they are not those of all others.
    own_constant: Option<Box<[(String, String)]>>,
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
            constant: self.own_constant.as_deref().unwrap_or(&config.labels),
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
    pub(super) functions: Vec<&'static FunctionSite>,
    pub(super) models: Vec<&'static ModelSite>,
    pub(super) packages: Vec<Package>,
}

impl Resolved {
    pub(super) fn new(elements: &[Element], config: Config) -> Self {
        let (mut families, twice) = sorted(named(elements, &config));
        let mut conflicts = Vec::new();
        if twice {
            remove_twice(&mut families, &mut conflicts);
        }
        remove_clashes(&mut families, &mut conflicts);
        if !config.labels.is_empty() {
            keep_own_labels(&mut families, &config, &mut conflicts);
        }
        let (mut functions, mut models) = (Vec::new(), Vec::new());
        for element in elements {
            match element {
                Element::Metrics(_) => {}
                Element::Function(site) => functions.push(*site),
                Element::Model(site) => models.push(*site),
            }
        }
        Self { config, families, conflicts, functions, models, packages: packages::count(elements) }
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

/// A metric and the name it is to be shown under.
struct Named {
    entry: &'static Entry,
    name: Cow<'static, str>,
}

fn named(elements: &[Element], config: &Config) -> Vec<Named> {
    let mut all = Vec::with_capacity(elements.len());
    for element in elements {
        let Element::Metrics(entries) = element else { continue };
        for entry in *entries {
            let descriptor = &entry.descriptor;
            let name = match config.rename(descriptor.name, descriptor.namespaced) {
                Some(name) => Cow::Owned(name),
                None => Cow::Borrowed(descriptor.name),
            };
            all.push(Named { entry, name });
        }
    }
    all
}

/// Sorts by name; metrics of one name by package, file and line, so that the same one is shown in every build. Answers
/// whether there are any of one name.
fn sorted(mut all: Vec<Named>) -> (Vec<Declared>, bool) {
    let mut keys: Vec<u128> = (0..all.len()).map(|at| at as u128).collect();
    let twice = sort_keys(&all, &mut keys, 0);
    let declared = |named: &mut Named| {
        let name = std::mem::take(&mut named.name);
        Declared { entry: named.entry, name, own_constant: None, slot: None }
    };
    let families = keys.into_iter().filter_map(|key| all.get_mut(place(key)).map(declared));
    (families.collect(), twice)
}

/// Sorts keys whose names are the same in their first `skip` bytes.
///
/// Names of one application begin alike. What follows their common beginning is packed into one number, together with
/// the place, and numbers are what sorts fastest; where the numbers are the same, the bytes behind are sorted likewise.
/// Answers whether names are the same to their end.
fn sort_keys(all: &[Named], keys: &mut [u128], skip: usize) -> bool {
    let skip = skip + common_prefix(all, keys, skip);
    for key in &mut *keys {
        *key = packed(name_behind(all, *key, skip)) | (*key & PLACE);
    }
    keys.sort_unstable();
    let mut twice = false;
    for same in keys.chunk_by_mut(|a, b| a & !PLACE == b & !PLACE) {
        if let [first, _, ..] = *same {
            // No name holds a zero, so it stands for the end: these names are the same.
            if first & END == 0 {
                same.sort_unstable_by(|a, b| by_place(all, *a).cmp(&by_place(all, *b)));
                twice = true;
            } else {
                twice |= sort_keys(all, same, skip + BYTES);
            }
        }
    }
    twice
}

/// How many bytes of the names a key holds.
const BYTES: usize = 12;

/// The bits of a key that hold the place among all names.
const PLACE: u128 = u32::MAX as u128;

/// The bits of a key that hold its last byte.
const END: u128 = 0xff << 32;

fn place(key: u128) -> usize {
    (key & PLACE) as usize
}

fn by_place(all: &[Named], key: u128) -> Option<(&str, &str, u32)> {
    let place = &all.get(place(key))?.entry.descriptor.place;
    Some((place.package, place.file, place.line))
}

fn name_behind(all: &[Named], key: u128, skip: usize) -> &[u8] {
    all.get(place(key)).and_then(|named| named.name.as_bytes().get(skip..)).unwrap_or_default()
}

/// How many bytes all names have in common behind those that are skipped.
fn common_prefix(all: &[Named], keys: &[u128], skip: usize) -> usize {
    let Some((first, rest)) = keys.split_first() else { return 0 };
    let mut prefix = name_behind(all, *first, skip);
    for key in rest {
        let name = name_behind(all, *key, skip);
        if !name.starts_with(prefix) {
            let same = prefix.iter().zip(name).take_while(|(a, b)| a == b).count();
            prefix = prefix.split_at(same).0;
            if same == 0 {
                break;
            }
        }
    }
    prefix.len()
}

/// The first bytes as a number that sorts as they do; a shorter text sorts first, as it should.
fn packed(text: &[u8]) -> u128 {
    if let Some(bytes) = text.first_chunk::<16>() {
        return u128::from_be_bytes(*bytes) & !PLACE;
    }
    let mut bytes = [0; 16];
    let length = text.len().min(BYTES);
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
/// A clash means that one stem is another stem, or another stem and one of the suffixes of its kind.
fn remove_clashes(families: &mut Vec<Declared>, conflicts: &mut Vec<Conflict>) {
    let mut left_out = Vec::new();
    // Among sorted names, those that the current one begins with are kept on a stack.
    let mut prefixes: Vec<usize> = Vec::new();
    for (at, declared) in families.iter().enumerate() {
        let other = |at: usize| families.get(at).unwrap_or(declared);
        while prefixes.last().is_some_and(|&last| !declared.name.starts_with(&*other(last).name)) {
            prefixes.pop();
        }
        let clash = prefixes.iter().copied().find(|&prefix| clash(other(prefix), declared));
        match clash.or_else(|| hidden_clash(families, at, &left_out)) {
            Some(other) => left_out.push((at, other)),
            None => prefixes.push(at),
        }
    }
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
    if !left_out.is_empty() {
        let mut at = 0;
        families.retain(|_| {
            let keep = left_out.binary_search_by_key(&at, |&(gone, _)| gone).is_err();
            at += 1;
            keep
        });
    }
}

fn clash(a: &Declared, b: &Declared) -> bool {
    let (stem_a, stem_b) = (stem(&a.name, a.kind()), stem(&b.name, b.kind()));
    let by_suffix = |stem: &str, kind: Kind, other: &str| {
        other.strip_prefix(stem).is_some_and(|suffix| sample_suffixes(kind).contains(&suffix))
    };
    stem_a == stem_b || by_suffix(stem_a, a.kind(), stem_b) || by_suffix(stem_b, b.kind(), stem_a)
}

/// The place of an earlier family that clashes with the one at this place although neither name begins with the other:
/// `build_info` with `build_total`, or `orders_created` with `orders_total`.
fn hidden_clash(families: &[Declared], at: usize, left_out: &[(usize, usize)]) -> Option<usize> {
    let (earlier, declared) = (families.get(..at)?, families.get(at)?);
    let stem = stem(&declared.name, declared.kind());
    // Whatever stands between the other name and this one begins with the stem and an underscore, too.
    let last = earlier.last()?.name.strip_prefix(stem);
    if declared.kind() != Kind::Counter || !last.is_some_and(|rest| rest.starts_with('_')) {
        return None;
    }
    ["_info", "_created", "_created_total", "_created_info"].iter().find_map(|suffix| {
        let name = format!("{stem}{suffix}");
        let found = earlier.binary_search_by(|other| (*other.name).cmp(&name)).ok()?;
        let is_shown = left_out.binary_search_by_key(&found, |&(gone, _)| gone).is_err();
        (is_shown && clash(earlier.get(found)?, declared)).then_some(found)
    })
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
        declared.own_constant = Some(rest.into());
    }
}

#[cfg(test)]
mod tests;
