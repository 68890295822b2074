//! What is the same for all drivers: statements, transactions, connections and pools, and the families they count in.

mod builder;
mod cache;
mod database;
mod entries;
mod families;
mod health;
mod labels;
mod opened;
mod part;
mod pool;
mod refusal;
mod session;
mod settings;
mod slow;
mod statement;
mod statement_cache;
mod transaction;
mod uncounted;
mod wait;

pub use builder::DatabaseBuilder;
pub use database::Database;
pub use pool::PoolState;
pub use session::Session;
pub use slow::SlowStatement;
pub use statement::{PendingRows, Statement};
pub use statement_cache::StatementCache;
pub use transaction::TransactionStatus;
pub use wait::Wait;

pub(crate) use health::HealthHandles;
