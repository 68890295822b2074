//! A text without its values.

use super::lexer::{Lexer, Token};
use crate::Vendor;
use std::fmt::{self, Write};

/// Shows a text with a question mark in place of each value, and without comments.
pub(crate) struct Redacted<'a> {
    sql: &'a str,
    vendor: Vendor,
}

impl<'a> Redacted<'a> {
    pub(crate) fn new(sql: &'a str, vendor: Vendor) -> Self {
        Self { sql, vendor }
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut space = false;
        for token in Lexer::new(self.sql, self.vendor) {
            let (glue_before, glue_after) = match token {
                Token::Sign(sign) => (matches!(sign, b',' | b')' | b'.' | b';'), matches!(sign, b'(' | b'.')),
                _ => (false, false),
            };
            if space && !glue_before {
                f.write_char(' ')?;
            }
            match token {
                // What MySQL takes for a text unless it is told otherwise.
                Token::Quoted(text) if self.vendor == Vendor::Mysql && text.starts_with('"') => {
                    f.write_char('?')?;
                }
                Token::Word(text) | Token::Quoted(text) => f.write_str(text)?,
                Token::Literal => f.write_char('?')?,
                Token::Sign(sign) => f.write_char(char::from(sign))?,
            }
            space = !glue_after;
        }
        Ok(())
    }
}
