mod connection;
mod count;
mod driver;
mod error;
mod execution;
mod executor;
mod generator;
#[cfg(feature = "migrate")]
mod migrations;
mod pool;
mod query;
mod scope;
mod transaction;

pub use connection::{InstrumentedConnection, InstrumentedPoolConnection};
pub use count::CountConnections;
pub use driver::{Driver, Link};
#[cfg(feature = "migrate")]
pub use migrations::SqlxSource;
pub use pool::Instrumented;
#[cfg(feature = "migrate")]
pub use tallymark_db::migrations::{Migrations, MigrationsBuilder, MigrationsTask};
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, HealthChecker, Naming, RequestScope, RequestScopes,
    SlowStatement, SqlOperation, Vendor,
};
pub use transaction::InstrumentedTransaction;
