//! Statements that differ in their values alone.

use super::lexer::{Lexer, Token};
use crate::Vendor;

/// A number that is the same for texts which differ only in values, comments, white space and the case of keywords, and
/// in practice different for others.
pub(crate) fn fingerprint(sql: &str, vendor: Vendor) -> u64 {
    let mut hash = Hash(0x9e37_79b9_7f4a_7c15);
    for token in Lexer::new(sql, vendor) {
        match token {
            Token::Word(word) | Token::Quoted(word) => {
                for chunk in word.as_bytes().chunks(8) {
                    let mut bytes = [0; 8];
                    for (to, from) in bytes.iter_mut().zip(chunk) {
                        *to = from.to_ascii_lowercase();
                    }
                    hash.add(u64::from_le_bytes(bytes));
                }
                hash.add(1);
            }
            Token::Literal => hash.add(2),
            Token::Sign(sign) => hash.add(u64::from(sign) << 8),
        }
    }
    // Zero stands for "none" where fingerprints are kept.
    hash.0.max(1)
}

struct Hash(u64);

impl Hash {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
    }
}
