//! Where the texts of label sets are.
//!
//! The texts of one label set lie together in words that are atomic, since they may be replaced by those of another label
//! set while they are read. Memory of texts is used again for texts and freed with its family, so whatever a reader
//! sees is words; whether they belong together it has to ask, see [`records`](super::records).
//!
//! First comes how many words there are in all; then the hash of all texts, for those who take turns to write; then
//! lengths of 16 bits, four to a word; then each text in words of its own, the last of which is filled up with zeros. As
//! long as the texts are not all there, the first lengths are such as no text has.

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
/// Words of each slab, unless one block is longer; the last is that of all further ones. Most families stay small.
const SLABS: [usize; 4] = [16, 64, 256, 4096];
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

/// All of a text that is shorter than a word and not empty, and zeros behind it.
#[inline(always)]
fn short_word(bytes: &[u8]) -> u64 {
    // Two loads that overlap hold the same bytes where they do.
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let behind = 8 * (bytes.len() - WORD / 2);
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << behind;
    }
    let (middle, last) = (bytes.len() / 2, bytes.len().saturating_sub(1));
    match (bytes.first(), bytes.get(middle), bytes.get(last)) {
        (Some(&first), Some(&at_middle), Some(&at_last)) => {
            u64::from(first) | u64::from(at_middle) << (8 * middle) | u64::from(at_last) << (8 * last)
        }
        _ => 0,
    }
}

/// The last word of a text that is not empty, and zeros behind it.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    match bytes.last_chunk() {
        // Of the last eight bytes, those that are in the word before are shifted out.
        Some(last) => word_of(last) >> (8 * (bytes.len().wrapping_neg() % WORD)),
        None => short_word(bytes),
    }
}

/// Lengths that no text has.
const WITHDRAWN: u64 = u64::MAX;
const _: () = assert!(LONGEST < 0xffff);

/// The texts of one label set, or what is left of them.
#[derive(Clone, Copy)]
pub(super) struct TextBlock<'a> {
    start: NonNull<AtomicU64>,
    family: PhantomData<&'a AtomicU64>,
}

impl<'a> TextBlock<'a> {
    /// # Safety
    ///
    /// `start` came from [`TextBlocks::obtain`], and what it came from lives as long as this.
    #[inline(always)]
    pub(super) unsafe fn at(start: NonNull<AtomicU64>) -> Self {
        Self { start, family: PhantomData }
    }

    /// How many words there are.
    #[inline(always)]
    fn len(self) -> usize {
        // SAFETY: a block has this word, which is never written again.
        unsafe { self.start.as_ref() }.load(Ordering::Relaxed) as usize
    }

    /// How many words for lengths and texts there are.
    pub(super) fn capacity(self) -> usize {
        self.len() - HEAD
    }

    #[inline(always)]
    fn place(self, at: usize) -> Option<&'a AtomicU64> {
        // SAFETY: one of the words that are there, which live as long as the block.
        (at < self.len()).then(|| unsafe { self.start.add(at).as_ref() })
    }

    #[inline(always)]
    fn word(self, at: usize) -> Option<u64> {
        Some(self.place(at)?.load(Ordering::Relaxed))
    }

    /// The lengths of the first texts.
    #[inline(always)]
    fn first_lengths(self) -> &'a AtomicU64 {
        // SAFETY: every block has some words behind its head, and they live as long as the block.
        unsafe { self.start.add(HEAD).as_ref() }
    }

    /// The hash of the texts. To be asked by those who take turns to write.
    pub(super) fn hash(self) -> u64 {
        self.word(1).unwrap_or_default()
    }

    /// Says that the texts are about to change.
    pub(super) fn withdraw(self) {
        self.first_lengths().store(WITHDRAWN, Ordering::Relaxed);
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
        self.first_lengths().store(first, Ordering::Release);
    }

    /// Adds the words of the texts, whatever they are, to others, if the texts are there. What is added belongs to these
    /// texts or to later ones. In front of it are how many words that is and how many texts, see [`Copied`].
    ///
    /// Each series of each exposition comes here.
    #[inline(always)]
    pub(super) fn copy_to(self, labels: usize, words: &mut Vec<u64>) -> bool {
        // What is read after that belongs to these texts or to later ones.
        let lengths = self.first_lengths().load(Ordering::Acquire);
        if lengths == WITHDRAWN {
            return false;
        }
        let (len, start) = (self.capacity(), words.len());
        words.reserve(1 + len);
        // SAFETY: there are `len` words behind the head, one of which was read above, and room for as many and one more.
        unsafe {
            let (mut from, mut to) = (self.start.add(HEAD + 1), words.as_mut_ptr().add(start));
            to.write((len as u64) << 32 | labels as u64 & u64::from(u32::MAX));
            to.add(1).write(lengths.to_le());
            // By address, not by number: this is most of what a look at a series costs.
            let end = self.start.add(HEAD + len);
            while from < end {
                to.add(2).write(from.as_ref().load(Ordering::Relaxed).to_le());
                (from, to) = (from.add(1), to.add(1));
            }
            words.set_len(start + 1 + len);
        }
        true
    }

    /// The texts from the first one on, of which there are so many, if they are there.
    #[inline(always)]
    pub(super) fn texts(self, labels: usize) -> TextsOf<'a> {
        TextsOf { block: self, label: 0, at: HEAD + labels.div_ceil(LENGTHS_IN_A_WORD) }
    }

    /// The texts from the first one on, of which there are [few](FEW), if they are there.
    #[inline(always)]
    pub(super) fn few_texts(self) -> Option<FewTexts<'a>> {
        // What is read after that belongs to these texts or to later ones.
        let lengths = self.first_lengths().load(Ordering::Acquire);
        // SAFETY: every block has a word behind the first lengths.
        let next = unsafe { self.start.add(HEAD + 1) };
        (lengths != WITHDRAWN).then_some(FewTexts { lengths, next, family: PhantomData })
    }
}

/// Texts that were copied, and belong together.
pub(super) struct Copied<'a> {
    /// Their words, lengths in front.
    words: &'a [u64],
    labels: usize,
    label: usize,
    /// The lengths of the texts that come next, as far as they are in one word.
    lengths: u64,
    /// Where the next text begins.
    text: NonNull<u8>,
}

impl<'a> Copied<'a> {
    /// Takes the texts that [`copy_to`](TextBlock::copy_to) added first off the words.
    ///
    /// # Safety
    ///
    /// The words are as `copy_to` added them, each time from texts that belong together, as many as it was asked for.
    #[inline(always)]
    pub(super) unsafe fn take(words: &mut &'a [u64]) -> Option<Self> {
        let (&head, rest) = words.split_first()?;
        let labels = head as u32 as usize;
        // SAFETY: there are as many words as the head says, lengths in front.
        unsafe {
            let (these, behind) = rest.split_at_unchecked((head >> 32) as usize);
            *words = behind;
            let text = these.get_unchecked(labels.div_ceil(LENGTHS_IN_A_WORD)..);
            let text = NonNull::new_unchecked(text.as_ptr().cast_mut().cast());
            Some(Self { words: these, labels, label: 0, lengths: 0, text })
        }
    }
}

impl<'a> Iterator for Copied<'a> {
    type Item = &'a str;

    #[inline(always)]
    fn next(&mut self) -> Option<&'a str> {
        let label = self.label;
        if label == self.labels {
            return None;
        }
        self.label += 1;
        // SAFETY: by the promise of who took them, there are as many lengths as labels, and behind them texts in as many
        // words as each length asks for.
        unsafe {
            if label % LENGTHS_IN_A_WORD == 0 {
                self.lengths = u64::from_le(*self.words.get_unchecked(label / LENGTHS_IN_A_WORD));
            }
            let len = self.lengths as usize & 0xffff;
            self.lengths >>= 16;
            let text = std::slice::from_raw_parts(self.text.as_ptr(), len);
            self.text = self.text.add(WORD * words(len));
            Some(std::str::from_utf8_unchecked(text))
        }
    }
}

/// Goes through the texts of a block.
pub(crate) trait NextIs {
    /// Whether the next text is this one. To be asked until it is not, and no more often than there are texts.
    fn next_is(&mut self, text: &str) -> bool;
}

/// Compares a text with words that `next` returns, if it is as long.
#[inline(always)]
fn same_words(bytes: &[u8], mut next: impl FnMut() -> Option<u64>) -> bool {
    let mut rest = bytes;
    // Left as soon as they differ: nearly all texts that come here are the same.
    while rest.len() > WORD {
        let Some((head, tail)) = rest.split_first_chunk() else { break };
        if next() != Some(word_of(head)) {
            return false;
        }
        rest = tail;
    }
    rest.is_empty() || next() == Some(last_word(bytes))
}

/// So few texts that their lengths are in one word.
pub(crate) const FEW: usize = LENGTHS_IN_A_WORD;

/// Goes through few texts of a block. Behind them are some that are empty.
pub(super) struct FewTexts<'a> {
    /// Those of the texts that come next.
    lengths: u64,
    /// Where the next text begins.
    next: NonNull<AtomicU64>,
    family: PhantomData<&'a AtomicU64>,
}

impl NextIs for FewTexts<'_> {
    #[inline(always)]
    fn next_is(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        if self.lengths as usize & 0xffff != bytes.len() {
            return false;
        }
        self.lengths >>= 16;
        let next = &mut self.next;
        same_words(bytes, || {
            // SAFETY: lengths that are in one word are those of texts that were written to this block together, with as many
            // words behind them as all of them ask for, and each text is passed by no more words than its length asks for.
            unsafe {
                let word = next.as_ref().load(Ordering::Relaxed);
                *next = next.add(1);
                Some(word)
            }
        })
    }
}

/// Goes through the texts of a block. Behind them are some that are empty, and then nothing that is known.
pub(super) struct TextsOf<'a> {
    block: TextBlock<'a>,
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
}

impl NextIs for TextsOf<'_> {
    #[inline(always)]
    fn next_is(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        self.next_len() == bytes.len()
            && same_words(bytes, || {
                let word = self.block.word(self.at);
                self.at += 1;
                word
            })
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
pub(super) struct TextBlocks {
    slab: Option<NonNull<Slab>>,
    used: usize,
    /// How many slabs there are.
    slabs: usize,
    /// Those that were taken back, if any were: few families lose series.
    free: Option<NonNull<[Stack; CLASSES]>>,
}

// SAFETY: it owns what it points to, and hands out nothing that belongs to a thread.
unsafe impl Send for TextBlocks {}

impl TextBlocks {
    pub(super) const fn new() -> Self {
        Self { slab: None, used: 0, slabs: 0, free: None }
    }

    /// The blocks of a class that were taken back.
    fn free(&mut self, class: usize) -> Option<&mut Stack> {
        // SAFETY: kept in `give_back`, and owned.
        unsafe { self.free?.as_mut() }.get_mut(class)
    }

    /// A block with room for so many words, without texts.
    pub(super) fn obtain(&mut self, needed: usize) -> NonNull<AtomicU64> {
        let (class, capacity) = class_of(needed);
        if let Some(block) = self.free(class).and_then(Stack::pop) {
            return block;
        }
        let len = HEAD + capacity;
        // SAFETY: kept in this function.
        let slab = self.slab.map(|slab| unsafe { slab.as_ref() });
        let (words, used) = match slab {
            Some(slab) if self.used + len <= slab.len => (slab.words, self.used),
            _ => {
                let usual = SLABS[self.slabs.min(SLABS.len() - 1)];
                let slab_len = len.max(usual).next_multiple_of(GRANULE);
                let words = obtain(slab_len);
                self.slab = Some(keep(Slab { words, len: slab_len, previous: self.slab }));
                self.slabs += 1;
                (words, 0)
            }
        };
        self.used = used + len;
        // SAFETY: that many words are there and were not given out.
        unsafe {
            let block = words.add(used);
            block.as_ref().store(len as u64, Ordering::Relaxed);
            TextBlock::at(block).withdraw();
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
        let block_words = unsafe { TextBlock::at(block) };
        block_words.withdraw();
        let (class, _) = class_of(block_words.capacity());
        if self.free.is_none() {
            const NONE: Stack = Stack { items: NonNull::dangling(), len: 0, capacity: 0 };
            self.free = Some(keep([NONE; CLASSES]));
        }
        if let Some(stack) = self.free(class) {
            stack.push(block);
        }
    }

    /// Frees everything.
    ///
    /// # Safety
    ///
    /// No block is used again.
    pub(super) unsafe fn end(&mut self) {
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
        if let Some(mut free) = self.free.take() {
            // SAFETY: kept in `give_back`.
            unsafe {
                free.as_mut().iter_mut().for_each(Stack::free);
                end(free);
            }
        }
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

    fn block<'a>(blocks: &mut TextBlocks, texts: &[&str]) -> TextBlock<'a> {
        let start = blocks.obtain(TextBlock::needed(texts));
        // SAFETY: the blocks live until the end of the test.
        let block = unsafe { TextBlock::at(start) };
        block.write(7, texts);
        block
    }

    #[test]
    fn texts_of_every_length_are_read_as_they_were_written_and_differ_in_every_byte() {
        let mut blocks = TextBlocks::new();
        let most = if cfg!(miri) { 20 } else { 70 };
        for len in 0..most {
            let text: String = (b'a'..=b'z').cycle().take(len).map(char::from).collect();
            let texts = [text.as_str(), "x", &text, "", "yz"];
            let block = block(&mut blocks, &texts);
            let mut written = block.texts(texts.len());
            assert!(texts.iter().all(|text| written.next_is(text)));
            let few = &texts[..FEW - 1];
            let (mut written, other) =
                (self::block(&mut blocks, few).few_texts().unwrap(), format!("{text}-"));
            assert!(few.iter().all(|text| written.next_is(text)) && written.next_is(""));
            assert!(!self::block(&mut blocks, few).few_texts().unwrap().next_is(&other));
            let mut words = Vec::new();
            assert!(block.copy_to(texts.len(), &mut words) && block.copy_to(texts.len(), &mut words));
            let mut rest = words.as_slice();
            for _ in 0..2 {
                // SAFETY: nobody else writes to the block.
                let copied = unsafe { Copied::take(&mut rest) }.unwrap();
                assert!(copied.eq(texts.iter().copied()));
            }
            assert!(rest.is_empty());
            for at in 0..len {
                let mut other = text.clone().into_bytes();
                other[at] = b'-';
                let other = String::from_utf8(other).unwrap();
                assert!(!block.texts(5).next_is(&other), "{len} {at}");
                assert!(!self::block(&mut blocks, few).few_texts().unwrap().next_is(&other), "{len} {at}");
            }
            assert!(!block.texts(5).next_is(&format!("{text}-")));
        }
        // SAFETY: nothing of them is used again.
        unsafe { blocks.end() };
    }

    #[test]
    fn a_block_that_was_given_back_is_used_again() {
        let mut blocks = TextBlocks::new();
        let long = "x".repeat(if cfg!(miri) { 300 } else { LONGEST });
        for texts in [&["a"][..], &["a", "b", "some more"], &[&long], &[&long, &long]] {
            let start = blocks.obtain(TextBlock::needed(texts));
            // SAFETY: from these blocks.
            unsafe { blocks.give_back(start) };
            assert_eq!(blocks.obtain(TextBlock::needed(texts)), start);
            assert_ne!(blocks.obtain(TextBlock::needed(texts)), start);
            // SAFETY: they live until the end of the test.
            let block = unsafe { TextBlock::at(start) };
            assert!(block.capacity() >= TextBlock::needed(texts));
            assert!(block.capacity() <= TextBlock::needed(texts) * 3 / 2 + 2);
        }
        // SAFETY: nothing of them is used again.
        unsafe { blocks.end() };
    }
}
