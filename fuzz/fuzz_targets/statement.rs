//! Anything in the place of SQL.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tallymark_db::Database;

static DATABASE: LazyLock<Option<Database>> = LazyLock::new(|| Database::builder("fuzzed").build().ok());

fuzz_target!(|sql: &str| {
    if let Some(database) = *DATABASE {
        let statement = database.statement(sql);
        let _ = (statement.operation(), statement.is_bulk(), statement.writes_model());
        statement.finish(Some(1));
    }
});
