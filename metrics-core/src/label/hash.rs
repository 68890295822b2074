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

/// The eight bytes at both ends of a text that has as many; they overlap in one that is shorter than sixteen.
#[inline(always)]
fn ends(bytes: &[u8]) -> Option<(u64, u64)> {
    Some((u64::from_le_bytes(*bytes.first_chunk()?), u64::from_le_bytes(*bytes.last_chunk()?)))
}

/// All of a text that is shorter than that, in two words.
#[inline(always)]
fn short(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    }
    match *bytes {
        [] => (0, 0),
        [one] => (u64::from(one), 1),
        [first, last] => (u64::from(first) << 8 | u64::from(last), 2),
        [first, middle, last, ..] => (u64::from(first) << 16 | u64::from(middle) << 8 | u64::from(last), 3),
    }
}

impl Hasher {
    /// Takes in one text. The length goes in as well, so `("ab", "c")` and `("a", "bc")` differ.
    #[inline(always)]
    pub(crate) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut rest = bytes;
        // All but the last sixteen bytes, and perhaps some of those.
        while rest.len() > 16
            && let Some((head, tail)) = rest.split_first_chunk::<16>()
        {
            let (a, b) = ends(head).unwrap_or_default();
            self.state = fold(a ^ self.state, b ^ self.key);
            rest = tail;
        }
        let end = bytes.last_chunk::<16>().map_or(bytes, |end| end);
        let (a, b) = ends(end).unwrap_or_else(|| short(end));
        self.state = fold(a ^ self.state, b ^ self.key ^ (bytes.len() as u64).wrapping_mul(MIX));
    }

    /// The hash.
    #[inline(always)]
    pub(crate) fn finish(self) -> u64 {
        // Without this last step, short texts that differ in few bits crowd in some places of a small table.
        fold(self.state, MIX ^ self.key)
    }
}

/// Whether two texts are the same. Most are short, and no call to `memcmp` is worth its price; an empty text must not
/// even reach it (it points nowhere, which some implementations are slow to find out).
#[inline(always)]
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let (Some(last_a), Some(last_b)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) else {
        return same_short(a, b);
    };
    // Left as soon as they differ: nearly all texts that come here are the same, so every one of these branches is
    // predicted, and a loop that can be left is one that the compiler does not unroll.
    let (mut rest_a, mut rest_b) = (a, b);
    while rest_a.len() > 8
        && let (Some((word_a, tail_a)), Some((word_b, tail_b))) =
            (rest_a.split_first_chunk::<8>(), rest_b.split_first_chunk::<8>())
    {
        if word_a != word_b {
            return false;
        }
        (rest_a, rest_b) = (tail_a, tail_b);
    }
    last_a == last_b
}

/// The same for texts of one length below eight.
#[inline(always)]
fn same_short(a: &[u8], b: &[u8]) -> bool {
    if let (Some(last_a), Some(last_b)) = (a.last_chunk::<4>(), b.last_chunk::<4>()) {
        return a.first_chunk::<4>() == b.first_chunk() && last_a == last_b;
    }
    a.iter().zip(b).all(|(a, b)| a == b)
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
