//! What do my entities cost, and how many rows do they write? Metrics for connections, transactions and migrations of
//! SeaORM.
//!
//! Works with SeaORM 2.0. [`InstrumentedDatabaseConnection`] goes wherever SeaORM takes a connection.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-sea-orm = "0.1"
//! sea-orm = { version = "2.0", features = ["runtime-tokio", "sqlx-sqlite"] }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! ```rust
//! use sea_orm::{ActiveValue::Set, ConnectOptions, ConnectionTrait, EntityTrait, TransactionTrait};
//! use tallymark_sea_orm::{Database, InstrumentedDatabaseConnection};
//!
//! mod order {
//!     use sea_orm::entity::prelude::*;
//!     use tallymark::ModelMetrics;
//!
//!     #[derive(Clone, Debug, DeriveEntityModel, ModelMetrics)]
//!     #[sea_orm(table_name = "orders")]
//!     #[model(name = "order", table = "orders")]
//!     pub struct Model {
//!         #[sea_orm(primary_key)]
//!         pub id: i32,
//!         pub total: i32,
//!     }
//!
//!     #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
//!     pub enum Relation {}
//!
//!     impl ActiveModelBehavior for ActiveModel {}
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("shop").build()?;
//!     let options = ConnectOptions::new("sqlite::memory:").max_connections(1).to_owned();
//!     let connection = sea_orm::Database::connect(options).await?;
//!     let connection = InstrumentedDatabaseConnection::new(connection, database);
//!     connection.execute_unprepared("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL)").await?;
//!
//!     let transaction = connection.begin().await?;
//!     let new = [5, 7].map(|total| order::ActiveModel { total: Set(total), ..Default::default() });
//!     order::Entity::insert_many(new).exec(&transaction).await?;
//!     let rows = || tallymark::registry::snapshot().counter("model_inserts_total", &[("model", "order")]);
//!     assert_eq!(rows().unwrap_or(0), 0);
//!     transaction.commit().await?;
//!     assert_eq!(rows(), Some(2));
//!     Ok(())
//! }
//! ```
//!
//! # What is measured
//!
//! | family | type, unit | labels | |
//! |---|---|---|---|
//! | `db_queries_total` | counter | `db`, `vendor`, `operation` | statements executed; `BEGIN`, `COMMIT` and `ROLLBACK` are of the operation `transaction` |
//! | `db_query_duration_seconds` | histogram, seconds | `db`, `vendor`, `operation` | how long they took |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | what failed, by kind |
//! | `db_queries_in_flight` | gauge | `db` | statements being executed |
//! | `db_slow_queries_total` | counter | `db` | statements over a threshold |
//! | `model_inserts_total`, `model_updates_total`, `model_deletes_total` | counter | `model` | rows, counted when their transaction is committed |
//! | `db_migrations_applied`, `db_migrations_pending` | gauge | `db` | migrations, with the feature `migration` |
//! | `tallymark_uncounted_model_writes_total` | counter | `db`, `reason` | statements that wrote rows of models, or may have, whose number is not known |
//!
//! See [`tallymark_db`](https://docs.rs/tallymark-db) for all families, for which statements write rows of models, and for
//! what is not counted. An error of SeaORM is returned as it came.
//!
//! # The pool
//!
//! SeaORM's connection is a pool of sqlx. [`Database::register_pool`] shows its numbers:
//!
//! ```rust
//! use tallymark_sea_orm::{Database, PoolState};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("pool").build()?;
//!     let connection = sea_orm::Database::connect("sqlite::memory:").await?;
//!     let pool = connection.get_sqlite_connection_pool().clone();
//!     let registration = database.register_pool(move || {
//!         PoolState::new(pool.size().into(), pool.num_idle() as u64).max(pool.options().get_max_connections().into())
//!     });
//!     drop(registration);
//!     Ok(())
//! }
//! ```
//!
//! # Limits
//!
//! - Each statement allocates once more than without: SeaORM's traits give boxed futures, and in ours is the connection's.
//! - SeaORM takes a connection from the pool for each statement itself. Waiting for it is part of the statement's time,
//!   and `db_pool_wait_seconds` stays empty; a pool that is exhausted is the error `pool_timeout` of the statement.
//!   Opened connections are counted by the hooks of sqlx' `PoolOptions`, where an application sets them.
//! - A statement with `RETURNING` counts the rows that come back. For one that writes rows of a model all are read, where
//!   SeaORM by itself reads only the first. Of a stream that is dropped before its end, and of a text of several statements,
//!   it is not known how many rows were written, and none are counted.
//! - A transaction that a text begins on the pool, and not [`begin`](sea_orm::TransactionTrait::begin), is not followed:
//!   the next statement may go to another connection.
//! - What is done through [`InstrumentedDatabaseConnection::inner`], or by functions that take a `DatabaseConnection`
//!   itself, is not seen.
//! - sqlx, on which SeaORM is built, loses track of its transactions when text ends them behind its back, and when it cannot
//!   begin a transaction in a transaction. What is written in the outermost one from there on goes uncounted.
//! - SeaORM's transactions in transactions are expected to end in the reverse order of their beginnings.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connection;
mod error;
mod execution;
#[cfg(feature = "migration")]
mod migrations;
mod stream;
mod transaction;

pub use connection::InstrumentedDatabaseConnection;
#[cfg(feature = "migration")]
pub use migrations::SeaOrmSource;
pub use stream::InstrumentedStream;
#[cfg(feature = "migration")]
pub use tallymark_db::migrations::{Migrations, MigrationsBuilder, MigrationsTask};
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, HealthChecker, Naming, PoolState, RequestScope,
    RequestScopes, SlowStatement, SqlOperation, Vendor,
};
pub use transaction::InstrumentedDatabaseTransaction;
