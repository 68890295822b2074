//! The families of a small shop, as its layers and it itself declare them.

use std::sync::atomic::{AtomicBool, Ordering};
use tallymark_core::{
    Counter, Gauge, Histogram, IntGauge, Kind, LabelSet as _, Place, StateSet, UpDownCounter, bucket_layouts,
    buckets, job_queue_depth,
    registry::{self, CollectError, Collector, Declaration, DeclareError, Families},
};
use tallymark_derive::{LabelSet, LabelValue, ModelMetrics, StateSet, job, timed};

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
    pub(crate) status: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Route<'a> {
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Method<'a> {
    pub(crate) method: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    pub(crate) route: &'a str,
    pub(crate) status: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct SentTo<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    pub(crate) route: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct SendError<'a> {
    pub(crate) host: &'a str,
    pub(crate) route: &'a str,
    pub(crate) error: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Statement<'a> {
    pub(crate) db: &'a str,
    pub(crate) vendor: &'a str,
    pub(crate) operation: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct DbError<'a> {
    pub(crate) db: &'a str,
    pub(crate) vendor: &'a str,
    pub(crate) error: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Db<'a> {
    pub(crate) db: &'a str,
}

#[derive(LabelValue, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) enum GetResult {
    Hit,
    Miss,
    Error,
    Cancelled,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Get<'a> {
    pub(crate) cache: &'a str,
    pub(crate) backend: &'a str,
    pub(crate) result: GetResult,
}

#[derive(LabelValue, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) enum Provider {
    Stripe,
    PayPal,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Payment<'a> {
    pub(crate) provider: Provider,
    pub(crate) reason: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Host<'a> {
    pub(crate) host: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
pub(crate) struct Campaign<'a> {
    pub(crate) campaign: &'a str,
}

#[derive(StateSet, Clone, Copy, PartialEq, Eq)]
#[label(crate = tallymark_core)]
pub(crate) enum Phase {
    Warming,
    Serving,
    Draining,
}

/// A row of the table of orders.
#[derive(ModelMetrics)]
#[model(name = "order", table = "orders", crate = tallymark_core)]
pub(crate) struct Order;

/// Confirms an order; every tenth of which fails.
#[timed(crate = tallymark_core, in_flight, error = |_: &OutOfStock| "out_of_stock")]
pub(crate) fn confirm(order: u32) -> Result<(), OutOfStock> {
    if order % 10 == 0 { Err(OutOfStock) } else { Ok(()) }
}

/// Panics, which is counted.
#[timed(crate = tallymark_core)]
pub(crate) fn panics() {
    panic!("a fault that was asked for");
}

/// Exports orders, every tenth time in vain.
#[job(crate = tallymark_core, name = "export_orders")]
fn export(round: u32) -> Result<(), OutOfStock> {
    if round % 10 == 0 { Err(OutOfStock) } else { Ok(()) }
}

/// Sums up the day. Nobody calls it while the shop is in trouble.
#[job(crate = tallymark_core, name = "daily_report", overdue_after = "10s")]
fn report() {}

/// The host that takes payments.
const PAYMENTS: &str = "payments.example";

/// Whether collectors return the values of a shop in trouble.
static TROUBLE: AtomicBool = AtomicBool::new(false);

/// The article is out of stock.
#[derive(Debug)]
pub(crate) struct OutOfStock;

/// The families that layers would declare, which the example counts itself.
pub(crate) struct Shop {
    pub(crate) requests: &'static Counter<Request<'static>>,
    pub(crate) duration: &'static Histogram<Route<'static>>,
    pub(crate) in_flight: &'static UpDownCounter<Method<'static>>,
    pub(crate) sent: &'static Counter<Sent<'static>>,
    pub(crate) sent_duration: &'static Histogram<SentTo<'static>>,
    pub(crate) send_errors: &'static Counter<SendError<'static>>,
    pub(crate) sending: &'static UpDownCounter<Host<'static>>,
    pub(crate) statements: &'static Histogram,
    pub(crate) queries: &'static Counter<Statement<'static>>,
    pub(crate) query_duration: &'static Histogram<Statement<'static>>,
    pub(crate) db_errors: &'static Counter<DbError<'static>>,
    pub(crate) connection_errors: &'static Counter<Db<'static>>,
    pub(crate) pool_wait: &'static Histogram<Db<'static>>,
    pub(crate) healthy: &'static IntGauge<Db<'static>>,
    pub(crate) pending: &'static IntGauge<Db<'static>>,
    pub(crate) applied: &'static IntGauge<Db<'static>>,
    pub(crate) gets: &'static Counter<Get<'static>>,
    pub(crate) orders: &'static Counter,
    pub(crate) orders_pending: &'static Gauge,
    pub(crate) payments_failed: &'static Counter<Payment<'static>>,
    pub(crate) processing: &'static Histogram,
    pub(crate) phase: &'static StateSet<Phase>,
    pub(crate) load: &'static Gauge<Host<'static>>,
    pub(crate) campaigns: &'static Counter<Campaign<'static>>,
}

macro_rules! place {
    ($package:literal, $module:literal) => {
        Place { package: $package, module: $module, file: file!(), line: line!() }
    };
}

impl Shop {
    /// Declares everything, and registers the collectors.
    pub(crate) fn declare() -> Result<Self, DeclareError> {
        let http =
            |name, help| Declaration::new(name, help, place!("tallymark-http", "tallymark_http::families"));
        let db = |name, help| Declaration::new(name, help, place!("tallymark-db", "tallymark_db::families"));
        let cache =
            |name, help| Declaration::new(name, help, place!("tallymark-cache", "tallymark_cache::families"));
        let own = |name, help| Declaration::new(name, help, place!("shop", "shop::order_metrics"));
        let seconds = || Histogram::new(bucket_layouts::DEFAULT);
        registry::register_collector(Machine).forget();
        registry::register_collector(Broken).forget();
        let shop = Self {
            requests: http("http_requests_total", "Requests answered, by status.").declare(Counter::new)?,
            duration: http(
                "http_request_duration_seconds",
                "Time from a request to the head of its response.",
            )
            .unit("seconds")
            .declare(|| Histogram::new(bucket_layouts::DEFAULT))?,
            in_flight: http(
                "http_requests_in_flight",
                "Requests whose response has not been sent to its end.",
            )
            .declare(UpDownCounter::new)?,
            sent: http("http_client_requests_total", "Requests sent, by status.").declare(Counter::new)?,
            sent_duration: http(
                "http_client_request_duration_seconds",
                "Time from sending a request to the head of its response.",
            )
            .unit("seconds")
            .declare(|| Histogram::new(bucket_layouts::DEFAULT))?,
            send_errors: http("http_client_errors_total", "Requests without a response, by error.")
                .declare(Counter::new)?,
            sending: http("http_client_requests_in_flight", "Requests that wait for a response.")
                .declare(UpDownCounter::new)?,
            statements: db("http_request_db_queries", "Statements that a request executes.")
                .declare(|| Histogram::new(buckets![0.0, 1.0, 2.0, 5.0, 10.0, 50.0]))?,
            queries: db("db_queries_total", "Statements executed, by what they do.").declare(Counter::new)?,
            query_duration: db("db_query_duration_seconds", "Time that statements took, by what they do.")
                .unit("seconds")
                .declare(|| Histogram::new(bucket_layouts::DEFAULT))?,
            db_errors: db("db_errors_total", "Statements that failed, by kind of error.")
                .declare(Counter::new)?,
            connection_errors: db("db_connection_errors_total", "Connections that could not be opened.")
                .declare(Counter::new)?,
            pool_wait: db(
                "db_pool_wait_seconds",
                "Time to get a connection of the pool that was open already.",
            )
            .unit("seconds")
            .declare(|| Histogram::new(bucket_layouts::DEFAULT))?,
            healthy: db("db_pool_healthy", "Whether the database has answered when it was asked last.")
                .declare(IntGauge::new)?,
            pending: db("db_migrations_pending", "Migrations that the database has not had yet.")
                .declare(IntGauge::new)?,
            applied: db("db_migrations_applied", "Migrations that the database has had.")
                .declare(IntGauge::new)?,
            gets: cache("cache_gets_total", "Keys looked up, by result.").declare(Counter::new)?,
            orders: own("shop_orders_created_total", "Orders created.").declare(Counter::new)?,
            orders_pending: own("shop_orders_pending", "Orders waiting for payment.").declare(Gauge::new)?,
            payments_failed: own("shop_payments_failed_total", "Payments declined, by provider and reason.")
                .declare(|| Counter::new().max_series(500))?,
            processing: own("shop_order_processing_duration_seconds", "Time from creation to confirmation.")
                .unit("seconds")
                .declare(seconds)?,
            campaigns: own("shop_campaign_visits_total", "Visits that a campaign has led here.")
                .declare(|| Counter::new().max_series(4))?,
            load: own("cpu.load", "Load of each host.").utf8().declare(Gauge::new)?,
            phase: own("shop_phase", "What the shop is doing.").declare(StateSet::new)?,
        };
        debug_assert_eq!(Request::NAMES.len(), 3, "the layer has as many");
        shop.pending.with(Db { db: "main" }).set(0);
        shop.applied.with(Db { db: "main" }).set(12);
        shop.healthy.with(Db { db: "main" }).set(1);
        shop.phase.set(Phase::Serving);
        Ok(shop)
    }

    /// Counts the failures of a shop in trouble, or the successes of one that is not.
    #[allow(dead_code, reason = "one of the examples needs it")]
    pub(crate) fn fault(&self, round: u32, trouble: bool) {
        TROUBLE.store(trouble, Ordering::Relaxed);
        self.pending.with(Db { db: "main" }).set(if trouble { 3 } else { 0 });
        self.healthy.with(Db { db: "main" }).set(i64::from(!trouble));
        if !trouble {
            report();
            // Nothing else goes wrong, so that an error now and then is a small part.
            let labels = Request { method: "GET", route: "/orders", status: "200" };
            self.requests.with(labels).inc_by(100_000);
            return;
        }
        for request in 0..200 {
            self.requests.with(Request { method: "GET", route: "/orders", status: "503" }).inc_by(10_000);
            self.duration.with(Route { method: "GET", route: "/orders" }).observe(8.0);
            let (method, host, route) = ("POST", PAYMENTS, "/charges");
            self.sent.with(Sent { method, host, route, status: "none" }).inc();
            self.sent_duration.with(SentTo { method, host, route }).observe(8.0);
            self.send_errors.with(SendError { host, route, error: "timeout" }).inc();
            self.pool_wait.with(Db { db: "main" }).observe(4.0);
            self.db_errors.with(DbError { db: "main", vendor: "sqlite", error: "busy" }).inc();
            self.connection_errors.with(Db { db: "main" }).inc();
            self.gets.with(Get { cache: "sessions", backend: "memory", result: GetResult::Miss }).inc();
            let reason = "processor_down";
            self.payments_failed.with(Payment { provider: Provider::Stripe, reason }).inc();
            self.campaigns.with(Campaign { campaign: &format!("f{}", round * 200 + request) }).inc();
            // A failure is what is wanted.
            let _ = export(0);
        }
        // The panic is what is wanted; it was counted.
        let _ = std::panic::catch_unwind(panics);
    }

    #[allow(dead_code, reason = "one of the examples needs it")]
    /// Begins again from zero, as a process does that is started again.
    pub(crate) fn restart(&self) {
        self.requests.clear();
        self.duration.clear();
        self.sent.clear();
        self.sent_duration.clear();
        self.send_errors.clear();
        self.queries.clear();
        self.query_duration.clear();
        self.gets.clear();
    }

    /// Sends one request, the same for each number; few of which fail.
    fn send(&self, request: u32, seconds: f64) {
        let (method, host, route) = if request % 2 == 0 {
            ("POST", PAYMENTS, "/charges")
        } else {
            ("GET", "stock.example", "/articles/{id}")
        };
        let status = if request % 25 == 24 { "none" } else { "200" };
        self.sent.with(Sent { method, host, route, status }).inc();
        self.sent_duration.with(SentTo { method, host, route }).observe(seconds * 3.0);
        if status == "none" {
            self.send_errors.with(SendError { host, route, error: "connect" }).inc();
        }
    }

    /// Some requests, the same in each round but for their times.
    pub(crate) fn serve(&self, round: u32) {
        for request in 0..20 + round % 7 {
            let route = if request % 3 == 0 { "/orders/{id}" } else { "/orders" };
            let status = if request % 19 == 0 { "500" } else { "200" };
            self.requests.with(Request { method: "GET", route, status }).inc();
            let seconds = 0.003 * f64::from(1 + (request * 7 + round) % 50);
            self.duration.with(Route { method: "GET", route }).observe(seconds);
            self.statements.observe(f64::from(request % 4));
            self.send(request, seconds);
            let operation = if request % 5 == 0 { "insert" } else { "select" };
            let labels = Statement { db: "main", vendor: "sqlite", operation };
            self.queries.with(labels).inc();
            self.query_duration.with(labels).observe(seconds / 10.0);
            self.pool_wait.with(Db { db: "main" }).observe(seconds / 100.0);
            let result = match request % 8 {
                0 => GetResult::Miss,
                5 if round % 10 == 0 => GetResult::Cancelled,
                7 if round % 10 == 0 => GetResult::Error,
                _ => GetResult::Hit,
            };
            self.gets.with(Get { cache: "sessions", backend: "memory", result }).inc();
            self.processing.observe(seconds * 2.0);
        }
        self.in_flight.with(Method { method: "GET" }).add(i64::from(round % 3) - 1);
        self.sending.with(Host { host: PAYMENTS }).add(i64::from(round % 3) - 1);
        self.connection_errors.with(Db { db: "main" }).inc_by(u64::from(round % 40 == 39));
        self.orders.inc_by(u64::from(3 + round % 2));
        Order::metrics().inserted(u64::from(3 + round % 2));
        self.orders_pending.set(f64::from(5 + round % 4));
        self.load.with(Host { host: "north" }).set(f64::from(round % 5) / 4.0);
        // More campaigns than the family may have, and a time that is not a number.
        self.campaigns.with(Campaign { campaign: &format!("c{}", round % 10) }).inc();
        self.processing.observe(f64::NAN);
        self.phase.set(match round {
            0..5 => Phase::Warming,
            5..1_000 => Phase::Serving,
            _ => Phase::Draining,
        });
        // A failed order is one that is out of stock, which its counter says.
        let _ = confirm(round);
        let _ = export(round);
        job_queue_depth("mails").set(f64::from(round % 9));
        if round % 6 == 0 {
            self.db_errors.with(DbError { db: "main", vendor: "sqlite", error: "busy" }).inc();
            let provider = if round % 12 == 0 { Provider::Stripe } else { Provider::PayPal };
            self.payments_failed.with(Payment { provider, reason: "card_declined" }).inc();
        }
    }
}

use tallymark_core::Model as _;

/// A pool and a process, as their collectors hand them over.
struct Machine;

impl Collector for Machine {
    fn name(&self) -> &'static str {
        "machine"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let trouble = TROUBLE.load(Ordering::Relaxed);
        if trouble {
            // A name that a counter has, too.
            families.gauge("shop_orders_created_total", "Orders created today.").number(&[], 3_u64);
        }
        let db = ("db", "main");
        families
            .gauge("db_pool_connections", "Connections of the pool, by state.")
            .number(&[db, ("state", "idle")], 3_u64)
            .number(&[db, ("state", "in_use")], if trouble { 10_u64 } else { 5_u64 });
        families
            .gauge("db_pool_max_connections", "Connections that the pool opens at most.")
            .number(&[db], 10_u64);
        families
            .gauge("db_pool_waiting", "Tasks that wait for a connection of the pool.")
            .number(&[db], 0_u64);
        let mut process = |name: &str, help: &str, kind, value: f64| {
            families.family(name, help, kind).number(&[], value);
        };
        process(
            "process_cpu_seconds_total",
            "User and system CPU time that the process has used.",
            Kind::Counter,
            12.5,
        );
        process("process_max_fds", "File descriptors that the process may have open.", Kind::Gauge, 1_024.0);
        process(
            "process_open_fds",
            "File descriptors that the process has open.",
            Kind::Gauge,
            if trouble { 1_000.0 } else { 17.0 },
        );
        process(
            "process_resident_memory_bytes",
            "Memory of the process that is resident.",
            Kind::Gauge,
            5.2e7,
        );
        process(
            "process_start_time_seconds",
            "When the process started, in seconds since 1970.",
            Kind::Gauge,
            1.76e9,
        );
        process("process_threads", "Threads of the process.", Kind::Gauge, 9.0);
        Ok(())
    }
}

/// A collector that fails while the shop is in trouble.
struct Broken;

impl Collector for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn collect(&self, _: &mut Families) -> Result<(), CollectError> {
        if TROUBLE.load(Ordering::Relaxed) { Err("a fault that was asked for".into()) } else { Ok(()) }
    }
}
