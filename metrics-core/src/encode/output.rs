//! Where the bytes go: a growing vector, of which the beginning can be taken away.

use super::{copy, number::short};

/// The size from which on what is written of a streamed exposition is handed over.
pub const CHUNK: usize = 64 * 1024;

/// Bytes that may be written beyond what a copy needs, see [`Output::block`].
pub(super) const SLACK: usize = 64;

/// What a vector grows by. The new bytes are zeroed, so it is small enough that they are still in the first-level
/// cache when they are written.
const STEP: usize = 16 * 1024;

/// One unit of copying.
pub(super) type Block = [u8; 32];

/// Bytes up to `at`, and behind them room that is already initialised: copies of a fixed size may spill into it,
/// which is what makes them cheap.
pub(super) struct Output {
    bytes: Vec<u8>,
    at: usize,
}

impl Output {
    /// Appends to `bytes`.
    pub(super) fn append(bytes: Vec<u8>) -> Self {
        Self { at: bytes.len(), bytes }
    }

    /// Begins with room for `size` bytes, obtained as zeros: of new pages the system makes them, once and when they are
    /// first written to.
    pub(super) fn with_room(size: usize) -> Self {
        Self { bytes: vec![0; size], at: 0 }
    }

    /// Makes room for `need` bytes and the slack.
    #[inline]
    pub(super) fn room(&mut self, need: usize) {
        if self.bytes.len() - self.at < need + SLACK {
            self.more_room(need + SLACK);
        }
    }

    #[cold]
    #[inline(never)]
    fn more_room(&mut self, need: usize) {
        let (enough, most) = (self.at + need, self.bytes.capacity());
        // The capacity that was reserved is not exceeded without need.
        self.bytes.resize((self.at + STEP).min(most).max(enough), 0);
    }

    /// Where the next byte goes; for [`rewind`](Output::rewind).
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Forgets what was written since `position`. Nothing may have been taken since then.
    pub(super) fn rewind(&mut self, position: usize) {
        self.at = self.at.min(position);
    }

    /// Writes the first `length` bytes of a block. There must be room.
    #[inline]
    pub(super) fn block(&mut self, block: &Block, length: usize) {
        if let Some(to) = self.bytes.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut) {
            *to = *block;
            self.at += length;
        }
    }

    /// Writes the first `length` bytes of several blocks. There must be room.
    #[inline]
    pub(super) fn blocks(&mut self, blocks: &[Block], length: usize) {
        // There are a few, in less time than it takes to call what copies many.
        if let Some(to) = self.bytes.get_mut(self.at..self.at + size_of_val(blocks)) {
            for (to, block) in to.chunks_exact_mut(size_of::<Block>()).zip(blocks) {
                to.copy_from_slice(block);
            }
            self.at += length;
        }
    }

    /// Writes a text. There must be room.
    #[inline]
    pub(super) fn text(&mut self, text: &[u8]) {
        if let Some(to) = self.bytes.get_mut(self.at..self.at + text.len()) {
            copy::short(to, text);
            self.at += text.len();
        }
    }

    /// Writes a whole number and ends the line. There must be room.
    #[inline]
    pub(super) fn whole(&mut self, value: u64) {
        if let Some((word, length)) = short(value) {
            if let Some(to) = self.bytes.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut) {
                *to = word;
                self.at += length;
            }
        } else {
            self.long_whole(value);
        }
    }

    #[inline(never)]
    fn long_whole(&mut self, value: u64) {
        self.text(itoa::Buffer::new().format(value).as_bytes());
        self.byte(b'\n');
    }

    /// Writes a byte. There must be room.
    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        if let Some(to) = self.bytes.get_mut(self.at) {
            *to = byte;
            self.at += 1;
        }
    }

    /// Takes what is written up to `end`, or all of it, and keeps the rest.
    pub(super) fn take(&mut self, end: Option<usize>) -> Vec<u8> {
        let end = end.unwrap_or(self.at).min(self.at);
        let rest = self.bytes.get(end..self.at).unwrap_or_default().to_vec();
        self.at = rest.len();
        let mut taken = std::mem::replace(&mut self.bytes, rest);
        taken.truncate(end);
        taken
    }

    /// Ends the output.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.truncate(self.at);
        self.bytes
    }
}
