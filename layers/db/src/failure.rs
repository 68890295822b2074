//! Why something failed, as a label.

use tallymark_core::LabelValue as _;

/// Why a statement, a connection or a pool failed: the `error` label. A closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A unique constraint or a primary key was violated.
    Unique,
    /// A foreign key was violated.
    ForeignKey,
    /// A column that may not be null was.
    NotNull,
    /// A check, or another constraint, was violated.
    Check,
    /// Transactions got in one another's way: a deadlock, a lock that timed out, a serialization failure.
    Conflict,
    /// The database did not understand the statement, or knows no such table, column or function.
    Statement,
    /// A value does not fit its column, or cannot be encoded for it.
    Value,
    /// The user may not do this, or could not log in.
    Permission,
    /// The connection could not be made, or was lost.
    Connection,
    /// No connection of the pool came free in time.
    PoolTimeout,
    /// The pool is closed.
    PoolClosed,
    /// It took longer than allowed, or an administrator ended it.
    Timeout,
    /// What came back could not be understood.
    Decode,
    /// The task was cancelled, or the stream dropped, before anything came back.
    Cancelled,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// The exception of Python's database interface (PEP 249) that Django raises for it: the `type` label of
    /// django-prometheus.
    pub(crate) fn exception(self) -> &'static str {
        match self {
            Self::Unique | Self::ForeignKey | Self::NotNull | Self::Check => "IntegrityError",
            Self::Statement | Self::Permission => "ProgrammingError",
            Self::Value => "DataError",
            Self::Conflict | Self::Connection | Self::PoolTimeout | Self::Timeout => "OperationalError",
            Self::PoolClosed | Self::Decode => "InterfaceError",
            Self::Cancelled => "CancelledError",
            Self::Other => "DatabaseError",
        }
    }

    /// Returns the kind that a code of the SQL standard belongs to, as `PostgreSQL` and `MySQL` use them.
    ///
    /// ```
    /// use tallymark_db::{ErrorKind, Sqlstate};
    ///
    /// let code = Sqlstate::new("23505").expect("five letters or digits");
    /// assert_eq!(ErrorKind::of(code), ErrorKind::Unique);
    /// ```
    pub fn of(code: Sqlstate) -> Self {
        match (code.class(), code.as_str()) {
            (_, "23505") => Self::Unique,
            (_, "23503") => Self::ForeignKey,
            (_, "23502") => Self::NotNull,
            (_, "57014" | "25P03" | "25P04") => Self::Timeout,
            (_, "55P03" | "HY001") | ("40", _) => Self::Conflict,
            (_, "42501") | ("28", _) => Self::Permission,
            ("23", _) => Self::Check,
            ("42" | "26" | "3D" | "3F" | "0A", _) => Self::Statement,
            ("22" | "21", _) => Self::Value,
            ("08" | "57" | "53", _) => Self::Connection,
            _ => Self::Other,
        }
    }
}

/// A code of the SQL standard for what happened: five digits or capital letters, of which the first two are the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sqlstate([u8; 5]);

impl Sqlstate {
    /// This code, if it is one.
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 5] = code.as_bytes().try_into().ok()?;
        let valid = bytes.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        valid.then_some(Self(bytes))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The class: the first two signs.
    pub fn class(&self) -> &str {
        self.as_str().get(..2).unwrap_or_default()
    }
}

/// How far a statement that failed has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// It was never sent.
    Driver,
    /// The database has refused it, and undone what it had done.
    Database,
    /// Nobody knows: the database may have executed it.
    Unknown,
}

/// Why something failed: a kind, and what the database said where it did.
///
/// ```
/// use tallymark_db::{ErrorKind, Failure, Sqlstate};
///
/// let failure = Failure::from(ErrorKind::Unique).code(Sqlstate::new("23505"));
/// assert_eq!(failure.kind(), ErrorKind::Unique);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Failure {
    kind: ErrorKind,
    code: Option<Sqlstate>,
    number: Option<u32>,
    reached: Option<Reached>,
    is_outside: bool,
}

impl Failure {
    /// Adds the database's code of five signs, if there is one.
    pub fn code(mut self, code: Option<Sqlstate>) -> Self {
        self.code = code;
        self
    }

    /// Adds the database's own number of the error, such as 1213 of `MySQL`. It keeps apart what has one code.
    pub fn number(mut self, number: u32) -> Self {
        self.number = Some(number);
        self
    }

    /// Replaces the kind, where the driver knows it better than the code says.
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Says that the database has answered with this error. Where that is not said, it is known by the kind and the code.
    pub fn refused(mut self) -> Self {
        self.reached = Some(Reached::Database);
        self
    }

    /// Says that the statement was never sent. Where that is not said, it is known by the kind.
    pub fn unsent(mut self) -> Self {
        self.reached = Some(Reached::Driver);
        self
    }

    /// Adds what the database wrote, for what it has no code for: `SQLite` says by words alone that no transaction is
    /// open. Nothing of it is kept.
    pub fn message(mut self, text: &str) -> Self {
        self.is_outside |= text.contains("no transaction is active");
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The kind that a result code of `SQLite` belongs to (<https://www.sqlite.org/rescode.html>). Its last eight bits are
    /// the primary code.
    ///
    /// ```
    /// use tallymark_db::{ErrorKind, Failure};
    ///
    /// assert_eq!(Failure::of_sqlite(2067).kind(), ErrorKind::Unique);
    /// ```
    pub fn of_sqlite(code: u32) -> Self {
        let kind = match (code, code & 0xff) {
            (787, _) => ErrorKind::ForeignKey,
            (1299, _) => ErrorKind::NotNull,
            (1555 | 2067 | 2579, _) => ErrorKind::Unique,
            (_, 1) => ErrorKind::Statement,
            (_, 3 | 8 | 23) => ErrorKind::Permission,
            (_, 5 | 6) => ErrorKind::Conflict,
            (_, 9) => ErrorKind::Timeout,
            (_, 10 | 14 | 26) => ErrorKind::Connection,
            (_, 18 | 20 | 25) => ErrorKind::Value,
            (_, 19) => ErrorKind::Check,
            _ => ErrorKind::Other,
        };
        Self::from(kind).number(code).refused()
    }

    pub(crate) fn has_code(self, code: &str) -> bool {
        self.code.is_some_and(|own| own.as_str() == code)
    }

    pub(crate) fn has_number(self, numbers: &[u32]) -> bool {
        self.number.is_some_and(|own| numbers.contains(&own))
    }

    /// Whether the database knows of no transaction to end.
    pub(crate) fn is_outside_transaction(self) -> bool {
        self.is_outside
    }

    pub(crate) fn reached(self) -> Reached {
        if let Some(reached) = self.reached {
            return reached;
        }
        if self.code.is_some() {
            return Reached::Database;
        }
        match self.kind {
            ErrorKind::Unique
            | ErrorKind::ForeignKey
            | ErrorKind::NotNull
            | ErrorKind::Check
            | ErrorKind::Conflict
            | ErrorKind::Statement
            | ErrorKind::Permission => Reached::Database,
            ErrorKind::Value | ErrorKind::PoolTimeout | ErrorKind::PoolClosed => Reached::Driver,
            ErrorKind::Connection
            | ErrorKind::Timeout
            | ErrorKind::Decode
            | ErrorKind::Cancelled
            | ErrorKind::Other => Reached::Unknown,
        }
    }

    /// The `error` label: the class of the code if that is wanted and there is one, else the kind.
    pub(crate) fn label(&self, by_class: bool) -> &str {
        match &self.code {
            Some(code) if by_class => code.class(),
            _ => self.kind.static_text(),
        }
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, code: None, number: None, reached: None, is_outside: false }
    }
}

impl From<Sqlstate> for Failure {
    fn from(code: Sqlstate) -> Self {
        Self::from(ErrorKind::of(code)).code(Some(code))
    }
}
