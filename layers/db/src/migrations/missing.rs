//! Errors for a table that does not exist, in the words of the databases.

use std::error::Error;

/// Whether an error, or one that it came from, says that a table does not exist, in the words of `SQLite`, `PostgreSQL`,
/// `MySQL` or MariaDB. For drivers that give no code.
pub fn is_missing_table(error: &(dyn Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(current) = error {
        if is_no_table(&current.to_string()) {
            return true;
        }
        error = current.source();
    }
    false
}

/// SQLite: `no such table: t`; PostgreSQL: `relation "t" does not exist`; MySQL and MariaDB: `Table 'd.t' doesn't exist`.
fn is_no_table(text: &str) -> bool {
    text.contains("no such table")
        || (text.contains("relation \"") && text.contains("does not exist"))
        || (text.contains("Table '") && text.contains("doesn't exist"))
}

#[cfg(test)]
mod tests {
    use super::is_no_table;

    #[test]
    fn the_words_of_the_databases_are_known() {
        assert!(is_no_table("no such table: __diesel_schema_migrations"));
        assert!(is_no_table("ERROR: relation \"refinery_schema_history\" does not exist"));
        assert!(is_no_table("ERROR 1146 (42S02): Table 'test.refinery_schema_history' doesn't exist"));
        for other in ["no such column: version", "column \"version\" does not exist", "Unknown database 'x'"]
        {
            assert!(!is_no_table(other), "{other}");
        }
    }
}
