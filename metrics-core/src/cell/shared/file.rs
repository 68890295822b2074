//! The file that this process counts in, and how it grows.
//!
//! A block of cells is a range of addresses that was reserved as a whole. When it grows, the file does, and what was
//! added is mapped right behind: no cell ever moves, so a process that reads the file meanwhile, or after this one was
//! killed at any point, sees each number once.

use super::{
    format::{self, at, chunk},
    system::{self, Errno, Fd, Name},
};
use std::{
    ptr::{self, NonNull},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI32, AtomicPtr, AtomicU64, AtomicUsize, Ordering},
    },
};

/// The file. All of it is set before [`Shared::header`] is, and nothing of it is freed.
pub(in crate::cell) struct Shared {
    /// Where the header is mapped; null as long as there is no file.
    header: AtomicPtr<u8>,
    fd: AtomicI32,
    directory: AtomicI32,
    page: AtomicUsize,
    /// Where each chunk is mapped.
    addresses: [AtomicUsize; format::CHUNKS],
    /// Where blocks are, and how far they are from one another.
    arena: AtomicUsize,
    stride: AtomicUsize,
    growth: Mutex<Growth>,
}

/// What must be held to add to the file.
pub(in crate::cell) struct Growth {
    /// The length of the file.
    end: u64,
    /// Chunks that are there. A child cannot read that in the header, which its parent goes on to write.
    chunks: usize,
    blocks: usize,
}

pub(in crate::cell) static SHARED: Shared = Shared::new();

/// Blocks for which addresses are reserved. Threads beyond those count in memory of their own.
const BLOCKS: usize = 1024;
/// Addresses reserved for each block: the first of these sizes that the system grants.
const STRIDES: [usize; 3] = [1 << 26, 1 << 24, 1 << 22];

/// What a chunk is.
#[derive(Clone, Copy)]
pub(in crate::cell) struct Chunk {
    pub(in crate::cell) kind: u32,
    pub(super) block: u32,
    pub(super) first: u64,
    pub(in crate::cell) len: usize,
    pub(super) offset: u64,
}

/// What the header says of the process.
pub(super) struct Identity<'a> {
    pub(super) program: &'a [u8],
    pub(super) group: &'a [u8],
    pub(super) label: &'a [u8],
}

fn lock(growth: &Mutex<Growth>) -> MutexGuard<'_, Growth> {
    growth.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    const fn new() -> Self {
        Self {
            header: AtomicPtr::new(ptr::null_mut()),
            fd: AtomicI32::new(-1),
            directory: AtomicI32::new(-1),
            page: AtomicUsize::new(4096),
            addresses: [const { AtomicUsize::new(0) }; format::CHUNKS],
            arena: AtomicUsize::new(0),
            stride: AtomicUsize::new(0),
            growth: Mutex::new(Growth { end: 0, chunks: 0, blocks: 0 }),
        }
    }

    /// Whether there is a file.
    #[inline]
    pub(in crate::cell) fn is_on(&self) -> bool {
        !self.header.load(Ordering::Acquire).is_null()
    }

    /// A number of the header. There is a file.
    pub(in crate::cell) fn header(&self, at: usize) -> &AtomicU64 {
        debug_assert!(at % 8 == 0 && at < at::TABLE);
        // SAFETY: the header is mapped, is longer than that, and is never unmapped.
        unsafe { &*self.header.load(Ordering::Acquire).add(at).cast::<AtomicU64>() }
    }

    /// Keeps other threads from adding to the file.
    pub(in crate::cell) fn hold(&self) -> MutexGuard<'_, Growth> {
        lock(&self.growth)
    }

    fn round(&self, bytes: usize) -> usize {
        bytes.next_multiple_of(self.page.load(Ordering::Relaxed))
    }

    /// Makes the file in `directory`, which is then counted in.
    pub(super) fn create(&self, directory: Fd, identity: &Identity<'_>) -> Result<(), Errno> {
        self.page.store(system::page(), Ordering::Relaxed);
        let arena = STRIDES.iter().find_map(|stride| Some((system::reserve(stride * BLOCKS).ok()?, *stride)));
        let (arena, stride) = arena.ok_or(Errno(libc::ENOMEM))?;
        self.arena.store(arena.addr(), Ordering::Relaxed);
        self.stride.store(stride, Ordering::Relaxed);
        let new = New::open(directory, format::HEADER as u64)?;
        // SAFETY: at an address that the system chooses.
        let header = match unsafe { new.fd.map(ptr::null_mut(), format::HEADER, 0) } {
            Ok(header) => header,
            Err(error) => {
                new.discard(directory);
                return Err(error);
            }
        };
        let boot = system::boot().unwrap_or_default();
        // SAFETY: the header was just mapped, is longer than all that is written, and nobody else knows of it.
        unsafe {
            let put = |at: usize, bytes: &[u8]| {
                header.add(at).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            };
            put(at::MAGIC, &format::MAGIC);
            put(at::VERSION, &format::VERSION.to_ne_bytes());
            put(at::ENDIAN, &format::ENDIAN.to_ne_bytes());
            put(at::HEADER, &(format::HEADER as u32).to_ne_bytes());
            put(at::BOOT, &boot);
            put(at::KIND, &format::kind::PROCESS.to_ne_bytes());
            for (at, text) in
                [(at::PROGRAM, identity.program), (at::GROUP, identity.group), (at::LABEL, identity.label)]
            {
                let text = &text[..text.len().min(format::TEXT - 2)];
                put(at, &(text.len() as u16).to_ne_bytes());
                put(at + 2, text);
            }
        }
        // SAFETY: as above.
        unsafe { sign(header, new.id) };
        if let Err(error) = new.publish(directory) {
            new.discard(directory);
            return Err(error);
        }
        self.fd.store(new.fd.0, Ordering::Relaxed);
        self.directory.store(directory.0, Ordering::Relaxed);
        // Together, so that a child that is forked off meanwhile has both or none.
        let mut growth = lock(&self.growth);
        growth.end = format::HEADER as u64;
        self.header.store(header, Ordering::Release);
        Ok(())
    }

    /// Adds a chunk of at least `bytes` bytes, mapped at this address if it is not null. Returns where it is.
    ///
    /// If the file cannot grow, the chunk is memory that no other process sees, and that is counted in the header: at
    /// `address`, or `None` if that is null.
    fn append(&self, growth: &mut Growth, chunk: Chunk, address: *mut u8) -> Option<NonNull<u8>> {
        let number = growth.chunks;
        let chunk = Chunk { len: self.round(chunk.len), offset: growth.end, ..chunk };
        let fd = Fd(self.fd.load(Ordering::Relaxed));
        let mapped = if number < format::CHUNKS && fd.0 >= 0 {
            // SAFETY: the address is null, or within a block where nothing is mapped yet.
            fd.allocate(chunk.offset, chunk.len)
                .and_then(|()| unsafe { fd.map(address, chunk.len, chunk.offset) })
        } else {
            Err(Errno(libc::ENOSPC))
        };
        let Ok(mapped) = mapped else {
            self.header(at::FAILURES).fetch_add(1, Ordering::Relaxed);
            if address.is_null() {
                return None;
            }
            // SAFETY: as above.
            return NonNull::new(unsafe { system::map_private(address, chunk.len) }.ok()?);
        };
        growth.end += chunk.len as u64;
        growth.chunks += 1;
        if let Some(address) = self.addresses.get(number) {
            address.store(mapped.addr(), Ordering::Relaxed);
        }
        self.put_entry(number, chunk);
        self.header(at::CHUNKS).store(growth.chunks as u64, Ordering::Release);
        NonNull::new(mapped)
    }

    fn put_entry(&self, number: usize, chunk: Chunk) {
        let header = self.header.load(Ordering::Acquire);
        // SAFETY: there is room for the entry in the table, which is written to under the lock of those who add.
        unsafe {
            let entry = header.add(at::TABLE + number * chunk::SIZE);
            entry.add(chunk::KIND).cast::<u32>().write(chunk.kind);
            entry.add(chunk::BLOCK).cast::<u32>().write(chunk.block);
            entry.add(chunk::FIRST).cast::<u64>().write(chunk.first);
            entry.add(chunk::LEN).cast::<u64>().write(chunk.len as u64);
            entry.add(chunk::OFFSET).cast::<u64>().write(chunk.offset);
        }
    }

    /// All chunks, and where they are mapped.
    pub(in crate::cell) fn chunks(&self, growth: &Growth) -> impl Iterator<Item = (Chunk, *mut u8)> {
        (0..growth.chunks).filter_map(|number| self.chunk(number))
    }

    /// The chunk of this number, which is there, and where it is mapped.
    fn chunk(&self, number: usize) -> Option<(Chunk, *mut u8)> {
        let address = self.addresses.get(number)?.load(Ordering::Relaxed);
        let header = self.header.load(Ordering::Acquire);
        // SAFETY: the entry was written before the number of chunks was.
        let chunk = unsafe {
            let entry = header.add(at::TABLE + number * chunk::SIZE);
            Chunk {
                kind: entry.add(chunk::KIND).cast::<u32>().read(),
                block: entry.add(chunk::BLOCK).cast::<u32>().read(),
                first: entry.add(chunk::FIRST).cast::<u64>().read(),
                len: entry.add(chunk::LEN).cast::<u64>().read() as usize,
                offset: entry.add(chunk::OFFSET).cast::<u64>().read(),
            }
        };
        Some((chunk, ptr::with_exposed_provenance_mut(address)))
    }

    fn block_address(&self, block: usize) -> *mut u8 {
        ptr::with_exposed_provenance_mut(
            self.arena.load(Ordering::Relaxed) + block * self.stride.load(Ordering::Relaxed),
        )
    }

    /// A new block of cells, all zero.
    pub(super) fn obtain_cells(&self, cells: usize) -> Option<NonNull<AtomicU64>> {
        let mut growth = lock(&self.growth);
        let (block, len) = (growth.blocks, cells * size_of::<u64>());
        if block == BLOCKS || self.round(len) > self.stride.load(Ordering::Relaxed) {
            self.header(at::FAILURES).fetch_add(1, Ordering::Relaxed);
            return None;
        }
        growth.blocks += 1;
        let chunk = Chunk { kind: chunk::CELLS, block: block as u32, first: 0, len, offset: 0 };
        Some(self.append(&mut growth, chunk, self.block_address(block))?.cast())
    }

    /// Whether these cells are a block of [`obtain_cells`](Self::obtain_cells).
    pub(super) fn is_block(&self, cells: NonNull<AtomicU64>) -> Option<usize> {
        let distance = cells.as_ptr().addr().checked_sub(self.arena.load(Ordering::Relaxed))?;
        let block = distance.checked_div(self.stride.load(Ordering::Relaxed))?;
        (block < BLOCKS).then_some(block)
    }

    /// Makes a block longer where it is. Returns whether that was possible.
    pub(super) fn extend_cells(&self, cells: NonNull<AtomicU64>, from: usize, to: usize) -> bool {
        let Some(block) = self.is_block(cells) else { return false };
        let mut growth = lock(&self.growth);
        // In a child, what a thread that was not copied had added is there, and not known of.
        let there = self.block_len(&growth, block);
        let (from, to) = (self.round(from * size_of::<u64>()).max(there), self.round(to * size_of::<u64>()));
        if from >= to {
            return true;
        }
        if to > self.stride.load(Ordering::Relaxed) {
            self.header(at::FAILURES).fetch_add(1, Ordering::Relaxed);
            return false;
        }
        // Within the block, whose addresses are reserved up to there.
        let address = self.block_address(block).wrapping_add(from);
        let first = (from / size_of::<u64>()) as u64;
        let chunk = Chunk { kind: chunk::CELLS, block: block as u32, first, len: to - from, offset: 0 };
        self.append(&mut growth, chunk, address).is_some()
    }

    /// How many bytes of a block are in the file.
    fn block_len(&self, growth: &Growth, block: usize) -> usize {
        let chunks = self.chunks(growth).map(|(chunk, _)| chunk);
        let of_block = chunks.filter(|chunk| chunk.kind == chunk::CELLS && chunk.block as usize == block);
        of_block.map(|chunk| chunk.first as usize * size_of::<u64>() + chunk.len).max().unwrap_or(0)
    }

    /// Memory for `count` words from the one numbered `first` on, and behind them for what each is when it is not set.
    pub(super) fn obtain_words(&self, first: u32, count: usize) -> Option<NonNull<AtomicU64>> {
        let len = count * 3 * size_of::<u64>();
        let chunk =
            Chunk { kind: chunk::WORDS, block: count as u32, first: u64::from(first), len, offset: 0 };
        Some(self.append(&mut lock(&self.growth), chunk, ptr::null_mut())?.cast())
    }

    /// Memory for at least so many bytes of the directory, from the one numbered `first` on. Returns how many there are.
    pub(in crate::cell) fn obtain_directory(&self, first: u64, bytes: usize) -> Option<(NonNull<u8>, usize)> {
        let len = self.round(bytes);
        let chunk = Chunk { kind: chunk::DIRECTORY, block: 0, first, len, offset: 0 };
        Some((self.append(&mut lock(&self.growth), chunk, ptr::null_mut())?, len))
    }

    /// Goes on in a file of its own, in a child right after `fork`. Only the thread that forked is here, and holds what
    /// `growth` guards.
    ///
    /// Cells begin at zero, words are not set, and the directory is the parent's. If there can be no file, what is
    /// counted from here on is seen by this process alone.
    ///
    /// What is mapped is the parent's, which goes on meanwhile: what had been written when it forked is as it was, and
    /// what was added since, to chunks and to the directory behind `directory_len`, is not to be read.
    pub(in crate::cell) fn fork(&self, growth: &Growth, directory_len: u64) {
        let directory = Fd(self.directory.load(Ordering::Relaxed));
        let parent = Fd(self.fd.load(Ordering::Relaxed));
        let new = New::open(directory, growth.end);
        let header = self.header.load(Ordering::Acquire);
        let written = |chunk: Chunk| (directory_len.saturating_sub(chunk.first) as usize).min(chunk.len);
        let complete = new.as_ref().is_ok_and(|new| {
            let mut complete = Ok(());
            // SAFETY: all chunks are mapped, and stay as they are: nobody else runs.
            unsafe {
                complete = complete.and(new.fd.write(header, format::HEADER, 0));
                for (chunk, address) in self.chunks(growth) {
                    let range = match chunk.kind {
                        chunk::DIRECTORY => 0..written(chunk),
                        chunk::WORDS => chunk.block as usize * 2 * size_of::<u64>()..chunk.len,
                        _ => continue,
                    };
                    let offset = chunk.offset + range.start as u64;
                    complete = complete.and(new.fd.write(address.add(range.start), range.len(), offset));
                }
            }
            complete.is_ok()
        });
        let mut everything = std::iter::once((0, format::HEADER, header))
            .chain(self.chunks(growth).map(|(chunk, address)| (chunk.offset, chunk.len, address)));
        let mapped = match &new {
            // The header comes first, and is the same.
            Ok(new) if complete => everything.all(|(offset, len, address)| {
                // SAFETY: what is mapped there is what is in the file, or zeros that take the place of counts.
                unsafe { new.fd.map(address, len, offset) }.is_ok()
            }),
            _ => false,
        };
        if !mapped {
            // Nothing of it stays the parent's, which would be counted in by both.
            let page = self.page.load(Ordering::Relaxed);
            // SAFETY: the bytes are copied aside, page by page, and put into memory of this process alone.
            unsafe { unshare(header, format::HEADER, page) };
            for (chunk, address) in self.chunks(growth) {
                let start = match chunk.kind {
                    chunk::CELLS => 0,
                    chunk::DIRECTORY => written(chunk),
                    _ => chunk.len,
                };
                // SAFETY: as above; these are the parent's counts, and what it has added since. It goes on counting where the
                // system has no memory for that, and its counts are left alone then.
                unsafe {
                    if unshare(address, chunk.len, page) {
                        address.add(start).write_bytes(0, chunk.len - start);
                    }
                }
            }
        }
        self.header(at::CHUNKS).store(growth.chunks as u64, Ordering::Release);
        self.header(at::DIRECTORY).store(directory_len, Ordering::Release);
        for (chunk, address) in self.chunks(growth) {
            if chunk.kind == chunk::WORDS {
                let count = chunk.block as usize;
                let words = address.cast::<u64>();
                for word in 0..count {
                    // SAFETY: there are two numbers for each word, and one more behind all of them.
                    unsafe {
                        words.add(2 * word).write(words.add(2 * count + word).read());
                        words.add(2 * word + 1).write(0);
                    }
                }
            }
        }
        parent.close();
        self.fd.store(-1, Ordering::Relaxed);
        if let Ok(new) = new {
            // SAFETY: the header is this process's own from here on.
            unsafe { sign(header, new.id) };
            if mapped && new.publish(directory).is_ok() {
                self.fd.store(new.fd.0, Ordering::Relaxed);
                return;
            }
            new.discard(directory);
        }
        self.header(at::FAILURES).fetch_add(1, Ordering::Relaxed);
    }
}

/// Makes shared memory private, with what is in it. Returns whether all of it is.
///
/// # Safety
///
/// So much is mapped there, and nobody else runs.
unsafe fn unshare(address: *mut u8, len: usize, page: usize) -> bool {
    // One page aside is enough, since each is replaced by itself.
    let Ok(aside) = system::reserve(page) else { return false };
    // SAFETY: the page aside is this function's, and the others are mapped.
    unsafe {
        if system::map_private(aside, page).is_err() {
            return false;
        }
        (0..len).step_by(page).all(|start| {
            let address = address.add(start);
            aside.copy_from_nonoverlapping(address, page);
            let is_private = system::map_private(address, page).is_ok();
            if is_private {
                address.copy_from_nonoverlapping(aside, page);
            }
            is_private
        })
    }
}

/// Writes whose file it is.
///
/// # Safety
///
/// The header is mapped there, and nobody else writes to it.
unsafe fn sign(header: *mut u8, id: [u8; 16]) {
    // SAFETY: by the caller's promise.
    unsafe {
        header.add(at::PID).cast::<u32>().write(system::pid());
        header.add(at::ID).cast::<[u8; 16]>().write(id);
        header.add(at::STARTED).cast::<u64>().write(system::now());
        header.add(at::REMOVALS).cast::<u64>().write(0);
        header.add(at::FAILURES).cast::<u64>().write(0);
    }
}

/// A file that nobody sees yet.
struct New {
    id: [u8; 16],
    fd: Fd,
}

impl New {
    /// A file of so many bytes, locked.
    fn open(directory: Fd, len: u64) -> Result<Self, Errno> {
        let id = system::random()?;
        let fd = directory.create(&Name::new(id, format::name::NEW))?;
        let new = Self { id, fd };
        // Locked before it can be seen by its last name, so that nobody takes it for that of a process that is gone.
        match fd.lock().and_then(|()| fd.allocate(0, len as usize)) {
            Ok(()) => Ok(new),
            Err(error) => {
                new.discard(directory);
                Err(error)
            }
        }
    }

    fn publish(&self, directory: Fd) -> Result<(), Errno> {
        let (new, ready) = (Name::new(self.id, format::name::NEW), Name::new(self.id, format::name::PROCESS));
        directory.rename(&new, &ready)
    }

    fn discard(&self, directory: Fd) {
        directory.remove(&Name::new(self.id, format::name::NEW));
        self.fd.close();
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::{ffi::CString, fs, os::unix::ffi::OsStrExt, process};

    #[test]
    fn what_a_thread_that_was_not_copied_had_added_to_a_block_is_not_added_again() {
        let path = std::env::temp_dir().join(format!("tallymark-cells-{}", process::id()));
        fs::create_dir_all(&path).expect("a directory");
        let directory = Fd::open_directory(&CString::new(path.as_os_str().as_bytes()).expect("a path"));
        let shared = Shared::new();
        let identity = Identity { program: b"", group: b"", label: b"" };
        let directory = directory.unwrap_or_else(|Errno(error)| panic!("{error}"));
        shared.create(directory, &identity).unwrap_or_else(|Errno(error)| panic!("{error}"));
        let page = shared.page.load(Ordering::Relaxed) / size_of::<u64>();
        let one = shared.obtain_cells(page).expect("a block");
        let other = shared.obtain_cells(page).expect("a block");
        // As a thread that grows a block does, and then a child in which that has not happened.
        for (cells, to) in [(one, 2), (one, 2), (other, 3), (one, 4), (one, 3), (other, 4)] {
            assert!(shared.extend_cells(cells, page, to * page));
        }
        let growth = shared.hold();
        for block in 0..2 {
            let mut end = 0;
            for (chunk, _) in shared.chunks(&growth).filter(|(chunk, _)| chunk.block == block) {
                assert_eq!(chunk.first as usize, end, "one is behind the other");
                end += chunk.len / size_of::<u64>();
            }
            assert_eq!(end, 4 * page);
        }
        drop(growth);
        fs::remove_dir_all(path).expect("it is there");
    }
}
