//! Each fault shows in the metrics that its alert is about, and no longer does when it is turned off.

#![allow(clippy::float_cmp, reason = "what is compared are counts")]

mod fresh;

use shop::{
    app::App,
    config::Config,
    faults::Fault,
    traffic::{self, Plan, Visit},
};
use std::{
    error::Error,
    time::{Duration, Instant},
};
use tallymark::{registry, snapshot::Snapshot};
use tokio::{task::spawn_blocking, time::sleep};

type Failed = Box<dyn Error + Send + Sync>;

/// One test in one binary: the numbers of a process are the sum of all that happens in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_show_in_metrics() -> Result<(), Failed> {
    let config = Config { faults: vec![Fault::Migrations], ..fresh::config("faults") };
    let app = App::start(&config).await?;
    let faults = app.faults().clone();
    eventually("a migration to be missing", |seen| seen.value("db_migrations_pending", DB) == Some(1.0))
        .await?;

    let play = async |seed| {
        let plan =
            Plan { time: Duration::from_secs(1), patience: Duration::from_mins(2), requests: 300, seed };
        traffic::play_as(Visit::Forgiving, app.address(), &plan).await?;
        Ok::<_, Failed>(spawn_blocking(registry::snapshot).await?)
    };
    let total = |seen: &Snapshot, family: &str| seen.total(family).unwrap_or(0.0);
    let well = play(1).await?;
    assert_eq!(total(&well, "db_errors_total"), 0.0);
    assert_eq!(total(&well, "tallymark_dropped_series_total"), 0.0);

    for fault in [Fault::Payments, Fault::Database, Fault::Cache, Fault::Cardinality] {
        faults.set(fault, true);
    }
    let ill = play(2).await?;
    assert!(total(&ill, "db_errors_total") > 1.0);
    assert!(total(&ill, "tallymark_dropped_series_total") > 0.0);
    let grown = |family: &str, labels: &[(&str, &str)]| {
        let at = |seen: &Snapshot| seen.value(family, labels).unwrap_or(0.0);
        at(&ill) - at(&well)
    };
    let gets =
        |result| grown("cache_gets_total", &[("cache", "catalog"), ("backend", "moka"), ("result", result)]);
    // Between forgetting and looking up, another customer may have brought a product back.
    assert!(gets("miss") > gets("hit"), "{} misses, {} hits", gets("miss"), gets("hit"));
    assert_eq!(total(&ill, "shop_revenue_dollars_total"), total(&well, "shop_revenue_dollars_total"));
    assert!(total(&ill, "shop_payments_failed_total") > total(&well, "shop_payments_failed_total"));

    for fault in Fault::ALL {
        faults.set(fault, false);
    }
    let again = play(3).await?;
    assert_eq!(total(&again, "db_errors_total"), total(&ill, "db_errors_total"));
    assert_eq!(total(&again, "shop_visits_total"), total(&ill, "shop_visits_total"));
    assert!(total(&again, "shop_revenue_dollars_total") > total(&ill, "shop_revenue_dollars_total"));
    eventually("no migration to be missing", |seen| seen.value("db_migrations_pending", DB) == Some(0.0))
        .await?;

    let in_use = [DB[0], ("state", "in_use")];
    faults.set(Fault::Slow, true);
    eventually("all connections to be in use", |seen| {
        seen.value("db_pool_connections", &in_use) == Some(4.0)
    })
    .await?;
    faults.set(Fault::Slow, false);
    eventually("no connection to be in use", |seen| seen.value("db_pool_connections", &in_use) == Some(0.0))
        .await?;

    let waiting = [("queue", "receipts")];
    let queued = |seen: &Snapshot| seen.value("shop_task_queue_depth", &waiting).unwrap_or(0.0);
    faults.set(Fault::Queue, true);
    // The limit of `TasksPileUp`.
    eventually("tasks to pile up", |seen| queued(seen) > 1000.0).await?;
    let shipped = total(&spawn_blocking(registry::snapshot).await?, "shop_orders_shipped_total");
    let stuck = play(4).await?;
    assert!(queued(&stuck) > 1500.0, "receipts of customers wait as well");
    assert_eq!(total(&stuck, "shop_orders_shipped_total"), shipped, "and no order is sent");
    faults.set(Fault::Queue, false);
    eventually("the queue to be empty", |seen| queued(seen) == 0.0).await?;
    assert!(total(&spawn_blocking(registry::snapshot).await?, "shop_orders_shipped_total") > shipped);

    // A shop that closes does all there is to do, whatever goes wrong.
    faults.set(Fault::Queue, true);
    eventually("tasks to pile up again", |seen| queued(seen) > 1000.0).await?;
    app.stop().await?;
    assert_eq!(queued(&spawn_blocking(registry::snapshot).await?), 0.0);
    Ok(())
}

const DB: &[(&str, &str)] = &[("db", "shop")];

/// Waits for what a snapshot is to show.
async fn eventually(what: &str, shown: impl Fn(&Snapshot) -> bool) -> Result<(), Failed> {
    let patience = Instant::now() + Duration::from_mins(1);
    while !shown(&spawn_blocking(registry::snapshot).await?) {
        if Instant::now() > patience {
            return Err(format!("still waiting for {what}").into());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
