//! Diesel.

mod asynchronous;
mod observed;
mod transactions;
mod written;

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_query};
use tallymark::db::diesel::observe;

/// A module with a model, and its table of the module's name.
macro_rules! model {
    ($model:ident, $table:ident) => {
        mod $table {
            diesel::table! {
                $table (id) {
                    id -> Integer,
                    label -> Text,
                }
            }

            pub(super) use self::$table::dsl;

            #[derive(diesel::Queryable, tallymark::ModelMetrics)]
            #[diesel(table_name = $table)]
            #[expect(dead_code, reason = "rows are counted, and few looked at")]
            pub(super) struct $model {
                pub(super) id: i32,
                pub(super) label: String,
            }
        }
    };
}

use model;

/// A database in memory with a table, observed from here on.
fn connect(db: &'static str, table: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").expect("a database in memory");
    let create = format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE)");
    sql_query(create).execute(&mut connection).expect("a table");
    observe(&mut connection, crate::database(db));
    connection
}
