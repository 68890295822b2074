//! Alerts, objectives and panels, and labels without end that were allowed.

use tallymark::{Counter, Gauge, Histogram, LabelSet, LabelValue, buckets, gauge_fn, metric, metrics, registry, timed};

#[derive(LabelValue, LabelSet, Clone, Copy)]
#[label(name = "url", allow(cardinality))]
enum Address {
    Home,
}

#[derive(LabelSet)]
struct Request<'a> {
    #[label(allow(cardinality))]
    path: &'a str,
    #[label(rename = "email", allow(cardinality))]
    sender: &'a str,
}

struct User;

impl LabelSet for User {
    type Borrowed<'a> = User;
    const NAMES: &'static [&'static str] = &["user_id"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f("1");
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

/// Logins.
#[metric(allow(cardinality))]
static LOGINS_TOTAL: Counter<User> = Counter::new();

type Waits = Histogram<Request<'static>>;

#[metrics(namespace = "shop")]
mod shop {
    use super::*;

    /// Visits.
    #[metric(
        alert(
            name = "ManyVisits",
            when = "rate{email != 'nobody'}[5m] by (path) >= 10",
            for = "1h30m",
            severity = "critical",
            summary = "Many visits of {{ $labels.path }} at {{ $labels.job }}"
        ),
        alert(name = "FewVisits", when = r#"increase{path =~ "/.*"}[1d] < 1"#),
        slo(success = 99.9, errors = super::LOGINS_TOTAL),
        panel(title = "Visits", row = "People", unit = "requests_per_second")
    )]
    pub static VISITS_TOTAL: Counter<Request> = Counter::new();

    /// Waits.
    #[metric(
        alert(name = "LongWaits", when = "p99[5m] > 250ms"),
        slo(latency = "250ms @ 99"),
        max_series = 10
    )]
    pub static WAIT_SECONDS: Waits = Histogram::new(buckets![0.1, 0.25, 1.0]).max_series(20);

    /// Addresses.
    #[metric(alert(name = "NoAddress", when = "value == 0", summary = "{{ $labels.url }} {{ $labels.instance }}"))]
    pub static ADDRESSES: Gauge<Address> = Gauge::new();

    /// Load.
    #[gauge_fn(alert(name = "Load", when = "max[15m] > 90%"), panel(unit = "ratio"))]
    pub fn load_ratio() -> f64 {
        0.5
    }
}

struct Store;

#[timed(slo(success = 99.5))]
impl Store {
    fn insert<T>(&self, _: T) -> Result<(), String> {
        Ok(())
    }
}

#[timed(slo(latency = "250ms @ 99", name = "fetching"), in_flight)]
async fn fetch() {}

fn main() {
    Store.insert(1).unwrap();
    drop(fetch());
    LOGINS_TOTAL.with(User).inc();
    let _ = Address::Home;
    let named = |name: &str| registry::descriptors().into_iter().find(|family| family.name == name).unwrap();
    assert_eq!(named("shop_visits_total").alerts.len(), 2);
    assert_eq!(named("shop_visits_total").objectives.len(), 1);
    assert_eq!(named("shop_wait_seconds").objectives.len(), 1);
    assert_eq!(named("shop_load_ratio").alerts.len(), 1);
    assert_eq!(named("function_calls_total").objectives.len(), 1);
    assert_eq!(named("function_duration_seconds").objectives[0].name, "fetching_latency");
    registry::check().unwrap();
}
