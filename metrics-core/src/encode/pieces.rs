//! Texts that are written many times, kept in blocks of a fixed size.

use super::output::{Block, Output};

/// Texts, each padded to whole blocks.
#[derive(Default)]
pub(super) struct Pieces {
    blocks: Vec<Block>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy)]
struct Span {
    first: usize,
    blocks: usize,
    length: usize,
}

impl Pieces {
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
        self.spans.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Adds a text.
    pub(super) fn push(&mut self, text: &[u8]) {
        let first = self.blocks.len();
        let mut rest = text;
        while let Some((block, behind)) = rest.split_first_chunk() {
            self.blocks.push(*block);
            rest = behind;
        }
        if !rest.is_empty() {
            let mut last = Block::default();
            last[..rest.len()].copy_from_slice(rest);
            self.blocks.push(last);
        }
        self.spans.push(Span { first, blocks: self.blocks.len() - first, length: text.len() });
    }

    /// The bytes that writing each of them once takes at most.
    pub(super) fn size(&self) -> usize {
        size_of_val(self.blocks.as_slice())
    }

    /// The texts in order.
    #[inline]
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Piece<'_>> {
        self.spans.iter().map(|span| Piece {
            blocks: self.blocks.get(span.first..span.first + span.blocks).unwrap_or_default(),
            length: span.length,
        })
    }
}

/// One text among [`Pieces`].
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    blocks: &'a [Block],
    length: usize,
}

impl Piece<'_> {
    /// Writes it. There must be room for whole blocks.
    #[inline]
    pub(super) fn write(self, out: &mut Output) {
        match self.blocks {
            [block] => out.block(block, self.length),
            blocks => out.blocks(blocks, self.length),
        }
    }
}
