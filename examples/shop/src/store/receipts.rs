//! Receipts for what was paid.

use super::Store;
use crate::error::ShopError;
use tallymark::{ModelMetrics, timed};

/// A receipt.
#[derive(ModelMetrics)]
#[model(name = "receipt", table = "receipts")]
#[expect(dead_code, reason = "it stands for the table, whose rows are only written")]
pub(crate) struct Receipt;

#[timed]
impl Store {
    /// Writes a receipt over what an order cost.
    pub(crate) async fn write_receipt(&self, order: i64) -> Result<(), ShopError> {
        self.falter().await?;
        sqlx::query(
            "INSERT INTO receipts (order_id, total_cents) SELECT id, total_cents FROM orders WHERE id = $1",
        )
        .bind(order)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
