//! Series that were removed.
//!
//! A handle to a removed series may still exist, and its cells belong to threads that may be counting right now. So
//! nothing is taken away from them: the series is not shown until it counts again, and starts from zero then, under the
//! labels it had. What integers held when it was removed is remembered and subtracted from then on, so that nothing is
//! lost that is counted meanwhile. Floats would lose what is small beside what they held: a series that has some is
//! [reset](cell::reset_if). Other processes that read the cells know of no resets: where there are some, what floats held
//! is remembered as well, and no series is given to other labels.
//!
//! A series that is looked up by its texts is given to other labels when many have been removed after it and it has not
//! returned. From then on, handles to it count nowhere.

use super::store::{MOST_CELLS, Store};
use crate::{
    attachments::{self, Attached},
    cell::{
        self, Ended, Layout, Scope, Slot, directory,
        gate::{self, Locked},
    },
    created,
    native::NativeBuckets,
};
use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What one series held when it was removed.
pub(crate) struct Base {
    /// Zeros if it was reset, nothing if it has a word.
    cells: Box<[u64]>,
    /// When that was, since 1970.
    at: Duration,
    /// Until it is seen to have counted again.
    hidden: bool,
    /// Its record, if it was looked up.
    place: Option<u32>,
    /// Whether it waits for other labels.
    queued: bool,
}

/// What is locked together. Nothing is asked of an allocator meanwhile: it may be what counts, and looks for a series to
/// give to other labels.
#[derive(Default)]
struct Bases {
    of: HashMap<u32, Base>,
    /// Series that may be given to other labels, the one that was removed first in front.
    queue: VecDeque<u32>,
    /// What integer cells held that were reset.
    gone: Box<[u64]>,
    /// In which child this was noted.
    forks: u32,
}

/// The series of one metric that were removed.
#[derive(Default)]
pub(crate) struct Removed {
    bases: Mutex<Bases>,
    hidden: AtomicUsize,
}

impl Removed {
    fn lock(&self) -> Locked<'_, Bases> {
        let mut bases = gate::lock(&self.bases);
        let forks = directory::forks();
        if bases.forks != forks {
            // The cells of a child begin at zero.
            bases.of.values_mut().for_each(|base| base.cells.fill(0));
            bases.forks = forks;
        }
        bases
    }

    /// Locks with room for one more.
    fn lock_with_room(&self, width: usize) -> Locked<'_, Bases> {
        loop {
            let bases = self.lock();
            let len = bases.of.len();
            if len < bases.of.capacity() && len < bases.queue.capacity() && width <= bases.gone.len() {
                return bases;
            }
            drop(bases);
            let more = 2 * len + 4;
            let mut larger = Bases {
                of: HashMap::with_capacity(more),
                queue: VecDeque::with_capacity(more),
                gone: vec![0; width].into_boxed_slice(),
                forks: 0,
            };
            let mut bases = self.lock();
            if bases.of.len() < more && bases.queue.len() < more {
                larger.of.extend(bases.of.drain());
                larger.queue.extend(bases.queue.drain(..));
                larger.forks = bases.forks;
                larger.gone.iter_mut().zip(&*bases.gone).for_each(|(new, old)| *new = *old);
                mem::swap(&mut *bases, &mut larger);
            }
            drop(bases);
            drop(larger);
        }
    }

    /// When a series was removed, if it was.
    pub(crate) fn removed_at(&self, slot: u32) -> Option<Duration> {
        Some(self.lock().of.get(&slot)?.at)
    }

    /// How many series are hidden.
    pub(crate) fn hidden(&self) -> usize {
        self.hidden.load(Ordering::Relaxed)
    }

    /// Removes the series with these slots and what it has counted, if `right` accepts what that was since it was last
    /// removed and it has not been given to other labels. Returns whether it did. Also empties what it keeps beside its
    /// cells.
    pub(crate) fn hide_if(
        &self,
        slot: Slot,
        place: Option<u32>,
        layout: Layout,
        right: impl FnOnce(&[u64]) -> bool,
    ) -> bool {
        if directory::is_shared() {
            return self.hold_if(slot, place, layout, right);
        }
        let first = slot.unmarked().first();
        let width = layout.width() as usize;
        let mut cells = vec![0; width].into_boxed_slice();
        let mut since = cells.clone();
        let attached = attachments::at(first);
        let old;
        {
            let mut bases = self.lock_with_room(width);
            if slot.is_over() {
                return false;
            }
            if layout.floats > 0 {
                if !Attached::reset_if(attached, (first, layout), (&mut since, &mut cells), right) {
                    return false;
                }
                for (gone, since) in bases.gone.iter_mut().zip(&*since).skip(usize::from(layout.floats)) {
                    *gone = gone.wrapping_add(*since);
                }
                cells.fill(0);
            } else {
                // Summed while it is locked, so that of two who remove a series the later one has the later sums. What
                // is counted from here on counts for the series that returns.
                cell::sum_into(Scope::Process, &[first], layout, &mut cells);
                since.copy_from_slice(&cells);
                if let Some(base) = bases.of.get(&first) {
                    layout.subtract(&mut since, &base.cells);
                }
                if !right(&since) {
                    return false;
                }
                if let Some(attached) = attached {
                    attached.forget();
                }
            }
            old = self.hide(&mut bases, first, place, cells);
        }
        drop(old);
        true
    }

    /// Does what [`hide_if`](Self::hide_if) does where other processes read the cells: what they hold is remembered, and
    /// noted for those processes.
    fn hold_if(
        &self,
        slot: Slot,
        place: Option<u32>,
        layout: Layout,
        right: impl FnOnce(&[u64]) -> bool,
    ) -> bool {
        let first = slot.unmarked().first();
        let width = layout.width() as usize;
        let attached = attachments::at(first);
        let native = attached.and_then(Attached::native);
        let mut cells = vec![0; width].into_boxed_slice();
        let mut since = cells.clone();
        let mut right = Some(right);
        loop {
            let in_use = native.map_or(0, NativeBuckets::in_use);
            let mut sums = vec![0; width + in_use];
            let mut again = sums.clone();
            let mut bases = self.lock_with_room(width);
            let base = bases.of.get(&first);
            let mut hold = |slots: &[u32], sums: &mut [u64]| {
                if slots.len() != in_use {
                    // A native bucket was added meanwhile.
                    return false;
                }
                cell::sum_with(first, layout, slots, sums, &mut again);
                let (of_series, of_slots) = sums.split_at(width);
                cells.copy_from_slice(of_series);
                since.copy_from_slice(of_series);
                if let Some(base) = base {
                    layout.subtract(&mut since, &base.cells);
                }
                let right = right.take().is_some_and(|right| right(&since));
                if right {
                    directory::removed(first, of_series);
                    slots.iter().zip(of_slots).for_each(|(&slot, &sum)| directory::removed_native(slot, sum));
                }
                right
            };
            let is_hidden = match native {
                Some(native) => native.hold_with(&mut sums, hold),
                None => hold(&[], &mut sums),
            };
            if is_hidden {
                if let Some(attached) = attached {
                    attached.forget();
                }
                let old = self.hide(&mut bases, first, place, cells);
                drop(bases);
                drop(old);
                return true;
            }
            if right.is_none() {
                return false;
            }
        }
    }

    /// Removes the series with this word, if `clear` empties it and it has not been given to other labels. Returns whether
    /// it was.
    pub(crate) fn hide_word(&self, slot: Slot, place: Option<u32>, clear: impl FnOnce() -> bool) -> bool {
        cell::prepare_to_end_shared();
        let old;
        {
            let mut bases = self.lock_with_room(0);
            if slot.is_over() || !clear() {
                return false;
            }
            old = self.hide(&mut bases, slot.first(), place, Box::default());
        }
        drop(old);
        true
    }

    /// Notes that a series is hidden. Returns what is to be given back.
    fn hide(&self, bases: &mut Bases, first: u32, place: Option<u32>, cells: Box<[u64]>) -> Option<Base> {
        let queued = bases.of.get(&first).is_some_and(|base| base.queued);
        if place.is_some() && !queued {
            bases.queue.push_back(first);
        }
        let base = Base { cells, at: created::now(), hidden: true, place, queued: place.is_some() };
        let old = bases.of.insert(first, base);
        if old.as_ref().is_none_or(|old| !old.hidden) {
            self.hidden.fetch_add(1, Ordering::Relaxed);
        }
        old
    }

    /// The series that was removed first of those that are hidden, and its record. It is not returned again.
    pub(super) fn oldest(&self) -> Option<(u32, u32)> {
        let mut bases = self.lock();
        loop {
            let first = bases.queue.pop_front()?;
            let Some(base) = bases.of.get_mut(&first) else { continue };
            base.queued = false;
            if let Some(place) = base.place.filter(|_| base.hidden) {
                return Some((first, place));
            }
        }
    }

    /// Ends a series that is hidden, and resets its slots, unless it has returned. What is to be given back is put into
    /// `left`. Asks no allocator for anything.
    pub(super) fn claim(&self, first: u32, store: Store, end: &Ended<'_>, left: &mut Option<Base>) -> bool {
        let mut bases = self.lock();
        let Bases { of, queue, gone, .. } = &mut *bases;
        let Some(base) = of.get_mut(&first).filter(|base| base.hidden) else { return false };
        let claimed = match store {
            Store::Cells(layout, _) => {
                let (mut sums, mut again) = ([0; MOST_CELLS], [0; MOST_CELLS]);
                let width = layout.width() as usize;
                let (Some(sums), Some(again)) = (sums.get_mut(..width), again.get_mut(..width)) else {
                    return false;
                };
                let right = |sums: &[u64]| {
                    let right = *sums == *base.cells;
                    if right {
                        end.wholly();
                    }
                    right
                };
                let claimed =
                    Attached::reset_if(attachments::at(first), (first, layout), (&mut *sums, again), right);
                if claimed {
                    // Floats were reset, and with them the integers beside them, when the series was removed.
                    for (gone, sum) in gone.iter_mut().zip(sums) {
                        *gone = gone.wrapping_add(*sum);
                    }
                    created::note(first);
                }
                claimed
            }
            Store::Words(absent) => {
                let word = cell::word(first);
                cell::end_shared(
                    first,
                    || end.for_handles(),
                    || {
                        let right = word.load() == absent;
                        if right {
                            word.clear(absent);
                            end.wholly();
                        }
                        right
                    },
                )
            }
        };
        if claimed {
            self.hidden.fetch_sub(1, Ordering::Relaxed);
            *left = of.remove(&first);
        } else if store.is_returned(first, &base.cells) {
            self.unhide(base);
        } else if !mem::replace(&mut base.queued, true) {
            // Somebody may have been about to write to it.
            queue.push_back(first);
        }
        claimed
    }

    /// What the integer cell so many behind the first held in series that were reset, together with what `sum` returns.
    /// No series is reset meanwhile, and `sum` asks no allocator for anything.
    pub(crate) fn with_gone(&self, offset: usize, sum: impl FnOnce() -> u64) -> u64 {
        let bases = self.lock();
        sum().wrapping_add(bases.gone.get(offset).copied().unwrap_or_default())
    }

    /// Notes that a series has counted again.
    fn unhide(&self, base: &mut Base) {
        if mem::take(&mut base.hidden) {
            self.hidden.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Notes that a word was set again, if it is.
    pub(crate) fn unhide_word(&self, slot: u32, absent: u64) {
        if self.hidden() > 0 {
            let mut bases = self.lock();
            // Who saw that it is set may have seen it before it was removed.
            if let Some(base) = bases.of.get_mut(&slot).filter(|_| cell::word(slot).load() != absent) {
                self.unhide(base);
            }
        }
    }

    /// Subtracts from `cells` what they held when the series was removed, if it was. Returns whether it is still
    /// hidden.
    #[inline]
    pub(crate) fn subtract(
        removed: Option<&Self>,
        slot: u32,
        layout: Layout,
        scope: Scope,
        cells: &mut [u64],
    ) -> bool {
        // Nothing was ever removed of most families.
        removed.is_some_and(|removed| removed.subtract_base(slot, layout, scope, cells))
    }

    #[cold]
    fn subtract_base(&self, slot: u32, layout: Layout, scope: Scope, cells: &mut [u64]) -> bool {
        let mut bases = self.lock();
        let Some(base) = bases.of.get_mut(&slot) else { return false };
        if scope == Scope::Process {
            if base.hidden && *cells == *base.cells {
                // Nothing was counted since. There may be very many of these.
                cells.fill(0);
                return true;
            }
            // They may have been summed before it was removed, and then be less than what they held at that time.
            cell::sum_into(scope, &[slot], layout, cells);
            layout.subtract(cells, &base.cells);
            if cells.iter().any(|&cell| cell != 0) {
                self.unhide(base);
            }
        }
        base.hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scrape that read a word before it was removed does not take the series for one that has returned.
    #[test]
    fn a_word_that_was_set_before_its_removal_is_hidden_behind_it() {
        const ABSENT: u64 = 9;
        let number = cell::reserve_word(ABSENT);
        let removed = Removed::default();
        let hide = || {
            removed.hide_word(Slot::always(number), None, || {
                cell::word(number).clear(ABSENT);
                true
            })
        };
        cell::word(number).store(1);
        assert!(hide());
        removed.unhide_word(number, ABSENT);
        assert_eq!(removed.hidden(), 1);
        cell::word(number).store(1);
        removed.unhide_word(number, ABSENT);
        assert_eq!(removed.hidden(), 0);
    }

    /// Between the sums of a scrape and its look at what was removed, others count and remove.
    #[test]
    fn what_was_summed_before_a_removal_is_not_taken_for_less_than_nothing() {
        let slot = cell::reserve(1);
        let count = |amount| {
            if !cell::try_add(slot, amount) {
                cell::add_slow(slot, amount);
            }
        };
        let removed = Removed::default();
        let subtract = |mut cells: Vec<u64>| {
            let hidden = Removed::subtract(Some(&removed), slot, Layout::COUNTER, Scope::Process, &mut cells);
            (cells, hidden)
        };
        count(10);
        let early = cell::sum(Scope::Process, slot, Layout::COUNTER);
        count(2);
        assert!(removed.hide_if(Slot::always(slot), None, Layout::COUNTER, |cells| cells == [12]));
        assert_eq!(subtract(early.clone()), (vec![0], true));
        count(3);
        assert_eq!(subtract(early), (vec![3], false));
    }
}
