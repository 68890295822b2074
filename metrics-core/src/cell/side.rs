//! A number beside each slot, for the few slots that have one.

use super::{
    chunks::locate,
    memory::{GRANULE, obtain, release},
    sync::AtomicU64,
};
use std::{
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

/// Numbers in the first chunk; each further one has twice as many. Pages of them that nobody touched take no memory.
const FIRST: u32 = if cfg!(loom) { 16 } else { 512 };
/// Enough chunks for every slot.
const CHUNKS: usize = 22;

/// Numbers by slot, zero unless they were set. Nothing is locked.
pub(crate) struct Side([AtomicPtr<AtomicU64>; CHUNKS]);

impl Side {
    pub(crate) const fn new() -> Self {
        Self([const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS])
    }

    pub(crate) fn get(&self, slot: u32) -> u64 {
        let (chunk, place) = locate(slot, FIRST);
        let Some(chunk) = self.0.get(chunk) else { return 0 };
        let numbers = chunk.load(Ordering::Acquire);
        if numbers.is_null() {
            return 0;
        }
        // SAFETY: the chunk is there, is never freed, and `locate` returns places within it.
        unsafe { &*numbers.add(place) }.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, slot: u32, number: u64) {
        if let Some(place) = self.place(slot) {
            place.store(number, Ordering::Relaxed);
        }
    }

    /// Makes room for the number of this slot, so that it is set without asking for memory.
    pub(super) fn prepare(&self, slot: u32) {
        self.place(slot);
    }

    /// Calls `each` with the slots below `end` that may have a number, and with their numbers.
    pub(super) fn each(&self, end: usize, mut each: impl FnMut(u32, u64)) {
        let mut start = 0;
        for (chunk, numbers) in self.0.iter().enumerate() {
            let len = (FIRST as usize) << chunk;
            let numbers = numbers.load(Ordering::Acquire);
            if start >= end {
                return;
            }
            if !numbers.is_null() {
                for place in 0..len.min(end - start) {
                    // SAFETY: the chunk is there, is never freed, and has `len` numbers.
                    each((start + place) as u32, unsafe { &*numbers.add(place) }.load(Ordering::Relaxed));
                }
            }
            start += len;
        }
    }

    /// The place of a slot's number, which is made if need be. None of a slot that is never given out.
    fn place(&self, slot: u32) -> Option<&AtomicU64> {
        let (at, place) = locate(slot, FIRST);
        let chunk = self.0.get(at)?;
        let mut numbers = chunk.load(Ordering::Acquire);
        if numbers.is_null() {
            let len = ((FIRST as usize) << at).next_multiple_of(GRANULE);
            let obtained = obtain(len);
            match chunk.compare_exchange(
                ptr::null_mut(),
                obtained.as_ptr(),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => numbers = obtained.as_ptr(),
                Err(winner) => {
                    numbers = winner;
                    // SAFETY: obtained with this length, and nobody else knows of it.
                    unsafe { release(obtained, len) };
                }
            }
        }
        // SAFETY: the chunk is there, is never freed, and `locate` returns places within it.
        Some(unsafe { &*numbers.add(place) })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Side;

    #[test]
    fn what_was_set_is_there_and_nothing_else() {
        static SIDE: Side = Side::new();
        let slots = [0, 511, 512, 513, 1535, 1536, 70_000];
        for &slot in &slots {
            assert_eq!(SIDE.get(slot), 0);
            SIDE.set(slot, u64::from(slot) + 1);
        }
        for slot in slots {
            assert_eq!(SIDE.get(slot), u64::from(slot) + 1);
            assert_eq!(SIDE.get(slot + 5), 0);
        }
        assert_eq!(SIDE.get((1 << 30) - 1), 0);
        let mut seen = Vec::new();
        SIDE.each(1536, |slot, number| seen.extend((number != 0).then_some((slot, number))));
        assert_eq!(seen, [(0, 1), (511, 512), (512, 513), (513, 514), (1535, 1536)]);
    }
}
