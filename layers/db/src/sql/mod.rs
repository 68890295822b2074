//! What the text of a statement shows: what it does, to which table, and to the transaction that it is part of.
//!
//! Nothing here allocates, and nothing guesses: what the words do not show is [`SqlOperation::Other`] or no table.

mod effect;
mod head;
mod joined;
mod lexer;
mod name;
mod redacted;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use effect::Effect;
pub(crate) use head::{Head, OnConflict, Unseen};
pub(crate) use name::{Name, name_hash};
pub(crate) use redacted::Redacted;
pub(crate) use rows::{Change, Rows};
pub(crate) use table::Table;
pub(crate) use text::Text;

use crate::{SqlOperation, Vendor};

impl SqlOperation {
    /// Returns what the statement in a text does. Allocates nothing.
    ///
    /// ```
    /// use tallymark_db::{SqlOperation, Vendor};
    ///
    /// let sql = "WITH late AS (SELECT id FROM orders) /* soon */ DELETE FROM orders USING late";
    /// assert_eq!(SqlOperation::of(sql, Vendor::Postgresql), SqlOperation::Delete);
    /// assert_eq!(SqlOperation::of("VACUUM", Vendor::Sqlite), SqlOperation::Other);
    /// ```
    pub fn of(sql: &str, vendor: Vendor) -> Self {
        let mut operations = Text::new(sql, vendor).map(|head| head.operation);
        let first = operations.next().unwrap_or(Self::Other);
        if operations.all(|operation| operation == first) { first } else { Self::Other }
    }
}
