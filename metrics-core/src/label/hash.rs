//! Hashing label texts.
//!
//! Label texts come from outside, so the hash is seeded for each family, and equality is always decided by
//! comparing every byte. The hash only has to be fast and hard to guess: it folds 64×64-bit products, 16 bytes a step,
//! as wyhash and its relatives do.

use std::hash::{BuildHasher, RandomState};

/// An odd number with about as many ones as zeros; the fractional part of the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// How far a sum is turned before the next is added: odd, so that the turns of a label set, thirty-two at most, all
/// differ.
const TURN: u32 = 23;

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
        Hasher { sum: 0, seed: self }
    }

    /// Two words, folded.
    #[inline(always)]
    fn fold(self, (a, b): (u64, u64)) -> u64 {
        fold(a ^ self.0, b ^ self.1)
    }
}

/// A hash under way.
#[derive(Clone, Copy)]
pub(crate) struct Hasher {
    sum: u64,
    seed: Seed,
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the product's two halves")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Sixteen bytes in two words.
#[inline(always)]
fn halves(bytes: &[u8; 16]) -> (u64, u64) {
    let both = u128::from_le_bytes(*bytes);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    (both as u64, (both >> 64) as u64)
}

/// All of a text that is shorter than that, in two words: the bytes at both ends, which overlap. Texts of one length
/// that differ have words that differ.
#[inline(always)]
fn ends(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
    }
    match (bytes.first(), bytes.get(bytes.len() / 2), bytes.last()) {
        (Some(&first), Some(&middle), Some(&last)) => {
            (u64::from(first) << 8 | u64::from(middle), u64::from(last))
        }
        _ => (0, 0),
    }
}

impl Hasher {
    /// Takes in one text. The length goes in as well, so `("ab", "c")` and `("a", "bc")` differ.
    ///
    /// The last 32 bytes are folded by themselves, and what comes of that is added: the multiplications of one text,
    /// and of all texts, need not wait for one another.
    #[inline(always)]
    pub(crate) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut rest = bytes;
        while rest.len() > 32 {
            let Some((head, tail)) = rest.split_first_chunk() else { break };
            let (a, b) = halves(head);
            self.sum = self.seed.fold((a ^ self.sum, b));
            rest = tail;
        }
        if rest.len() > 16 {
            if let Some(head) = rest.first_chunk() {
                self.add(self.seed.fold(halves(head)));
            }
        }
        let last = match bytes.last_chunk() {
            Some(last) => halves(last),
            None => ends(bytes),
        };
        self.add(self.seed.fold(last));
        self.sum = self.sum.wrapping_add(bytes.len() as u64);
    }

    /// Adds what was folded by itself, so that the order matters.
    #[inline(always)]
    fn add(&mut self, folded: u64) {
        self.sum = self.sum.rotate_left(TURN).wrapping_add(folded);
    }

    /// The hash.
    #[inline(always)]
    pub(crate) fn finish(self) -> u64 {
        // Without this last step, short texts that differ in few bits crowd in some places of a small table.
        fold(self.sum, MIX ^ self.seed.1)
    }
}

#[cfg(test)]
mod tests {
    use super::Seed;

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
        let pairs = [(["ab", "c"], ["a", "bc"]), (["", "x"], ["x", ""]), (["a", ""], ["", "a"])];
        let turned = [(["a", "b"], ["b", "a"]), (["", &"x".repeat(16)], [&"x".repeat(16), ""])];
        for (one, other) in pairs.into_iter().chain(turned) {
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
                assert_ne!(hash(seed, &[&text]), hash(seed, &[&other]), "length {len}, byte {at}");
            }
        }
    }

    #[test]
    fn the_order_of_parts_matters() {
        let seed = Seed::random();
        let part = |at: usize| ["a", "b", "c", "d", "e"].map(|part| part.repeat(16))[at % 5].clone();
        for parts in 2..5 {
            let text: String = (0..parts).map(part).collect();
            for turn in 1..parts {
                let turned: String = (0..parts).map(|at| part((at + turn) % parts)).collect();
                assert_ne!(hash(seed, &[&text]), hash(seed, &[&turned]), "{text} {turned}");
            }
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
