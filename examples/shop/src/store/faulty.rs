//! What the store does when it is told to fail.

use super::Store;
use crate::{error::ShopError, faults::Fault};

impl Store {
    /// Fails as any statement does that the database refuses, if that is wanted now.
    pub(super) async fn falter(&self) -> Result<(), ShopError> {
        if self.faults.fails_statement() {
            sqlx::query("SELECT no_such_column FROM orders").execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Forgets a product that is at hand, if that is wanted now.
    pub(super) async fn forget(&self, product: i64) {
        if self.faults.is_on(Fault::Cache) {
            self.catalog.forget(product).await;
        }
    }

    /// Counts orders, and keeps the connection for as long as `work` takes.
    pub(crate) async fn report(&self, work: impl Future<Output = ()>) -> Result<(), ShopError> {
        let mut connection = self.pool.acquire().await?;
        let count = sqlx::query_scalar("SELECT count(*) FROM orders");
        let _: i64 = count.fetch_one(&mut *connection).await?;
        work.await;
        Ok(())
    }
}
