//! SeaORM.
//!
//! # What do my entities cost, and how many rows do they write?
//!
//! [`ObservedConnection`] is a `DatabaseConnection` that counts: statements, errors, transactions, and the rows that are
//! inserted, updated and deleted, one by one or many at once. It goes wherever SeaORM takes a connection.
//!
//! ```
//! use sea_orm::{ActiveValue::Set, ConnectOptions, ConnectionTrait, Database as SeaOrm, TransactionTrait, entity::prelude::*};
//! use tallymark::db::{Database, sea_orm::ObservedConnection};
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
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Database::builder("shop").build()?;
//! let options = ConnectOptions::new("sqlite::memory:").max_connections(1).to_owned();
//! let connection = ObservedConnection::new(database, SeaOrm::connect(options).await?);
//! connection.execute_unprepared("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL)").await?;
//!
//! let transaction = connection.begin().await?;
//! let new = [5, 7].map(|total| order::ActiveModel { total: Set(total), ..Default::default() });
//! order::Entity::insert_many(new).exec(&transaction).await?;
//! let rows = || tallymark::registry::snapshot().counter("model_inserts_total", &[("model", "order")]).unwrap_or(0);
//! assert_eq!(rows(), 0);
//! transaction.commit().await?;
//! assert_eq!(rows(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! The families are those of [`db`](super). Rows that are written in a transaction count when it is committed; rolled
//! back, or dropped without a commit, they never do, and savepoints are followed. `BEGIN`, `COMMIT` and `ROLLBACK` are
//! statements of the operation `transaction`.
//!
//! # The pool
//!
//! SeaORM's connection is a pool of sqlx. Its numbers are shown by:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use tallymark::db::{Database, PoolState};
//! # let database = Database::builder("pool_of_sea_orm").build()?;
//! # let connection = sea_orm::Database::connect("sqlite::memory:").await?;
//! let pool = connection.get_sqlite_connection_pool().clone();
//! let registration = database.register_pool(move || {
//!     PoolState::new(pool.size().into(), pool.num_idle() as u64).max(pool.options().get_max_connections().into())
//! });
//! # drop(registration);
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! - Each statement allocates once more than without: SeaORM's traits give boxed futures, and in ours is the connection's.
//! - SeaORM takes a connection from the pool for each statement itself. Waiting for it is part of the statement's time,
//!   and `db_pool_wait_seconds` stays empty; a pool that is exhausted is the error `pool_timeout` of the statement.
//!   Opened connections are counted by the hooks of sqlx' `PoolOptions`, where an application sets them.
//! - A statement with `RETURNING` counts the rows that SeaORM reads. Where SeaORM reads only the first, there is only one.
//! - A stream that is dropped before its end counts what it has read, except that rows of models are not counted then:
//!   how many the statement has written is not known.
//! - What is done through [`ObservedConnection::inner`], or by functions that take a `DatabaseConnection` itself, is not
//!   seen.
//! - SeaORM's transactions in transactions are expected to end in the reverse order of their beginnings.

mod connection;
mod failure;
mod observed;
mod stream;
mod transaction;

pub use connection::ObservedConnection;
pub use stream::ObservedStream;
pub use transaction::ObservedTransaction;
