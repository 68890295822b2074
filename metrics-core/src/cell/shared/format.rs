//! The format of a file of cells.
//!
//! A file is a header, a table of chunks, and chunks. It is only ever added to: a chunk or a record is written first, and
//! then its number or length is stored with `Release`. Numbers are in the byte order of the machine, which the header
//! says, since no file outlives a boot. Offsets are in bytes.

// Only readers, which are in another package, use some of these.
#![allow(dead_code, missing_docs, unreachable_pub)]

/// What a file begins with.
pub const MAGIC: [u8; 8] = *b"TLYMARK\n";
/// Changes with the format.
pub const VERSION: u32 = 1;
/// Reads differently in another byte order.
pub const ENDIAN: u32 = 0x0102_0304;

/// Where things are in the header.
pub mod at {
    pub const MAGIC: usize = 0;
    pub const VERSION: usize = 8;
    pub const ENDIAN: usize = 12;
    /// The length of the header and the table of chunks.
    pub const HEADER: usize = 16;
    pub const PID: usize = 20;
    /// Sixteen bytes.
    pub const ID: usize = 24;
    /// Sixteen bytes.
    pub const BOOT: usize = 40;
    /// Nanoseconds since 1970.
    pub const STARTED: usize = 56;
    /// Bytes of directory records that are there.
    pub const DIRECTORY: usize = 64;
    /// Chunks that are there.
    pub const CHUNKS: usize = 72;
    /// How often a series was removed, or its slots given back.
    pub const REMOVALS: usize = 80;
    /// Chunks that could not be added: what is counted there is not in the file.
    pub const FAILURES: usize = 88;
    /// The kind of file: see [`kind`](super::kind).
    pub const KIND: usize = 96;
    /// The generation of an accumulator.
    pub const GENERATION: usize = 104;
    /// How often a note was written.
    pub const NOTES: usize = 112;
    /// Texts: two bytes of length, then the text.
    pub const PROGRAM: usize = 128;
    pub const GROUP: usize = 256;
    pub const LABEL: usize = 384;
    /// The table of chunks.
    pub const TABLE: usize = 512;
}

/// The room for a text of the header, its length included.
pub const TEXT: usize = 128;

/// Kinds of files.
pub mod kind {
    pub const PROCESS: u64 = 1;
    pub const ACCUMULATOR: u64 = 2;
}

/// The length of the header of a process's file, its table included.
pub const HEADER: usize = 1 << 16;

/// One entry of the table of chunks: kind, block, first, length, offset.
pub mod chunk {
    pub const SIZE: usize = 32;
    pub const KIND: usize = 0;
    /// The number of the block, of cells.
    pub const BLOCK: usize = 4;
    /// The first slot, word, or byte of the directory.
    pub const FIRST: usize = 8;
    /// Bytes.
    pub const LEN: usize = 16;
    /// From the beginning of the file.
    pub const OFFSET: usize = 24;

    pub const CELLS: u32 = 1;
    /// Words, each two numbers: the bits, and when they were set; then for each word what it holds while it is not set.
    pub const WORDS: u32 = 2;
    pub const DIRECTORY: u32 = 3;
}

/// The most chunks of a file.
pub const CHUNKS: usize = (HEADER - at::TABLE) / chunk::SIZE;

/// A record of the directory: its length, a multiple of eight, and its kind; then what the kind says.
pub mod record {
    pub const LEN: usize = 0;
    pub const KIND: usize = 4;

    /// Nothing, up to the end of the chunk.
    pub const NOTHING: u32 = 0;
    pub const FAMILY: u32 = 1;
    pub const SERIES: u32 = 2;
    pub const NATIVE: u32 = 3;
    /// A file that was folded into this accumulator: sixteen bytes.
    pub const FOLDED: u32 = 4;
    /// An exemplar of a series: a [`note`].
    pub const EXEMPLAR: u32 = 5;
    /// The facts of an info family: a [`note`].
    pub const FACTS: u32 = 6;

    /// A family: number, kind of metric, mode, flags; what a word holds that is not set; then texts, each with a length
    /// in four bytes before it: name, help, unit; then how many label names and the names; how many bounds and the
    /// bounds; how many states and the states.
    pub mod family {
        pub const NUMBER: usize = 8;
        pub const METRIC: usize = 12;
        pub const MODE: usize = 13;
        pub const FLAGS: usize = 14;
        pub const ABSENT: usize = 16;
        pub const REST: usize = 24;

        pub const NAMESPACED: u8 = 1;
        /// What is counted is an `f64`.
        pub const FLOAT: u8 = 2;
        /// The series are words.
        pub const WORDS: u8 = 4;
        /// What was added less what was subtracted.
        pub const LEVEL: u8 = 8;
    }

    /// A series: its family, its first slot, and which of the cells from there on are what. Then a number that is odd
    /// while the base is written, when it was created and how often it was removed; then the base, what the cells held
    /// when it was last removed, for each cell; then texts.
    pub mod series {
        pub const FAMILY: usize = 8;
        pub const FIRST: usize = 12;
        /// How many cells there are; 0 for a word.
        pub const WIDTH: usize = 16;
        pub const FLAGS: usize = 18;
        pub const FLOATS_AT: usize = 20;
        pub const FLOATS: usize = 22;
        pub const INTEGERS_AT: usize = 24;
        pub const INTEGERS: usize = 26;
        /// How many texts.
        pub const TEXTS: usize = 28;
        /// Odd while the base is being written.
        pub const SEQUENCE: usize = 32;
        /// Not zero once the slots belong to nobody, or to another series.
        pub const CLOSED: usize = 40;
        /// Nanoseconds since 1970.
        pub const CREATED: usize = 48;
        pub const BASE: usize = 56;

        /// It is not shown as long as it is zero.
        pub const HIDE_ZERO: u16 = 1;
        /// The last text is that of a process that is gone.
        pub const PROCESS: u16 = 2;
    }

    /// A native bucket: the first slot of the series, the slot of the bucket, key, schema, sign; the zero threshold; the
    /// base.
    pub mod native {
        pub const SERIES: usize = 8;
        pub const CELL: usize = 12;
        pub const KEY: usize = 16;
        pub const SCHEMA: usize = 20;
        /// One of [`POSITIVE`], [`NEGATIVE`], [`ZERO`].
        pub const SIDE: usize = 21;
        pub const THRESHOLD: usize = 24;
        pub const BASE: usize = 32;
        pub const SIZE: usize = 40;

        pub const POSITIVE: u8 = 0;
        pub const NEGATIVE: u8 = 1;
        pub const ZERO: u8 = 2;
    }

    /// Names and values that may be written again where they are: whose they are, and which of several; then a number that
    /// is odd while they are written, when they were written, a value, and how long the texts are; then the texts, a name
    /// and a value after the other, and room for longer ones.
    pub mod note {
        /// The first slot of a series, or the number of a family.
        pub const OWNER: usize = 8;
        pub const PLACE: usize = 12;
        pub const SEQUENCE: usize = 16;
        /// Nanoseconds since 1970; 0 if there is nothing.
        pub const TIME: usize = 24;
        /// An `f64`.
        pub const VALUE: usize = 32;
        /// Bytes.
        pub const LEN: usize = 40;
        pub const TEXTS: usize = 48;
    }

    pub mod folded {
        pub const ID: usize = 8;
        pub const SIZE: usize = 24;
    }
}

/// In the second number of a word: whether it was written to since it was last asked. Above is the time.
pub const TOUCHED: u64 = 1;

/// What the names of the files of a group end in.
pub mod name {
    pub const PROCESS: &str = ".cells";
    /// Before it is ready.
    pub const NEW: &str = ".new";
    pub const ACCUMULATOR: &str = "accumulator";
    pub const LOCK: &str = "lock";
}
