mod connection;
mod counted;
#[cfg(feature = "diesel-async")]
mod counted_async;
mod error;
mod migrations;
mod observer;
mod sql;

pub use connection::{InstallError, establish, install, observe};
pub use counted::CountedDsl;
#[cfg(feature = "diesel-async")]
pub use counted_async::{AsyncCountedDsl, observe_async};
pub use migrations::DieselSource;
pub use observer::DieselObserver;
pub use tallymark_db::migrations::{Migrations, MigrationsBuilder, MigrationsTask};
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, HealthChecker, Naming, RequestScope, RequestScopes,
    SlowStatement, SqlOperation, Vendor,
};
