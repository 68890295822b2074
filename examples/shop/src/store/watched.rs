//! Which migrations the database has had, as the operator is told.

use crate::faults::{Fault, Faults};
use sqlx::Any;
use tallymark_db::migrations::{MigrationSource, MigrationStatus, SourceError};
use tallymark_sqlx::SqlxSource;

/// The migrations of the shop's database, and one more that was never applied, if that is wanted.
pub(super) struct Watched {
    pub(super) source: SqlxSource<Any>,
    pub(super) faults: Faults,
}

impl MigrationSource for Watched {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        let status = self.source.status().await?;
        let missing = u64::from(self.faults.is_on(Fault::Migrations));
        Ok(MigrationStatus::new(status.applied, status.pending + missing))
    }
}
