//! Why something failed, as a label.

use tallymark_core::LabelValue as _;

/// Why a statement, a connection or a pool failed: the `error` label. A closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = crate)]
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
    pub(super) fn exception(self) -> &'static str {
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

    /// What a code of the SQL standard stands for, as `PostgreSQL` and `MySQL` use them.
    ///
    /// ```
    /// use tallymark::db::{ErrorKind, Sqlstate};
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

/// Why something failed: a kind, and the database's code where it gave one.
///
/// ```
/// use tallymark::db::{ErrorKind, Failure, Sqlstate};
///
/// let failure = Failure::from(ErrorKind::Unique).code(Sqlstate::new("23505"));
/// assert_eq!(failure.kind(), ErrorKind::Unique);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Failure {
    kind: ErrorKind,
    code: Option<Sqlstate>,
}

impl Failure {
    /// Adds the database's code, if there is one.
    pub fn code(mut self, code: Option<Sqlstate>) -> Self {
        self.code = code;
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(super) fn has_code(self, code: &str) -> bool {
        self.code.is_some_and(|own| own.as_str() == code)
    }

    /// Whether the database has refused the statement, and not the driver or the connection.
    pub(super) fn is_of_database(self) -> bool {
        self.code.is_some()
            || matches!(
                self.kind,
                ErrorKind::Unique
                    | ErrorKind::ForeignKey
                    | ErrorKind::NotNull
                    | ErrorKind::Check
                    | ErrorKind::Conflict
                    | ErrorKind::Statement
                    | ErrorKind::Permission
            )
    }

    /// The `error` label: the class of the code if that is wanted and there is one, else the kind.
    pub(super) fn label(&self, by_class: bool) -> &str {
        match &self.code {
            Some(code) if by_class => code.class(),
            _ => self.kind.static_text(),
        }
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, code: None }
    }
}

impl From<Sqlstate> for Failure {
    fn from(code: Sqlstate) -> Self {
        Self { kind: ErrorKind::of(code), code: Some(code) }
    }
}
