//! Lets customers into a shop, and compares what they counted with what its metrics say.

#![allow(clippy::float_cmp, reason = "what is compared are counts")]

use shop::{
    app::App,
    config::Config,
    traffic::{self, Plan, Played},
};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Every series of an exposition.
pub(crate) type Seen = BTreeMap<String, f64>;

/// Opens a shop, plays, checks what any shop has to show, and closes it.
pub(crate) async fn visit(config: &Config) -> (Played, Seen) {
    let app = App::start(config).await.expect("an open shop");
    let metrics = app.metrics_address();

    let plan = Plan {
        time: Duration::from_secs(3),
        // On a busy machine; elsewhere nobody waits for it.
        patience: Duration::from_mins(2),
        requests: 900,
        seed: 11,
    };
    let played = traffic::play(app.address(), &plan).await.expect("satisfied customers");
    assert_eq!(played.total("http_requests_total"), 900.0, "{played:?}");

    // Shipping and receipts happen after the customer was answered.
    let patience = Instant::now() + Duration::from_mins(1);
    let seen = loop {
        let seen = blocking(move || scrape(metrics)).await;
        if seen.iter().all(|(series, value)| !series.starts_with("shop_task_queue_depth") || *value == 0.0) {
            break seen;
        }
        assert!(Instant::now() < patience, "the queues never became empty");
    };

    let wrong: Vec<_> = played
        .iter()
        .filter(|(series, value)| seen.get(*series).is_none_or(|seen| (seen - value).abs() > 1e-6))
        .map(|(series, value)| format!("{series}: played {value}, scraped {:?}", seen.get(series)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for moved in [
        "shop_user_logins_total",
        "shop_user_login_failures_total",
        "shop_orders_created_total",
        "shop_orders_cancelled_total",
        "shop_orders_shipped_total",
        "shop_payments_failed_total",
        "shop_revenue_dollars_total",
    ] {
        assert!(played.total(moved) > 0.0, "{moved} did not move");
    }
    let orders = played.total("shop_orders_created_total");
    assert_eq!(seen.get("shop_orders_stored"), Some(&orders), "the row count, asked for by the scrape");
    assert_eq!(seen.get(r#"shop_phase{shop_phase="open"}"#), Some(&1.0));
    assert_eq!(seen.get(r#"db_migrations_pending{db="shop"}"#), Some(&0.0));
    assert_eq!(seen.get(r#"db_migrations_applied{db="shop"}"#), Some(&2.0));

    snapshot_agrees(&played).await;
    app.stop().await.expect("a closed shop");
    assert!(TcpStream::connect(metrics).is_err(), "nobody is there any more");
    (played, seen)
}

/// The sum over the series of one family whose text holds all of `parts`.
pub(crate) fn sum(seen: &Seen, family: &str, parts: &[&str]) -> f64 {
    let of = |series: &str| {
        series.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('{'))
            && parts.iter().all(|part| series.contains(part))
    };
    seen.iter().filter(|(series, _)| of(series)).map(|(_, value)| value).sum()
}

/// What the layers below the handlers saw, against what the customers did.
pub(crate) fn layers_agree(played: &Played, seen: &Seen, vendor: &str, backend: &str) {
    let orders = played.total("shop_orders_created_total");
    let inserts = [r#"operation="insert""#, &format!("vendor=\"{vendor}\"")];
    assert!(sum(seen, "db_queries_total", &inserts) >= orders, "every order is an insert");
    assert_eq!(sum(seen, "db_errors_total", &[]), 0.0);
    assert_eq!(sum(seen, "db_queries_in_flight", &[]), 0.0);
    assert!(sum(seen, "db_connections_opened_total", &[]) >= 1.0);
    let gets = |result: &str| {
        let parts =
            [r#"cache="catalog""#, &format!("backend=\"{backend}\""), &format!("result=\"{result}\"")];
        sum(seen, "cache_gets_total", &parts)
    };
    // There are seven products, and the customers also ask for one that does not exist.
    assert!(gets("hit") > 0.0 && gets("miss") > 0.0, "{} hits, {} misses", gets("hit"), gets("miss"));
    assert_eq!(gets("error"), 0.0);
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

/// What `/metrics` says, series by series.
fn scrape(address: SocketAddr) -> BTreeMap<String, f64> {
    let mut connection = TcpStream::connect(address).expect("an open port");
    connection.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    write!(connection, "GET /metrics HTTP/1.0\r\nhost: {address}\r\n\r\n").expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.0 200") || head.starts_with("HTTP/1.1 200"), "{head}");
    body.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(' '))
        .filter_map(|(series, value)| Some((series.to_owned(), value.parse().ok()?)))
        .collect()
}

/// The typed snapshot says the same, without a text in between.
async fn snapshot_agrees(played: &Played) {
    let snapshot = blocking(tallymark::registry::snapshot).await;
    let total = |name: &str| snapshot.total(name);
    for name in ["shop_orders_created_total", "shop_user_logins_total", "shop_payments_failed_total"] {
        assert_eq!(total(name), Some(played.total(name)), "{name}");
    }
    let amounts = snapshot.histogram("shop_payment_amount_dollars", &[]).expect("payments were made");
    assert_eq!(amounts.count() as f64, played.total("shop_payment_amount_dollars_count"));
    assert_eq!(snapshot.state("shop_phase", &[]), Some("open"));
}
