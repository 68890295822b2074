//! What the shop remembers, in one SQLite file.

mod carts;
mod orders;
mod products;
mod receipts;
mod rows;
mod users;

pub(crate) use orders::{Order, Status, now_micros};
pub(crate) use products::Product;

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// The database. Cloning it is cheap and gives the same database.
#[derive(Clone)]
pub(crate) struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the file, creating it with its tables, products and demonstration accounts if it is new.
    pub(crate) async fn open(path: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
        rows::watch(&pool);
        Ok(Self { pool })
    }

    /// Waits for what is being written, and closes the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::ShopError,
        labels::{OrderType, PaymentProvider},
    };
    use std::path::PathBuf;

    /// A database of its own for one test, gone with it.
    struct Fresh(PathBuf);

    impl Fresh {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("shop-{}-{name}.sqlite", std::process::id())))
        }
    }

    impl Drop for Fresh {
        fn drop(&mut self) {
            for suffix in ["", "-wal", "-shm"] {
                let mut path = self.0.clone().into_os_string();
                path.push(suffix);
                let _ = std::fs::remove_file(path);
            }
        }
    }

    #[tokio::test]
    async fn a_cart_becomes_an_order_once() {
        let file = Fresh::new("order");
        let store = Store::open(&file.0).await.expect("a fresh database");
        let ada = store.user("ada").await.expect("ada").expect("ada exists");
        store.put_in_cart(ada.id, 1, 2).await.expect("a pencil");
        let placed = store.place(ada.id, PaymentProvider::Stripe, OrderType::Gift).await.expect("an order");
        assert_eq!((placed.order.total_cents, placed.lines, placed.items), (240, 1, 2));
        assert_eq!(placed.order.status, Status::Pending);
        let again = store.place(ada.id, PaymentProvider::Stripe, OrderType::Gift).await;
        assert!(matches!(again, Err(ShopError::Conflict(_))), "the cart is empty now");
        assert_eq!(store.pending().await.expect("a count"), 1);
    }

    #[tokio::test]
    async fn a_status_changes_only_from_where_it_was() {
        let file = Fresh::new("status");
        let store = Store::open(&file.0).await.expect("a fresh database");
        let bob = store.user("bob").await.expect("bob").expect("bob exists");
        store.put_in_cart(bob.id, 2, 1).await.expect("a notebook");
        let order =
            store.place(bob.id, PaymentProvider::PayPal, OrderType::Standard).await.expect("an order").order;
        store.advance(order.id, Status::Pending, Status::Paid).await.expect("paid");
        let twice = store.advance(order.id, Status::Pending, Status::Paid).await;
        assert!(matches!(twice, Err(ShopError::Conflict(_))));
        assert_eq!(store.order(bob.id, order.id).await.expect("the order").status, Status::Paid);
        assert!(matches!(store.order(bob.id + 1, order.id).await, Err(ShopError::NotFound)), "not theirs");
    }
}
