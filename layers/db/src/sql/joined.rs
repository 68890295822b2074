//! `UPDATE` and `DELETE` of `MySQL` over several tables, of which they may write to one.

use super::{
    Name, Table,
    lexer::{Lexer, Token},
};

/// What a table may be followed by, and not be called.
const NO_ALIAS: &[&str] = &[
    "ON",
    "USING",
    "JOIN",
    "LEFT",
    "RIGHT",
    "INNER",
    "OUTER",
    "CROSS",
    "NATURAL",
    "STRAIGHT_JOIN",
    "SET",
    "WHERE",
    "USE",
    "IGNORE",
    "FORCE",
    "PARTITION",
    "ORDER",
    "LIMIT",
    "FOR",
    "RETURNING",
];

/// So many tables are told apart; a statement over more of them is taken to write to several.
const MOST: usize = 8;

/// The tables of a list, with the names that the rest of the statement has for them.
struct Tables<'a> {
    named: [Option<(Table<'a>, Name<'a>)>; MOST],
    length: usize,
}

impl<'a> Tables<'a> {
    /// Reads a list of tables up to the word that ends it, which stays.
    fn read(lexer: &mut Lexer<'a>, ends: &[&str]) -> Option<Self> {
        let mut tables = Self { named: [None; MOST], length: 0 };
        let (mut depth, mut expected) = (0_usize, true);
        loop {
            match lexer.peek() {
                None | Some(Token::Sign(b';')) => return Some(tables),
                Some(token) if depth == 0 && token.is_any(ends) => return Some(tables),
                Some(token) if expected && token.name().is_some() && !token.is_any(NO_ALIAS) => {
                    tables.add(lexer)?;
                    expected = false;
                }
                Some(token) => {
                    lexer.next();
                    match token {
                        Token::Sign(b'(') => depth += 1,
                        Token::Sign(b')') => depth = depth.saturating_sub(1),
                        Token::Sign(b',') if depth == 0 => expected = true,
                        _ if depth == 0 && token.is_any(&["JOIN", "STRAIGHT_JOIN"]) => expected = true,
                        // What comes in parentheses is a query with a name, or a list of tables, which is not looked into.
                        _ => expected = false,
                    }
                }
            }
        }
    }

    fn add(&mut self, lexer: &mut Lexer<'a>) -> Option<()> {
        let table = Table::read(lexer)?;
        lexer.accept("AS");
        let alias = match lexer.peek() {
            Some(token) if !token.is_any(NO_ALIAS) => token.name(),
            _ => None,
        };
        if alias.is_some() {
            lexer.next();
        }
        *self.named.get_mut(self.length)? = Some((table, alias.unwrap_or(table.name)));
        self.length += 1;
        Some(())
    }

    fn find(&self, name: Name<'_>) -> Option<Table<'a>> {
        let mut named = self.named.iter().flatten();
        named.find(|(_, called)| called.is_same(name)).map(|(table, _)| *table)
    }

    fn only(&self) -> Option<Table<'a>> {
        self.named.first().copied().flatten().filter(|_| self.length == 1).map(|(table, _)| table)
    }
}

/// The table that an `UPDATE` writes to: the one whose columns it sets. What is between the word and the tables was taken.
pub(super) fn updated<'a>(lexer: &mut Lexer<'a>) -> Option<Table<'a>> {
    let tables = Tables::read(lexer, &["SET"])?;
    if let Some(table) = tables.only() {
        return Some(table);
    }
    lexer.next();
    let mut written: Option<Table<'a>> = None;
    loop {
        // `column`, `table.column` or `schema.table.column`.
        let column = Table::read(lexer)?;
        let table = tables.find(column.schema?)?;
        if written.is_some_and(|other| !other.name.is_same(table.name)) {
            return None;
        }
        written = Some(table);
        if !next_assignment(lexer) {
            return written;
        }
    }
}

/// Goes to the next column that is set, if there is one.
fn next_assignment(lexer: &mut Lexer<'_>) -> bool {
    let mut depth = 0_usize;
    while let Some(token) = lexer.peek() {
        match token {
            Token::Sign(b';') => return false,
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Sign(b',') if depth == 0 => {
                lexer.next();
                return true;
            }
            _ if depth == 0 && token.is_any(&["WHERE", "ORDER", "LIMIT", "RETURNING"]) => return false,
            _ => {}
        }
        lexer.next();
    }
    false
}

/// The table that a `DELETE` over several deletes from: `DELETE t FROM …`, or `DELETE FROM t USING …`. The lexer is at the
/// first name.
pub(super) fn deleted<'a>(lexer: &mut Lexer<'a>) -> Option<Table<'a>> {
    let target = Table::read_target(lexer)?;
    if !lexer.accept_any(&["FROM", "USING"]) {
        return None;
    }
    let tables = Tables::read(lexer, &["WHERE", "ORDER", "LIMIT", "RETURNING"])?;
    match target.schema {
        Some(_) => Some(target),
        None => tables.find(target.name),
    }
}

impl<'a> Table<'a> {
    /// A table that a `DELETE` names before `FROM`, after which `.*` may follow.
    fn read_target(lexer: &mut Lexer<'a>) -> Option<Self> {
        let mut target = Self { schema: None, name: lexer.next()?.name()? };
        while lexer.accept_sign(b'.') {
            if lexer.accept_sign(b'*') {
                break;
            }
            target = Self { schema: Some(target.name), name: lexer.next()?.name()? };
        }
        Some(target)
    }
}
