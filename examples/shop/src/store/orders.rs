//! Orders.

use super::Store;
use crate::{
    error::ShopError,
    labels::{OrderType, PaymentProvider},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::{SystemTime, UNIX_EPOCH};
use tallymark::{LabelValue, ModelMetrics, timed};

/// How far an order has come. No label, but the words in the database are made as those of labels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Paid,
    Shipped,
    Cancelled,
}

/// Something that somebody wants to have.
#[derive(Clone, Serialize, ModelMetrics)]
#[model(name = "order", table = "orders")]
#[expect(clippy::struct_field_names, reason = "the column and the label are called so")]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) status: Status,
    pub(crate) payment_provider: PaymentProvider,
    pub(crate) order_type: OrderType,
    pub(crate) total_cents: i64,
    #[serde(skip)]
    pub(crate) created_micros: i64,
}

/// A new order, and what of the cart went into it.
pub(crate) struct Placed {
    pub(crate) order: Order,
    /// Things in the cart's lines.
    pub(crate) items: u64,
}

type Row = (i64, String, String, String, i64, i64);

#[timed]
impl Store {
    /// Turns the user's cart into an order, in one transaction.
    pub(crate) async fn place(
        &self,
        user: i64,
        payment_provider: PaymentProvider,
        order_type: OrderType,
    ) -> Result<Placed, ShopError> {
        self.falter().await?;
        let mut transaction = self.pool.begin_with(self.begin).await?;
        let cart: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT quantity, price_cents FROM cart_items JOIN products ON products.id = product_id WHERE user_id = $1",
        )
        .bind(user)
        .fetch_all(&mut *transaction)
        .await?;
        if cart.is_empty() {
            return Err(ShopError::Conflict("the cart is empty"));
        }
        let total_cents = cart.iter().map(|(quantity, price)| quantity * price).sum();
        let created_micros = now_micros();
        let id = sqlx::query_scalar(
            "INSERT INTO orders (user_id, status, payment_provider, order_type, total_cents, created_micros)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(user)
        .bind(Status::Pending.static_text())
        .bind(payment_provider.static_text())
        .bind(order_type.static_text())
        .bind(total_cents)
        .bind(created_micros)
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM cart_items WHERE user_id = $1")
            .bind(user)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let status = Status::Pending;
        Ok(Placed {
            order: Order { id, status, payment_provider, order_type, total_cents, created_micros },
            items: cart.iter().map(|(quantity, _)| quantity.unsigned_abs()).sum(),
        })
    }

    /// One of the user's orders.
    pub(crate) async fn order(&self, user: i64, id: i64) -> Result<Order, ShopError> {
        self.falter().await?;
        let row: Row = sqlx::query_as(
            "SELECT id, status, payment_provider, order_type, total_cents, created_micros
             FROM orders WHERE id = $1 AND user_id = $2",
        )
        .bind(id)
        .bind(user)
        .fetch_one(&self.pool)
        .await?;
        Ok(Order {
            id: row.0,
            status: parse(row.1)?,
            payment_provider: parse(row.2)?,
            order_type: parse(row.3)?,
            total_cents: row.4,
            created_micros: row.5,
        })
    }

    /// Moves an order from one status to the next, if it still is where the caller believes it to be.
    pub(crate) async fn advance(&self, id: i64, from: Status, to: Status) -> Result<(), ShopError> {
        self.falter().await?;
        let done = sqlx::query("UPDATE orders SET status = $1 WHERE id = $2 AND status = $3")
            .bind(to.static_text())
            .bind(id)
            .bind(from.static_text())
            .execute(&self.pool)
            .await?;
        match done.rows_affected() {
            0 => Err(ShopError::Conflict("the order is not in a state in which that can be done")),
            _ => Ok(()),
        }
    }

    /// How many orders wait for payment.
    pub(crate) async fn pending(&self) -> Result<i64, ShopError> {
        let query = sqlx::query_scalar("SELECT count(*) FROM orders WHERE status = $1")
            .bind(Status::Pending.static_text());
        Ok(query.fetch_one(&self.pool).await?)
    }
}

/// Microseconds since 1970.
pub(crate) fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// The variant that serde reads from a word.
fn parse<T: DeserializeOwned>(word: String) -> Result<T, ShopError> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|error| sqlx::Error::Decode(error.into()).into())
}
