//! A text of one or more statements.

use super::{Effect, Unseen, head::Head, lexer::Lexer};
use crate::Vendor;

/// The statements of a text, one after the other. Empty ones are left out, as databases do.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    lexer: Lexer<'a>,
    /// The text holds one statement, so that nobody need look for its end.
    single: bool,
    /// The text has parts that some servers execute and others take for comments.
    conditional: bool,
    /// Nothing was read yet.
    is_first: bool,
}

impl<'a> Text<'a> {
    pub(crate) fn new(sql: &'a str, vendor: Vendor) -> Self {
        // The end of a statement is looked for among strings and comments, which takes far longer than looking for a
        // semicolon.
        let single = !sql.trim_end_matches([' ', '\n', '\r', '\t', ';']).as_bytes().contains(&b';');
        let conditional = vendor == Vendor::Mysql && is_conditional(sql);
        Self { lexer: Lexer::new(sql, vendor), single, conditional, is_first: true }
    }

    /// Has [`fingerprint`](Self::fingerprint) return one once all statements were read.
    pub(crate) fn take_fingerprint(&mut self) {
        self.lexer.take_fingerprint();
    }

    /// Returns a number that is the same for texts which differ only in values, comments, white space and the case of
    /// keywords, and in practice different for others.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.lexer.fingerprint()
    }
}

impl<'a> Iterator for Text<'a> {
    type Item = Head<'a>;

    fn next(&mut self) -> Option<Head<'a>> {
        while self.lexer.accept_sign(b';') {}
        // A text may be nothing but a comment that is executed.
        let is_first = std::mem::take(&mut self.is_first);
        if self.lexer.is_at_end() && !(is_first && self.conditional) {
            return None;
        }
        let head = Head::read(&mut self.lexer);
        if self.single {
            self.lexer.finish();
        } else {
            self.lexer.finish_statement();
        }
        Some(if self.conditional {
            Head { effect: Effect::Opaque, unseen: Unseen::Anything, ..head }
        } else {
            head
        })
    }
}

/// Whether a text has a comment that `MySQL` or MariaDB executes, by its version.
fn is_conditional(sql: &str) -> bool {
    sql.as_bytes().contains(&b'!') && (sql.contains("/*!") || sql.contains("/*M!"))
}
