//! A file of cells. It is read with checked bounds and never mapped, because it may hold anything and be truncated at any
//! time.

use crate::{
    bytes::{id_at, u16_at, u32_at, u64_at},
    record::{self, Note, Record, State},
};
use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    sync::LazyLock,
};
use tallymark_core::__private_v4::shared::format::{self, at, chunk, kind};

/// How often a note is read until two readings agree.
const TRIES: usize = 16;

/// Why a file is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unusable {
    /// It could not be read.
    Io,
    /// It is not a file of a group.
    Foreign,
    /// It is of another version of the format, or from a machine of another kind.
    Abi,
    /// It was written before the machine was last started.
    Boot,
    /// It belongs to another group.
    Group,
    /// It is shorter than it says.
    Truncated,
    /// What is in it contradicts itself.
    Corrupt,
}

impl Unusable {
    /// What the metric about such files says.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Io => "unreadable",
            Self::Foreign => "foreign",
            Self::Abi => "abi",
            Self::Boot => "boot",
            Self::Group => "group",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
        }
    }
}

/// The id of this boot, as files have it.
static BOOT: LazyLock<[u8; 16]> = LazyLock::new(|| {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits: Vec<u8> = text.chars().filter_map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let mut id = [0; 16];
    for (place, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
        *place = pair[0] << 4 | pair[1];
    }
    id
});

/// The id of this boot.
pub(crate) fn boot() -> [u8; 16] {
    *BOOT
}

/// What the header of a file says.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) id: [u8; 16],
    pub(crate) pid: u32,
    pub(crate) started: u64,
    pub(crate) is_accumulator: bool,
    pub(crate) generation: u64,
    pub(crate) group: String,
    pub(crate) label: String,
    pub(crate) failures: u64,
    len: usize,
    directory: u64,
    chunks: usize,
    /// How often series were removed.
    pub(crate) removals: u64,
    /// How often notes were written.
    pub(crate) notes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    kind: u32,
    block: u32,
    first: u64,
    len: u64,
    offset: u64,
}

/// A file, and how far its directory was read.
#[derive(Debug)]
pub(crate) struct CellsFile {
    file: File,
    chunks: Vec<Chunk>,
    /// Bytes of the directory that were read.
    read: u64,
}

/// The numbers in a file at one moment.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// By block and slot.
    pub(crate) blocks: Vec<Vec<u64>>,
    /// By number, two for each word.
    pub(crate) words: Vec<u64>,
    /// Memory that they are read through.
    bytes: Vec<u8>,
}

impl Numbers {
    /// What a slot holds in each block.
    fn of(&self, slot: usize) -> impl Iterator<Item = u64> {
        self.blocks.iter().filter_map(move |block| block.get(slot).copied())
    }

    pub(crate) fn integer(&self, slot: usize) -> u64 {
        self.of(slot).fold(0, u64::wrapping_add)
    }

    pub(crate) fn float(&self, slot: usize) -> f64 {
        self.of(slot).map(f64::from_bits).sum()
    }
}

/// Opens a regular file for reading. Links, pipes and devices are an error, because no process of a group makes them.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits();
    let file = File::options().read(true).custom_flags(i32::try_from(flags).unwrap_or(0)).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// Reads `len` bytes that the file claims to have.
fn read_exact(file: &File, len: usize, offset: u64) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    read_into(file, len, offset, &mut bytes)?;
    Ok(bytes)
}

/// Replaces `bytes` by `len` bytes that the file claims to have.
fn read_into(file: &File, len: usize, offset: u64, bytes: &mut Vec<u8>) -> Result<(), Unusable> {
    // Checked before anything is allocated: a corrupt length must not ask for gigabytes.
    let size = file.metadata().map_err(|_| Unusable::Io)?.len();
    if offset.checked_add(len as u64).is_none_or(|end| end > size) {
        return Err(Unusable::Truncated);
    }
    bytes.resize(len, 0);
    file.read_exact_at(bytes, offset).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Unusable::Truncated,
        _ => Unusable::Io,
    })
}

fn header(file: &File) -> Result<Header, Unusable> {
    let bytes = match read_exact(file, at::TABLE, 0) {
        Err(Unusable::Truncated) => {
            let begins = read_exact(file, format::MAGIC.len(), 0).is_ok_and(|magic| magic == format::MAGIC);
            return Err(if begins { Unusable::Truncated } else { Unusable::Foreign });
        }
        read => read?,
    };
    if !bytes.starts_with(&format::MAGIC) {
        return Err(Unusable::Foreign);
    }
    let number = |at: usize| u64_at(&bytes, at).unwrap_or_default();
    let half = |at: usize| u32_at(&bytes, at).unwrap_or_default();
    if half(at::VERSION) != format::VERSION || half(at::ENDIAN) != format::ENDIAN {
        return Err(Unusable::Abi);
    }
    if id_at(&bytes, at::BOOT) != Some(*BOOT) {
        return Err(Unusable::Boot);
    }
    let text = |at: usize| -> Option<String> {
        let len = usize::from(u16_at(&bytes, at)?).min(format::TEXT - 2);
        Some(String::from_utf8_lossy(bytes.get(at + 2..at + 2 + len)?).into_owned())
    };
    let len = half(at::HEADER) as usize;
    let chunks = usize::try_from(number(at::CHUNKS)).unwrap_or(usize::MAX);
    let is_accumulator = match number(at::KIND) {
        kind::PROCESS => false,
        kind::ACCUMULATOR => true,
        _ => return Err(Unusable::Abi),
    };
    if !(at::TABLE..=1 << 20).contains(&len) || chunks > (len - at::TABLE) / chunk::SIZE {
        return Err(Unusable::Corrupt);
    }
    Ok(Header {
        id: id_at(&bytes, at::ID).unwrap_or_default(),
        pid: half(at::PID),
        started: number(at::STARTED),
        is_accumulator,
        generation: number(at::GENERATION),
        group: text(at::GROUP).unwrap_or_default(),
        label: text(at::LABEL).unwrap_or_default(),
        failures: number(at::FAILURES),
        len,
        directory: number(at::DIRECTORY),
        chunks,
        removals: number(at::REMOVALS),
        notes: number(at::NOTES),
    })
}

impl CellsFile {
    /// Reads the header of an open file.
    pub(crate) fn new(file: File) -> Result<(Self, Header), Unusable> {
        let header = header(&file)?;
        Ok((Self { file, chunks: Vec::new(), read: 0 }, header))
    }

    /// Whether the process that counts in the file is alive, that is, whether it holds the lock.
    pub(crate) fn is_locked(&self) -> bool {
        use rustix::fs::{FlockOperation, flock};
        let is_locked = flock(&self.file, FlockOperation::NonBlockingLockShared).is_err();
        if !is_locked {
            let _ = flock(&self.file, FlockOperation::Unlock);
        }
        is_locked
    }

    /// Reads the header again.
    pub(crate) fn header(&self) -> Result<Header, Unusable> {
        header(&self.file)
    }

    /// Reads what was added to the table of chunks and to the directory, and calls `each` with each record and where it
    /// is in the file.
    pub(crate) fn read_directory(
        &mut self,
        header: &Header,
        each: &mut dyn FnMut(Record<'_>, u64) -> Result<(), Unusable>,
    ) -> Result<(), Unusable> {
        let known = self.chunks.len();
        if header.chunks < known || header.directory < self.read {
            return Err(Unusable::Corrupt);
        }
        let table = (header.chunks - known) * chunk::SIZE;
        let table = read_exact(&self.file, table, (at::TABLE + known * chunk::SIZE) as u64)?;
        for entry in table.chunks_exact(chunk::SIZE) {
            let number = |at: usize| u64_at(entry, at).unwrap_or_default();
            let half = |at: usize| u32_at(entry, at).unwrap_or_default();
            let chunk = Chunk {
                kind: half(chunk::KIND),
                block: half(chunk::BLOCK),
                first: number(chunk::FIRST),
                len: number(chunk::LEN),
                offset: number(chunk::OFFSET),
            };
            if chunk.offset < header.len as u64 || chunk.offset % 8 != 0 || chunk.len % 8 != 0 {
                return Err(Unusable::Corrupt);
            }
            self.chunks.push(chunk);
        }
        while self.read < header.directory {
            let chunk = self.directory_chunk(self.read)?;
            let within = self.read - chunk.first;
            let len = (chunk.len - within).min(header.directory - self.read);
            let offset = chunk.offset.checked_add(within).ok_or(Unusable::Corrupt)?;
            let bytes = read_exact(&self.file, usize::try_from(len).map_err(|_| Unusable::Corrupt)?, offset)?;
            let mut at = 0;
            while at < bytes.len() {
                let (record, len) = record::parse(&bytes[at..]).ok_or(Unusable::Corrupt)?;
                each(record, offset + at as u64)?;
                // A record of nothing goes on to the end of its chunk.
                at = at.saturating_add(len);
            }
            self.read += len;
        }
        Ok(())
    }

    /// Calls `each` with the parts of the directory, as far as it was read: twice what is there now, and where that is.
    pub(crate) fn read_again(&self, each: &mut dyn FnMut([&[u8]; 2], u64)) -> Result<(), Unusable> {
        let mut at = 0;
        while at < self.read {
            let chunk = self.directory_chunk(at)?;
            let len = (chunk.len - (at - chunk.first)).min(self.read - at);
            let offset = chunk.offset.checked_add(at - chunk.first).ok_or(Unusable::Corrupt)?;
            let read =
                || read_exact(&self.file, usize::try_from(len).map_err(|_| Unusable::Corrupt)?, offset);
            let (first, second) = (read()?, read()?);
            each([&first, &second], offset);
            at += len;
        }
        Ok(())
    }

    /// The chunk with this byte of the directory.
    fn directory_chunk(&self, at: u64) -> Result<Chunk, Unusable> {
        let mut chunks = self.chunks.iter();
        let found = chunks.find(|chunk| {
            chunk.kind == chunk::DIRECTORY && chunk.first <= at && at - chunk.first < chunk.len
        });
        found.copied().ok_or(Unusable::Corrupt)
    }

    /// Reads what may have changed of the record of a series.
    pub(crate) fn state(&self, offset: u64, width: u16) -> Result<State, Unusable> {
        let len = format::record::series::BASE + usize::from(width) * 8;
        record::state(&read_exact(&self.file, len, offset)?).ok_or(Unusable::Corrupt)
    }

    /// Reads a note of so many bytes; nothing if it says nothing.
    pub(crate) fn note(&self, offset: u64, len: usize) -> Result<Option<Note>, Unusable> {
        let mut bytes = read_exact(&self.file, len, offset)?;
        for _ in 0..TRIES {
            let again = read_exact(&self.file, len, offset)?;
            if again == bytes {
                return Ok(record::note(&bytes));
            }
            bytes = again;
        }
        Ok(None)
    }

    /// Reads what a native bucket held when its series was last removed.
    pub(crate) fn native_base(&self, offset: u64) -> Result<u64, Unusable> {
        let bytes = read_exact(&self.file, 8, offset + format::record::native::BASE as u64)?;
        u64_at(&bytes, 0).ok_or(Unusable::Corrupt)
    }

    /// Reads the cells of all blocks, up to the slot `slots`, and `words` words. Each number is one that was there; those
    /// of one series need not have been there at one moment.
    ///
    /// The kernel copies numbers that are aligned to their size as a whole, on all machines that this is built for.
    pub(crate) fn numbers(&self, slots: usize, words: usize, numbers: &mut Numbers) -> Result<(), Unusable> {
        numbers.blocks.iter_mut().for_each(Vec::clear);
        numbers.words.clear();
        let mut blocks = 0;
        for chunk in &self.chunks {
            match chunk.kind {
                chunk::CELLS => {
                    let block = chunk.block as usize;
                    if block >= self.chunks.len() {
                        return Err(Unusable::Corrupt);
                    }
                    blocks = blocks.max(block + 1);
                    if numbers.blocks.len() <= block {
                        numbers.blocks.resize_with(block + 1, Vec::new);
                    }
                    let cells = &mut numbers.blocks[block];
                    if chunk.first >= slots as u64 {
                        continue;
                    }
                    if chunk.first != cells.len() as u64 {
                        return Err(Unusable::Corrupt);
                    }
                    let count = (chunk.len / 8).min(slots as u64 - chunk.first);
                    append(&self.file, count, chunk.offset, &mut numbers.bytes, cells)?;
                }
                chunk::WORDS => {
                    let first = 2 * chunk.first;
                    let wanted = (2 * words as u64).saturating_sub(first).min(2 * u64::from(chunk.block));
                    if wanted == 0 {
                        continue;
                    }
                    if first < numbers.words.len() as u64 || 8 * wanted > chunk.len || first > 1 << 32 {
                        return Err(Unusable::Corrupt);
                    }
                    numbers.words.resize(usize::try_from(first).map_err(|_| Unusable::Corrupt)?, 0);
                    append(&self.file, wanted, chunk.offset, &mut numbers.bytes, &mut numbers.words)?;
                }
                _ => {}
            }
        }
        // Those that another file had more of.
        numbers.blocks.truncate(blocks);
        Ok(())
    }
}

fn append(
    file: &File,
    count: u64,
    offset: u64,
    bytes: &mut Vec<u8>,
    numbers: &mut Vec<u64>,
) -> Result<(), Unusable> {
    let len = usize::try_from(count.saturating_mul(8)).map_err(|_| Unusable::Corrupt)?;
    read_into(file, len, offset, bytes)?;
    numbers
        .extend(bytes.chunks_exact(8).map(|bytes| u64::from_ne_bytes(bytes.try_into().unwrap_or_default())));
    Ok(())
}
