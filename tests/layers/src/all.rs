//! Every layer that has families.

use std::{any::Any, error::Error};

use tallymark::{
    Counter, Model, ModelMetrics, Naming, gauge_fn, metric,
    registry::{self, CollectError, Collector, Families},
    timed,
};
use tallymark_cache::Cache;
use tallymark_db::{
    Database, HealthChecker, PoolState, Vendor,
    migrations::{MigrationSource, MigrationStatus, Migrations, SourceError},
    pools::{PoolGets, PoolSource, PoolWatch},
};

tallymark::build_info!();

/// Orders created.
#[metric]
static ORDERS_CREATED_TOTAL: Counter = Counter::new();

/// Parcels, of a library that has a namespace.
#[metric(namespace = "parcel")]
static SENT_TOTAL: Counter = Counter::new();

/// Orders in the queue.
#[gauge_fn]
fn orders_queued() -> u64 {
    3
}

#[derive(ModelMetrics)]
#[model(name = "order", table = "orders")]
struct Order;

#[timed]
fn work() {}

struct Mine {
    namespaced: bool,
}

impl Collector for Mine {
    fn name(&self) -> &'static str {
        if self.namespaced { "named" } else { "mine" }
    }

    fn namespaced(&self) -> bool {
        self.namespaced
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let name = if self.namespaced { "proxy_mine_open" } else { "mine_open" };
        families.gauge(name, "Open mines.").number(&[("site", "north")], 1_u64);
        Ok(())
    }
}

struct Pool;

impl PoolSource for Pool {
    fn state(&self) -> PoolState {
        PoolState::new(3, 1).max(5).waiting(0)
    }

    fn closed(&self) -> Vec<(&'static str, u64)> {
        vec![("idle", 1)]
    }

    fn gets(&self) -> Option<PoolGets> {
        Some(PoolGets::default())
    }
}

struct Fixed;

impl MigrationSource for Fixed {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        Ok(MigrationStatus::new(1, 0))
    }
}

/// Builds all, with a namespace and the standard naming of their own if `own` is given. What is returned keeps them shown.
pub(crate) fn build(own: Option<&str>) -> Result<Vec<Box<dyn Any>>, Box<dyn Error>> {
    let mut http = tallymark_http::builder();
    let mut client = tallymark_http::client_builder();
    let mut database = Database::builder("main").vendor(Vendor::Sqlite);
    let mut cache = Cache::builder("sessions");
    let mut migrations = Migrations::builder("main");
    if let Some(own) = own {
        http = http.namespace(own).naming(Naming::Standard).duration_buckets(&[7.0]);
        client = client.namespace(own).naming(Naming::Standard).duration_buckets(&[7.0]);
        database = database.namespace(own).naming(Naming::Standard).buckets([7.0]);
        cache = cache.namespace(own).naming(Naming::Standard).buckets([7.0]);
        migrations = migrations.namespace(own).naming(Naming::Standard);
    }
    let http = http.build()?;
    let client = client.build()?;
    let database = database.build()?;
    let cache = cache.build()?;
    let migrations = migrations.build(Fixed)?;

    cache.watch_entries(|| Some(2));
    cache.get(|| Some(1));
    database.statement("SELECT 1").finish(None);
    database.wait().finish();
    let statements = database.statement_cache();
    statements.hit();
    statements.entries(1);
    statements.connection_entries(1);
    let pool = PoolWatch::new(database, Pool);
    let health = HealthChecker::every(std::time::Duration::from_secs(60))
        .start(database, || async { Ok::<(), ()>(()) })?;
    let tasks = tallymark_tokio::TaskMonitor::new("work")?;
    drop(tasks.instrument(async {}));
    let runtime = tallymark_tokio::observe("main", &tokio::runtime::Handle::current());

    let foreign = prometheus::Registry::new();
    let jobs = prometheus::IntCounter::new("foreign_jobs_total", "Jobs.")?;
    foreign.register(Box::new(jobs.clone()))?;
    jobs.inc();
    let bridge = tallymark::prometheus_bridge::expose(&foreign);

    ORDERS_CREATED_TOTAL.inc();
    SENT_TOTAL.inc();
    Order::metrics().inserted(1);
    work();
    let mine = registry::register_collector(Mine { namespaced: false });
    let named = registry::register_collector(Mine { namespaced: true });
    Ok(vec![
        Box::new(http),
        Box::new(client),
        Box::new(cache),
        Box::new(migrations),
        Box::new(pool),
        Box::new(health),
        Box::new(runtime),
        Box::new(bridge),
        Box::new(mine),
        Box::new(named),
    ])
}
