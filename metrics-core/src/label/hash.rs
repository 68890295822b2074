//! Hashing and comparing label texts.
//!
//! Label texts come from outside, so the hash is seeded for each family, and equality is always decided by
//! comparing every byte. The hash only has to be fast and hard to guess: it folds 64×64-bit products, 16 bytes a step,
//! as wyhash and its relatives do.

use std::hash::{BuildHasher, RandomState};

/// An odd number with about as many ones as zeros; the fractional part of the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The secret of one family's hashes.
#[derive(Clone, Copy)]
pub(crate) struct Seed(u64, u64);

impl Seed {
    /// A seed that cannot be guessed from outside.
    pub(crate) fn random() -> Self {
        let state = RandomState::new();
        Self(state.hash_one(0_u8), state.hash_one(1_u8) | 1)
    }

    /// Begins a hash.
    #[inline(always)]
    pub(crate) fn hasher(self) -> Hasher {
        Hasher { state: self.0, key: self.1 }
    }
}

/// A hash under way.
#[derive(Clone, Copy)]
pub(crate) struct Hasher {
    state: u64,
    key: u64,
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the product's two halves")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

#[inline(always)]
fn half(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from(u32::from_le_bytes(*chunk)))
}

impl Hasher {
    /// Takes in one text. The length goes in as well, so `("ab", "c")` and `("a", "bc")` differ.
    #[inline(always)]
    pub(crate) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let len = bytes.len();
        // Two words that cover the whole text: at its two ends, overlapping if it is shorter than 16 bytes.
        let (a, b) = match len {
            0 => (0, 0),
            1..=3 => {
                (u64::from(bytes[0]) << 16 | u64::from(bytes[len / 2]) << 8 | u64::from(bytes[len - 1]), 0)
            }
            4..=7 => (half(bytes, 0), half(bytes, len - 4)),
            8..=16 => (word(bytes, 0), word(bytes, len - 8)),
            _ => {
                self.long(bytes);
                (word(bytes, len - 16), word(bytes, len - 8))
            }
        };
        self.state = fold(a ^ self.state, b ^ self.key ^ (len as u64).wrapping_mul(MIX));
    }

    /// All but the last 16 bytes, and perhaps some of those.
    #[inline]
    fn long(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at + 16 < bytes.len() {
            self.state = fold(word(bytes, at) ^ self.state, word(bytes, at + 8) ^ self.key);
            at += 16;
        }
    }

    /// The hash.
    #[inline(always)]
    pub(crate) fn finish(self) -> u64 {
        fold(self.state, MIX ^ self.key)
    }
}

/// Whether two texts are the same. Most are short: up to 32 bytes no call to `memcmp` is worth its price, and an
/// empty text must not reach it at all (it points nowhere, which some implementations are slow to find out).
#[inline(always)]
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let len = a.len();
    if len != b.len() {
        return false;
    }
    match len {
        0 => true,
        1..=3 => a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1],
        4..=7 => (half(a, 0) ^ half(b, 0)) | (half(a, len - 4) ^ half(b, len - 4)) == 0,
        8..=16 => (word(a, 0) ^ word(b, 0)) | (word(a, len - 8) ^ word(b, len - 8)) == 0,
        17..=32 => {
            (word(a, 0) ^ word(b, 0))
                | (word(a, 8) ^ word(b, 8))
                | (word(a, len - 16) ^ word(b, len - 16))
                | (word(a, len - 8) ^ word(b, len - 8))
                == 0
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::{Seed, same};

    fn hash(seed: Seed, texts: &[&str]) -> u64 {
        let mut hasher = seed.hasher();
        for text in texts {
            hasher.text(text);
        }
        hasher.finish()
    }

    #[test]
    fn where_one_text_ends_matters() {
        let seed = Seed::random();
        for (one, other) in [(["ab", "c"], ["a", "bc"]), (["", "x"], ["x", ""]), (["a", ""], ["", "a"])] {
            assert_ne!(hash(seed, &one), hash(seed, &other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn every_byte_matters_at_every_length() {
        let seed = Seed::random();
        for len in 1..70 {
            let text = "x".repeat(len);
            for at in 0..len {
                let mut other = text.clone().into_bytes();
                other[at] = b'y';
                let other = String::from_utf8(other).unwrap();
                assert!(!same(&text, &other), "length {len}, byte {at}");
                assert_ne!(hash(seed, &[&text]), hash(seed, &[&other]), "length {len}, byte {at}");
            }
            assert!(same(&text, &text.clone()));
            assert!(!same(&text, &text[1..]));
        }
    }

    #[test]
    fn families_hash_differently() {
        assert_ne!(hash(Seed::random(), &["a"]), hash(Seed::random(), &["a"]));
    }

    #[test]
    fn numbered_texts_spread_over_a_small_table() {
        let seed = Seed::random();
        let mut used = [0_u32; 1024];
        for number in 0..1024 {
            used[(hash(seed, &[&format!("user-{number}")]) % 1024) as usize] += 1;
        }
        // A random function leaves 1/e of the places empty and piles up to six or so.
        let empty = used.iter().filter(|&&count| count == 0).count();
        assert!((300..460).contains(&empty), "{empty}");
        assert!(used.iter().all(|&count| count < 12));
    }
}
