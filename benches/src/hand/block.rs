//! One block of cells for each thread; only that thread writes to it.

use std::{
    cell::Cell,
    hint::black_box,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

/// Enough for a million series, so that nothing ever grows.
const CELLS: usize = 1 << 20;

thread_local! {
    // Without a destructor: an access is then one load from the thread's own memory.
    static BLOCK: Cell<&'static [AtomicU64]> = const { Cell::new(&[]) };
}

static BLOCKS: Mutex<Vec<&'static [AtomicU64]>> = Mutex::new(Vec::new());

/// A slot that is loaded, as a library has to that numbers its metrics at run time.
pub static SLOT: AtomicUsize = AtomicUsize::new(0);

/// Gives [`SLOT`] a number. Were there no store, link-time optimisation would take it for a constant.
pub fn assign() {
    SLOT.store(black_box(5), Relaxed);
}

#[inline(always)]
fn cell(slot: usize, work: impl Fn(&AtomicU64)) {
    BLOCK.with(|block| match block.get().get(slot) {
        Some(cell) => work(cell),
        None => work(&lease(block)[slot]),
    });
}

#[cold]
#[inline(never)]
fn lease(block: &Cell<&'static [AtomicU64]>) -> &'static [AtomicU64] {
    let new: &'static [AtomicU64] =
        std::iter::repeat_with(|| AtomicU64::new(0)).take(CELLS).collect::<Vec<_>>().leak();
    BLOCKS.lock().unwrap_or_else(PoisonError::into_inner).push(new);
    block.set(new);
    new
}

/// Adds one: load, add, store, none of them locked.
#[inline(always)]
pub fn inc(slot: usize) {
    cell(slot, |cell| cell.store(cell.load(Relaxed).wrapping_add(1), Relaxed));
}

/// Adds to a sum of f64.
#[inline(always)]
pub fn add_f64(slot: usize, value: f64) {
    cell(slot, |cell| {
        cell.store((f64::from_bits(cell.load(Relaxed)) + value).to_bits(), Relaxed);
    });
}

/// The sum over all threads.
pub fn total(slot: usize) -> u64 {
    let blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    blocks.iter().map(|block| block[slot].load(Relaxed)).sum()
}

/// The sum over all threads of an f64.
pub fn total_f64(slot: usize) -> f64 {
    let blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    blocks.iter().map(|block| f64::from_bits(block[slot].load(Relaxed))).sum()
}
