//! Carts: what a user has picked and not yet ordered.

use super::Store;
use crate::error::ShopError;
use tallymark::{ModelMetrics, timed};

/// One line of a cart.
#[derive(ModelMetrics)]
#[model(name = "cart_item", table = "cart_items")]
#[expect(dead_code, reason = "it stands for the table, whose rows are only counted and summed up")]
pub(crate) struct CartItem;

#[timed]
impl Store {
    /// Puts some of a product into the user's cart.
    pub(crate) async fn put_in_cart(&self, user: i64, product: i64, quantity: u32) -> Result<(), ShopError> {
        let price = self.product(product).await?.price_cents;
        debug_assert!(price > 0, "nothing is free");
        sqlx::query("INSERT INTO cart_items (user_id, product_id, quantity) VALUES ($1, $2, $3)")
            .bind(user)
            .bind(product)
            .bind(i64::from(quantity))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Empties the user's cart, and says how many lines were in it.
    pub(crate) async fn empty_cart(&self, user: i64) -> Result<u64, ShopError> {
        let done =
            sqlx::query("DELETE FROM cart_items WHERE user_id = $1").bind(user).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
