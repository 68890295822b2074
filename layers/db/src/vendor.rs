//! Whose database it is.

/// The maker of a database: the `vendor` label, and what a few rules of SQL depend on.
///
/// ```
/// use tallymark::{LabelValue, db::Vendor};
///
/// assert_eq!(Vendor::Postgresql.static_text(), "postgresql");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = crate)]
#[non_exhaustive]
pub enum Vendor {
    /// `PostgreSQL`, and what speaks its protocol.
    Postgresql,
    /// `MySQL` and `MariaDB`.
    Mysql,
    /// `SQLite`.
    Sqlite,
    /// Any other.
    Other,
}
