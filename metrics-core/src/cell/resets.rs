//! Slots that are set back to zero, which only the threads that count there can do.
//!
//! Nobody writes to the cells of another thread. So a reset is announced, with the pool's lock held: it gets a number, each
//! of its slots keeps that number as the one of its last reset, and all windows are closed. A block notes how many resets
//! its cells have been through. A reader leaves out each cell whose slot was reset since, whatever it holds: it counts as
//! zero. A thread whose window is closed takes the lock before it counts again, sets to zero what was reset since it last
//! did so, and opens its window. A thread that never counts again costs nothing.
//!
//! A thread that had looked at its window before it was closed may still add to a cell that was reset. That addition is
//! part of what was reset: no reader sees it, and the thread itself sets it to zero.

use std::ops::Range;

/// How many resets are remembered one by one. Threads that missed more look through all slots.
pub(super) const LOGGED: usize = if cfg!(loom) {
    2
} else if cfg!(miri) {
    4
} else {
    256
};

/// What was reset, by number. The first reset has the number one.
pub(super) struct Resets {
    count: u64,
    log: [(u32, u32); LOGGED],
}

impl Resets {
    pub(super) const NONE: Self = Self { count: 0, log: [(0, 0); LOGGED] };

    /// How many there have been.
    #[inline]
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Notes that slots were reset, and returns the number of that.
    pub(super) fn add(&mut self, slots: &Range<u32>) -> u64 {
        if let Some(entry) = self.log.get_mut((self.count % LOGGED as u64) as usize) {
            *entry = (slots.start, slots.end);
        }
        self.count += 1;
        self.count
    }

    /// Copies what was reset after the one numbered `since`. Returns whether anything was.
    pub(super) fn missed(&self, since: u64, missed: &mut Missed) -> bool {
        let count = self.count - since;
        (missed.since, missed.until, missed.len) = (since, self.count, 0);
        if count <= LOGGED as u64 {
            for number in since..self.count {
                let Some(&(start, end)) = self.log.get((number % LOGGED as u64) as usize) else { continue };
                if let Some(place) = missed.ranges.get_mut(missed.len) {
                    *place = start..end;
                    missed.len += 1;
                }
            }
        }
        count > 0
    }
}

/// The resets that a block has missed.
pub(super) struct Missed {
    pub(super) since: u64,
    pub(super) until: u64,
    ranges: [Range<u32>; LOGGED],
    len: usize,
}

impl Missed {
    pub(super) fn new() -> Self {
        Self { since: 0, until: 0, ranges: [const { 0..0 }; LOGGED], len: 0 }
    }

    /// The slots, or nothing if there were more resets than are remembered.
    pub(super) fn slots(&self) -> Option<&[Range<u32>]> {
        (self.len as u64 == self.until - self.since).then(|| self.ranges.get(..self.len)).flatten()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_listed_unless_it_is_too_much() {
        let mut resets = Resets::NONE;
        let mut missed = Missed::new();
        assert!(!resets.missed(0, &mut missed));
        for number in 0..LOGGED as u32 + 5 {
            assert_eq!(resets.add(&(number..number + 2)), u64::from(number) + 1);
        }
        assert!(resets.missed(LOGGED as u64 + 3, &mut missed));
        let last = LOGGED as u32 + 3;
        assert_eq!(missed.slots(), Some(&[last..last + 2, last + 1..last + 3][..]));
        assert!(resets.missed(5, &mut missed));
        assert_eq!(missed.slots().map(<[_]>::len), Some(LOGGED));
        assert!(resets.missed(4, &mut missed));
        assert_eq!(missed.slots(), None);
        assert!(!resets.missed(resets.count(), &mut missed));
    }
}
