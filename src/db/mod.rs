//! Statements, connections and pools of databases.

#[cfg(feature = "diesel")]
pub mod diesel;
mod django;
mod models;
mod observer;
mod operation;
#[cfg(any(feature = "deadpool", feature = "bb8", feature = "r2d2"))]
pub mod pools;
mod request;
#[cfg(feature = "sea-orm")]
pub mod sea_orm;
mod sql;
mod vendor;

pub use observer::{
    BuildError, Builder, Database, ErrorKind, Failure, PoolState, Session, SlowStatement, Sqlstate,
    Statement, StatementCache, Wait, Written,
};
pub use operation::Operation;
pub use request::{Entered, RequestScope, RequestScopes, Scoped};
pub use vendor::Vendor;
