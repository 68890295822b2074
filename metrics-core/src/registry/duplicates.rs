//! Series of one family that have the same labels.

use crate::{label::Seed, snapshot::Series};

/// Leaves the first of all series with the same labels, in whatever order. A label whose value is empty is no label.
/// Returns the places of the others, in order.
pub(super) fn remove_duplicates(series: &mut Vec<Series>) -> Vec<usize> {
    let before = series.len();
    let seed = Seed::random();
    // Sorted with its place behind each hash, so that only series of one hash have to be compared.
    let mut keys: Vec<u128> =
        (0_u32..).zip(&*series).map(|(at, one)| u128::from(hash(seed, one)) << 32 | u128::from(at)).collect();
    keys.sort_unstable();
    let place_of = |key: u128| (key & u128::from(u32::MAX)) as usize;
    let at = |key: &u128| series.get(place_of(*key));
    let mut keep = vec![true; before];
    for alike in keys.chunk_by(|a, b| a >> 32 == b >> 32) {
        for (place, key) in alike.iter().enumerate() {
            let is_like = |earlier: &u128| matches!((at(earlier), at(key)), (Some(a), Some(b)) if same(a, b));
            if alike.iter().take(place).any(is_like) {
                if let Some(keep) = keep.get_mut(place_of(*key)) {
                    *keep = false;
                }
            }
        }
    }
    let others = keep.iter().enumerate().filter(|(_, keep)| !**keep).map(|(place, _)| place).collect();
    let mut keep = keep.into_iter();
    series.retain(|_| keep.next().unwrap_or(true));
    others
}

/// The labels that a series has: those whose value is not empty.
fn labels(series: &Series) -> impl Iterator<Item = &(String, String)> {
    series.labels.iter().filter(|(_, value)| !value.is_empty())
}

/// A hash of the labels that does not depend on their order.
fn hash(seed: Seed, series: &Series) -> u64 {
    labels(series).fold(0, |sum, (name, value)| {
        let mut hasher = seed.hasher();
        hasher.text(name);
        hasher.text(value);
        sum.wrapping_add(hasher.finish())
    })
}

/// Whether both have the same labels. Each label's name occurs once.
fn same(a: &Series, b: &Series) -> bool {
    labels(a).count() == labels(b).count() && labels(a).all(|label| b.labels.contains(label))
}
