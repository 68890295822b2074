//! The beginning of one statement: what it does and to which table.

use super::{
    Change, Effect, Rows, Table, joined,
    lexer::{Lexer, RareWord, Token},
};
use crate::{SqlOperation, Vendor};

/// What one statement says about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// What it does.
    pub(crate) operation: SqlOperation,
    /// The table that is written, if it is one and the text names it.
    pub(crate) table: Option<Table<'a>>,
    /// What the driver's number of rows stands for.
    pub(crate) rows: Rows,
    /// What it writes besides, or may write.
    pub(crate) unseen: Unseen<'a>,
    /// What it does to the transaction.
    pub(crate) effect: Effect,
    /// What it does if it violates a constraint.
    pub(crate) conflict: OnConflict,
    /// Whether it gives back the rows that it has written: `RETURNING`.
    pub(crate) returns_rows: bool,
}

/// What a statement writes of which its number of rows says nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unseen<'a> {
    /// Nothing.
    Nothing,
    /// Rows of this table: in a `WITH`, or in a statement that is explained by being executed.
    Table(Table<'a>),
    /// Rows of any table.
    Anything,
}

/// What `SQLite` does with a statement that violates a constraint, as far as the statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnConflict {
    /// Undoes the statement, or what the table says.
    Default,
    /// Undoes the transaction: `OR ROLLBACK`.
    Rollback,
    /// Keeps what the statement has done so far: `OR FAIL`.
    Fail,
}

const VERBS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "VALUES", "TABLE"];

/// Those that write to a table that the text names.
const WRITES: &[&str] = &["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"];

impl<'a> Head<'a> {
    const OTHER: Self = Self::does(SqlOperation::Other);

    const fn does(operation: SqlOperation) -> Self {
        Self {
            operation,
            table: None,
            rows: Rows::None,
            unseen: Unseen::Nothing,
            effect: Effect::None,
            conflict: OnConflict::Default,
            returns_rows: false,
        }
    }

    fn writes(operation: SqlOperation, table: Option<Table<'a>>, rows: Rows) -> Self {
        let rows = if table.is_some() { rows } else { Rows::SeveralTables };
        Self { table, rows, ..Self::does(operation) }
    }

    /// Reads as much of a statement as it takes. The lexer is left somewhere in the statement.
    pub(super) fn read(lexer: &mut Lexer<'a>) -> Self {
        while lexer.accept_sign(b'(') {}
        let Some(Token::Word(verb)) = lexer.next() else { return Self::OTHER };
        if verb.eq_ignore_ascii_case("WITH") { Self::after_with(lexer) } else { Self::of(verb, lexer) }
    }

    /// The statement after the common table expressions: the first verb outside of parentheses that is not where an
    /// expression is named. Those that write are not seen by the number of rows.
    fn after_with(lexer: &mut Lexer<'a>) -> Self {
        lexer.accept("RECURSIVE");
        lexer.next();
        let (mut depth, mut unseen) = (0_usize, Unseen::Nothing);
        while let Some(token) = lexer.peek() {
            if token == Token::Sign(b';') {
                break;
            }
            lexer.next();
            match token {
                Token::Sign(b'(') => {
                    depth += 1;
                    if depth == 1 && lexer.peek().is_some_and(|token| token.is_any(WRITES)) {
                        unseen = unseen.and(Unseen::read(lexer.ahead()));
                    }
                }
                Token::Sign(b')') => depth = depth.saturating_sub(1),
                Token::Sign(b',') if depth == 0 => drop(lexer.next()),
                Token::Word(verb) if depth == 0 && token.is_any(VERBS) => {
                    let head = Self::of(verb, lexer);
                    return Self { unseen: unseen.and(head.unseen), ..head };
                }
                _ => {}
            }
        }
        Self { unseen, ..Self::OTHER }
    }

    /// What it writes, if its number of rows is not to be had.
    fn written(self) -> Unseen<'a> {
        match (self.table, self.rows) {
            (_, Rows::None) => Unseen::Nothing,
            (Some(table), _) => Unseen::Table(table),
            (None, _) => Unseen::Anything,
        }
    }

    fn of(verb: &str, lexer: &mut Lexer<'a>) -> Self {
        let verb = Token::Word(verb);
        // Most statements are of these, and have no effect but on rows.
        if verb.is("SELECT") {
            return Self::does(SqlOperation::Select);
        } else if verb.is("INSERT") {
            return Self::insert(lexer).returning(lexer);
        } else if verb.is("UPDATE") {
            return Self::update(lexer).returning(lexer);
        } else if verb.is("DELETE") {
            return Self::delete(lexer).returning(lexer);
        } else if verb.is("REPLACE") {
            lexer.accept_any(&["LOW_PRIORITY", "DELAYED"]);
            return Self::replace(lexer).returning(lexer);
        } else if verb.is("MERGE") {
            return Self::merge(lexer).returning(lexer);
        }
        let effect = Effect::of(verb, lexer);
        let head = if effect.is_control() {
            Self::does(SqlOperation::Transaction)
        } else if verb.is_any(&["CREATE", "ALTER", "DROP"]) {
            Self::ddl(verb, lexer)
        } else if verb.is("TRUNCATE") {
            lexer.accept("TABLE");
            lexer.accept("ONLY");
            Self::writes(SqlOperation::Ddl, Table::read(lexer), Rows::Unreported)
        } else if verb.is("COPY") {
            Self::copy(lexer)
        } else if verb.is("LOAD") {
            Self::load(lexer)
        } else if verb.is_any(&["EXPLAIN", "ANALYZE", "DESCRIBE", "DESC"]) {
            Self { unseen: explained(verb, lexer), ..Self::OTHER }
        } else if verb.is_any(&["COMMIT", "ROLLBACK"]) {
            // Of a transaction that was prepared, on this connection or on another.
            Self { unseen: Unseen::Anything, ..Self::does(SqlOperation::Transaction) }
        } else if verb.is_any(&["CALL", "EXECUTE"]) || effect == Effect::Opaque {
            Self { unseen: Unseen::Anything, ..Self::OTHER }
        } else if verb.is("DO") && lexer.vendor() != Vendor::Mysql {
            // A block of `PostgreSQL`. For MySQL it is a `SELECT` whose result nobody wants.
            Self { unseen: Unseen::Anything, ..Self::OTHER }
        } else {
            Self::OTHER
        };
        Self { effect, ..head }
    }

    fn returning(self, lexer: &mut Lexer<'a>) -> Self {
        let returns_rows = lexer.has_ahead(RareWord::Returning)
            && lexer
                .ahead()
                .take_while(|token| *token != Token::Sign(b';'))
                .any(|token| token.is("RETURNING"));
        Self { returns_rows, ..self }
    }

    fn insert(lexer: &mut Lexer<'a>) -> Self {
        let mut conflict = OnConflict::Default;
        if lexer.accept("OR") {
            if lexer.accept("REPLACE") {
                return Self::replace(lexer);
            }
            conflict = OnConflict::read(lexer);
        }
        let mut ignores = false;
        while let Some(token) = lexer.peek() {
            if !token.is_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"]) {
                break;
            }
            ignores |= token.is("IGNORE");
            lexer.next();
        }
        lexer.accept("INTO");
        let table = Table::read(lexer);
        let values = Values::read(lexer);
        let rows = match values.upsert {
            Upsert::Duplicates => Rows::Duplicates(values.rows.filter(|_| !ignores)),
            Upsert::Conflict => Rows::Mixed,
            Upsert::No => Rows::All(Change::Insert),
        };
        Self { conflict, ..Self::writes(SqlOperation::Insert, table, rows) }
    }

    fn replace(lexer: &mut Lexer<'a>) -> Self {
        lexer.accept("INTO");
        let table = Table::read(lexer);
        let values = Values::read(lexer);
        let rows = match lexer.vendor() {
            Vendor::Mysql => Rows::Replaced(values.rows),
            _ => Rows::InsertedInPlaceOf,
        };
        Self::writes(SqlOperation::Replace, table, rows)
    }

    fn update(lexer: &mut Lexer<'a>) -> Self {
        let conflict = if lexer.accept("OR") { OnConflict::read(lexer) } else { OnConflict::Default };
        while lexer.accept_any(&["LOW_PRIORITY", "IGNORE", "ONLY"]) {}
        let table = match lexer.vendor() {
            Vendor::Postgresql | Vendor::Sqlite => Table::read(lexer),
            _ => joined::updated(&mut lexer.ahead()),
        };
        Self { conflict, ..Self::writes(SqlOperation::Update, table, Rows::All(Change::Update)) }
    }

    fn delete(lexer: &mut Lexer<'a>) -> Self {
        while lexer.accept_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]) {}
        let mut ahead = lexer.ahead();
        let table = if ahead.accept("FROM") {
            ahead.accept("ONLY");
            let first = ahead.ahead();
            let table = Table::read(&mut ahead);
            match ahead.peek() {
                Some(Token::Sign(b',' | b'.')) => None,
                Some(token) if token.is("USING") && lexer.is_mysql() => joined::deleted(&mut first.ahead()),
                _ => table,
            }
        } else if lexer.is_mysql() {
            joined::deleted(&mut ahead.ahead())
        } else {
            None
        };
        Self::writes(SqlOperation::Delete, table, Rows::All(Change::Delete))
    }

    fn merge(lexer: &mut Lexer<'a>) -> Self {
        lexer.accept("INTO");
        lexer.accept("ONLY");
        let table = Table::read(lexer);
        let mut only = None;
        let mut several = false;
        let mut ahead = lexer.ahead();
        while let Some(token) = ahead.next() {
            if token == Token::Sign(b';') {
                break;
            }
            if !token.is("THEN") {
                continue;
            }
            let does = match ahead.next() {
                Some(token) if token.is("INSERT") => Change::Insert,
                Some(token) if token.is("UPDATE") => Change::Update,
                Some(token) if token.is("DELETE") => Change::Delete,
                _ => continue,
            };
            several |= only.is_some_and(|other| other != does);
            only = Some(does);
        }
        let rows = match only {
            Some(_) if several => Rows::Mixed,
            Some(only) => Rows::All(only),
            None => Rows::None,
        };
        Self::writes(SqlOperation::Merge, table, rows)
    }

    /// The bodies of triggers and routines hold statements of their own, up to the end of the text. Only `SQLite` executes
    /// more behind them.
    fn ddl(verb: Token<'_>, lexer: &mut Lexer<'a>) -> Self {
        let routine = verb.is("CREATE")
            && lexer
                .ahead()
                .take_while(|token| matches!(token, Token::Word(_)))
                .any(|token| token.is_any(&["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"]));
        if routine && lexer.vendor() == Vendor::Sqlite {
            Self::finish_trigger(lexer);
        } else if routine {
            lexer.finish();
        }
        Self::does(SqlOperation::Ddl)
    }

    /// Goes to the `END` of a trigger, which is not that of a `CASE`, nor a column of that name.
    fn finish_trigger(lexer: &mut Lexer<'a>) {
        let (mut depth, mut is_begun, mut is_column) = (0_usize, false, false);
        for token in lexer.by_ref() {
            let is_word = !std::mem::replace(&mut is_column, token == Token::Sign(b'.'));
            if is_word && token.is("BEGIN") && !is_begun {
                (depth, is_begun) = (depth + 1, true);
            } else if is_word && token.is("CASE") {
                depth += 1;
            } else if is_word && token.is("END") {
                depth = depth.saturating_sub(1);
                if is_begun && depth == 0 {
                    return;
                }
            }
        }
    }

    /// `COPY table FROM` inserts as many rows as it reports.
    fn copy(lexer: &mut Lexer<'a>) -> Self {
        let table = Table::read(lexer);
        let mut ahead = lexer.ahead();
        if ahead.accept_sign(b'(') {
            ahead.find(|token| matches!(token, Token::Sign(b')' | b';')));
        }
        if ahead.accept("FROM") {
            Self::writes(SqlOperation::Other, table, Rows::All(Change::Insert))
        } else {
            Self::OTHER
        }
    }

    /// `LOAD DATA … INTO TABLE table`, which may replace rows, and whose number of rows does not say how many.
    fn load(lexer: &mut Lexer<'a>) -> Self {
        if !lexer.accept_any(&["DATA", "XML"]) {
            return Self::OTHER;
        }
        let mut ahead = lexer.ahead();
        ahead.find(|token| token.is("INTO") || *token == Token::Sign(b';'));
        ahead.accept("TABLE");
        Self::writes(SqlOperation::Other, Table::read(&mut ahead), Rows::Unreported)
    }
}

impl<'a> Unseen<'a> {
    /// What an expression of a `WITH` writes. No more is read than its table, so that any number of expressions is read
    /// in a time that grows with the text.
    fn read(mut lexer: Lexer<'a>) -> Self {
        lexer.next();
        while lexer.accept_any(&["INTO", "FROM", "ONLY"]) {}
        Table::read(&mut lexer).map_or(Self::Anything, Self::Table)
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            _ => Self::Anything,
        }
    }
}

impl OnConflict {
    fn read(lexer: &mut Lexer<'_>) -> Self {
        match lexer.next() {
            Some(token) if token.is("ROLLBACK") => Self::Rollback,
            Some(token) if token.is("FAIL") => Self::Fail,
            _ => Self::Default,
        }
    }
}

/// What a statement writes that is executed to be explained: `EXPLAIN ANALYZE`, or MariaDB's `ANALYZE`.
fn explained<'a>(verb: Token<'_>, lexer: &Lexer<'a>) -> Unseen<'a> {
    let mut ahead = lexer.ahead();
    let mut executes = verb.is("ANALYZE") && lexer.is_mysql();
    while let Some(token) = ahead.peek() {
        if token.is_any(WRITES) || token.is("WITH") {
            let head = Head::read(&mut ahead);
            return if executes { head.written().and(head.unseen) } else { Unseen::Nothing };
        }
        if token.is("EXECUTE") && executes {
            return Unseen::Anything;
        }
        if token == Token::Sign(b';') || token.is("SELECT") {
            break;
        }
        ahead.next();
        // `(ANALYZE false)` explains only.
        executes |= token.is("ANALYZE") && !ahead.peek().is_some_and(|token| token.is_any(&["FALSE", "OFF"]));
    }
    Unseen::Nothing
}

/// What follows the table of an `INSERT` or a `REPLACE`: what it takes to understand the number of rows.
struct Values {
    /// How many rows `VALUES` or `SET` lists.
    rows: Option<u64>,
    upsert: Upsert,
}

/// What is done where a row is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Upsert {
    No,
    /// `ON DUPLICATE KEY UPDATE`.
    Duplicates,
    /// `ON CONFLICT … DO UPDATE`.
    Conflict,
}

impl Values {
    fn read(lexer: &mut Lexer<'_>) -> Self {
        let mut ahead = lexer.ahead();
        let mut read = Self { rows: None, upsert: Upsert::No };
        if !lexer.is_mysql() && !lexer.has_ahead(RareWord::Conflict) {
            return read;
        }
        let (mut depth, mut counts) = (0_usize, false);
        while let Some(token) = ahead.next() {
            match token {
                Token::Sign(b';') => break,
                Token::Sign(b'(') => {
                    if counts && depth == 0 {
                        read.rows = read.rows.map(|rows: u64| rows + 1);
                    }
                    depth += 1;
                }
                Token::Sign(b')') => depth = depth.saturating_sub(1),
                Token::Word(_) if depth == 0 => {
                    if read.rows.is_none() && token.is_any(&["VALUES", "VALUE"]) {
                        (read.rows, counts) = (Some(0), true);
                    } else if read.rows.is_none() && token.is("SET") {
                        read.rows = Some(1);
                    } else if token.is("ON") && ahead.accept("DUPLICATE") {
                        // What is set comes, which is as a rule `VALUES(column)`.
                        return Self { upsert: Upsert::Duplicates, ..read };
                    } else if token.is("DO") && ahead.accept("UPDATE") {
                        return Self { upsert: Upsert::Conflict, ..read };
                    } else if !token.is("ROW") {
                        counts = false;
                    }
                }
                _ => {}
            }
        }
        read
    }
}
