//! All blocks, and who has leased which.

use super::{
    barrier,
    memory::{GRANULE, extend_cells, keep, obtain_cells, release_cells},
    resets::{Missed, Resets},
    side::Side,
    sync::{AtomicU64, Mutex, MutexGuard, lock},
    window::Window,
};
use std::{
    ops::Range,
    ptr::{self, NonNull},
    sync::atomic::Ordering,
};

/// The least number of cells in a block. Most programs have fewer metrics, and then no block ever grows.
const SMALLEST: usize = if cfg!(any(loom, miri)) { GRANULE } else { 512 };

/// A block of this many cells or more does not double any more.
const LARGE: usize = 1 << 14;

/// A thread's right to write to one block.
///
/// The cells stay where they are until the holder itself [grows](Pool::grow) the block or
/// [gives it back](Pool::give_back).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease(NonNull<Block>);

#[cfg(all(test, loom))]
impl Lease {
    /// The cells of the block.
    pub(super) fn cells(&self) -> &[AtomicU64] {
        // SAFETY: only the holder replaces them.
        unsafe { self.0.as_ref() }.cells()
    }
}

/// Cells, and how many.
#[derive(Clone, Copy)]
struct Cells {
    first: NonNull<AtomicU64>,
    len: usize,
}

impl Cells {
    fn new(at_least: usize) -> Self {
        let len = at_least.max(SMALLEST).next_multiple_of(GRANULE);
        Self { first: obtain_cells(len), len }
    }

    /// How many cells a block gets that has these, and is to have at least so many.
    fn larger_len(self, at_least: usize) -> usize {
        // Growing by a part of the length keeps the copying linear in the number of slots; a large block by a smaller
        // part, so that there is not as much memory in reserve as in use.
        let more = if self.len < LARGE { self.len } else { self.len / 4 };
        at_least.max(self.len + more).max(SMALLEST).next_multiple_of(GRANULE)
    }

    /// More cells for a block that has these, and is to have at least so many: the same ones and others behind them if
    /// that is possible, or else new ones with the sums in them.
    fn larger(self, at_least: usize) -> Self {
        let len = self.larger_len(at_least);
        if extend_cells(self.first, self.len, len) {
            return Self { first: self.first, len };
        }
        let larger = Self::new(len);
        self.copy_to(larger);
        larger
    }

    fn as_slice<'a>(self) -> &'a [AtomicU64] {
        // SAFETY: `first` points to `len` initialised atomics. Callers look at them only while they hold what keeps
        // them from being freed: the lease, or the pool's lock.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }

    /// Copies the sums into new cells. Nobody writes to either meanwhile.
    fn copy_to(self, larger: Self) {
        for (old, new) in self.as_slice().iter().zip(larger.as_slice()) {
            let sum = old.load(Ordering::Relaxed);
            // Pages of fresh cells that hold only zeros stay untouched, and so unmapped.
            if sum != 0 {
                new.store(sum, Ordering::Relaxed);
            }
        }
    }

    /// Frees them.
    ///
    /// # Safety
    ///
    /// They came from [`new`](Self::new), and nobody uses them any more.
    unsafe fn free(self) {
        // SAFETY: obtained with this length.
        unsafe { release_cells(self.first, self.len) }
    }
}

/// A block, as seen under the pool's lock. It is never freed.
pub(super) struct Block {
    /// Replaced under the lock, and only by the thread that has leased the block, if one has.
    cells: Cells,
    /// The window of the thread that has leased the block, or null.
    window: *const Window,
    /// How many resets its cells have been through, see [`Resets`].
    resets: u64,
    /// The block that was there before this one.
    next: Option<NonNull<Block>>,
    next_free: Option<NonNull<Block>>,
}

impl Block {
    fn new(len: usize) -> NonNull<Self> {
        keep(Self { cells: Cells::new(len), window: ptr::null(), resets: 0, next: None, next_free: None })
    }

    /// The cells, while the lock is held: they are only replaced under it.
    pub(super) fn cells(&self) -> &[AtomicU64] {
        self.cells.as_slice()
    }

    /// How many resets its cells have been through.
    #[inline]
    pub(super) fn resets(&self) -> u64 {
        self.resets
    }

    fn window(&self) -> Option<&Window> {
        // SAFETY: null, or the window of a thread that has not given the block back. It does that, under the lock,
        // before its thread-local memory is freed.
        unsafe { self.window.as_ref() }
    }
}

struct Blocks {
    /// The last one that was added.
    first: Option<NonNull<Block>>,
    count: usize,
    /// One that an ended thread gave back; the others are behind it. Their sums stay in them.
    free: Option<NonNull<Block>>,
    resets: Resets,
}

// SAFETY: blocks are memory full of atomics; the lease protocol says who writes. Windows belong to other threads, and
// only what is atomic of them is used.
unsafe impl Send for Blocks {}

impl Blocks {
    const NONE: Self = Self { first: None, count: 0, free: None, resets: Resets::NONE };

    /// Adds a block whose cells are all zero. It is not in the list yet.
    fn add(&mut self, mut block: NonNull<Block>) {
        // SAFETY: it is not in the list yet, so nobody else knows of it.
        let new = unsafe { block.as_mut() };
        new.next = self.first.replace(block);
        new.resets = self.resets.count();
        self.count += 1;
    }
}

/// The blocks of a process.
pub(super) struct Pool {
    blocks: Mutex<Blocks>,
    /// For each slot the number of its last reset. Used with the lock held.
    last_reset: Side,
}

/// The rule of this file: nothing is asked of an allocator while the lock is held, and no lock is held while cells are
/// copied that only one thread writes to. Memory is obtained; then the lock is taken, what was obtained is put in its
/// place, the lock is released; then what was replaced is freed.
impl Pool {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { blocks: Mutex::new(Blocks::NONE), last_reset: Side::new() }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self { blocks: Mutex::new(Blocks::NONE), last_reset: Side::new() }
    }

    /// Leases a block of at least `len` cells, one that an ended thread left behind or a new one, and shows it in the
    /// calling thread's window.
    pub(super) fn lease(&self, window: &Window, len: usize) -> Lease {
        let free = {
            let mut blocks = lock(&self.blocks);
            let free = blocks.free;
            if let Some(mut free) = free {
                // SAFETY: free blocks are only looked at under the lock.
                let block = unsafe { free.as_mut() };
                blocks.free = block.next_free.take();
                block.window = window;
                window.set_leased(true);
                // Opened below, once its cells are up to date.
                window.show(block.cells.first, 0);
            }
            free
        };
        if let Some(block) = free {
            let lease = Lease(block);
            self.grow(lease, window, len);
            return lease;
        }
        let mut new = Block::new(len);
        let mut blocks = lock(&self.blocks);
        // SAFETY: nobody else knows of it.
        let block = unsafe { new.as_mut() };
        block.window = window;
        window.set_leased(true);
        window.show(block.cells.first, block.cells.len);
        blocks.add(new);
        Lease(new)
    }

    /// Makes the block that the calling thread has leased at least `len` cells long, and opens its window. The old
    /// cells are gone when this returns, and what was reset is zero.
    pub(super) fn grow(&self, lease: Lease, window: &Window, len: usize) {
        let Lease(mut block) = lease;
        // SAFETY: nobody but the holder of the lease, which is the caller, replaces the cells.
        let old = unsafe { (*block.as_ptr()).cells };
        let mut missed = Missed::new();
        let mut cells = old;
        loop {
            // The holder is the only one who writes to these cells, and it is here.
            if self.miss(block, &mut missed) {
                self.make_up(old, &missed);
            }
            if cells.len < len {
                cells = old.larger(len);
            } else if cells.first != old.first {
                self.make_up(cells, &missed);
            }
            let blocks = lock(&self.blocks);
            // SAFETY: under the lock.
            let grown = unsafe { block.as_mut() };
            grown.resets = missed.until;
            // Another reset may have come meanwhile.
            if blocks.resets.count() == missed.until {
                grown.cells = cells;
                window.show(cells.first, cells.len);
                break;
            }
        }
        if cells.first != old.first {
            // SAFETY: readers look under the lock, and from now on at the new ones; the window shows the new ones.
            unsafe { old.free() };
        }
    }

    /// Notes which resets a block has missed. Returns whether there are any.
    fn miss(&self, block: NonNull<Block>, missed: &mut Missed) -> bool {
        let blocks = lock(&self.blocks);
        // SAFETY: under the lock.
        let seen = unsafe { block.as_ref() }.resets;
        blocks.resets.missed(seen, missed)
    }

    /// Sets cells to zero that were reset while nobody but the caller may write to them.
    fn make_up(&self, cells: Cells, missed: &Missed) {
        let cells = cells.as_slice();
        let clear = |slot: u32| {
            if let Some(cell) = cells.get(slot as usize) {
                cell.store(0, Ordering::Relaxed);
            }
        };
        match missed.slots() {
            Some(ranges) => ranges.iter().cloned().flatten().for_each(clear),
            // More than are remembered one by one.
            None => self.last_reset.each(cells.len(), |slot, reset| {
                if reset > missed.since {
                    clear(slot);
                }
            }),
        }
    }

    /// Hands a block back, with its sums in it, for the next thread to go on counting in. Closes the window for good.
    pub(super) fn give_back(&self, lease: Lease, window: &Window) {
        let Lease(mut block) = lease;
        let mut blocks = lock(&self.blocks);
        // SAFETY: under the lock.
        let given = unsafe { block.as_mut() };
        given.window = ptr::null();
        window.set_leased(false);
        // Not before: a reader that paused this thread opens the window again.
        window.set_len(0);
        given.next_free = blocks.free.replace(block);
    }

    /// Shows all blocks. Threads go on counting meanwhile, but none can grow, come or go: keep it short, and ask no
    /// allocator for anything.
    pub(super) fn read<R>(&self, read: impl FnOnce(&mut Reader<'_>) -> R) -> R {
        read(&mut Reader { blocks: lock(&self.blocks), last_reset: &self.last_reset, paused: false })
    }

    /// Makes room for the numbers of resets of these slots, which asks for memory. To be called before they are reset.
    pub(super) fn prepare_reset(&self, slots: Range<u32>) {
        slots.for_each(|slot| self.last_reset.prepare(slot));
    }
}

/// The lock of a pool, held while the process is copied.
#[cfg(shared_cells)]
pub(super) struct Frozen(MutexGuard<'static, Blocks>);

#[cfg(shared_cells)]
impl Pool {
    /// Keeps threads from leasing, growing and giving back blocks until that is dropped.
    pub(super) fn freeze(&'static self) -> Frozen {
        Frozen(lock(&self.blocks))
    }
}

#[cfg(shared_cells)]
impl Frozen {
    /// Takes back the blocks of threads that are not here: all that are leased but those that `is_kept` names.
    pub(super) fn take_back(mut self, is_kept: impl Fn(Lease) -> bool) {
        let mut next = self.0.first;
        while let Some(mut at) = next {
            // SAFETY: blocks are never freed, and are only changed under the lock.
            let block = unsafe { at.as_mut() };
            next = block.next;
            if !block.window.is_null() && !is_kept(Lease(at)) {
                block.window = ptr::null();
                block.next_free = self.0.free.replace(at);
            }
        }
    }
}

/// The right to look at all blocks.
pub(super) struct Reader<'a> {
    blocks: MutexGuard<'a, Blocks>,
    last_reset: &'a Side,
    paused: bool,
}

impl Reader<'_> {
    /// How many blocks there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.count
    }

    /// All blocks.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let mut next = self.blocks.first;
        std::iter::from_fn(move || {
            // SAFETY: blocks are never freed, and are only changed under the lock.
            let block = unsafe { next?.as_ref() };
            next = block.next;
            Some(block)
        })
    }

    /// Closes all windows, so that threads which go on to count wait for the lock.
    ///
    /// A thread that has looked at its window before may write once more, whenever it is that it runs again.
    pub(super) fn pause(&mut self) {
        self.paused = true;
        self.blocks().filter_map(Block::window).for_each(|window| window.set_len(0));
    }

    /// Whether a thread may be about to write to the shared word that was announced as this number. To be asked after what
    /// those threads look at has changed.
    pub(super) fn is_announced(&self, word: usize) -> bool {
        // What cannot be known may be.
        !barrier::heavy() || self.blocks().filter_map(Block::window).any(|window| window.announced() == word)
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Sets slots back to zero in all blocks, see [`Resets`]. They have been [prepared](Pool::prepare_reset). All windows
    /// are closed, and stay closed until their threads have seen to it.
    pub(super) fn reset(&mut self, slots: Range<u32>) {
        if !self.paused {
            self.pause();
        }
        let number = self.blocks.resets.add(&slots);
        slots.for_each(|slot| self.last_reset.set(slot, number));
    }

    /// How many resets there have been.
    #[inline]
    pub(super) fn resets(&self) -> u64 {
        self.blocks.resets.count()
    }

    /// The number of a slot's last reset.
    #[inline]
    pub(super) fn last_reset(&self, slot: u32) -> u64 {
        self.last_reset.get(slot)
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if self.paused {
            let resets = self.resets();
            for block in self.blocks().filter(|block| block.resets == resets) {
                if let Some(window) = block.window() {
                    window.set_len(block.cells.len);
                }
            }
        }
    }
}

/// Adds to a cell of one's own block.
#[inline(always)]
pub(super) fn bump(cell: &AtomicU64, n: u64) {
    // Only this thread writes here, so nothing can come between the load and the store.
    cell.store(cell.load(Ordering::Relaxed).wrapping_add(n), Ordering::Relaxed);
}

/// Adds to a cell of one's own block and publishes that: who sees this addition also sees what its thread saw before
/// it. On x86 it is the same instruction.
#[inline(always)]
pub(super) fn bump_release(cell: &AtomicU64, n: u64) {
    cell.store(cell.load(Ordering::Relaxed).wrapping_add(n), Ordering::Release);
}

/// Adds to a cell that holds the bits of an `f64`.
#[inline(always)]
pub(super) fn bump_f64(cell: &AtomicU64, value: f64) {
    let sum = f64::from_bits(cell.load(Ordering::Relaxed)) + value;
    cell.store(sum.to_bits(), Ordering::Release);
}
