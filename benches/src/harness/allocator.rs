//! Counts live heap bytes and blocks while it is on: those of the global allocator one by one. What is asked of the system's allocator
//! directly, as tallymark's core does, is the rest of what that allocator says is in use.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
};

/// The system's allocator behind one load and one branch that is always predicted; peers that allocate for each
/// operation pay well under one percent for it.
pub struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static BYTES: AtomicI64 = AtomicI64::new(0);
static USABLE: AtomicI64 = AtomicI64::new(0);
static BLOCKS: AtomicI64 = AtomicI64::new(0);
static TAKEN: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// What the heap holds more than when counting began.
#[derive(Clone, Copy, Debug)]
pub struct Heap {
    /// Bytes asked for; of those that were asked of the system directly, with its rounding and headers.
    pub bytes: i64,
    /// Bytes that the allocator's rounding and headers make of them: glibc keeps 8 bytes beside each block, hands
    /// out multiples of 16, and never less than 24 usable bytes.
    pub real: i64,
    /// Blocks of the global allocator.
    pub blocks: i64,
    /// Blocks of the global allocator that were taken, those that were given back included.
    pub taken: i64,
    /// The most bytes of the global allocator there ever were at one time.
    pub peak: i64,
}

/// Counts what `work` leaves on the heap. What it returns stays alive, so that it is counted.
pub fn count<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    for counter in [&BYTES, &USABLE, &BLOCKS, &TAKEN, &PEAK] {
        counter.store(0, Relaxed);
    }
    let before = in_use();
    ON.store(true, Relaxed);
    let kept = work();
    ON.store(false, Relaxed);
    // Blocks that glibc keeps for a thread's next request count as in use, so there may be a little more than was asked for.
    let direct = (in_use() - before - USABLE.load(Relaxed)).max(0);
    let heap = Heap {
        bytes: BYTES.load(Relaxed) + direct,
        real: USABLE.load(Relaxed) + direct,
        blocks: BLOCKS.load(Relaxed),
        taken: TAKEN.load(Relaxed),
        peak: PEAK.load(Relaxed),
    };
    (kept, heap)
}

/// Returns how many bytes of the system's allocator are in use, those of the global allocator included.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "see SAFETY")]
fn in_use() -> i64 {
    // SAFETY: it reads the allocator's own figures, and takes its locks.
    let figures = unsafe { libc::mallinfo2() };
    (figures.uordblks + figures.hblkhd) as i64
}

/// Other systems' allocators have no such figure: what is asked of them directly is not counted there.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn in_use() -> i64 {
    0
}

fn real(size: usize) -> i64 {
    (size + 8).next_multiple_of(16).max(32) as i64
}

fn add(size: usize) {
    if ON.load(Relaxed) {
        let now = BYTES.fetch_add(size as i64, Relaxed) + size as i64;
        USABLE.fetch_add(real(size), Relaxed);
        BLOCKS.fetch_add(1, Relaxed);
        TAKEN.fetch_add(1, Relaxed);
        PEAK.fetch_max(now, Relaxed);
    }
}

fn remove(size: usize) {
    if ON.load(Relaxed) {
        BYTES.fetch_sub(size as i64, Relaxed);
        USABLE.fetch_sub(real(size), Relaxed);
        BLOCKS.fetch_sub(1, Relaxed);
    }
}

// SAFETY: everything is handed on to `System` unchanged.
#[expect(unsafe_code, reason = "see SAFETY")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's duties are `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        remove(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        remove(layout.size());
        add(size);
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }
}
