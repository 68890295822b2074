//! A text of one or more statements.

use super::{
    head::Head,
    lexer::{Lexer, Token},
};
use crate::{Operation, Vendor};

/// The statements of a text, one after the other. Empty ones are left out, as databases do.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    lexer: Lexer<'a>,
    /// The text holds one statement, so that nobody need look for its end.
    single: bool,
}

impl<'a> Text<'a> {
    pub(crate) fn new(sql: &'a str, vendor: Vendor) -> Self {
        // The end of a statement is looked for among strings and comments, which takes far longer than looking for a
        // semicolon.
        let single = !sql.trim_end_matches([' ', '\n', '\r', '\t', ';']).as_bytes().contains(&b';');
        Self { lexer: Lexer::new(sql, vendor), single }
    }

    /// What all statements do: the one thing, or [`Operation::Other`].
    pub(crate) fn operation(self) -> Operation {
        let mut operations = self.map(|head| head.operation);
        let first = operations.next().unwrap_or(Operation::Other);
        if operations.all(|operation| operation == first) { first } else { Operation::Other }
    }
}

impl<'a> Iterator for Text<'a> {
    type Item = Head<'a>;

    fn next(&mut self) -> Option<Head<'a>> {
        while self.lexer.accept_sign(b';') {}
        if self.lexer.is_at_end() {
            return None;
        }
        let head = Head::read(&mut self.lexer);
        if self.single {
            self.lexer.finish();
        } else {
            self.lexer.find(|token| *token == Token::Sign(b';'));
        }
        Some(head)
    }
}
