//! The words and signs of a text.

use super::name::Name;
use crate::Vendor;
use std::hash::{DefaultHasher, Hasher as _};

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword or a name without quotes.
    Word(&'a str),
    /// A name in quotes, with them.
    Quoted(&'a str),
    /// A text, a number or a placeholder.
    Literal,
    /// Any other sign.
    Sign(u8),
}

impl<'a> Token<'a> {
    /// Whether it is this keyword, which is given in upper case.
    pub(super) fn is(self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether it is one of these keywords.
    pub(super) fn is_any(self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }

    /// The name, if it can be one.
    pub(super) fn name(self) -> Option<Name<'a>> {
        match self {
            Self::Word(word) => Some(Name::plain(word)),
            Self::Quoted(text) => Some(Name::quoted(text)),
            _ => None,
        }
    }
}

#[cfg(test)]
thread_local! {
    /// How many bytes were passed over on this thread.
    pub(super) static READ: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Words for which it is worth while to read a statement to its end.
#[derive(Clone, Copy, Debug)]
pub(super) enum RareWord {
    Conflict,
    Returning,
}

impl RareWord {
    fn letters(self) -> &'static [u8] {
        match self {
            Self::Conflict => b"CONFLICT",
            Self::Returning => b"RETURNING",
        }
    }
}

/// Reads tokens; white space and comments are skipped.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Where the last token begins.
    from: usize,
    /// Where the next token is looked for.
    at: usize,
    vendor: Vendor,
    /// What was read so far, if somebody wants to tell statements apart that differ in more than values.
    fingerprint: Option<DefaultHasher>,
    /// Where each rare word comes next, or the end of the text, once it was looked for.
    rare: [Option<usize>; 2],
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, vendor: Vendor) -> Self {
        Self { text, from: 0, at: 0, vendor, fingerprint: None, rare: [None; 2] }
    }

    /// Takes the fingerprint of all that is read from here on.
    pub(super) fn take_fingerprint(&mut self) {
        self.fingerprint = Some(DefaultHasher::new());
    }

    /// The fingerprint of what was read, zero if it was not taken.
    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint.as_ref().map_or(0, DefaultHasher::finish)
    }

    pub(super) fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Whether a rare word comes somewhere in the rest of the text, if only as a part of another. Far quicker than to read
    /// all tokens, and looked for once in a text, however many statements ask.
    pub(super) fn has_ahead(&mut self, word: RareWord) -> bool {
        if let Some(next) = self.rare[word as usize] {
            if next >= self.at {
                return next < self.text.len();
            }
        }
        let letters = word.letters();
        let mut rest = self.rest(self.at);
        let mut next = self.text.len();
        while let Some(at) = rest.iter().position(|byte| byte.to_ascii_uppercase() == letters[0]) {
            rest = &rest[at..];
            if rest.get(..letters.len()).is_some_and(|found| found.eq_ignore_ascii_case(letters)) {
                next -= rest.len();
                break;
            }
            rest = &rest[1..];
        }
        self.rare[word as usize] = Some(next);
        next < self.text.len()
    }

    /// What is to be read, without reading it.
    pub(super) fn ahead(&self) -> Self {
        Self { fingerprint: None, ..*self }
    }

    /// The last token as it is written.
    pub(super) fn written(&self) -> &'a str {
        self.slice(self.from, self.at)
    }

    /// The blanks and comments before the last token, which was taken when the lexer was as `before`.
    pub(super) fn gap(&self, before: &Self) -> &'a str {
        self.slice(before.at, self.from)
    }

    pub(super) fn is_mysql(&self) -> bool {
        self.vendor == Vendor::Mysql
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The next token, without taking it.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.ahead().next()
    }

    /// Whether the next token is this keyword.
    pub(super) fn peek_is(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|token| token.is(keyword))
    }

    /// Takes the next token if it is this sign, with which no other token begins.
    pub(super) fn accept_sign(&mut self, sign: u8) -> bool {
        self.skip_blank();
        let found = self.byte(self.at) == Some(sign);
        if found {
            self.from = self.at;
            self.at += 1;
            self.hash(Token::Sign(sign));
        }
        found
    }

    /// Whether no token is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blank();
        self.byte(self.at).is_none()
    }

    /// Takes the next token if it is this keyword.
    pub(super) fn accept(&mut self, keyword: &str) -> bool {
        self.accept_any(&[keyword])
    }

    /// Takes the next token if it is one of these keywords.
    pub(super) fn accept_any(&mut self, keywords: &[&str]) -> bool {
        let found = self.peek().is_some_and(|token| token.is_any(keywords));
        if found {
            self.next();
        }
        found
    }

    /// Takes all tokens up to the end of the statement, and the sign that ends it.
    pub(super) fn finish_statement(&mut self) {
        while self.next().is_some_and(|token| token != Token::Sign(b';')) {}
    }

    /// Leaves out the rest of the text, of which only the fingerprint may be wanted.
    pub(super) fn finish(&mut self) {
        if self.fingerprint.is_some() {
            while self.next().is_some() {}
        }
        self.at = self.text.len();
    }

    fn hash(&mut self, token: Token<'_>) {
        if let Some(hasher) = &mut self.fingerprint {
            match token {
                Token::Word(word) | Token::Quoted(word) => {
                    for chunk in word.as_bytes().chunks(8) {
                        let mut bytes = [0; 8];
                        for (to, from) in bytes.iter_mut().zip(chunk) {
                            *to = from.to_ascii_lowercase();
                        }
                        hasher.write_u64(u64::from_le_bytes(bytes));
                    }
                    hasher.write_u64(1);
                }
                Token::Literal => hasher.write_u64(2),
                Token::Sign(sign) => hasher.write_u64(u64::from(sign) << 8),
            }
        }
    }

    /// Goes to the end of the white space and the comments that begin here.
    fn skip_blank(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.is_dashes() => self.skip_line(),
                b'#' if self.vendor == Vendor::Mysql => self.skip_line(),
                b'/' if self.byte(self.at + 1) == Some(b'*') => self.skip_comment(),
                _ => return,
            }
        }
    }

    /// Whether a comment begins here. For `MySQL`, `1--1` is a difference.
    fn is_dashes(&self) -> bool {
        let after = self.byte(self.at + 2);
        self.byte(self.at + 1) == Some(b'-')
            && (self.vendor != Vendor::Mysql || after.is_none_or(|byte| byte <= b' '))
    }

    fn skip_line(&mut self) {
        let length = self.rest(self.at).iter().position(|&byte| byte == b'\n');
        self.at = length.map_or(self.text.len(), |length| self.at + length + 1);
    }

    /// `PostgreSQL` nests comments, and nobody else does.
    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.byte(self.at) {
            match (byte, self.byte(self.at + 1)) {
                (b'/', Some(b'*')) if depth == 0 || self.vendor == Vendor::Postgresql => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// The end of what is quoted by `close` and begins at `from`, its opening quote. A doubled quote is one of the text.
    fn quoted_end(&self, from: usize, close: u8, backslash: bool) -> usize {
        let mut at = from + 1;
        while let Some(byte) = self.byte(at) {
            if byte == b'\\' && backslash {
                at += 2;
            } else if byte != close {
                at += 1;
            } else if self.byte(at + 1) == Some(close) {
                at += 2;
            } else {
                return at + 1;
            }
        }
        self.text.len()
    }

    /// The end of a text in dollar quotes that begins here, if one does.
    fn dollar_end(&self) -> Option<usize> {
        let tag = self.rest(self.at + 1).iter().position(|&byte| !is_word(byte))?;
        if self.byte(self.at + 1 + tag) != Some(b'$')
            || self.byte(self.at + 1).is_some_and(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let begin = self.at + tag + 2;
        let mark = self.slice(self.at, begin);
        let end = self.text.get(begin..)?.find(mark);
        Some(end.map_or(self.text.len(), |end| begin + end + mark.len()))
    }

    fn word_end(&self, from: usize) -> usize {
        let length = self.rest(from).iter().position(|&byte| !is_word(byte) && byte != b'$');
        length.map_or(self.text.len(), |length| from + length)
    }

    fn number_end(&self, from: usize) -> usize {
        let length = self.rest(from).iter().position(|&byte| !is_word(byte) && byte != b'.');
        length.map_or(self.text.len(), |length| from + length)
    }

    fn literal(&mut self, end: usize) -> Token<'a> {
        self.at = end.min(self.text.len());
        Token::Literal
    }

    fn quoted(&mut self, close: u8, backslash: bool) -> Token<'a> {
        let from = self.at;
        self.at = self.quoted_end(from, close, backslash).min(self.text.len());
        Token::Quoted(self.slice(from, self.at))
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        self.from = self.at;
        let byte = self.byte(self.at)?;
        let is_mysql = self.is_mysql();
        let token = match byte {
            b'\'' => self.literal(self.quoted_end(self.at, b'\'', is_mysql)),
            // A name, unless MySQL is set up not to care for the standard: then a text, which is as good to skip.
            b'"' => self.quoted(byte, is_mysql),
            b'`' => self.quoted(byte, false),
            b'[' if matches!(self.vendor, Vendor::Sqlite | Vendor::Other) => self.quoted(b']', false),
            b'$' => {
                let quoted = if self.vendor == Vendor::Postgresql { self.dollar_end() } else { None };
                let end = quoted.unwrap_or_else(|| self.word_end(self.at + 1));
                self.literal(end)
            }
            b'0'..=b'9' => self.literal(self.number_end(self.at)),
            b'?' | b':' | b'@' if self.is_value(byte) => self.literal(self.word_end(self.at + 1)),
            b'e' | b'E' if self.byte(self.at + 1) == Some(b'\'') => {
                self.literal(self.quoted_end(self.at + 1, b'\'', true))
            }
            _ if is_word(byte) => {
                self.at = self.word_end(self.at);
                Token::Word(self.written())
            }
            _ => {
                self.at += 1;
                Token::Sign(byte)
            }
        };
        #[cfg(test)]
        READ.with(|read| read.set(read.get() + (self.at - self.from) as u64 + 1));
        self.hash(token);
        Some(token)
    }
}

impl Lexer<'_> {
    /// Whether a sign that placeholders begin with begins one.
    fn is_value(&self, byte: u8) -> bool {
        match byte {
            // `a::text` is a cast.
            b':' | b'@' => self.byte(self.at + 1).is_some_and(is_word),
            _ => true,
        }
    }
}

/// What names and numbers are made of. Letters beyond ASCII are all part of names.
fn is_word(byte: u8) -> bool {
    /// Each byte of a text is asked about, by statements that are counted while somebody waits.
    const IS_WORD: [bool; 256] = {
        let mut is_word = [false; 256];
        let mut byte = 0_u8;
        loop {
            is_word[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
            if byte == u8::MAX {
                break is_word;
            }
            byte += 1;
        }
    };
    IS_WORD[usize::from(byte)]
}
