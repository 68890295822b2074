//! Words that any thread may set: what gauges hold.
//!
//! A word never moves. Words are numbered, and live in chunks that double in size, so that a number leads to its
//! word without a lock.

use super::{First, OFF, UNASSIGNED, barrier, chunks::locate, memory::obtain_words, sync::AtomicU64};
use std::{
    ptr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicPtr, Ordering, fence},
    },
};

/// What one gauge holds. In one cache line, so that noting a change costs next to nothing.
#[derive(Debug)]
#[repr(C, align(16))]
pub(crate) struct Word {
    bits: AtomicU64,
    /// The lowest bit says whether it was written to since this was last asked. In a file that other processes read, the
    /// others say when.
    touched: AtomicU64,
}

/// Notes that a word was written to.
const TOUCHED: u64 = 1;

/// What is noted beside a word that is written to.
#[inline]
fn touch() -> u64 {
    #[cfg(shared_cells)]
    if super::shared::is_on() {
        // Until the year 2262.
        return super::shared::now() << 1 | TOUCHED;
    }
    TOUCHED
}

impl Word {
    #[inline]
    pub(crate) fn load(&self) -> u64 {
        self.bits.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn store(&self, bits: u64) {
        if OFF {
            return;
        }
        self.bits.store(bits, Ordering::Relaxed);
        self.touched.store(touch(), Ordering::Release);
    }

    /// Replaces what is there with what `change` makes of it.
    #[inline]
    pub(crate) fn update(&self, mut change: impl FnMut(u64) -> u64) {
        if OFF {
            return;
        }
        let mut bits = self.load();
        loop {
            let new = change(bits);
            match self.bits.compare_exchange_weak(bits, new, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return self.touched.store(touch(), Ordering::Release),
                Err(seen) => bits = seen,
            }
        }
    }

    /// Empties the word. What is written from now on is there again.
    pub(crate) fn clear(&self, absent: u64) {
        self.bits.store(absent, Ordering::Relaxed);
        self.touched.store(0, Ordering::Relaxed);
    }

    /// Whether it was written to since this was last asked, if only with what it held.
    pub(crate) fn take_touched(&self) -> bool {
        self.touched.fetch_and(!TOUCHED, Ordering::AcqRel) & TOUCHED != 0
    }

    /// Empties the word, unless something was written to it since it was last asked whether there was. Returns whether it
    /// is empty.
    pub(crate) fn clear_idle(&self, bits: u64, absent: u64) -> bool {
        let swap =
            |from, to| self.bits.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok();
        let is_touched = || self.touched.load(Ordering::Acquire) & TOUCHED != 0;
        if is_touched() || !swap(bits, absent) {
            return false;
        }
        // If it was touched, the same value was written again meanwhile.
        !is_touched() || !swap(absent, bits)
    }
}

/// Words in the first chunk.
const FIRST: u32 = 64;
/// Enough chunks for every `u32` number.
const CHUNKS: usize = 26;

static CHUNK: [AtomicPtr<AtomicU64>; CHUNKS] = [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS];
static NEXT_WORD: Mutex<u32> = Mutex::new(0);

/// The number of words in a chunk.
fn capacity(chunk: usize) -> u32 {
    FIRST << chunk
}

/// Assigns `count` words in a row, which hold `bits`, to `first`, unless it has some already. Returns the first.
#[cold]
pub(crate) fn assign_words(first: &First, count: u32, bits: u64) -> u32 {
    assign_words_with(first, count, bits, |_| {})
}

/// Does what [`assign_words`] does, and calls `publish` with new words before they are assigned.
pub(crate) fn assign_words_with(first: &First, count: u32, bits: u64, publish: impl FnOnce(u32)) -> u32 {
    let assigned = first.get();
    if assigned != UNASSIGNED {
        return assigned;
    }
    let words = allocate(count, bits);
    publish(words);
    first.set(words)
}

/// Numbers a new word that holds `bits`.
pub(crate) fn reserve_word(bits: u64) -> u32 {
    allocate(1, bits)
}

/// Numbers `count` new words in a row, all in one chunk, and fills them with `bits`.
fn allocate(count: u32, bits: u64) -> u32 {
    barrier::prepare();
    let mut next = NEXT_WORD.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let (chunk, place) = locate(*next, FIRST);
        if place as u32 + count > capacity(chunk) {
            // Too long for what is left of this chunk: leave the rest unused and try the next, twice the size.
            *next += capacity(chunk) - place as u32;
            continue;
        }
        if CHUNK[chunk].load(Ordering::Relaxed).is_null() {
            let words = obtain_words(*next, capacity(chunk) as usize);
            CHUNK[chunk].store(words.as_ptr(), Ordering::Release);
        }
        let first = *next;
        *next += count;
        for number in first..first + count {
            word(number).clear(bits);
            #[cfg(shared_cells)]
            note_absent(number, bits);
        }
        return first;
    }
}

/// Notes behind the words of a chunk what one of them holds while it is not set, for a child after `fork`.
#[cfg(shared_cells)]
fn note_absent(number: u32, bits: u64) {
    let (chunk, place) = locate(number, FIRST);
    let words = CHUNK[chunk].load(Ordering::Acquire);
    // SAFETY: there is room for one number more for each word, and this is called under the lock.
    unsafe { (*words.add(2 * capacity(chunk) as usize + place)).store(bits, Ordering::Relaxed) };
}

/// Keeps words from being numbered while the process is copied.
#[cfg(shared_cells)]
pub(super) fn freeze() -> std::sync::MutexGuard<'static, u32> {
    NEXT_WORD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The word of all gauges where nothing counts.
static NOTHING: Word = Word { bits: AtomicU64::new(0), touched: AtomicU64::new(0) };

/// The word with a number that was given out here.
#[inline]
pub(crate) fn word(number: u32) -> &'static Word {
    if OFF {
        return &NOTHING;
    }
    // The number may come from a relaxed load. The thread that stored it had allocated the chunk before.
    fence(Ordering::Acquire);
    let (chunk, place) = locate(number, FIRST);
    let words = CHUNK[chunk].load(Ordering::Acquire);
    assert!(!words.is_null(), "a word that was never allocated");
    // SAFETY: the chunk is there, is never freed, and `locate` returns places below its capacity. It has two cells for
    // each word, and is aligned to more than a word.
    unsafe { &*words.cast::<Word>().add(place) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where other processes read the words, the time of the last write stays beside what was asked.
    #[test]
    fn a_word_is_idle_whatever_time_is_noted_beside_it() {
        const ABSENT: u64 = 9;
        for time in [0, 5 << 1] {
            let word = Word { bits: AtomicU64::new(3), touched: AtomicU64::new(time | TOUCHED) };
            assert!(!word.clear_idle(3, ABSENT), "written to since it was last asked");
            assert!(word.take_touched() && !word.take_touched());
            assert!(!word.clear_idle(4, ABSENT), "it holds something else");
            assert!(word.clear_idle(3, ABSENT));
            assert_eq!(word.load(), ABSENT);
        }
    }
}
