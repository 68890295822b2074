use super::*;
use tallymark_core::{
    Counter, Gauge, Histogram, IntGauge, Kind, LabelSet as _, Place, buckets,
    registry::{CollectError, Collector, Declaration, Families, Format, Registry},
    snapshot::{HistogramValue, Value},
};
use tallymark_derive::{LabelSet, metric, timed};

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
struct Customer<'a> {
    customer: &'a str,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
struct Db<'a> {
    db: &'a str,
}

fn own(name: &str) -> Declaration {
    assert_eq!(Customer::NAMES, ["customer"]);
    let place = Place { package: "doctors_shop", module: "doctors_shop", file: "src/metrics.rs", line: 12 };
    Declaration::new(name, "Something.", place)
}

fn found<'a>(report: &'a Report, check: Check, family: &str) -> Option<&'a Finding> {
    let is_it = |finding: &&Finding| finding.check == check && finding.family.as_deref() == Some(family);
    report.findings().iter().find(is_it)
}

#[test]
fn a_family_beyond_its_limit_is_named_with_its_place() {
    let visits: &Counter<Customer<'static>> =
        own("doctors_shop_visits_total").declare(|| Counter::new().max_series(10)).expect("a good name");
    for customer in 0..9 {
        visits.with(Customer { customer: &format!("c{customer}") }).inc();
    }
    let report = doctor();
    let limit = found(&report, Check::Limit, "doctors_shop_visits_total").expect("nine of ten");
    assert_eq!(limit.place.as_deref(), Some("src/metrics.rs:12"));
    assert!(limit.advice.contains("`customer`: 9"), "{limit}");
    assert!(found(&report, Check::Overflow, "doctors_shop_visits_total").is_none());
    for customer in 9..12 {
        visits.with(Customer { customer: &format!("c{customer}") }).inc();
    }
    let report = doctor();
    let overflow = found(&report, Check::Overflow, "doctors_shop_visits_total").expect("twelve of ten");
    assert_eq!(overflow.level, FindingLevel::Error);
    assert!(found(&report, Check::Limit, "doctors_shop_visits_total").is_none());
}

#[test]
fn buckets_that_tell_nothing() {
    let declare = |name: &str| -> &'static Histogram {
        own(name).unit("seconds").declare(|| Histogram::new(buckets![0.1, 1.0, 10.0])).expect("a good name")
    };
    let (beyond, one, good, few) = (
        declare("doctors_shop_beyond_seconds"),
        declare("doctors_shop_one_seconds"),
        declare("doctors_shop_good_seconds"),
        declare("doctors_shop_few_seconds"),
    );
    for at in 0..200 {
        beyond.observe(if at % 5 == 0 { 20.0 } else { 0.5 });
        one.observe(0.5);
        good.observe(if at % 2 == 0 { 0.05 } else { 0.5 });
    }
    few.observe(20.0);
    let report = doctor();
    let of = |name| found(&report, Check::Buckets, name).map(|finding| finding.message.clone());
    assert!(of("doctors_shop_beyond_seconds").is_some_and(|text| text.starts_with("40 of 200")));
    assert!(of("doctors_shop_one_seconds").is_some_and(|text| text.contains("from 0.1 to 1")));
    assert_eq!(of("doctors_shop_good_seconds"), None);
    assert_eq!(of("doctors_shop_few_seconds"), None);
}

#[test]
fn a_metric_that_was_never_touched() {
    let idle: &Counter = own("doctors_shop_idle_total").declare(Counter::new).expect("a good name");
    assert!(found(&doctor(), Check::Untouched, "doctors_shop_idle_total").is_some());
    idle.inc();
    assert!(found(&doctor(), Check::Untouched, "doctors_shop_idle_total").is_none());
}

#[test]
fn labels_that_grow_and_identifiers() {
    let orders: &Counter<Customer<'static>> =
        own("doctors_shop_orders_total").declare(Counter::new).expect("a good name");
    for customer in 0..10 {
        orders.with(Customer { customer: &format!("c{customer}") }).inc();
    }
    let earlier = registry::snapshot();
    for customer in 0..30 {
        orders.with(Customer { customer: &format!("{}", 1_000_000 + customer) }).inc();
    }
    let report = Doctor::current().earlier(earlier).report();
    let growth = found(&report, Check::Growth, "doctors_shop_orders_total").expect("four times as many");
    assert!(growth.message.contains("had 10 values, and has 40"), "{growth}");
    let identifier = found(&report, Check::Identifier, "doctors_shop_orders_total").expect("numbers");
    assert!(identifier.message.contains("`1000000`"), "{identifier}");
}

/// The macro does not see the kind behind the alias.
type Depth = Gauge<Customer<'static>>;

/// Orders that wait, by customer.
#[metric(crate = tallymark_core, alert(name = "DoctorsShopDepth", when = "value by customer > 3"))]
static DOCTORS_SHOP_DEPTH: Depth = Gauge::new();

#[test]
fn alerts_that_cannot_be_written() {
    DOCTORS_SHOP_DEPTH.with(Customer { customer: "a" }).set(1.0);
    let report = doctor();
    let fault = found(&report, Check::Annotation, "doctors_shop_depth").expect("it has no `sum by`");
    assert_eq!(fault.level, FindingLevel::Error);
    assert!(fault.place.as_deref().is_some_and(|place| place.contains("doctor/tests.rs:")), "{fault}");
    assert!(
        fault.message.starts_with("alert `DoctorsShopDepth`") && fault.message.contains("write `sum by`"),
        "{fault}"
    );
}

#[test]
fn rejected_observations_and_pending_migrations() {
    let odd: &Histogram = own("doctors_shop_odd_seconds")
        .unit("seconds")
        .declare(|| Histogram::new(buckets![1.0]))
        .expect("a good name");
    odd.observe(f64::NAN);
    let pending: &IntGauge<Db<'static>> =
        Declaration::new("db_migrations_pending", "Migrations.", tallymark_core::place!())
            .declare(IntGauge::new)
            .expect("a good name");
    pending.with(Db { db: "main" }).set(2);
    let report = doctor();
    assert!(found(&report, Check::Rejected, "doctors_shop_odd_seconds").is_some_and(|it| it.place.is_some()));
    let migrations = report.errors().find(|finding| finding.check == Check::Migrations).expect("two");
    assert_eq!(migrations.message, "2 migrations of `main` were not applied");
    pending.with(Db { db: "main" }).set(0);
    assert!(doctor().errors().all(|finding| finding.check != Check::Migrations));
}

#[test]
fn an_open_endpoint_and_a_small_budget() {
    let report = Doctor::current().endpoint(Access::open(9464, "/metrics")).budget(1).report();
    let has = |report: &Report, check| report.findings().iter().any(|finding| finding.check == check);
    assert!(has(&report, Check::Endpoint) && has(&report, Check::Budget));
    let report = Doctor::current().endpoint(Access::guarded(9464, "/metrics")).budget(usize::MAX).report();
    assert!(!has(&report, Check::Endpoint) && !has(&report, Check::Budget));
    let item = |report: &Report| {
        report.checklist().iter().find(|item| item.title.contains("endpoint")).map(|item| item.state)
    };
    assert_eq!(item(&report), Some(ItemState::Done));
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
struct Statement<'a> {
    db: &'a str,
    vendor: &'a str,
    operation: &'a str,
}

/// Two pools, of which one is waited for where it is seen.
struct Pools;

impl Collector for Pools {
    fn name(&self) -> &'static str {
        "doctors_pools"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families
            .gauge("db_pool_connections", "Connections.")
            .number(&[("db", "doctors_seen"), ("state", "idle")], 1_u64)
            .number(&[("db", "doctors_unseen"), ("state", "idle")], 1_u64);
        // Its name is that of a metric which is declared.
        families.counter("tallymark_conflicts_total", "Taken.").number(&[], 1_u64);
        Err("the pool is gone".into())
    }
}

#[test]
fn pools_without_a_wait_and_collectors_that_fail() {
    let waits: &Histogram<Db<'static>> =
        Declaration::new("db_pool_wait_seconds", "Waits.", tallymark_core::place!())
            .unit("seconds")
            .declare(|| Histogram::new(buckets![1.0]))
            .expect("a good name");
    waits.with(Db { db: "doctors_seen" }).observe(0.1);
    let registration = registry::register_collector(Pools);
    // The first look is what makes the collector run.
    let _ = registry::snapshot();
    let report = doctor();
    let of = |check| -> Vec<&str> {
        let findings = report.findings().iter().filter(|finding| finding.check == check);
        findings.map(|finding| finding.message.as_str()).collect()
    };
    let waits = of(Check::PoolWait);
    assert!(waits.iter().any(|message| message.contains("`doctors_unseen`")), "{report}");
    assert!(!waits.iter().any(|message| message.contains("`doctors_seen`")), "{report}");
    let failed = of(Check::Collector);
    assert!(
        failed.iter().any(|message| message.contains("`doctors_pools`") && message.contains("pool is gone"))
    );
    let conflicts = of(Check::Conflict);
    assert!(conflicts.iter().any(|message| message.contains("tallymark_conflicts_total")), "{report}");
    drop(registration);
}

#[timed(slo(success = 99.9), crate = tallymark_core)]
fn fails_as_promised() -> Result<(), String> {
    Err("as it may".to_owned())
}

#[timed(crate = tallymark_core)]
fn fails() -> Result<(), String> {
    Err("as it should".to_owned())
}

#[test]
fn functions_that_fail_without_an_objective_and_rows_without_a_model() {
    assert!(fails().is_err() && fails_as_promised().is_err());
    let queries: &Counter<Statement<'static>> =
        Declaration::new("db_queries_total", "Statements.", tallymark_core::place!())
            .declare(Counter::new)
            .expect("a good name");
    let name = concat!(module_path!(), "::fails");
    let quoted = concat!("`", module_path!(), "::fails`");
    let has = |doctor: &Doctor, check, text: &str| {
        let report = doctor.report();
        report.findings().iter().any(|finding| finding.check == check && finding.message.contains(text))
    };
    assert!(has(&Doctor::current(), Check::Objective, quoted));
    assert!(!has(&Doctor::current().objective(name), Check::Objective, quoted));
    assert!(!has(&Doctor::current(), Check::Objective, "fails_as_promised"));
    queries.with(Statement { db: "main", vendor: "sqlite", operation: "select" }).inc();
    assert!(!has(&Doctor::current(), Check::Model, "rows"));
    queries.with(Statement { db: "main", vendor: "sqlite", operation: "insert" }).inc();
    assert!(has(&Doctor::current(), Check::Model, "rows are written"));
}

/// A registry beside the program's is examined by itself.
#[test]
fn a_registry_of_its_own() {
    struct Queue;

    impl Collector for Queue {
        fn name(&self) -> &'static str {
            "doctors_queue"
        }

        fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
            let value = HistogramValue::of([1.0, 60.0], [0.5, 30.0, 90.0]);
            families.gauge_histogram("doctors_queue_age_seconds", "Ages.").point(&[], value);
            Err("out of order".into())
        }
    }

    let registry = Registry::new();
    let visits: &Counter<Customer<'static>> = own("doctors_tenant_total")
        .registry(registry)
        .declare(|| Counter::new().max_series(1))
        .expect("good");
    ["a", "b", "c"].map(|customer| visits.with(Customer { customer })).iter().for_each(|visits| visits.inc());
    let _registration = registry.register_collector(Queue);
    let snapshot = registry.snapshot();
    let report = Doctor::of_registry(registry, snapshot).report();
    let overflow = found(&report, Check::Overflow, "doctors_tenant_total").expect("three of one");
    assert_eq!(overflow.place.as_deref(), Some("src/metrics.rs:12"));
    let is_failed =
        |finding: &Finding| finding.check == Check::Collector && finding.to_string().contains("out of order");
    assert!(report.findings().iter().any(is_failed), "{report}");
    let others = report.findings().iter().filter_map(|finding| finding.family.as_deref());
    assert!(
        others
            .into_iter()
            .all(|family| family.starts_with("doctors_tenant") || family.starts_with("doctors_queue"))
    );

    let text = registry.encode_to_string(Format::OpenMetrics100);
    let read = parse_exposition(&text).expect("an exposition");
    let family = read.family("doctors_queue_age_seconds").expect("it is there");
    let Value::Histogram(histogram) = &family.series[0].value else { panic!("{family:?}") };
    assert_eq!(
        (family.kind, histogram),
        (Kind::GaugeHistogram, &HistogramValue::of([1.0, 60.0], [0.5, 30.0, 90.0]))
    );
}

/// The exposition of any program can be parsed, in both text formats.
#[test]
fn our_own_expositions_are_read() {
    let taken: &Histogram<Customer<'static>> = own("doctors_shop_taken_seconds")
        .unit("seconds")
        .declare(|| Histogram::new(buckets![0.5, 1.0]))
        .expect("a good name");
    let labels = Customer { customer: "a \"b\" \\ c\nd, {e}" };
    for value in [0.2, 0.7, 0.8, 3.0] {
        taken.with(labels).observe(value);
    }
    for format in [Format::Text004, Format::OpenMetrics100] {
        let snapshot = parse_exposition(&registry::encode_to_string(format)).expect("an exposition");
        let family = snapshot.family("doctors_shop_taken_seconds").expect("it is declared");
        assert_eq!((family.kind, family.help.as_str()), (Kind::Histogram, "Something."));
        let series = family.get(&[("customer", labels.customer)]).expect("its label comes back");
        let Value::Histogram(histogram) = &series.value else { panic!("{series:?}") };
        assert_eq!(
            (histogram.bounds.as_slice(), histogram.counts.as_slice()),
            (&[0.5, 1.0][..], &[1, 2, 1][..])
        );
        assert_eq!(snapshot.family("tallymark_conflicts_total").map(|family| family.series.len()), Some(1));
    }
}

#[test]
fn other_programs_are_judged_by_their_names() {
    let text = "\
# TYPE http_requests counter
http_requests{path=\"/users/1234567\",code=\"200\"} 5 1700000000000
http_requests{path=\"/users/1234568\",code=\"200\"} 6
# HELP latency_ms Latency.
# TYPE latency_ms summary
latency_ms{quantile=\"0.5\"} 12
latency_ms_sum 100
latency_ms_count 7
# TYPE queueDepth gauge
queueDepth NaN
";
    let report = Doctor::of_exposition(text).expect("an exposition").report();
    let messages: Vec<&str> = report.findings().iter().map(|finding| finding.message.as_str()).collect();
    for wanted in [
        "counter `http_requests` does not end in `_total`",
        "`http_requests` has a label `path`, whose values have no end",
        "label `path` of `http_requests` holds identifiers, such as `/users/1234567`",
        "`latency_ms` counts ms, which is no base unit",
        "`queueDepth` is not in snake case",
        "`queueDepth` has no help text",
    ] {
        assert!(messages.contains(&wanted), "{wanted}: {report}");
    }
    assert!(!messages.iter().any(|message| message.contains("`latency_ms` has no help")));
}

#[test]
fn what_is_no_exposition_is_an_error_with_its_line() {
    for (text, line) in [
        ("a 1\nb\n", 2),
        ("a{b=\"c} 1\n", 1),
        ("a{b} 1\n", 1),
        ("a one\n", 1),
        ("# TYPE a nothing\n", 1),
        ("<html>\n", 1),
        ("# TYPE a histogram\na_bucket 1\n", 2),
    ] {
        let error = parse_exposition(text).expect_err(text);
        assert_eq!(error.line, line, "{text}: {error}");
    }
}
