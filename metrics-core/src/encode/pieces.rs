//! Texts that are written many times, kept in blocks of a fixed size.

use super::{
    copy,
    output::{Block, Output},
};

/// Texts, each padded to whole blocks.
#[derive(Default)]
pub(super) struct Pieces {
    pieces: Vec<Beginning>,
    /// All blocks of texts that need more than one, one text behind the other.
    long: Vec<Block>,
}

/// The beginning of a text.
struct Beginning {
    /// The text, if it fits. In most families all do.
    block: Block,
    length: usize,
    /// Where it begins among the long ones.
    long: usize,
}

impl Pieces {
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
        self.long.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds a text.
    pub(super) fn push(&mut self, text: &[u8]) {
        let long = self.long.len();
        let mut block = Block::default();
        if text.len() <= block.len() {
            copy::short(&mut block, text);
        } else {
            self.long.resize(long + text.len().div_ceil(block.len()), block);
            let blocks = self.long.get_mut(long..).unwrap_or_default().as_flattened_mut();
            copy::short(blocks, text);
        }
        self.pieces.push(Beginning { block, length: text.len(), long });
    }

    /// The bytes that writing each of them once takes at most.
    #[inline]
    pub(super) fn size(&self) -> usize {
        (self.pieces.len() + self.long.len()) * size_of::<Block>()
    }

    /// The texts in order.
    #[inline]
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Piece<'_>> {
        self.pieces.iter().map(|beginning| Piece { beginning, long: &self.long })
    }
}

/// One text among [`Pieces`].
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    beginning: &'a Beginning,
    long: &'a [Block],
}

impl Piece<'_> {
    /// Writes it. There must be room for whole blocks.
    #[inline]
    pub(super) fn write(self, out: &mut Output) {
        if self.is_short() {
            out.block(&self.beginning.block, self.beginning.length);
        } else {
            self.write_rare(out);
        }
    }

    /// Writes it as [`write`](Self::write) does, where long ones are no rarer than others.
    #[inline]
    pub(super) fn write_any(self, out: &mut Output) {
        if self.is_short() {
            out.block(&self.beginning.block, self.beginning.length);
        } else {
            self.write_long(out);
        }
    }

    #[inline]
    fn is_short(self) -> bool {
        self.beginning.length <= size_of::<Block>()
    }

    /// Not inlined, so that nothing is called where there is one block.
    #[inline(never)]
    fn write_rare(self, out: &mut Output) {
        self.write_long(out);
    }

    #[inline(always)]
    fn write_long(self, out: &mut Output) {
        let Beginning { length, long, .. } = self.beginning;
        let end = long + length.div_ceil(size_of::<Block>());
        out.blocks(self.long.get(*long..end).unwrap_or_default(), *length);
    }
}
