//! The seam through which blocks are obtained: the system's heap, or a file that other processes read.
//!
//! It is not the global allocator, which may be the application's and may count in cells what it is asked for: it would
//! be entered again while a lock is held or a block is half moved.

use super::sync::AtomicU64;
use std::ptr::NonNull;

/// Cells are handed out in multiples of this, so that two threads' blocks share no cache line, nor the pair of lines
/// that x86 prefetches together.
pub(super) const GRANULE: usize = 128 / size_of::<u64>();

#[cfg(not(loom))]
mod heap {
    use super::{AtomicU64, GRANULE, NonNull};
    use std::{
        alloc::{GlobalAlloc, Layout, System, handle_alloc_error},
        ptr,
    };

    const ALIGN: usize = GRANULE * size_of::<u64>();

    /// Where the address that the system returned is kept: right before the cells.
    const HEAD: usize = size_of::<*mut u8>();

    /// What is asked of the system. Its alignment is one that `calloc` has by itself, so that large blocks are pages
    /// which the kernel has zeroed and nobody has touched. A larger one would be memory from `posix_memalign`, all of
    /// which is filled.
    fn layout(cells: usize) -> Layout {
        let layout = cells
            .checked_mul(size_of::<u64>())
            .and_then(|bytes| bytes.checked_add(ALIGN + HEAD))
            .and_then(|bytes| Layout::from_size_align(bytes, align_of::<usize>()).ok());
        // More cells than the address space has room for: there is no way to go on counting.
        layout.unwrap_or_else(|| handle_alloc_error(Layout::new::<AtomicU64>()))
    }

    /// Obtains `cells` cells, all zero. `cells` is a positive multiple of [`GRANULE`].
    pub(in super::super) fn obtain(cells: usize) -> NonNull<AtomicU64> {
        let layout = layout(cells);
        // SAFETY: the layout has a non-zero size.
        let start = unsafe { System.alloc_zeroed(layout) };
        if start.is_null() {
            handle_alloc_error(layout);
        }
        let offset = (start.addr() + HEAD).next_multiple_of(ALIGN) - start.addr();
        // SAFETY: there is room for the head, for what is skipped to be aligned, and for the cells. The address is
        // written where nothing else is, before the first cell, and all-zero bytes are valid atomics.
        unsafe {
            let cells = start.add(offset);
            cells.sub(HEAD).cast::<*mut u8>().write(start);
            NonNull::new_unchecked(cells.cast())
        }
    }

    /// Gives cells back.
    ///
    /// # Safety
    ///
    /// They came from [`obtain`] with the same number, and nobody uses them any more.
    pub(in super::super) unsafe fn release(block: NonNull<AtomicU64>, cells: usize) {
        // SAFETY: the same layout as in `obtain`, by the caller's promise, and the address that was noted there.
        unsafe {
            let start = block.as_ptr().cast::<u8>().sub(HEAD).cast::<*mut u8>().read();
            System.dealloc(start, layout(cells));
        }
    }

    /// Puts a value where it stays as long as the program runs.
    pub(in super::super) fn keep<T>(value: T) -> NonNull<T> {
        let layout = Layout::new::<T>();
        // SAFETY: what is kept is not empty, and is written where there is room for it.
        unsafe {
            let place = if layout.size() == 0 { ptr::null_mut() } else { System.alloc(layout) };
            let Some(place) = NonNull::new(place.cast::<T>()) else { handle_alloc_error(layout) };
            place.write(value);
            place
        }
    }

    /// Ends a value that was kept.
    ///
    /// # Safety
    ///
    /// It came from [`keep`], and nobody uses it any more.
    pub(in super::super) unsafe fn end<T>(place: NonNull<T>) {
        // SAFETY: by the caller's promise.
        unsafe {
            place.drop_in_place();
            System.dealloc(place.as_ptr().cast(), Layout::new::<T>());
        }
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

    pub(in super::super) fn keep<T>(value: T) -> NonNull<T> {
        NonNull::from(Box::leak(Box::new(value)))
    }
}

#[cfg(not(loom))]
pub(super) use heap::end;
pub(super) use heap::{keep, obtain, release};

/// What is counted in. Unlike what else is obtained here, it is in the [shared](super::shared) file if there is one.
#[cfg(shared_cells)]
mod counted {
    use super::{super::shared, AtomicU64, GRANULE, NonNull};

    /// Obtains cells for a block, all zero. `cells` is a positive multiple of [`GRANULE`].
    pub(in super::super) fn obtain_cells(cells: usize) -> NonNull<AtomicU64> {
        shared::obtain_cells(cells).unwrap_or_else(|| super::obtain(cells))
    }

    /// Makes a block longer where it is. Returns whether that is possible.
    pub(in super::super) fn extend_cells(block: NonNull<AtomicU64>, from: usize, to: usize) -> bool {
        shared::extend_cells(block, from, to)
    }

    /// Gives the cells of a block back.
    ///
    /// # Safety
    ///
    /// They came from [`obtain_cells`], there are as many, and nobody uses them any more.
    pub(in super::super) unsafe fn release_cells(block: NonNull<AtomicU64>, cells: usize) {
        // What was counted in the file stays there.
        if !shared::is_block(block) {
            // SAFETY: by the caller's promise.
            unsafe { super::release(block, cells) };
        }
    }

    /// Obtains memory for `count` words from the one numbered `first` on, and behind them for what each of them holds
    /// while it is not set.
    pub(in super::super) fn obtain_words(first: u32, count: usize) -> NonNull<AtomicU64> {
        let heap = || super::obtain((3 * count).next_multiple_of(GRANULE));
        shared::obtain_words(first, count).unwrap_or_else(heap)
    }
}

#[cfg(not(shared_cells))]
mod counted {
    #[cfg(not(loom))]
    use super::GRANULE;
    use super::{AtomicU64, NonNull};

    /// Obtains cells for a block, all zero. `cells` is a positive multiple of [`GRANULE`].
    pub(in super::super) fn obtain_cells(cells: usize) -> NonNull<AtomicU64> {
        super::obtain(cells)
    }

    /// Makes a block longer where it is. Returns whether that is possible.
    pub(in super::super) fn extend_cells(_: NonNull<AtomicU64>, _: usize, _: usize) -> bool {
        false
    }

    /// Gives the cells of a block back.
    ///
    /// # Safety
    ///
    /// They came from [`obtain_cells`], there are as many, and nobody uses them any more.
    pub(in super::super) unsafe fn release_cells(block: NonNull<AtomicU64>, cells: usize) {
        // SAFETY: by the caller's promise.
        unsafe { super::release(block, cells) };
    }

    /// Obtains memory for `count` words from the one numbered `first` on.
    #[cfg(not(loom))]
    pub(in super::super) fn obtain_words(_: u32, count: usize) -> NonNull<AtomicU64> {
        super::obtain((2 * count).next_multiple_of(GRANULE))
    }
}

#[cfg(not(loom))]
pub(super) use counted::obtain_words;
pub(super) use counted::{extend_cells, obtain_cells, release_cells};
