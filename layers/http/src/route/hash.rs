//! The hash of routes.

use std::hash::{BuildHasherDefault, Hasher};

/// Hashes texts that the program has written down, by which others are looked up.
///
/// It is quick and not seeded: no client can put a text into a table of ours, and so none can make one slow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TextHasher(u64);

/// What makes a [`TextHasher`].
pub(crate) type TextHash = BuildHasherDefault<TextHasher>;

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The last eight bytes, whether or not some of them were in a word before: so none of them is copied on its own.
#[inline]
fn last_word(bytes: &[u8]) -> u64 {
    if let Some(word) = bytes.last_chunk::<8>() {
        u64::from_le_bytes(*word)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else {
        bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    }
}

impl Hasher for TextHasher {
    /// Eight bytes at a time.
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut hash = self.0 ^ bytes.len() as u64;
        let mut rest = bytes;
        while let Some((word, after)) = rest.split_first_chunk::<8>() {
            hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
            rest = after;
        }
        self.0 = (hash.rotate_left(5) ^ last_word(bytes)).wrapping_mul(FACTOR);
    }

    /// The mark at the end of a text says nothing more: its length is part of the hash.
    #[inline]
    fn write_u8(&mut self, _: u8) {}

    /// The upper bits of a product depend on all bits of its factors; tables look at the lower ones. Texts that differ in their
    /// last bytes only, as most routes do, differ in the upper bits of the last word, and so in nothing but those of its product:
    /// these are multiplied once more.
    #[inline]
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(FACTOR);
        mixed ^ mixed >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::BuildHasher;

    #[test]
    fn each_byte_of_a_text_matters() {
        for length in 0..40 {
            let text = "x".repeat(length);
            let hash = |text: &str| TextHash::default().hash_one(text);
            let mut hashes = vec![hash(&text)];
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                hashes.push(hash(&other));
            }
            hashes.sort_unstable();
            hashes.dedup();
            assert_eq!(hashes.len(), length + 1, "of {length} bytes");
        }
    }
}
