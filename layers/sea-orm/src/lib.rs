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
