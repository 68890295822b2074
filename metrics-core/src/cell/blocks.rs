//! Where the texts of label sets are.
//!
//! The texts of one label set lie together in words that are atomic, since they may be replaced by those of another label
//! set while they are read. Memory of texts is used again for texts and freed with its family, so whatever a reader
//! sees is words; whether they belong together it has to ask, see [`records`](super::records).
//!
//! First comes how many words there are in all; then the hash of all texts, for those who take turns to write; then
//! lengths of 16 bits, four to a word; then each text in words of its own. As long as the texts are not all there, the
//! first lengths are such as no text has.

use super::{
    memory::{GRANULE, end, keep, obtain, release},
    sync::AtomicU64,
};
use std::{
    marker::PhantomData,
    ptr::NonNull,
    sync::atomic::{Ordering, fence},
};

const WORD: usize = size_of::<u64>();
/// The words before the lengths.
const HEAD: usize = 2;
const LENGTHS_IN_A_WORD: usize = 4;
/// Bytes of the longest text.
pub(super) const LONGEST: usize = (32 << 10) - 1;
/// Words of the first slab: most families stay small.
const FIRST_SLAB: usize = 256;
/// Words of each further slab, unless one block is longer.
const SLAB: usize = 4096;
/// Classes of capacities: two for each doubling.
const CLASSES: usize = 40;

/// How many words a text takes.
#[inline(always)]
const fn words(len: usize) -> usize {
    len.div_ceil(WORD)
}

/// Eight bytes of a text.
#[inline(always)]
fn word_of(bytes: &[u8; WORD]) -> u64 {
    u64::from_le_bytes(*bytes)
}

/// All of a text that is shorter than a word and not empty.
#[inline(always)]
fn short_word(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    match (bytes.first(), bytes.get(bytes.len() / 2), bytes.last()) {
        (Some(&first), Some(&middle), Some(&last)) => {
            u64::from(first) | u64::from(middle) << 8 | u64::from(last) << 16
        }
        _ => 0,
    }
}

/// Writes a text that is shorter than a word and not empty, from what [`short_word`] made of it.
///
/// # Safety
///
/// `len` bytes may be written to `to`, and are no more than seven and no fewer than one.
#[inline(always)]
unsafe fn copy_short(word: u64, to: *mut u8, len: usize) {
    let [first, middle, last, _, ends @ ..] = word.to_le_bytes();
    // SAFETY: by the caller's promise.
    unsafe {
        if let Some(before) = len.checked_sub(WORD / 2) {
            to.cast::<u32>().write_unaligned((word as u32).to_le());
            to.add(before).cast::<[u8; WORD / 2]>().write(ends);
        } else {
            to.write(first);
            to.add(len / 2).write(middle);
            to.add(len - 1).write(last);
        }
    }
}

/// The last word of a text that is not empty: its last eight bytes, some of which may be in the word before, too.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    bytes.last_chunk().map_or_else(|| short_word(bytes), word_of)
}

/// Lengths that no text has.
const WITHDRAWN: u64 = u64::MAX;
const _: () = assert!(LONGEST < 0xffff);

/// The texts of one label set, or what is left of them.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    start: NonNull<AtomicU64>,
    /// How many words there are.
    len: usize,
    family: PhantomData<&'a AtomicU64>,
}

impl<'a> Block<'a> {
    /// # Safety
    ///
    /// `start` came from [`Blocks::obtain`], and what it came from lives as long as this.
    #[inline(always)]
    pub(super) unsafe fn at(start: NonNull<AtomicU64>) -> Self {
        // SAFETY: by the caller's promise. The first word says how many there are, and is never written again.
        let len = unsafe { start.as_ref() }.load(Ordering::Relaxed) as usize;
        Self { start, len, family: PhantomData }
    }

    /// How many words for lengths and texts there are.
    pub(super) fn capacity(self) -> usize {
        self.len - HEAD
    }

    #[inline(always)]
    fn place(self, at: usize) -> Option<&'a AtomicU64> {
        // SAFETY: one of the words that are there, which live as long as the block.
        (at < self.len).then(|| unsafe { self.start.add(at).as_ref() })
    }

    #[inline(always)]
    fn word(self, at: usize) -> Option<u64> {
        Some(self.place(at)?.load(Ordering::Relaxed))
    }

    /// The hash of the texts. To be asked by those who take turns to write.
    pub(super) fn hash(self) -> u64 {
        self.word(1).unwrap_or_default()
    }

    /// Whether the texts are there. What is read after that belongs to them or to later ones.
    pub(super) fn is_written(self) -> bool {
        self.place(HEAD).is_some_and(|lengths| lengths.load(Ordering::Acquire) != WITHDRAWN)
    }

    /// Says that the texts are about to change.
    pub(super) fn withdraw(self) {
        if let Some(lengths) = self.place(HEAD) {
            lengths.store(WITHDRAWN, Ordering::Relaxed);
        }
    }

    /// How many words such texts take.
    pub(super) fn needed(texts: &[&str]) -> usize {
        texts.len().div_ceil(LENGTHS_IN_A_WORD) + texts.iter().map(|text| words(text.len())).sum::<usize>()
    }

    /// Writes texts, for which there is room. There are none yet.
    pub(super) fn write(self, hash: u64, texts: &[&str]) {
        // The block may have been another record's, whose readers may be in it: if they see any of these texts, they see
        // behind a fence of their own that the generation of that record has ended.
        fence(Ordering::Release);
        let mut at = 1;
        let mut put = |word, order| {
            if let Some(place) = self.place(at) {
                place.store(word, order);
            }
            at += 1;
        };
        put(hash, Ordering::Relaxed);
        let lengths =
            |texts: &[&str]| texts.iter().rev().fold(0, |word, text| word << 16 | text.len() as u64);
        let mut first = 0;
        for (number, texts) in texts.chunks(LENGTHS_IN_A_WORD).enumerate() {
            if number == 0 {
                first = lengths(texts);
                put(WITHDRAWN, Ordering::Relaxed);
            } else {
                put(lengths(texts), Ordering::Relaxed);
            }
        }
        for text in texts {
            let mut rest = text.as_bytes();
            while let Some((head, tail)) = rest.split_first_chunk().filter(|(_, tail)| !tail.is_empty()) {
                put(word_of(head), Ordering::Relaxed);
                rest = tail;
            }
            if !rest.is_empty() {
                put(last_word(text.as_bytes()), Ordering::Relaxed);
            }
        }
        // Now they are all there.
        if let Some(lengths) = self.place(HEAD) {
            lengths.store(first, Ordering::Release);
        }
    }

    /// Adds the texts, whatever they are, to some bytes, and where each of them ends there to `ends`. Returns whether there
    /// are as many words as the lengths ask for. What is added belongs to these texts or to later ones.
    ///
    /// Each series of each exposition comes here.
    #[inline]
    pub(super) fn copy_to(self, labels: usize, bytes: &mut Vec<u8>, ends: &mut Vec<usize>) -> bool {
        // Once for all of them: texts take no more bytes than their words.
        bytes.reserve(self.len * WORD);
        ends.reserve(labels);
        let (old_end, old_ends) = (bytes.len(), ends.len());
        let first_text = HEAD + labels.div_ceil(LENGTHS_IN_A_WORD);
        if first_text > self.len {
            return false;
        }
        // SAFETY: there are `len` words, and the lengths and texts that are read are before their end. Room for the bytes
        // of all words was reserved, and `end` is behind no more of them than the words before `from` have. What is below
        // the new lengths is written: of each text whole words up to the last one, and the last one up to the end.
        unsafe {
            let load = |at: usize, order| self.start.add(at).as_ref().load(order);
            let (to_bytes, to_ends) = (bytes.as_mut_ptr(), ends.as_mut_ptr().add(old_ends));
            let (mut lengths, mut from, mut end) = (0, first_text, old_end);
            for label in 0..labels {
                if label % LENGTHS_IN_A_WORD == 0 {
                    lengths = load(HEAD + label / LENGTHS_IN_A_WORD, Ordering::Acquire);
                }
                let len = lengths as usize & 0xffff;
                lengths >>= 16;
                let next = from + words(len);
                if next > self.len {
                    return false;
                }
                let to = to_bytes.add(end);
                if let Some(before) = len.checked_sub(WORD) {
                    let mut whole = to;
                    while from + 1 < next {
                        whole.cast::<u64>().write_unaligned(load(from, Ordering::Relaxed).to_le());
                        (whole, from) = (whole.add(WORD), from + 1);
                    }
                    to.add(before).cast::<u64>().write_unaligned(load(from, Ordering::Relaxed).to_le());
                } else if len > 0 {
                    copy_short(load(from, Ordering::Relaxed), to, len);
                }
                from = next;
                end += len;
                to_ends.add(label).write(end);
            }
            bytes.set_len(end);
            ends.set_len(old_ends + labels);
        }
        true
    }

    /// The texts from the first one on, of which there are so many.
    #[inline(always)]
    pub(super) fn texts(self, labels: usize) -> TextsOf<'a> {
        TextsOf { block: self, label: 0, at: HEAD + labels.div_ceil(LENGTHS_IN_A_WORD) }
    }
}

/// Goes through the texts of a block. Behind them are some that are empty, and then nothing that is known.
pub(super) struct TextsOf<'a> {
    block: Block<'a>,
    label: usize,
    /// Where the next text begins.
    at: usize,
}

impl TextsOf<'_> {
    /// The length of the next text; one that no text has if they are not all there. What is read after that belongs to
    /// the text or to a later one.
    #[inline(always)]
    fn next_len(&mut self) -> usize {
        let label = self.label;
        self.label += 1;
        let lengths = self.block.place(HEAD + label / LENGTHS_IN_A_WORD);
        let lengths = lengths.map_or(WITHDRAWN, |lengths| lengths.load(Ordering::Acquire));
        (lengths >> (16 * (label % LENGTHS_IN_A_WORD))) as usize & 0xffff
    }

    /// Whether the next text is this one. To be asked until it is not, and no more often than there are texts.
    #[inline(always)]
    pub(super) fn next_is(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        if self.next_len() != bytes.len() {
            return false;
        }
        let mut rest = bytes;
        // Left as soon as they differ: nearly all texts that come here are the same.
        while rest.len() > WORD {
            let Some((head, tail)) = rest.split_first_chunk() else { break };
            if self.next_word() != Some(word_of(head)) {
                return false;
            }
            rest = tail;
        }
        rest.is_empty() || self.next_word() == Some(last_word(bytes))
    }

    #[inline(always)]
    fn next_word(&mut self) -> Option<u64> {
        let word = self.block.word(self.at);
        self.at += 1;
        word
    }
}

/// The capacity of a class, and the class that a need falls into.
fn class_of(needed: usize) -> (usize, usize) {
    let (mut class, mut capacity) = (0, 2);
    while capacity < needed {
        class += 1;
        // 2, 3, 4, 6, 8, 12 …
        capacity = if class % 2 == 1 { 3 << (class / 2) } else { 2 << (class / 2) };
    }
    (class, capacity)
}

/// Blocks that nobody has, most recently used first.
struct Stack {
    items: NonNull<AtomicU64>,
    len: usize,
    capacity: usize,
}

/// A slab that blocks are cut from.
struct Slab {
    words: NonNull<AtomicU64>,
    len: usize,
    previous: Option<NonNull<Self>>,
}

/// All blocks of a family. Asks nobody but [`memory`](super::memory) for any.
pub(super) struct Blocks {
    slab: Option<NonNull<Slab>>,
    used: usize,
    free: [Stack; CLASSES],
}

// SAFETY: it owns what it points to, and hands out nothing that belongs to a thread.
unsafe impl Send for Blocks {}

impl Blocks {
    pub(super) const fn new() -> Self {
        const NONE: Stack = Stack { items: NonNull::dangling(), len: 0, capacity: 0 };
        Self { slab: None, used: 0, free: [NONE; CLASSES] }
    }

    /// A block with room for so many words, without texts.
    pub(super) fn obtain(&mut self, needed: usize) -> NonNull<AtomicU64> {
        let (class, capacity) = class_of(needed);
        if let Some(block) = self.free.get_mut(class).and_then(Stack::pop) {
            return block;
        }
        let len = HEAD + capacity;
        // SAFETY: kept in this function.
        let slab = self.slab.map(|slab| unsafe { slab.as_ref() });
        let (words, used) = match slab {
            Some(slab) if self.used + len <= slab.len => (slab.words, self.used),
            _ => {
                let usual = if slab.is_none() { FIRST_SLAB } else { SLAB };
                let slab_len = len.max(usual).next_multiple_of(GRANULE);
                let words = obtain(slab_len);
                self.slab = Some(keep(Slab { words, len: slab_len, previous: self.slab }));
                (words, 0)
            }
        };
        self.used = used + len;
        // SAFETY: that many words are there and were not given out.
        unsafe {
            let block = words.add(used);
            block.as_ref().store(len as u64, Ordering::Relaxed);
            Block::at(block).withdraw();
            block
        }
    }

    /// Takes a block back. Readers may still be in it.
    ///
    /// # Safety
    ///
    /// It came from [`obtain`](Self::obtain) of this.
    pub(super) unsafe fn give_back(&mut self, block: NonNull<AtomicU64>) {
        // SAFETY: by the caller's promise.
        let block_words = unsafe { Block::at(block) };
        block_words.withdraw();
        let (class, _) = class_of(block_words.capacity());
        if let Some(stack) = self.free.get_mut(class) {
            stack.push(block);
        }
    }

    /// Frees everything.
    ///
    /// # Safety
    ///
    /// No block is used again.
    pub(super) unsafe fn free(&mut self) {
        let mut next = self.slab.take();
        while let Some(slab) = next {
            // SAFETY: kept in `obtain`, with words obtained with that length.
            unsafe {
                let &Slab { words, len, previous } = slab.as_ref();
                release(words, len);
                end(slab);
                next = previous;
            }
        }
        self.free.iter_mut().for_each(Stack::free);
    }
}

impl Stack {
    fn place(&self, at: usize) -> NonNull<NonNull<AtomicU64>> {
        // SAFETY: called with places below the capacity. A pointer is no larger than a word.
        unsafe { self.items.cast::<NonNull<AtomicU64>>().add(at) }
    }

    fn pop(&mut self) -> Option<NonNull<AtomicU64>> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: written in `push`.
        Some(unsafe { self.place(self.len).read() })
    }

    fn push(&mut self, block: NonNull<AtomicU64>) {
        if self.len == self.capacity {
            let capacity = (2 * self.capacity).max(GRANULE);
            let mut larger = Self { items: obtain(capacity), len: 0, capacity };
            for at in 0..self.len {
                // SAFETY: written here.
                larger.push(unsafe { self.place(at).read() });
            }
            self.free();
            *self = larger;
        }
        // SAFETY: below the capacity.
        unsafe { self.place(self.len).write(block) };
        self.len += 1;
    }

    fn free(&mut self) {
        if self.capacity > 0 {
            // SAFETY: obtained with this length, and emptied with it.
            unsafe { release(self.items, self.capacity) };
            (self.len, self.capacity) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block<'a>(blocks: &mut Blocks, texts: &[&str]) -> Block<'a> {
        let start = blocks.obtain(Block::needed(texts));
        // SAFETY: the blocks live until the end of the test.
        let block = unsafe { Block::at(start) };
        block.write(7, texts);
        block
    }

    #[test]
    fn texts_of_every_length_are_read_as_they_were_written_and_differ_in_every_byte() {
        let mut blocks = Blocks::new();
        let most = if cfg!(miri) { 20 } else { 70 };
        for len in 0..most {
            let text: String = (b'a'..=b'z').cycle().take(len).map(char::from).collect();
            let texts = [text.as_str(), "x", &text, "", "yz"];
            let block = block(&mut blocks, &texts);
            let mut written = block.texts(texts.len());
            assert!(texts.iter().all(|text| written.next_is(text)));
            let (mut bytes, mut ends) = (Vec::new(), Vec::new());
            assert!(block.copy_to(texts.len(), &mut bytes, &mut ends));
            assert_eq!(bytes, texts.concat().into_bytes());
            assert_eq!(ends, [len, len + 1, 2 * len + 1, 2 * len + 1, 2 * len + 3]);
            for at in 0..len {
                let mut other = text.clone().into_bytes();
                other[at] = b'-';
                assert!(!block.texts(5).next_is(&String::from_utf8(other).unwrap()), "{len} {at}");
            }
            assert!(!block.texts(5).next_is(&format!("{text}-")));
        }
        // SAFETY: nothing of them is used again.
        unsafe { blocks.free() };
    }

    #[test]
    fn a_block_that_was_given_back_is_used_again() {
        let mut blocks = Blocks::new();
        let long = "x".repeat(if cfg!(miri) { 300 } else { LONGEST });
        for texts in [&["a"][..], &["a", "b", "some more"], &[&long], &[&long, &long]] {
            let start = blocks.obtain(Block::needed(texts));
            // SAFETY: from these blocks.
            unsafe { blocks.give_back(start) };
            assert_eq!(blocks.obtain(Block::needed(texts)), start);
            assert_ne!(blocks.obtain(Block::needed(texts)), start);
            // SAFETY: they live until the end of the test.
            let block = unsafe { Block::at(start) };
            assert!(block.capacity() >= Block::needed(texts));
            assert!(block.capacity() <= Block::needed(texts) * 3 / 2 + 2);
        }
        // SAFETY: nothing of them is used again.
        unsafe { blocks.free() };
    }
}
