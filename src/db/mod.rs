//! Statements, connections and pools of databases.

#[cfg(feature = "diesel")]
pub mod diesel;
mod django;
mod health;
mod models;
mod observer;
mod operation;
#[cfg(any(feature = "deadpool", feature = "bb8", feature = "r2d2"))]
pub mod pools;
mod request;
#[cfg(feature = "sea-orm")]
pub mod sea_orm;
mod sql;
#[cfg(feature = "sqlx")]
pub mod sqlx;
mod vendor;

pub use health::{HealthChecker, HealthError, HealthSettings};
pub use observer::{
    BuildError, Builder, Database, ErrorKind, Failure, PoolState, Session, SlowStatement, Sqlstate,
    Statement, StatementCache, Wait, Written,
};
pub use operation::Operation;
pub use request::{Entered, RequestScope, RequestScopes, Scoped};
pub use vendor::Vendor;
