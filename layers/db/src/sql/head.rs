//! The beginning of one statement: what it does and to which table.

use super::{
    Name,
    lexer::{Lexer, Token},
};
use crate::Operation;

/// What one statement says about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// What it does.
    pub(crate) operation: Operation,
    /// The table that is written, if it is one and the text names it.
    pub(crate) table: Option<Table<'a>>,
    /// What it does to the transaction.
    pub(crate) control: Control,
    /// How an `INSERT`, `REPLACE` or `MERGE` treats rows that exist.
    pub(crate) upsert: Upsert,
}

/// A table as a statement names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'a> {
    /// The schema, if it is given.
    pub(crate) schema: Option<Name<'a>>,
    /// The table.
    pub(crate) name: Name<'a>,
}

/// What a statement does to the transaction it is in. Savepoints go by the hashes of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// Nothing.
    None,
    /// Begins one.
    Begin,
    /// Commits it.
    Commit,
    /// Rolls it back.
    Rollback,
    /// Sets a savepoint.
    Savepoint(u64),
    /// Forgets a savepoint, and keeps what was done since.
    Release(u64),
    /// Undoes what was done since a savepoint.
    RollbackTo(u64),
}

/// How a statement treats rows that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upsert {
    /// It does one thing to all rows.
    No,
    /// `INSERT … ON DUPLICATE KEY UPDATE` of so many rows, if the text says how many.
    Duplicates(Option<u64>),
    /// `REPLACE` for `MySQL`, of so many rows, if the text says how many.
    Replaces(Option<u64>),
    /// A `MERGE` that does this, if it does only one thing.
    Merges(Option<Operation>),
}

const VERBS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "VALUES", "TABLE"];

impl<'a> Head<'a> {
    const OTHER: Self = Self::does(Operation::Other);

    const fn does(operation: Operation) -> Self {
        Self { operation, table: None, control: Control::None, upsert: Upsert::No }
    }

    const fn controls(control: Control) -> Self {
        Self { control, ..Self::does(Operation::Transaction) }
    }

    const fn writes(operation: Operation, table: Option<Table<'a>>) -> Self {
        Self { table, ..Self::does(operation) }
    }

    /// Reads as much of a statement as it takes. The lexer is left somewhere in the statement.
    pub(super) fn read(lexer: &mut Lexer<'a>) -> Self {
        while lexer.accept_sign(b'(') {}
        let Some(Token::Word(verb)) = lexer.next() else { return Self::OTHER };
        if verb.eq_ignore_ascii_case("WITH") { Self::after_with(lexer) } else { Self::of(verb, lexer) }
    }

    /// The statement after the common table expressions: the first verb outside of parentheses that does not stand where
    /// an expression is named.
    fn after_with(lexer: &mut Lexer<'a>) -> Self {
        lexer.accept("RECURSIVE");
        lexer.next();
        let mut depth = 0_usize;
        loop {
            let before = lexer.clone();
            match lexer.next() {
                None | Some(Token::Sign(b';')) => {
                    *lexer = before;
                    return Self::OTHER;
                }
                Some(Token::Sign(b'(')) => depth += 1,
                Some(Token::Sign(b')')) => depth = depth.saturating_sub(1),
                Some(Token::Sign(b',')) if depth == 0 => drop(lexer.next()),
                Some(Token::Word(verb)) if depth == 0 && Token::Word(verb).is_any(VERBS) => {
                    return Self::of(verb, lexer);
                }
                _ => {}
            }
        }
    }

    fn of(verb: &str, lexer: &mut Lexer<'a>) -> Self {
        let verb = Token::Word(verb);
        if verb.is("SELECT") {
            Self::does(Operation::Select)
        } else if verb.is("INSERT") {
            Self::insert(lexer)
        } else if verb.is("UPDATE") {
            Self::update(lexer)
        } else if verb.is("DELETE") {
            Self::delete(lexer)
        } else if verb.is("REPLACE") {
            lexer.accept_any(&["LOW_PRIORITY", "DELAYED"]);
            Self::replace(lexer)
        } else if verb.is("MERGE") {
            Self::merge(lexer)
        } else if verb.is_any(&["CREATE", "ALTER", "DROP", "TRUNCATE"]) {
            Self::ddl(verb, lexer)
        } else {
            Self::transaction(verb, lexer)
        }
    }

    fn insert(lexer: &mut Lexer<'a>) -> Self {
        if lexer.accept("OR") {
            if lexer.accept("REPLACE") {
                return Self::replace(lexer);
            }
            lexer.next();
        }
        while lexer.accept_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"]) {}
        lexer.accept("INTO");
        let table = Table::read(lexer);
        let (rows, on_duplicate) = values(lexer);
        let upsert = if on_duplicate { Upsert::Duplicates(rows) } else { Upsert::No };
        Self { upsert, ..Self::writes(Operation::Insert, table) }
    }

    fn replace(lexer: &mut Lexer<'a>) -> Self {
        lexer.accept("INTO");
        let table = Table::read(lexer);
        let (rows, _) = values(lexer);
        Self { upsert: Upsert::Replaces(rows), ..Self::writes(Operation::Replace, table) }
    }

    /// More than one table before `SET` is none: the text does not say which of them is written.
    fn update(lexer: &mut Lexer<'a>) -> Self {
        if lexer.accept("OR") {
            lexer.next();
        }
        while lexer.accept_any(&["LOW_PRIORITY", "IGNORE", "ONLY"]) {}
        let table = Table::read(lexer);
        let mut ahead = lexer.clone();
        let several = ahead
            .by_ref()
            .take_while(|token| !token.is("SET") && *token != Token::Sign(b';'))
            .any(|token| token == Token::Sign(b',') || token.is("JOIN"));
        Self::writes(Operation::Update, table.filter(|_| !several))
    }

    fn delete(lexer: &mut Lexer<'a>) -> Self {
        while lexer.accept_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]) {}
        if !lexer.accept("FROM") {
            return Self::does(Operation::Delete);
        }
        lexer.accept("ONLY");
        let table = Table::read(lexer);
        let several = lexer.peek() == Some(Token::Sign(b','));
        Self::writes(Operation::Delete, table.filter(|_| !several))
    }

    fn merge(lexer: &mut Lexer<'a>) -> Self {
        lexer.accept("INTO");
        lexer.accept("ONLY");
        let table = Table::read(lexer);
        let mut only = None;
        let mut several = false;
        let mut ahead = lexer.clone();
        while let Some(token) = ahead.next() {
            if token == Token::Sign(b';') {
                break;
            }
            if !token.is("THEN") {
                continue;
            }
            let does = match ahead.next() {
                Some(token) if token.is("INSERT") => Operation::Insert,
                Some(token) if token.is("UPDATE") => Operation::Update,
                Some(token) if token.is("DELETE") => Operation::Delete,
                _ => continue,
            };
            several |= only.is_some_and(|other| other != does);
            only = Some(does);
        }
        let upsert = Upsert::Merges(only.filter(|_| !several));
        Self { upsert, ..Self::writes(Operation::Merge, table) }
    }

    /// The bodies of triggers and routines hold statements of their own, up to the end of the text.
    fn ddl(verb: Token<'_>, lexer: &mut Lexer<'a>) -> Self {
        let mut ahead = lexer.clone();
        let routine = verb.is("CREATE")
            && ahead
                .by_ref()
                .take_while(|token| matches!(token, Token::Word(_)))
                .any(|token| token.is_any(&["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"]));
        if routine {
            lexer.finish();
        }
        Self::does(Operation::Ddl)
    }

    fn transaction(verb: Token<'_>, lexer: &mut Lexer<'a>) -> Self {
        let control = if verb.is("BEGIN") || verb.is("START") && lexer.peek_is("TRANSACTION") {
            Control::Begin
        } else if verb.is("COMMIT") || verb.is("END") {
            if lexer.peek_is("PREPARED") { Control::None } else { Control::Commit }
        } else if verb.is("ROLLBACK") || verb.is("ABORT") {
            lexer.accept_any(&["WORK", "TRANSACTION"]);
            if lexer.peek_is("PREPARED") {
                Control::None
            } else if lexer.accept("TO") {
                lexer.accept("SAVEPOINT");
                savepoint(lexer).map_or(Control::Rollback, Control::RollbackTo)
            } else {
                Control::Rollback
            }
        } else if verb.is("SAVEPOINT") {
            savepoint(lexer).map_or(Control::None, Control::Savepoint)
        } else if verb.is("RELEASE") {
            lexer.accept("SAVEPOINT");
            savepoint(lexer).map_or(Control::None, Control::Release)
        } else {
            return Self::OTHER;
        };
        Self::controls(control)
    }
}

fn savepoint(lexer: &mut Lexer<'_>) -> Option<u64> {
    lexer.next()?.name().map(Name::hash)
}

/// How many rows `VALUES` or `SET` lists, and whether `ON DUPLICATE KEY` follows: what it takes to understand the number of
/// rows that `MySQL` tells.
fn values(lexer: &Lexer<'_>) -> (Option<u64>, bool) {
    if !lexer.is_mysql() {
        return (None, false);
    }
    let mut ahead = lexer.clone();
    let (mut depth, mut rows, mut counts) = (0_usize, None, false);
    while let Some(token) = ahead.next() {
        match token {
            Token::Sign(b';') => break,
            Token::Sign(b'(') => {
                if counts && depth == 0 {
                    rows = rows.map(|rows: u64| rows + 1);
                }
                depth += 1;
            }
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Word(_) if depth == 0 => {
                if rows.is_none() && token.is_any(&["VALUES", "VALUE"]) {
                    (rows, counts) = (Some(0), true);
                } else if rows.is_none() && token.is("SET") {
                    rows = Some(1);
                } else if token.is("ON") && ahead.accept("DUPLICATE") {
                    return (rows, true);
                } else if !token.is("ROW") {
                    counts = false;
                }
            }
            _ => {}
        }
    }
    (rows, false)
}

impl<'a> Table<'a> {
    fn read(lexer: &mut Lexer<'a>) -> Option<Self> {
        let mut name = lexer.next()?.name()?;
        let mut schema = None;
        // `catalog.schema.table` has one name more.
        while lexer.accept_sign(b'.') {
            schema = Some(name);
            name = lexer.next()?.name()?;
        }
        Some(Self { schema, name })
    }
}

impl Lexer<'_> {
    fn peek_is(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|token| token.is(keyword))
    }
}
