//! What `#[metric]`, `#[metrics]` and `#[gauge_fn]` declare.

use tallymark::{
    Counter, Gauge, Histogram, Info, Kind, LabelSet, LabelValue, StateSet, buckets, gauge_fn, metric,
    metrics, registry,
};

#[derive(LabelValue, Clone, Copy)]
enum Provider {
    Stripe,
    PayPal,
}

#[derive(LabelSet)]
struct Payment<'a> {
    provider: Provider,
    reason: &'a str,
}

#[derive(LabelSet)]
struct ByProvider {
    provider: Provider,
}

#[derive(StateSet, Clone, Copy)]
enum Phase {
    Starting,
    #[label(rename = "up")]
    Running,
}

/// Jobs that were started,
/// whatever became of them.
///
/// A second paragraph is for those who read the code.
#[metric]
static JOBS_STARTED_TOTAL: Counter = Counter::new();
const LINE: u32 = line!() - 1;

#[metric(name = "own_name_total", namespace = "shop", subsystem = "jobs", help = "Named by hand.")]
static OWN: Counter = Counter::new();

/// Bytes sent.
#[metric]
static SENT_BYTES_TOTAL: Counter = Counter::new();

/// Money taken.
#[metric(unit = "dollars")]
static PAYMENT_AMOUNT_DOLLARS: Histogram = Histogram::new(buckets![1.0, 10.0]);

/// Refunds, with a lifetime that is left out.
#[metric]
static REFUNDS_TOTAL: Counter<Payment> = Counter::new();

/// Refunds that failed, with a lifetime that is not named.
#[metric]
static REFUNDS_FAILED_TOTAL: Counter<Payment<'_>> = Counter::new();

/// Kept from another system.
#[metric(name = "legacyWaitMs", allow(unit, name))]
static LEGACY: Gauge = Gauge::new();

#[metrics(namespace = "shop", subsystem = "orders")]
mod order_metrics {
    use super::{ByProvider, Payment, Phase};
    use tallymark::{Counter, Gauge, Info, StateSet, UpDownCounter, gauge_fn};

    /// Orders created.
    pub(crate) static CREATED_TOTAL: Counter = Counter::new();
    /// Orders waiting.
    #[metric(subsystem = "")]
    pub(crate) static ORDERS_PENDING: Gauge = Gauge::new();

    /// Left out.
    #[cfg(not(test))]
    pub(crate) static MISSING: Missing = Missing;

    /// Payments declined.
    #[metric(max_series = 2, expire_after = 3600)]
    pub(crate) static PAYMENTS_FAILED_TOTAL: Counter<Payment<'static>> = Counter::new();

    /// Payments tried.
    #[metric(init)]
    pub(crate) static PAYMENTS_TRIED_TOTAL: Counter<ByProvider> = Counter::new();

    pub(crate) const LIMIT: &[u8] = &[1, 2, { 3 }];

    #[metric(skip)]
    pub(crate) static NAMES: &[&str] = &["static"];

    /// What it was built from.
    pub(crate) static BUILD_INFO: Info = Info::new(&[("version", "1")]);

    /// How far it is.
    pub(crate) static PHASE: StateSet<Phase> = StateSet::new();

    /// Orders being packed.
    pub(crate) static PACKING: UpDownCounter = UpDownCounter::new();

    fn three() -> u8 {
        let [a, ..] = [3; 2];
        a
    }

    /// Rows there are.
    #[gauge_fn(unit = "rows", name = "table_rows")]
    pub(crate) fn rows() -> u8 {
        three()
    }
}

/// Asked for at every scrape.
#[gauge_fn]
fn answer() -> f64 {
    42.0
}

/// Whether there is one.
#[gauge_fn(namespace = "shop")]
fn r#true() -> bool {
    true
}

/// Paths such as `C:\\new`, and what else needs escaping.
#[metric]
static ESCAPED_HELPS_TOTAL: Counter = Counter::new();

#[test]
fn what_is_written_at_compile_time_is_what_is_written_piece_by_piece() {
    let mut encoder = tallymark_core::encode::Encoder::new(registry::Format::Text004);
    registry::visit(&mut encoder);
    let pieces = String::from_utf8(encoder.finish()).expect("text");
    let whole = registry::encode_to_string(registry::Format::Text004);
    for name in ["jobs_started_total", "shop_jobs_own_name_total", "sent_bytes_total", "escaped_helps_total"]
    {
        let start = whole.find(&format!("# HELP {name} ")).expect("it is shown");
        let lines: Vec<_> = whole[start..].lines().take(3).collect();
        assert_eq!(lines[1], format!("# TYPE {name} counter"));
        assert_eq!(lines[2].split(' ').next(), Some(name));
        // Without the value, for another test may have counted in between.
        let same = format!("{}\n{}\n{name} ", lines[0], lines[1]);
        assert!(pieces.contains(&same), "{same}");
    }
    assert!(whole.contains("# HELP jobs_started_total Jobs that were started, whatever became of them.\n"));
}

#[test]
fn a_static_is_described_by_its_item() {
    JOBS_STARTED_TOTAL.inc();
    let snapshot = registry::snapshot();
    let family = snapshot.family("jobs_started_total").expect("it is declared");
    assert_eq!(family.help, "Jobs that were started, whatever became of them.");
    assert_eq!(family.kind, Kind::Counter);
    assert_eq!(family.unit, None);
    let entry = __METRICS_JOBS_STARTED_TOTAL[0].descriptor;
    assert_eq!(entry.place.line, LINE);
    assert_eq!(entry.place.file, file!());
    assert_eq!(entry.place.module, module_path!());
    assert_eq!(entry.place.package, "tallymark");
    assert!(!entry.namespaced);
    assert_eq!(snapshot.counter("jobs_started_total", &[]), Some(1));
}

#[test]
fn arguments_replace_what_the_item_says() {
    let snapshot = registry::snapshot();
    let family = snapshot.family("shop_jobs_own_name_total").expect("it is declared");
    assert_eq!(family.help, "Named by hand.");
    assert!(__METRICS_OWN[0].descriptor.namespaced);
    assert_eq!(snapshot.family("sent_bytes_total").and_then(|family| family.unit.as_deref()), Some("bytes"));
    let amount = snapshot.family("payment_amount_dollars").and_then(|family| family.unit.as_deref());
    assert_eq!(amount, Some("dollars"));
    assert!(snapshot.family("legacyWaitMs").is_some());
    let _ =
        (&REFUNDS_TOTAL, &REFUNDS_FAILED_TOTAL, &OWN, &SENT_BYTES_TOTAL, &PAYMENT_AMOUNT_DOLLARS, &LEGACY);
}

#[test]
fn a_module_names_its_statics() {
    order_metrics::CREATED_TOTAL.inc();
    order_metrics::ORDERS_PENDING.set(3.0);
    order_metrics::PHASE.set(Phase::Running);
    order_metrics::PACKING.inc();
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.counter("shop_orders_created_total", &[]), Some(1));
    assert_eq!(snapshot.value("shop_orders_pending", &[]), Some(3.0));
    assert_eq!(snapshot.state("shop_orders_phase", &[]), Some("up"));
    assert_eq!(snapshot.value("shop_orders_packing", &[]), Some(1.0));
    assert!(snapshot.family("shop_orders_build_info").is_some());
    assert!(snapshot.family("shop_orders_names").is_none());
    assert_eq!(order_metrics::NAMES.len() + order_metrics::LIMIT.len(), 4);
    let lines: Vec<u32> = order_metrics::__METRICS.iter().map(|entry| entry.descriptor.place.line).collect();
    assert!(lines.is_sorted() && lines.windows(2).all(|pair| pair[0] < pair[1]), "{lines:?}");
    let _ = (Phase::Starting, Info::<()>::new(&[]), StateSet::<Phase>::new());
}

#[test]
fn options_reach_the_metric() {
    for reason in ["a", "b", "c"] {
        order_metrics::PAYMENTS_FAILED_TOTAL.with(Payment { provider: Provider::Stripe, reason }).inc();
    }
    let snapshot = registry::snapshot();
    let series = |reason| {
        let labels = [("provider", "stripe"), ("reason", reason)];
        snapshot.counter("shop_orders_payments_failed_total", &labels)
    };
    assert_eq!((series("a"), series("b"), series("c")), (Some(1), Some(1), None));
    for provider in ["stripe", "pay_pal"] {
        let labels = [("provider", provider)];
        assert_eq!(snapshot.counter("shop_orders_payments_tried_total", &labels), Some(0), "{provider}");
    }
    let _ = Provider::PayPal;
}

#[test]
fn functions_are_asked_at_every_scrape() {
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.value("answer", &[]), Some(42.0));
    assert_eq!(snapshot.value("shop_true", &[]), Some(1.0));
    assert_eq!(snapshot.value("shop_orders_table_rows", &[]), Some(3.0));
    assert_eq!(snapshot.family("answer").map(|family| family.kind), Some(Kind::Gauge));
}

#[test]
fn everything_fits_together() {
    registry::check().expect("no two metrics have one name");
    let names = || -> Vec<String> {
        let snapshot = registry::snapshot();
        let declared = snapshot.families().iter().filter(|family| !family.name.starts_with("tallymark_"));
        declared.map(|family| family.name.clone()).collect()
    };
    let before = names();
    tallymark::register!(JOBS_STARTED_TOTAL, mod order_metrics, answer);
    let conflicts = registry::check().map_err(|conflicts| conflicts.iter().len());
    assert!(conflicts.is_err(), "registered twice on purpose");
    assert_eq!(names(), before, "the first is kept");
}

#[cfg(feature = "quantiles")]
mod quantiles {
    use std::time::Duration;

    use tallymark::{LabelSet, Quantiles, Summary, metric, metrics, registry};

    const NINES: f64 = 0.999;

    /// Sizes of replies.
    #[metric(quantiles = [0, 0.5, NINES, 1.0], quantile_window = 60 * 60)]
    static QUANTILES_REPLY_BYTES: Summary = Summary::new();

    #[derive(LabelSet)]
    struct Route<'a> {
        route: &'a str,
    }

    #[metrics(namespace = "quantiles")]
    mod families {
        use super::*;

        /// Sizes of requests.
        #[metric(quantiles = [0.5], max_series = 5)]
        pub(super) static REQUEST_BYTES: Summary<Route<'static>> = Summary::new();

        /// Waits, declared without an argument.
        pub(super) static WAIT_SECONDS: Summary =
            Summary::new().quantiles(Quantiles::new(&[0.5]).window(Duration::from_secs(60)));
    }

    #[test]
    fn declared_with_an_attribute() {
        for size in 1..=1000 {
            QUANTILES_REPLY_BYTES.observe(f64::from(size));
        }
        families::REQUEST_BYTES.with(Route { route: "home" }).observe(3.0);
        families::WAIT_SECONDS.observe(0.0);
        let seen = QUANTILES_REPLY_BYTES.get();
        for (&(quantile, value), exact) in seen.quantiles().iter().zip([1.0, 500.0, 999.0, 1000.0]) {
            assert!((value - exact).abs() <= exact * Quantiles::RELATIVE_ERROR, "{quantile}: {value}");
        }
        let text = registry::encode_to_string(registry::Format::Text004);
        for expected in [
            "# HELP quantiles_reply_bytes Sizes of replies. Quantiles are of one process in the last 60 minutes, and cannot be aggregated.\n",
            "\nquantiles_reply_bytes{quantile=\"0.999\"} ",
            "\nquantiles_request_bytes{route=\"home\",quantile=\"0.5\"} ",
            "Waits, declared without an argument. Quantiles are of one process in the last minute, and cannot be aggregated.\n",
            "\nquantiles_wait_seconds{quantile=\"0.5\"} 0\n",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }
}
