//! How many orders the database holds, asked when somebody scrapes.

use sqlx::AnyPool;
use std::{
    sync::{Mutex, PoisonError, mpsc},
    time::Duration,
};
use tallymark::gauge_fn;
use tokio::runtime::Handle;

/// How long a scrape waits for the count.
const PATIENCE: Duration = Duration::from_millis(500);

// A function has no arguments when it is called by a scrape, so what it reads has to be found from here.
static DATABASE: Mutex<Option<(Handle, AnyPool)>> = Mutex::new(None);

/// Makes this database the one whose orders are counted. Must be called on a runtime.
pub(super) fn watch(pool: &AnyPool) {
    *DATABASE.lock().unwrap_or_else(PoisonError::into_inner) = Some((Handle::current(), pool.clone()));
}

/// Orders in the database, whatever their state. Not a number when the database does not answer in time.
#[gauge_fn(namespace = "shop")]
fn orders_stored() -> f64 {
    let Some((runtime, pool)) = DATABASE.lock().unwrap_or_else(PoisonError::into_inner).clone() else {
        return f64::NAN;
    };
    let (answer, count) = mpsc::channel();
    runtime.spawn(async move {
        let rows: Result<i64, _> = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&pool).await;
        if let Ok(rows) = rows {
            // Nobody listens any more when the scrape has given up.
            let _ = answer.send(rows);
        }
    });
    count.recv_timeout(PATIENCE).map_or(f64::NAN, |rows| rows as f64)
}
