//! The seam through which blocks are obtained: today the heap.

use super::sync::AtomicU64;
use std::ptr::NonNull;

/// Cells are handed out in multiples of this, so that two threads' blocks share no cache line, nor the pair of lines
/// that x86 prefetches together.
pub(super) const GRANULE: usize = 128 / size_of::<u64>();

#[cfg(not(loom))]
mod heap {
    use super::{AtomicU64, GRANULE, NonNull};
    use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};

    fn layout(cells: usize) -> Layout {
        let layout = Layout::array::<AtomicU64>(cells).and_then(|l| l.align_to(GRANULE * size_of::<u64>()));
        // More cells than the address space has room for: there is no way to go on counting.
        layout.unwrap_or_else(|_| handle_alloc_error(Layout::new::<AtomicU64>()))
    }

    /// Obtains `cells` cells, all zero. `cells` is a positive multiple of [`GRANULE`].
    pub(in super::super) fn obtain(cells: usize) -> NonNull<AtomicU64> {
        let layout = layout(cells);
        debug_assert!(cells > 0 && cells % GRANULE == 0);
        // SAFETY: the layout has a non-zero size. All-zero bytes are valid atomics. Zeroed memory, unlike memory
        // that is filled, costs nothing until it is touched.
        let block = unsafe { alloc_zeroed(layout) };
        NonNull::new(block.cast()).unwrap_or_else(|| handle_alloc_error(layout))
    }

    /// Gives cells back.
    ///
    /// # Safety
    ///
    /// They came from [`obtain`] with the same number, and nobody uses them any more.
    pub(in super::super) unsafe fn release(block: NonNull<AtomicU64>, cells: usize) {
        // SAFETY: the same layout as in `obtain`, by the caller's promise.
        unsafe { dealloc(block.as_ptr().cast(), layout(cells)) }
    }
}

#[cfg(loom)]
mod heap {
    use super::{AtomicU64, NonNull};

    pub(in super::super) fn obtain(cells: usize) -> NonNull<AtomicU64> {
        let block: Box<[AtomicU64]> = (0..cells).map(|_| AtomicU64::new(0)).collect();
        NonNull::from(Box::leak(block)).cast()
    }

    pub(in super::super) unsafe fn release(block: NonNull<AtomicU64>, cells: usize) {
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(block.as_ptr(), cells)) });
    }
}

pub(super) use heap::{obtain, release};
