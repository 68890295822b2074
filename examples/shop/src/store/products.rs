//! Reading goods from the database.

use super::{Store, product::Product};
use crate::error::ShopError;
use tallymark::timed;

#[timed]
impl Store {
    /// Everything there is to buy.
    pub(crate) async fn products(&self) -> Result<Vec<Product>, ShopError> {
        let rows: Vec<(i64, String, i64)> =
            sqlx::query_as("SELECT id, name, price_cents FROM products ORDER BY id")
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(|(id, name, price_cents)| Product { id, name, price_cents }).collect())
    }

    /// One thing to buy.
    pub(crate) async fn product(&self, id: i64) -> Result<Product, ShopError> {
        let load = async {
            let (id, name, price_cents) =
                sqlx::query_as("SELECT id, name, price_cents FROM products WHERE id = $1")
                    .bind(id)
                    .fetch_one(&self.pool)
                    .await?;
            Ok(Product { id, name, price_cents })
        };
        self.forget(id).await;
        self.catalog.product(id, load).await
    }
}
