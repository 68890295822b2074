//! Carts: what a user has picked and not yet ordered.

use super::Store;
use crate::error::ShopError;
use tallymark::{ModelMetrics, model_op, timed};

/// One line of a cart.
#[derive(ModelMetrics)]
#[model(name = "cart_item", table = "cart_items")]
pub(crate) struct CartItem;

#[timed]
impl Store {
    /// Puts some of a product into the user's cart.
    #[model_op(CartItem, insert)]
    pub(crate) async fn put_in_cart(&self, user: i64, product: i64, quantity: u32) -> Result<(), ShopError> {
        let price = self.product(product).await?.price_cents;
        debug_assert!(price > 0, "nothing is free");
        sqlx::query("INSERT INTO cart_items (user_id, product_id, quantity) VALUES (?, ?, ?)")
            .bind(user)
            .bind(product)
            .bind(quantity)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Empties the user's cart, and says how many lines were in it.
    #[model_op(CartItem, delete, rows = |lines| *lines)]
    pub(crate) async fn empty_cart(&self, user: i64) -> Result<u64, ShopError> {
        let done =
            sqlx::query("DELETE FROM cart_items WHERE user_id = ?").bind(user).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
