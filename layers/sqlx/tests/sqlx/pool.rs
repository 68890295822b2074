//! Pools: what they hold, how long they keep one waiting, and what becomes of connections.

use crate::reader::{counter, errors, gauge, observations};
use crate::{database, pool};
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use tallymark::LabelValue as _;
use tallymark_sqlx::{Database, DatabaseBuilder, Instrumented, Vendor};

fn connections(name: &str, state: &str) -> Option<f64> {
    gauge("db_pool_connections", &[("db", name), ("state", state)])
}

#[tokio::test]
async fn the_driver_says_whose_database_it_is_unless_the_application_has() {
    for (name, said, vendor) in
        [("unsaid", None, Vendor::Sqlite), ("said", Some(Vendor::Other), Vendor::Other)]
    {
        let builder = Database::builder(name);
        let built = said.into_iter().fold(builder, DatabaseBuilder::vendor).build().expect("good settings");
        assert_eq!(built.vendor(), Vendor::Other, "nobody has looked yet");
        let pool = SqlitePool::connect_lazy("sqlite::memory:").expect("a URL");
        let pool = Instrumented::new(pool, built);
        sqlx::query("SELECT 1").execute(&pool).await.expect("a row");
        assert_eq!(built.vendor(), vendor);
        let labels = [("db", name), ("vendor", vendor.static_text()), ("operation", "select")];
        assert_eq!(counter("db_queries_total", &labels), 1);
    }
}

#[tokio::test]
async fn connections_are_shown_by_state() {
    let name = "held";
    let pool = pool(name).await;
    let connection = pool.acquire().await.expect("it is idle");
    assert_eq!((connections(name, "in_use"), connections(name, "idle")), (Some(1.0), Some(0.0)));
    assert_eq!(gauge("db_pool_max_connections", &[("db", name)]), Some(1.0));
    drop(connection);
    let clone = pool.clone();
    drop(pool);
    assert!(connections(name, "idle").is_some(), "a clone is left");
    drop(clone);
    assert_eq!(connections(name, "idle"), None);
}

#[tokio::test]
async fn waiting_and_connecting_are_told_apart() {
    let name = "waits";
    let options = {
        use tallymark_sqlx::CountConnections as _;
        SqlitePoolOptions::new().max_connections(1).count_connections(database(name))
    };
    let pool =
        Instrumented::new(options.connect_lazy("sqlite::memory:").expect("a good URL"), database(name));
    let db = [("db", name)];
    for (connected, waited) in [(1, 0), (1, 1), (1, 2)] {
        sqlx::query("SELECT 1").execute(&pool).await.expect("it is there");
        assert_eq!(observations("db_connect_duration_seconds", &db), connected);
        assert_eq!(observations("db_pool_wait_seconds", &db), waited);
    }
    assert_eq!(counter("db_connections_opened_total", &db), 1);
}

#[tokio::test]
async fn an_exhausted_pool_is_an_error_of_its_own() {
    let name = "exhausted";
    let pool = pool(name).await;
    let held = pool.acquire().await.expect("it is idle");
    // Where everybody waits, time jumps to the end of the waiting. SQLite, on a thread of its own, has no part in that.
    tokio::time::pause();
    assert!(sqlx::query("SELECT 1").execute(&pool).await.is_err());
    assert!(pool.begin().await.is_err());
    assert!(pool.try_acquire().is_none());
    tokio::time::resume();
    drop(held);
    pool.close().await;
    assert!(pool.acquire().await.is_err());
    let kinds = ["pool_timeout", "pool_closed", "connection"].map(|kind| errors(name, kind));
    assert_eq!(kinds, [2, 1, 0]);
    assert_eq!(counter("db_connection_errors_total", &[("db", name)]), 0);
    assert_eq!(gauge("db_queries_in_flight", &[("db", name)]), Some(0.0), "nothing was executed");
}

#[tokio::test]
async fn connections_that_cannot_be_opened_are_counted() {
    let name = "refused";
    let lazy = SqlitePoolOptions::new().connect_lazy("sqlite:///no/such/directory/file").expect("a good URL");
    let pool = Instrumented::new(lazy, database(name));
    assert!(sqlx::query("SELECT 1").execute(&pool).await.is_err());
    assert_eq!(counter("db_connection_errors_total", &[("db", name)]), 1);
    assert_eq!(errors(name, "connection"), 1);
    let shown = tallymark::encode_to_string(tallymark::registry::Format::Text004);
    assert!(!shown.contains("no/such"), "no address is shown");
}

#[tokio::test]
async fn every_method_of_the_pool_is_there() {
    let name = "forwarded";
    let pool = pool(name).await;
    assert_eq!((pool.size(), pool.num_idle()), (1, 1));
    assert_eq!(pool.options().get_max_connections(), 1);

    let transaction =
        pool.try_begin_with("BEGIN IMMEDIATE").await.expect("a transaction").expect("it is idle");
    assert_eq!((pool.size(), pool.num_idle()), (1, 0));
    assert!(pool.try_begin_with("BEGIN IMMEDIATE").await.expect("no error").is_none(), "none is idle");
    assert!(pool.try_begin().await.expect("no error").is_none(), "none is idle");
    transaction.rollback().await.expect("it is open");
    let labels = [("db", name), ("vendor", "sqlite"), ("operation", "transaction")];
    assert_eq!(counter("db_queries_total", &labels), 2, "a beginning and an end");

    let before = pool.connect_options();
    pool.set_connect_options(before.as_ref().clone().filename("another.sqlite"));
    assert_eq!(pool.connect_options().get_filename(), std::path::Path::new("another.sqlite"));

    let mut closed = pool.close_event();
    assert!(!pool.is_closed());
    assert!(closed.do_until(std::future::ready(())).await.is_ok(), "it is not closed yet");
    pool.close().await;
    assert!(pool.is_closed());
    closed.await;
    assert!(pool.inner().is_closed(), "it is the same pool");
    assert!(pool.into_inner().is_closed());
}
