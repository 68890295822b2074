//! The series of a file that are one integer each, added up without a look at the record of each.

use crate::{counts::comparable, file::Numbers, merged::Merged};

/// Series whose cells are neighbours in their file, and whose places are neighbours in their family.
#[derive(Debug)]
struct Run {
    family: u32,
    /// The place of the first in its family.
    entry: u32,
    /// The cell of the first.
    slot: u32,
    len: u32,
    /// Whether those that hold 0 show nothing.
    hides_zero: bool,
}

/// The series of one file that are one integer each and were never removed.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    runs: Vec<Run>,
    /// When each was created, one run behind the other.
    created: Vec<u64>,
}

impl Plain {
    pub(crate) fn clear(&mut self) {
        self.runs.clear();
        self.created.clear();
    }

    /// Adds a series, by the places of its family and within that. Those that processes make in one order become one run.
    ///
    /// Returns `false` if there is no room for places so far behind.
    pub(crate) fn push(&mut self, place: (usize, usize), slot: u32, created: u64, hides_zero: bool) -> bool {
        let (Ok(family), Ok(entry)) = (u32::try_from(place.0), u32::try_from(place.1)) else { return false };
        self.created.push(comparable(created));
        if let Some(last) = self.runs.last_mut() {
            let is_next = last.family == family
                && last.entry.checked_add(last.len) == Some(entry)
                && last.slot.checked_add(last.len) == Some(slot)
                && last.hides_zero == hides_zero;
            if is_next {
                last.len += 1;
                return true;
            }
        }
        self.runs.push(Run { family, entry, slot, len: 1, hides_zero });
        true
    }

    /// Adds what the cells hold. `sums` is memory to work in.
    pub(crate) fn add_to(&self, merged: &mut Merged, numbers: &Numbers, sums: &mut Vec<u64>) {
        let mut created = self.created.as_slice();
        for run in &self.runs {
            let Some((moments, rest)) = created.split_at_checked(run.len as usize) else { return };
            created = rest;
            let Some(counts) = merged.counts(run.family as usize) else { continue };
            let (slot, entry) = (run.slot as usize, run.entry as usize);
            if let [moment] = moments {
                let sum = numbers.integer(slot);
                counts.add_all(entry, &[sum], &[*moment], run.hides_zero);
                continue;
            }
            sums.clear();
            sums.resize(moments.len(), 0);
            for block in &numbers.blocks {
                for (sum, cell) in sums.iter_mut().zip(block.get(slot..).unwrap_or_default()) {
                    *sum = sum.wrapping_add(*cell);
                }
            }
            counts.add_all(entry, sums, moments, run.hides_zero);
        }
    }
}
