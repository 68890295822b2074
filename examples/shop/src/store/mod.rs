//! What the shop remembers: in one SQLite file, or in PostgreSQL.

mod carts;
mod catalog;
mod faulty;
mod orders;
mod product;
mod products;
mod receipts;
mod rows;
mod users;
mod watched;

pub(crate) use orders::{Order, Status, now_micros};
pub(crate) use product::Product;

use crate::{config::Database, error::Broken, faults::Faults};
use catalog::Catalog;
use sqlx::{
    AnyPool,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};
use std::{sync::Arc, time::Duration};
use tallymark_sqlx::{Instrumented, Migrations, MigrationsTask, SqlxSource, Vendor};
use watched::Watched;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// What every connection to the file begins with.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";

/// How long it takes to notice that migrations are missing.
const NOTICED: Duration = Duration::from_secs(5);

/// The database. Cloning it is cheap and gives the same database.
#[derive(Clone)]
pub(crate) struct Store {
    pool: Instrumented<AnyPool>,
    catalog: Catalog,
    faults: Faults,
    /// Looks after the number of migrations for as long as the store is open.
    _migrations: Arc<MigrationsTask>,
    /// How a transaction that is going to write begins.
    begin: &'static str,
}

impl Store {
    /// Opens the database, creating tables, products and demonstration accounts if it is new.
    pub(crate) async fn open(
        database: &Database,
        redis: Option<&str>,
        faults: Faults,
    ) -> Result<Self, Broken> {
        install_default_drivers();
        // Taking the write lock at once: two readers who both want to become writers cannot both succeed in SQLite.
        let (vendor, migrator, pragmas, begin) = match database {
            Database::File(_) => (Vendor::Sqlite, &SQLITE, PRAGMAS, "BEGIN IMMEDIATE"),
            Database::Postgres(_) => (Vendor::Postgresql, &POSTGRES, "", "BEGIN"),
        };
        let observed = tallymark_sqlx::Database::builder("shop").vendor(vendor).build()?;
        let options = AnyPoolOptions::new().max_connections(4).after_connect(move |connection, _| {
            observed.connection_opened();
            Box::pin(async move { sqlx::raw_sql(pragmas).execute(connection).await.map(drop) })
        });
        let pool = options.connect(&database.url()).await?;
        migrator.run(&pool).await?;
        let watched = Watched { source: SqlxSource::new(pool.clone(), migrator), faults: faults.clone() };
        let migrations = Migrations::builder("shop").interval(NOTICED).build(watched)?.start()?;
        rows::watch(&pool);
        Ok(Self {
            pool: Instrumented::new(pool, observed),
            catalog: Catalog::open(redis).await?,
            faults,
            _migrations: Arc::new(migrations),
            begin,
        })
    }

    /// Waits for what is being written, and closes the database.
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
            let fresh = Self(std::env::temp_dir().join(format!("shop-{}-{name}.sqlite", std::process::id())));
            // A process with this number may have left one behind.
            fresh.remove();
            fresh
        }

        fn remove(&self) {
            for suffix in ["", "-wal", "-shm"] {
                let mut path = self.0.clone().into_os_string();
                path.push(suffix);
                let _ = std::fs::remove_file(path);
            }
        }
    }

    impl Drop for Fresh {
        fn drop(&mut self) {
            self.remove();
        }
    }

    #[tokio::test]
    async fn a_cart_becomes_an_order_once() {
        let file = Fresh::new("order");
        let store = Store::open(&Database::File(file.0.clone()), None, Faults::default())
            .await
            .expect("a fresh database");
        let ada = store.user("ada").await.expect("ada").expect("ada exists");
        store.put_in_cart(ada.id, 1, 2).await.expect("a pencil");
        let placed = store.place(ada.id, PaymentProvider::Stripe, OrderType::Gift).await.expect("an order");
        assert_eq!((placed.order.total_cents, placed.items), (240, 2));
        assert_eq!(placed.order.status, Status::Pending);
        let again = store.place(ada.id, PaymentProvider::Stripe, OrderType::Gift).await;
        assert!(matches!(again, Err(ShopError::Conflict(_))), "the cart is empty now");
        assert_eq!(store.pending().await.expect("a count"), 1);
    }

    #[tokio::test]
    async fn a_status_changes_only_from_where_it_was() {
        let file = Fresh::new("status");
        let store = Store::open(&Database::File(file.0.clone()), None, Faults::default())
            .await
            .expect("a fresh database");
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
