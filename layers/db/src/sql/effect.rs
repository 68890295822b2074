//! What statements do to the transaction that they are part of.

use super::lexer::{Lexer, Token};
use crate::Vendor;

/// What a statement does to the transaction that it is part of. Savepoints go by the hashes of their names.
///
/// What that means for a connection, above all outside of a transaction, differs by vendor once more; see
/// `observer::transaction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// Begins one.
    Begin,
    /// Commits it, and begins the next at once if it is chained.
    Commit { chain: bool },
    /// Rolls it back, and begins the next at once if it is chained.
    Rollback { chain: bool },
    /// Sets a savepoint.
    Savepoint(u64),
    /// Forgets a savepoint, and keeps what was done since.
    Release(u64),
    /// Undoes what was done since a savepoint.
    RollbackTo(u64),
    /// Takes it off the connection, for any connection to commit it later.
    Detach,
    /// Commits it before anything else is done.
    ImplicitCommit,
    /// Commits it, and locks tables.
    LockTables,
    /// Unlocks tables, and commits it if `LOCK TABLES` has locked any.
    UnlockTables,
    /// Has every statement be a transaction of its own, or none; `None` if the text does not show which.
    Autocommit(Option<bool>),
    /// Whatever is written elsewhere: in a procedure, or in a statement that was prepared on the server.
    Opaque,
}

/// What a statement that begins with certain words does, by vendor. The first row that fits holds; what is in no row does
/// nothing. `Other` is read as `SQLite`, with the words of all.
///
/// Sources: `PostgreSQL` 18, chapter "SQL Commands"; `MySQL` 8.4, 15.3.3 "Statements That Cause an Implicit Commit";
/// MariaDB, "SQL statements That Cause an Implicit Commit"; `SQLite`, "Transaction" and "Savepoints".
const EFFECTS: &[Row] = {
    use Rule::{
        Autocommit, Begin, Commit, Detach, Implicit, LockTables, Nothing, Opaque, Release, Rollback,
        Savepoint, UnlockTables,
    };
    &[
        // words                        PostgreSQL  MySQL       SQLite
        row(&["BEGIN", "NOT"], Nothing, Opaque, Nothing), // MariaDB: a block of statements
        row(&["BEGIN"], Begin, Begin, Begin),
        row(&["START", "TRANSACTION"], Begin, Begin, Begin),
        row(&["COMMIT", "PREPARED"], Nothing, Nothing, Nothing),
        row(&["COMMIT"], Commit, Commit, Commit),
        row(&["END"], Commit, Nothing, Commit),
        row(&["ROLLBACK", "PREPARED"], Nothing, Nothing, Nothing),
        row(&["ROLLBACK"], Rollback, Rollback, Rollback),
        row(&["ABORT"], Rollback, Nothing, Nothing),
        row(&["SAVEPOINT"], Savepoint, Savepoint, Savepoint),
        row(&["RELEASE"], Release, Release, Release),
        row(&["PREPARE", "TRANSACTION"], Detach, Nothing, Nothing),
        row(&["XA", "START"], Nothing, Begin, Nothing),
        row(&["XA", "BEGIN"], Nothing, Begin, Nothing),
        row(&["XA", "PREPARE"], Nothing, Detach, Nothing),
        row(&["XA", "COMMIT"], Nothing, Commit, Nothing),
        row(&["XA", "ROLLBACK"], Nothing, Rollback, Nothing),
        row(&["SET"], Nothing, Autocommit, Nothing),
        row(&["LOCK", "TABLE"], Nothing, LockTables, Nothing),
        row(&["LOCK", "TABLES"], Nothing, LockTables, Nothing),
        row(&["UNLOCK", "TABLE"], Nothing, UnlockTables, Nothing),
        row(&["UNLOCK", "TABLES"], Nothing, UnlockTables, Nothing),
        // Tables of the connection alone.
        row(&["CREATE", "TEMPORARY"], Nothing, Nothing, Nothing),
        row(&["CREATE", "OR", "REPLACE", "TEMPORARY"], Nothing, Nothing, Nothing),
        row(&["DROP", "TEMPORARY"], Nothing, Nothing, Nothing),
        row(&["DROP", "PREPARE"], Nothing, Nothing, Nothing),
        row(&["ALTER"], Nothing, Implicit, Nothing),
        row(&["CREATE"], Nothing, Implicit, Nothing),
        row(&["DROP"], Nothing, Implicit, Nothing),
        row(&["RENAME"], Nothing, Implicit, Nothing),
        row(&["TRUNCATE"], Nothing, Implicit, Nothing),
        row(&["GRANT"], Nothing, Implicit, Nothing),
        row(&["REVOKE"], Nothing, Implicit, Nothing),
        row(&["ANALYZE", "TABLE"], Nothing, Implicit, Nothing),
        row(&["ANALYZE", "LOCAL"], Nothing, Implicit, Nothing),
        row(&["ANALYZE", "NO_WRITE_TO_BINLOG"], Nothing, Implicit, Nothing),
        row(&["BACKUP"], Nothing, Implicit, Nothing),
        row(&["CACHE"], Nothing, Implicit, Nothing),
        row(&["CHANGE"], Nothing, Implicit, Nothing),
        row(&["CHECK"], Nothing, Implicit, Nothing),
        row(&["FLUSH"], Nothing, Implicit, Nothing),
        row(&["IMPORT"], Nothing, Implicit, Nothing),
        row(&["INSTALL"], Nothing, Implicit, Nothing),
        row(&["LOAD", "INDEX"], Nothing, Implicit, Nothing),
        row(&["OPTIMIZE"], Nothing, Implicit, Nothing),
        row(&["REPAIR"], Nothing, Implicit, Nothing),
        row(&["RESET"], Nothing, Implicit, Nothing),
        row(&["START"], Nothing, Implicit, Nothing), // a replica
        row(&["STOP"], Nothing, Implicit, Nothing),
        row(&["UNINSTALL"], Nothing, Implicit, Nothing),
        // A procedure may do all of the above. PostgreSQL lets none end a transaction that was begun outside of it.
        row(&["CALL"], Nothing, Opaque, Nothing),
        row(&["EXECUTE"], Nothing, Opaque, Nothing),
    ]
};

struct Row {
    words: &'static [&'static str],
    postgresql: Rule,
    mysql: Rule,
    sqlite: Rule,
}

/// How the rest of the statement is read.
#[derive(Clone, Copy)]
enum Rule {
    Nothing,
    Begin,
    Commit,
    Rollback,
    Savepoint,
    Release,
    Detach,
    Implicit,
    LockTables,
    UnlockTables,
    Autocommit,
    Opaque,
}

const fn row(words: &'static [&'static str], postgresql: Rule, mysql: Rule, sqlite: Rule) -> Row {
    Row { words, postgresql, mysql, sqlite }
}

impl Effect {
    /// Whether the statement commits what was before it, or may.
    pub(crate) fn may_commit(self) -> bool {
        matches!(
            self,
            Self::Begin
                | Self::ImplicitCommit
                | Self::LockTables
                | Self::UnlockTables
                | Self::Autocommit(_)
                | Self::Opaque
        )
    }

    /// The effect of a statement whose first word was taken.
    pub(super) fn of(verb: Token<'_>, lexer: &Lexer<'_>) -> Self {
        let Some((row, mut rest)) =
            EFFECTS.iter().find_map(|row| row.after(verb, lexer).map(|rest| (row, rest)))
        else {
            return Self::None;
        };
        let rule = match (lexer.vendor(), row.sqlite) {
            (Vendor::Postgresql, _) => row.postgresql,
            (Vendor::Mysql, _) => row.mysql,
            (Vendor::Sqlite, rule) => rule,
            // Nobody knows: the words of a transaction are taken for what they are anywhere.
            (_, Rule::Nothing) if matches!(row.postgresql, Rule::Begin | Rule::Rollback) => row.postgresql,
            (_, rule) => rule,
        };
        rule.read(&mut rest)
    }

    /// Whether it only moves between the transactions of a connection.
    pub(crate) fn is_control(self) -> bool {
        matches!(
            self,
            Self::Begin
                | Self::Commit { .. }
                | Self::Rollback { .. }
                | Self::Savepoint(_)
                | Self::Release(_)
                | Self::RollbackTo(_)
                | Self::Detach
        )
    }
}

impl Row {
    /// What follows the words, if the statement begins with them.
    fn after<'a>(&self, verb: Token<'_>, lexer: &Lexer<'a>) -> Option<Lexer<'a>> {
        let (first, more) = self.words.split_first()?;
        if !verb.is(first) {
            return None;
        }
        let mut rest = lexer.ahead();
        more.iter().all(|word| rest.accept(word)).then_some(rest)
    }
}

impl Rule {
    fn read(self, rest: &mut Lexer<'_>) -> Effect {
        match self {
            Self::Nothing => Effect::None,
            Self::Begin => Effect::Begin,
            Self::Commit => Effect::Commit { chain: is_chained(rest) },
            Self::Rollback => {
                rest.accept_any(&["WORK", "TRANSACTION"]);
                if rest.accept("TO") {
                    rest.accept("SAVEPOINT");
                    savepoint(rest).map_or(Effect::Rollback { chain: false }, Effect::RollbackTo)
                } else {
                    Effect::Rollback { chain: is_chained(rest) }
                }
            }
            Self::Savepoint => savepoint(rest).map_or(Effect::None, Effect::Savepoint),
            Self::Release => {
                rest.accept("SAVEPOINT");
                savepoint(rest).map_or(Effect::None, Effect::Release)
            }
            Self::Detach => Effect::Detach,
            Self::Implicit => Effect::ImplicitCommit,
            Self::LockTables => Effect::LockTables,
            Self::UnlockTables => Effect::UnlockTables,
            Self::Autocommit => set(rest),
            Self::Opaque => Effect::Opaque,
        }
    }
}

/// Whether `AND CHAIN` follows, and not `AND NO CHAIN`.
fn is_chained(rest: &mut Lexer<'_>) -> bool {
    rest.accept_any(&["WORK", "TRANSACTION"]);
    rest.accept("AND") && rest.accept("CHAIN")
}

fn savepoint(lexer: &mut Lexer<'_>) -> Option<u64> {
    let name = lexer.next()?.name()?;
    // `PostgreSQL` folds a name without quotes, and takes one in quotes as it is; the others do not care for case.
    let is_exact = lexer.vendor() == Vendor::Postgresql && name.is_quoted();
    Some(if is_exact { name.exact_hash() } else { name.hash() })
}

/// What `SET` does on `MySQL`: `autocommit` may be anywhere in its list.
fn set(rest: &mut Lexer<'_>) -> Effect {
    if rest.accept("PASSWORD") {
        return Effect::ImplicitCommit;
    }
    if rest.peek_is("STATEMENT") {
        // MariaDB: settings for one statement, which follows.
        return Effect::Opaque;
    }
    let (mut effect, mut depth, mut is_global, mut is_system) = (Effect::None, 0_usize, false, false);
    while let Some(token) = rest.next() {
        match token {
            Token::Sign(b';') => break,
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Sign(b',') if depth == 0 => is_global = false,
            // `SET GLOBAL`, `SET @@global.autocommit`.
            _ if is_variable(rest.written(), "GLOBAL", is_system) => is_global = true,
            _ if depth == 0 && is_variable(rest.written(), "AUTOCOMMIT", is_system) => {
                rest.accept_sign(b':');
                if rest.accept_sign(b'=') && !is_global {
                    effect = Effect::Autocommit(switch(rest));
                }
            }
            _ => {}
        }
        is_system = token == Token::Sign(b'@');
    }
    effect
}

/// Whether a token is the name of a variable of the server, which `@@` may precede. With one `@` it is the user's.
fn is_variable(written: &str, name: &str, is_system: bool) -> bool {
    let word = if is_system { written.trim_start_matches('@') } else { written };
    word.trim_matches('`').eq_ignore_ascii_case(name)
}

fn switch(lexer: &mut Lexer<'_>) -> Option<bool> {
    lexer.next()?;
    match lexer.written() {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("ON") || word.eq_ignore_ascii_case("TRUE") => Some(true),
        word if word.eq_ignore_ascii_case("OFF") || word.eq_ignore_ascii_case("FALSE") => Some(false),
        _ => None,
    }
}
