//! All blocks, and who has leased which.

use super::{
    memory::{GRANULE, obtain, release},
    sync::{AtomicU64, Mutex, lock},
};
use std::{ptr::NonNull, sync::atomic::Ordering};

/// The least number of cells in a block. Most programs have fewer metrics, and then no block ever grows.
const SMALLEST: usize = if cfg!(loom) { GRANULE } else { 512 };

/// A block of this many cells or more does not double any more.
const LARGE: usize = 1 << 14;

/// A thread's right to write to one block.
///
/// The block stays where it is until the holder itself [grows](Pool::grow) it or [gives it back](Pool::give_back).
#[derive(Clone, Copy)]
pub(super) struct Lease {
    index: usize,
    pub(super) cells: NonNull<AtomicU64>,
    pub(super) len: usize,
}

/// A block, as seen under the pool's lock.
pub(super) struct Block {
    cells: NonNull<AtomicU64>,
    len: usize,
}

impl Block {
    fn new(at_least: usize) -> Self {
        let len = at_least.max(SMALLEST).next_multiple_of(GRANULE);
        Self { cells: obtain(len), len }
    }

    /// The cells, while the lock is held: blocks are only replaced under it.
    pub(super) fn cells(&self) -> &[AtomicU64] {
        // SAFETY: `cells` points to `len` initialised atomics, which are freed only by `grow`, under the same lock
        // as the caller holds to have this reference.
        unsafe { std::slice::from_raw_parts(self.cells.as_ptr(), self.len) }
    }

    /// Moves the sums into a larger block. The caller holds the lock, and nobody writes meanwhile.
    fn grow(&mut self, at_least: usize) {
        // Growing by a part of the length keeps the copying linear in the number of slots; a large block by a smaller
        // part, so that there is not as much memory in reserve as in use.
        let more = if self.len < LARGE { self.len } else { self.len / 4 };
        let larger = Self::new(at_least.max(self.len + more));
        for (old, new) in self.cells().iter().zip(larger.cells()) {
            let sum = old.load(Ordering::Relaxed);
            // Pages of a fresh block that hold only zeros stay untouched, and so unmapped.
            if sum != 0 {
                new.store(sum, Ordering::Relaxed);
            }
        }
        let old = std::mem::replace(self, larger);
        // SAFETY: obtained with this length; readers hold the lock while they look, and we hold it now.
        unsafe { release(old.cells, old.len) };
    }
}

// SAFETY: a block is memory full of atomics; the lease protocol says who writes.
unsafe impl Send for Block {}

struct Blocks {
    all: Vec<Block>,
    /// Indices of blocks that ended threads gave back. Their sums stay in them.
    free: Vec<usize>,
    /// Where threads count that are past the destruction of their lease. Written under the lock.
    late: Option<usize>,
}

/// The blocks of a process.
pub(super) struct Pool {
    blocks: Mutex<Blocks>,
}

impl Pool {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { blocks: Mutex::new(Blocks { all: Vec::new(), free: Vec::new(), late: None }) }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self { blocks: Mutex::new(Blocks { all: Vec::new(), free: Vec::new(), late: None }) }
    }

    /// Leases a block of at least `len` cells: one that an ended thread left behind, or a new one.
    pub(super) fn lease(&self, len: usize) -> Lease {
        let mut blocks = lock(&self.blocks);
        let index = if let Some(index) = blocks.free.pop() {
            if blocks.all[index].len < len {
                blocks.all[index].grow(len);
            }
            index
        } else {
            blocks.all.push(Block::new(len));
            blocks.all.len() - 1
        };
        let Block { cells, len } = blocks.all[index];
        Lease { index, cells, len }
    }

    /// Makes a leased block at least `len` cells long. The old one is gone when this returns.
    pub(super) fn grow(&self, lease: &mut Lease, len: usize) {
        let mut blocks = lock(&self.blocks);
        let block = &mut blocks.all[lease.index];
        if block.len < len {
            block.grow(len);
        }
        lease.cells = block.cells;
        lease.len = block.len;
    }

    /// Hands a block back, with its sums in it, for the next thread to go on counting in.
    pub(super) fn give_back(&self, lease: Lease) {
        lock(&self.blocks).free.push(lease.index);
    }

    /// Lets `write` write to cells below `len` on behalf of a thread that can lease no block any more.
    pub(super) fn write_late(&self, len: usize, write: &dyn Fn(&[AtomicU64])) {
        let mut blocks = lock(&self.blocks);
        let index = if let Some(index) = blocks.late {
            index
        } else {
            blocks.all.push(Block::new(len));
            let index = blocks.all.len() - 1;
            blocks.late = Some(index);
            index
        };
        if blocks.all[index].len < len {
            blocks.all[index].grow(len);
        }
        write(blocks.all[index].cells());
    }

    /// Shows all blocks. Threads go on counting meanwhile, but none can grow, come or go: keep it short.
    pub(super) fn read<R>(&self, read: impl FnOnce(&[Block]) -> R) -> R {
        read(&lock(&self.blocks).all)
    }
}

/// Adds to a cell of one's own block.
#[inline(always)]
pub(super) fn bump(cell: &AtomicU64, n: u64) {
    // Only this thread writes here, so nothing can come between the load and the store.
    cell.store(cell.load(Ordering::Relaxed).wrapping_add(n), Ordering::Relaxed);
}

/// Adds to a cell of one's own block and publishes that: who sees this addition also sees what its thread saw before
/// it.
#[inline(always)]
pub(super) fn bump_release(cell: &AtomicU64, n: u64) {
    cell.store(cell.load(Ordering::Relaxed).wrapping_add(n), Ordering::Release);
}

/// Adds to a cell that holds the bits of an `f64`.
#[inline(always)]
pub(super) fn bump_f64(cell: &AtomicU64, value: f64) {
    let sum = f64::from_bits(cell.load(Ordering::Relaxed)) + value;
    cell.store(sum.to_bits(), Ordering::Relaxed);
}
