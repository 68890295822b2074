//! What is the same for all drivers: statements, transactions, connections and pools, and the families they count in.

mod builder;
mod cache;
mod database;
mod error;
mod failure;
mod families;
mod health;
mod labels;
mod ledger;
mod pool;
mod session;
mod settings;
mod slow;
mod statement;
mod wait;

pub use builder::Builder;
pub use cache::StatementCache;
pub use database::Database;
pub use error::BuildError;
pub use failure::{ErrorKind, Failure, Sqlstate};
pub use pool::PoolState;
pub use session::Session;
pub use slow::SlowStatement;
pub use statement::{Statement, Written};
pub use wait::Wait;
