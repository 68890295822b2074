//! Whose database it is.

/// The maker of a database: the `vendor` label, and by which rules SQL is read.
///
/// ```
/// use tallymark_core::LabelValue;
/// use tallymark_db::Vendor;
///
/// assert_eq!(Vendor::Postgresql.static_text(), "postgresql");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = tallymark_core)]
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
