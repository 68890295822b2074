//! Series of a family by their labels.

use super::{Family, Series};
use crate::label::Seed;
use std::{fmt, sync::OnceLock};

/// Fewer series than that are looked through.
const FEW: usize = 16;

/// An index of each family in which series were looked for, made when one is first looked for. Snapshots of the same families are
/// equal, whichever indexes they have.
#[derive(Clone, Default)]
pub(super) struct Indexes(OnceLock<Box<[OnceLock<Index>]>>);

impl fmt::Debug for Indexes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Indexes").finish_non_exhaustive()
    }
}

impl PartialEq for Indexes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Indexes {
    /// Returns the first series with exactly these labels in a family, which is at this place among so many.
    pub(super) fn find<'a>(
        &self,
        families: usize,
        place: usize,
        family: &'a Family,
        labels: &[(&str, &str)],
    ) -> Option<&'a Series> {
        if family.series.len() < FEW {
            return family.get(labels);
        }
        let indexes = self.0.get_or_init(|| (0..families).map(|_| OnceLock::new()).collect());
        indexes.get(place)?.get_or_init(|| Index::new(family)).find(family, labels)
    }
}

/// The series of one family.
#[derive(Clone)]
struct Index {
    seed: Seed,
    /// Hashes of labels and places of series, sorted.
    places: Box<[(u64, usize)]>,
}

impl Index {
    fn new(family: &Family) -> Self {
        let seed = Seed::random();
        let hashed = |(place, series): (usize, &Series)| {
            let labels = series.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            (hash(seed, labels), place)
        };
        let mut places: Box<[(u64, usize)]> = family.series.iter().enumerate().map(hashed).collect();
        places.sort_unstable();
        Self { seed, places }
    }

    fn find<'a>(&self, family: &'a Family, labels: &[(&str, &str)]) -> Option<&'a Series> {
        let hash = hash(self.seed, labels.iter().copied());
        let first = self.places.partition_point(|&(other, _)| other < hash);
        let alike = self.places.get(first..)?.iter().take_while(|&&(other, _)| other == hash);
        alike.filter_map(|&(_, place)| family.series.get(place)).find(|series| series.has(labels))
    }
}

/// A hash of the labels that does not depend on their order.
fn hash<'a>(seed: Seed, labels: impl Iterator<Item = (&'a str, &'a str)>) -> u64 {
    labels.fold(0, |sum, (name, value)| {
        let mut hasher = seed.hasher();
        hasher.text(name);
        hasher.text(value);
        sum.wrapping_add(hasher.finish())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Kind, Number,
        snapshot::{Snapshot, Value},
    };

    fn family(series: usize) -> Family {
        let labels =
            |at: usize| vec![("a".to_owned(), at.to_string()), ("b".to_owned(), (at / 2).to_string())];
        Family {
            name: "things".to_owned(),
            help: String::new(),
            kind: Kind::Gauge,
            unit: None,
            series: (0..series)
                .map(|at| Series::new(labels(at), Value::Number(Number::U64(at as u64))))
                .collect(),
        }
    }

    #[test]
    fn what_is_found_is_what_looking_through_all_finds() {
        for series in [0, 1, FEW - 1, FEW, 500] {
            let snapshot = Snapshot::new(vec![family(series)]);
            for at in 0..series + 2 {
                let (a, b) = (at.to_string(), (at / 2).to_string());
                for labels in
                    [&[("a", a.as_str()), ("b", &b)][..], &[("b", &b), ("a", &a)], &[("a", &a)], &[]]
                {
                    assert_eq!(snapshot.series("things", labels), snapshot.families()[0].get(labels), "{at}");
                }
            }
            assert_eq!(snapshot, Snapshot::new(vec![family(series)]));
        }
    }

    /// Series that have the same hash are told apart by their labels.
    #[test]
    fn hashes_may_be_the_same() {
        let family = family(100);
        let mut index = Index::new(&family);
        let wanted = [("a", "70"), ("b", "35")];
        let hash = hash(index.seed, wanted.into_iter());
        index.places.iter_mut().for_each(|(other, _)| *other = hash);
        assert_eq!(index.find(&family, &wanted), family.series.get(70));
        assert_eq!(index.find(&family, &[("a", "70"), ("b", "36")]), None);
    }
}
