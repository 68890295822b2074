//! Where numbers live: the only module with `unsafe` code.
//!
//! A thread that counts leases a block of cells and is the only one to write to it, so that an increment is a
//! relaxed load and a relaxed store of one word, which x86 does in a single `inc`. A metric knows the number of its
//! slot; the slot is the same in every block, and the value of a metric is the sum of that slot over all blocks.
//! Threads beyond twice the processors [take turns](spill) in blocks.
//!
//! Nothing outside this module knows how a block is obtained ([`memory`]): from the heap, or from a mapped file.
#![allow(unsafe_code)]
// Slots and places are numbered in 32 bits and counted in `usize`; each is bounded where it is made.
#![allow(clippy::cast_possible_truncation)]
// What is obtained is aligned to more than anything that is put there.
#![allow(clippy::cast_ptr_alignment)]

mod barrier;
mod chunks;
mod memory;
mod pool;
mod resets;
mod side;
mod spill;
mod sync;
mod window;

#[cfg(not(loom))]
mod arena;
#[cfg(shared_cells)]
pub(crate) mod directory;
#[cfg(not(any(shared_cells, loom)))]
#[path = "unshared.rs"]
pub(crate) mod directory;
#[cfg(not(loom))]
mod first;
#[cfg(shared_cells)]
pub(crate) mod fork;
#[cfg(shared_cells)]
pub(crate) mod gate;
#[cfg(not(any(shared_cells, loom)))]
#[path = "ungated.rs"]
pub(crate) mod gate;
#[cfg(not(loom))]
mod index;
#[cfg(not(loom))]
mod layout;
#[cfg(not(loom))]
mod lease;
#[cfg(all(not(any(miri, loom)), any(target_os = "linux", target_os = "android")))]
pub(crate) mod loaded;
#[cfg(not(loom))]
mod loss;
#[cfg(not(loom))]
mod once;
#[cfg(not(loom))]
mod owners;
#[cfg(not(loom))]
mod reading;
#[cfg(not(loom))]
mod records;
#[cfg(shared_cells)]
pub(crate) mod shared;
#[cfg(not(loom))]
mod slot;
#[cfg(not(loom))]
mod slot_batch;
#[cfg(not(loom))]
mod text_blocks;
#[cfg(not(loom))]
mod tsc;
#[cfg(not(loom))]
mod words;

#[cfg(not(loom))]
pub(crate) use self::{
    chunks::locate,
    first::First,
    layout::Layout,
    lease::{
        add_f64_slow, add_slow, assign, assign_with, end_shared, finish_slow, observe_many, observe_slow,
        own, prepare_to_end_shared, reject, reserve, reset_if, sum, sum_into, sum_of, sum_together, sum_with,
        try_add, try_add_f64, try_add_release, try_finish, try_observe, write_shared,
    },
    loss::Loss,
    once::Once,
    records::{Append, Comparison, Copies, Ended, Records},
    side::Side,
    slot::Slot,
    slot_batch::SlotBatch,
    text_blocks::{FEW, NextIs},
    tsc::{read_tsc, tsc_is_usable},
    words::{Word, assign_words, assign_words_with, reserve_word, word},
};

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

/// Whether the program is built without metrics, by `RUSTFLAGS="--cfg tallymark_off"`: then nothing counts. Whatever would write
/// asks first, so that the compiler leaves out all behind it; nothing has a slot.
pub(crate) const OFF: bool = cfg!(tallymark_off);

/// Whose cells are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// All threads', dead ones included: what a scrape shows.
    Process,
    /// Those of the calling thread's block only. A block is handed on when a thread ends, so the sums are those of
    /// this thread and of earlier owners; the *difference* between two readings is this thread's alone.
    Thread,
}

/// The slot of a metric that has none yet: beyond every block, so the bounds check that guards against too short a
/// block catches it as well. So it does if the number of a series in its row is added, or that of a cell in its series:
/// there is room above for both.
pub(crate) const UNASSIGNED: u32 = 0b1001 << 28;

/// In the slot of a series that keeps something beside its cells. No block reaches so far, so the same check sends its
/// observations to the slow path, which takes the mark off.
pub(crate) const MARK: u32 = 1 << 30;
const _: () = assert!(UNASSIGNED & MARK == 0 && UNASSIGNED > 2 * MARK);

/// The slot without the mark.
#[inline(always)]
pub(crate) const fn unmarked(slot: u32) -> u32 {
    slot & !MARK
}
