//! Memory that is only ever added to, and never moves.
//!
//! Things in it are named by a place of 25 bits: the number of a chunk, and multiples of eight bytes from its start.

use super::memory::{GRANULE, obtain};
use std::{
    ptr::{self, NonNull},
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};

/// Things start at multiples of this.
const UNIT: usize = 8;
pub(super) const PLACE_BITS: u32 = 25;
const UNITS_BITS: u32 = 13;
/// Bytes of a chunk that a place can name.
const CHUNK: usize = UNIT << UNITS_BITS;
/// The first chunks are small; most families stay small.
const FIRST_CHUNKS: [usize; 3] = [128, 512, 2048];
const CHUNKS: usize = 1 << (PLACE_BITS - UNITS_BITS);
/// Directories that one arena may have, each twice as long as the one before.
const DIRECTORIES: usize = (CHUNKS / GRANULE).ilog2() as usize + 2;
/// A chunk begins with the number of its bytes in use, this included.
const HEAD: usize = UNIT;
const _: () = assert!(HEAD >= size_of::<AtomicUsize>());

#[derive(Clone, Copy)]
struct Chunk(NonNull<u8>);

impl Chunk {
    fn used(&self) -> &AtomicUsize {
        // SAFETY: a chunk begins with this, aligned and initialised, and is not freed while its arena lives.
        unsafe { self.0.cast().as_ref() }
    }
}

fn size(chunk: usize) -> usize {
    FIRST_CHUNKS.get(chunk).copied().unwrap_or(CHUNK)
}

/// What was in an arena at some moment. It stays valid for ever.
#[derive(Clone, Copy)]
pub(super) struct View(*const Chunk);

impl View {
    /// The address of a place.
    ///
    /// # Safety
    ///
    /// [`add`](Arena::add) returned it, and that happened before this view was taken.
    #[inline(always)]
    pub(super) unsafe fn at(self, place: u32) -> NonNull<u8> {
        let offset = (place as usize & ((1 << UNITS_BITS) - 1)) * UNIT;
        // SAFETY: the chunk was put into the directory before the place was returned, and is that long.
        unsafe { (*self.0.add((place >> UNITS_BITS) as usize)).0.add(offset) }
    }
}

/// The arena is full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Full;

/// What must be held to add to an arena.
pub(super) struct Growth {
    directory_len: usize,
    /// All directories there have been. A reader may still be in one that was replaced, and nothing is ever freed.
    directories: [Option<NonNull<Chunk>>; DIRECTORIES],
}

// SAFETY: the pointers are owned, and only followed when the arena is dropped.
unsafe impl Send for Growth {}

impl Growth {
    pub(super) const fn new() -> Self {
        Self { directory_len: 0, directories: [None; DIRECTORIES] }
    }
}

pub(super) struct Arena {
    /// An array of chunks.
    directory: AtomicPtr<Chunk>,
    chunks: AtomicUsize,
}

impl Arena {
    pub(super) const fn new() -> Self {
        Self { directory: AtomicPtr::new(ptr::null_mut()), chunks: AtomicUsize::new(0) }
    }

    /// What there is at this moment.
    #[inline(always)]
    pub(super) fn view(&self) -> View {
        View(self.directory.load(Ordering::Acquire))
    }

    /// # Safety
    ///
    /// There are more chunks than `number`.
    unsafe fn chunk(&self, number: usize) -> Chunk {
        // SAFETY: the directory has as many entries as there are chunks.
        unsafe { *self.view().0.add(number) }
    }

    /// Adds `len` bytes that `write` writes. The caller holds the growth that belongs to this arena.
    ///
    /// # Safety
    ///
    /// `write` writes all of them and nothing else.
    pub(super) unsafe fn add(
        &self,
        growth: &mut Growth,
        len: usize,
        write: impl FnOnce(NonNull<u8>),
    ) -> Result<u32, Full> {
        let number = self.with_room(growth, len)?;
        // SAFETY: `with_room` returns chunks that are there.
        let chunk = unsafe { self.chunk(number) };
        let used = chunk.used().load(Ordering::Relaxed);
        // SAFETY: inside the chunk, and nobody looks behind what is in use.
        write(unsafe { chunk.0.add(used) });
        // Publishes what was written to those who go through the arena.
        chunk.used().store(used + len.next_multiple_of(UNIT), Ordering::Release);
        Ok(((number << UNITS_BITS) | (used / UNIT)) as u32)
    }

    /// The number of a chunk with that much room.
    fn with_room(&self, growth: &mut Growth, len: usize) -> Result<usize, Full> {
        let mut chunks = self.chunks.load(Ordering::Relaxed);
        if let Some(last) = chunks.checked_sub(1) {
            // SAFETY: it is there.
            let used = unsafe { self.chunk(last) }.used().load(Ordering::Relaxed);
            if used + len <= size(last) {
                return Ok(last);
            }
        }
        // What does not fit into a small chunk goes into a later one.
        loop {
            if chunks == CHUNKS || HEAD + len > CHUNK {
                return Err(Full);
            }
            self.add_chunk(growth, chunks);
            chunks += 1;
            if HEAD + len <= size(chunks - 1) {
                return Ok(chunks - 1);
            }
        }
    }

    /// Adds an empty chunk, the one numbered `number`.
    fn add_chunk(&self, growth: &mut Growth, number: usize) {
        // The first one is obtained together with the first directory: most families have no others.
        let (before, directory_len) = if number == 0 { (GRANULE, GRANULE) } else { (0, number * 2) };
        let obtained = obtain(before + size(number) / size_of::<u64>());
        // SAFETY: so much was obtained before it.
        let chunk = Chunk(unsafe { obtained.add(before) }.cast());
        chunk.used().store(HEAD, Ordering::Relaxed);
        let mut directory = self.directory.load(Ordering::Relaxed);
        if number == growth.directory_len {
            let larger = if number == 0 { obtained } else { obtain(directory_len) }.cast::<Chunk>();
            if !directory.is_null() {
                // SAFETY: the old directory has `number` entries, and the new one is longer and not yet shared.
                unsafe { ptr::copy_nonoverlapping(directory, larger.as_ptr(), number) };
            }
            if let Some(place) = growth.directories.iter_mut().find(|place| place.is_none()) {
                *place = Some(larger);
            }
            growth.directory_len = directory_len;
            directory = larger.as_ptr();
        }
        // SAFETY: within the directory, at an entry that readers do not look at before they know of the chunk.
        unsafe { directory.add(number).write(chunk) };
        self.directory.store(directory, Ordering::Release);
        self.chunks.store(number + 1, Ordering::Release);
    }

    /// Where things lie one behind the other at or behind `position`, how many of them there are, at most so many, and the
    /// position behind them, given the length of each, which is a multiple of that of a unit. Positions are opaque; the
    /// first is 0.
    pub(super) fn next(&self, position: u64, len: usize, most: usize) -> Option<(NonNull<u8>, usize, u64)> {
        debug_assert!(len % UNIT == 0);
        let (mut number, mut offset) =
            ((position / CHUNK as u64) as usize, (position % CHUNK as u64) as usize);
        while number < self.chunks.load(Ordering::Acquire) {
            offset = offset.max(HEAD);
            // SAFETY: it is there.
            let chunk = unsafe { self.chunk(number) };
            let used = chunk.used().load(Ordering::Acquire);
            if offset < used {
                let count = ((used - offset) / len).min(most);
                let next = (number * CHUNK + offset + count * len) as u64;
                // SAFETY: in use, so inside the chunk.
                return Some((unsafe { chunk.0.add(offset) }, count, next));
            }
            (number, offset) = (number + 1, 0);
        }
        None
    }

    /// The place of what is `len` long and before a position.
    #[inline]
    pub(super) fn place_before(position: u64, len: usize) -> u32 {
        (position as usize / UNIT) as u32 - Self::units(len)
    }

    /// How far apart the places of things are that are so many bytes apart.
    #[inline]
    pub(super) const fn units(bytes: usize) -> u32 {
        (bytes / UNIT) as u32
    }

    /// Whether something that is `len` long was added at a place, if all that was added is.
    pub(super) fn has(&self, place: u32, len: usize) -> bool {
        let (number, offset) = ((place >> UNITS_BITS) as usize, place as usize % (1 << UNITS_BITS) * UNIT);
        number < self.chunks.load(Ordering::Acquire)
            && offset >= HEAD
            && (offset - HEAD) % len.next_multiple_of(UNIT) == 0
            // SAFETY: it is there.
            && offset < unsafe { self.chunk(number) }.used().load(Ordering::Acquire)
    }
}
