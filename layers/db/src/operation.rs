//! What a statement does.

use crate::{Vendor, sql};

/// What a statement does: the `operation` label. A closed set, so that no SQL text becomes a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, tallymark_derive::LabelValue)]
#[label(crate = crate)]
#[non_exhaustive]
pub enum Operation {
    /// `SELECT`, with or without common table expressions.
    Select,
    /// `INSERT`, upserts included.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `REPLACE`, and `INSERT OR REPLACE`.
    Replace,
    /// `MERGE`.
    Merge,
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` and their kin.
    Transaction,
    /// `CREATE`, `ALTER`, `DROP`, `TRUNCATE`.
    Ddl,
    /// Everything else, texts that hold statements of several sorts among it.
    Other,
}

impl Operation {
    /// How many there are.
    pub(crate) const COUNT: usize = match <Self as tallymark_core::LabelValue>::CARDINALITY {
        Some(count) => count,
        None => 0,
    };

    /// What the statement in a text does. Allocates nothing.
    ///
    /// ```
    /// use tallymark::db::{Operation, Vendor};
    ///
    /// let sql = "WITH late AS (SELECT id FROM orders) /* soon */ DELETE FROM orders USING late";
    /// assert_eq!(Operation::of(sql, Vendor::Postgresql), Operation::Delete);
    /// assert_eq!(Operation::of("VACUUM", Vendor::Sqlite), Operation::Other);
    /// ```
    pub fn of(sql: &str, vendor: Vendor) -> Self {
        sql::Text::new(sql, vendor).operation()
    }
}
