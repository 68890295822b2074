use super::*;
use crate::{PanelKind, PanelUnit, PromQl};
use std::collections::BTreeMap;
use tallymark_core::{
    Number, Place,
    snapshot::{Family, HistogramValue, Series, StatesValue, Value},
};

/// A family as a layer in this package would declare it.
fn declared(package: &'static str, name: &str, kind: Kind, labels: &[&str]) -> FamilyDescriptor {
    let labels = labels.iter().map(|label| ((*label).to_owned(), "a".to_owned())).collect();
    let value = match kind {
        Kind::Histogram => Value::Histogram(HistogramValue {
            bounds: vec![0.1, 0.25, 1.0, 2.5],
            counts: vec![0; 5],
            ..HistogramValue::default()
        }),
        Kind::Summary => Value::Summary(tallymark_core::snapshot::SummaryValue::default()),
        Kind::StateSet => {
            Value::States(StatesValue { states: vec!["on".to_owned(), "off".to_owned()], current: 0 })
        }
        _ => Value::Number(Number::U64(1)),
    };
    let series = vec![Series::new(labels, value)];
    let family = Family { name: name.into(), help: "Some help.".into(), kind, unit: None, series };
    let mut family = FamilyDescriptor::of_family(&family);
    family.place = Some(Place { package, module: "shop::metrics", file: "src/metrics.rs", line: 1 });
    family
}

fn http(prefix: &str) -> Vec<FamilyDescriptor> {
    let of = |name: &str, kind, labels: &[&str]| {
        declared("tallymark-http", &format!("{prefix}{name}"), kind, labels)
    };
    vec![
        of("http_requests_total", Kind::Counter, &["method", "route", "status"]),
        of("http_request_duration_seconds", Kind::Histogram, &["method", "route"]),
        of("http_streaming_responses_total", Kind::Counter, &["method", "route"]),
    ]
}

fn client(prefix: &str) -> Vec<FamilyDescriptor> {
    let of = |name: &str, kind, labels: &[&str]| {
        declared("tallymark-http", &format!("{prefix}{name}"), kind, labels)
    };
    vec![
        of("http_client_requests_total", Kind::Counter, &["method", "host", "route", "status"]),
        of("http_client_request_duration_seconds", Kind::Histogram, &["method", "host", "route"]),
        of("http_client_errors_total", Kind::Counter, &["host", "route", "error"]),
        of("http_client_requests_in_flight", Kind::Gauge, &["host"]),
    ]
}

fn job(prefix: &str) -> Vec<FamilyDescriptor> {
    let of = |name: &str, kind, labels: &[&str]| {
        declared("tallymark-core", &format!("{prefix}{name}"), kind, labels)
    };
    vec![
        of("job_runs_total", Kind::Counter, &["job_name", "outcome"]),
        of("job_duration_seconds", Kind::Histogram, &["job_name"]),
        of("job_runs_in_flight", Kind::Gauge, &["job_name"]),
        of("job_last_start_timestamp_seconds", Kind::Gauge, &["job_name"]),
        of("job_last_success_timestamp_seconds", Kind::Gauge, &["job_name"]),
        of("job_known_since_timestamp_seconds", Kind::Gauge, &["job_name"]),
        of("job_overdue_after_seconds", Kind::Gauge, &["job_name"]),
        of("job_queue_depth", Kind::Gauge, &["queue"]),
    ]
}

fn titles(board: &Board) -> Vec<&str> {
    board.panels().map(|panel| panel.title.as_str()).collect()
}

#[test]
fn a_layer_in_two_namespaces_has_two_boards() {
    let monitoring = Monitoring::of(&Catalogue::new([http("shop_"), http("admin_")].concat()));
    let slugs: Vec<&str> = monitoring.boards.iter().map(|board| board.slug.as_str()).collect();
    assert_eq!(slugs, ["overview", "http-admin", "http-shop"]);
    let names: Vec<&str> = monitoring.alerts.iter().map(|alert| alert.name.as_str()).collect();
    assert_eq!(names, ["HighErrorRateAdmin", "HighLatencyAdmin", "HighErrorRateShop", "HighLatencyShop"]);
    let admin = monitoring.board("http-admin").expect("it is there");
    let families: BTreeSet<String> = admin
        .panels()
        .flat_map(|panel| &panel.targets)
        .flat_map(|target| target.query.families())
        .map(|family| family.name.clone())
        .collect();
    assert_eq!(families.len(), 3);
    assert!(families.iter().all(|family| family.starts_with("admin_")), "{families:?}");
}

/// Requests that are sent are not among those that are served, though the names begin alike.
#[test]
fn requests_sent_have_a_board_of_their_own() {
    let families = |board: &Board| {
        let mut names = BTreeSet::new();
        note(&mut names, board);
        names
    };
    for prefix in ["", "shop_"] {
        let monitoring = Monitoring::of(&Catalogue::new([http(prefix), client(prefix)].concat()));
        let slugs: Vec<&str> = monitoring.boards.iter().map(|board| board.slug.as_str()).collect();
        assert_eq!(slugs, ["overview", "http", "outgoing-http"]);
        let sent = &monitoring.boards[2];
        let rows: Vec<(&str, usize)> =
            sent.rows.iter().map(|row| (row.title.as_str(), row.panels.len())).collect();
        assert_eq!(rows, [("Rate", 3), ("Errors", 3), ("Duration", 3), ("Saturation", 1)]);
        assert_eq!(families(sent), client(prefix).into_iter().map(|family| family.name).collect());
        let served = families(&monitoring.boards[1]);
        assert_eq!(served, http(prefix).into_iter().map(|family| family.name).collect());
        let errors = sent.panels().find(|panel| panel.title == "Error rate by host").expect("it is there");
        let rate = |status| format!("rate({prefix}http_client_requests_total{status}[5m])");
        let expected = format!(
            "(sum by (host) ({}) or sum by (host) ({}) * 0) / sum by (host) ({})",
            rate("{status=~\"none|5..\"}"),
            rate(""),
            rate("")
        );
        assert_eq!(errors.targets[0].query.promql(&PromQl::default()), expected);
    }
    // A program that serves nothing.
    let monitoring = Monitoring::of(&Catalogue::new(client("")));
    assert!(monitoring.board("outgoing-http").is_some() && monitoring.board("http").is_none());
    assert!(monitoring.board("application").is_none());
    let names: Vec<&str> = monitoring.alerts.iter().map(|alert| alert.name.as_str()).collect();
    assert_eq!(names, ["OutgoingErrorRate", "OutgoingLatency"]);
}

/// Every family of jobs has a place on their board, and what a job has missed is seen without its schedule.
#[test]
fn jobs_have_a_board_and_alerts() {
    let monitoring = Monitoring::of(&Catalogue::new(job("")));
    let board = monitoring.board("jobs").expect("it is there");
    let rows: Vec<(&str, usize)> =
        board.rows.iter().map(|row| (row.title.as_str(), row.panels.len())).collect();
    assert_eq!(rows, [("Rate", 3), ("Errors", 2), ("Duration", 2), ("Saturation", 2)]);
    assert!(monitoring.board("application").is_none());
    let conditions: Vec<(&str, String)> = monitoring
        .alerts
        .iter()
        .map(|alert| (alert.name.as_str(), alert.condition.promql(&PromQl::default())))
        .collect();
    let increase = |outcome| format!("sum by (job_name) (increase(job_runs_total{outcome}[1h]))");
    let (failed, all) = (increase("{outcome=~\"error|panic\"}"), increase(""));
    assert_eq!(
        conditions,
        [
            ("JobFailing", format!("({failed} or {all} * 0) / {all} > 0.5")),
            (
                "JobNotRun",
                "(time() - max by (job_name) (job_last_success_timestamp_seconds) or \
                 time() - min by (job_name) (job_known_since_timestamp_seconds)) - \
                 max by (job_name) (job_overdue_after_seconds) > 0"
                    .to_owned()
            ),
        ]
    );

    // A program that only counts what waits.
    let queues = job("").into_iter().filter(|family| family.name == "job_queue_depth");
    let monitoring = Monitoring::of(&Catalogue::new(queues));
    assert_eq!(titles(monitoring.board("jobs").expect("it is there")), ["Jobs that wait, by queue"]);
    assert!(monitoring.alerts.is_empty());
}

#[test]
fn a_namespace_of_all_metrics_is_no_part_of_the_slug() {
    let mut families = http("shop_");
    for family in &mut families {
        family.base_name = family.name.trim_start_matches("shop_").to_owned();
    }
    let monitoring = Monitoring::of(&Catalogue::new(families));
    assert!(monitoring.board("http").is_some() && monitoring.board("application").is_none());
    assert_eq!(monitoring.alerts[0].name, "HighErrorRate");
}

/// A family of a layer without a panel there gets one by its kind.
#[test]
fn families_of_a_layer_without_a_panel_are_listed_as_more() {
    let monitoring = Monitoring::of(&Catalogue::new(http("")));
    let board = monitoring.board("http").expect("it is there");
    let more = board.rows.last().expect("it has rows");
    assert_eq!((more.title.as_str(), more.panels.len()), ("More", 1));
}

/// A metric of the application that has a layer's name and other labels gets a panel, and breaks none.
#[test]
fn a_name_alone_does_not_make_a_layer() {
    let family = declared("shop", "http_requests_total", Kind::Counter, &["customer"]);
    let monitoring = Monitoring::of(&Catalogue::new([family]));
    assert!(monitoring.alerts.is_empty());
    let shown = monitoring.boards.iter().flat_map(Board::panels).flat_map(|panel| &panel.targets);
    let queries: BTreeSet<String> = shown.map(|target| target.query.promql(&PromQl::default())).collect();
    assert!(queries.contains("sum(rate(http_requests_total[5m]))"), "{queries:?}");
}

/// Nothing that is declared is without a panel, whatever it is.
#[test]
fn every_family_has_a_panel() {
    let mut families = [http(""), client(""), job("")].concat();
    for (name, kind) in [
        ("shop_orders_total", Kind::Counter),
        ("shop_pending", Kind::Gauge),
        ("shop_wait_seconds", Kind::Histogram),
        ("shop_size_bytes", Kind::Summary),
        ("shop_build_info", Kind::Info),
        ("shop_phase", Kind::StateSet),
        ("shop_strange", Kind::Unknown),
        ("db_pool_connections", Kind::Gauge),
        ("db_migrations_pending", Kind::Gauge),
        ("cache_gets_total", Kind::Counter),
        ("process_open_fds", Kind::Gauge),
        ("tallymark_scrape_duration_seconds", Kind::Histogram),
        ("tokio_workers", Kind::Gauge),
    ] {
        for labels in [&[][..], &["a"], &["a", "b", "c"]] {
            let name = if labels.is_empty() { name.to_owned() } else { format!("x{}_{name}", labels.len()) };
            families.push(declared("shop", &name, kind, labels));
        }
    }
    let catalogue = Catalogue::new(families);
    let monitoring = Monitoring::of(&catalogue);
    let mut shown = BTreeSet::new();
    for board in &monitoring.boards {
        note(&mut shown, board);
    }
    for family in catalogue.families() {
        assert!(shown.contains(&family.name), "{}", family.name);
    }
}

#[test]
fn kinds_units_and_labels_decide_the_panel() {
    let mut families = vec![
        declared("shop", "shop_sent_bytes_total", Kind::Counter, &["peer"]),
        declared("shop", "shop_pending", Kind::Gauge, &[]),
        declared("shop", "shop_wait_seconds", Kind::Histogram, &[]),
        declared("shop", "shop_phase", Kind::StateSet, &["db"]),
        declared("shop", "shop_last_run_timestamp_seconds", Kind::Gauge, &[]),
    ];
    for (family, unit, help) in
        [(0, "bytes", "Sent bytes. By peer."), (2, "seconds", ""), (4, "seconds", "Last run.")]
    {
        families[family].unit = Some(unit.to_owned());
        help.clone_into(&mut families[family].help);
    }
    let monitoring = Monitoring::of(&Catalogue::new(families));
    let board = monitoring.board("application").expect("they are the application's");
    assert_eq!(board.rows[0].title, "Metrics");
    let panels: BTreeMap<&str, (PanelKind, &crate::Unit, String)> = board
        .panels()
        .map(|panel| {
            let query = panel.targets[0].query.promql(&PromQl::default());
            (panel.title.as_str(), (panel.kind, &panel.unit, query))
        })
        .collect();
    let expect = |title: &str, kind, unit: PanelUnit, query: &str| {
        let (found, of, text) = panels.get(title).unwrap_or_else(|| panic!("{title}: {:?}", titles(board)));
        assert_eq!((*found, *of, text.as_str()), (kind, &unit.into(), query), "{title}");
    };
    expect(
        "Sent bytes",
        PanelKind::Stacked,
        PanelUnit::BytesPerSecond,
        "sum by (peer) (rate(shop_sent_bytes_total[5m]))",
    );
    expect(
        "Shop wait seconds",
        PanelKind::Lines,
        PanelUnit::Seconds,
        "histogram_quantile(0.5, sum by (le) (rate(shop_wait_seconds_bucket[5m])))",
    );
    expect(
        "Shop wait seconds, distribution",
        PanelKind::Heatmap,
        PanelUnit::Seconds,
        "sum by (le) (increase(shop_wait_seconds_bucket[5m]))",
    );
    expect("Last run", PanelKind::Stat, PanelUnit::Timestamp, "max(shop_last_run_timestamp_seconds) * 1000");
    assert!(panels.values().any(|(kind, ..)| *kind == PanelKind::States));
}

/// Every alert of every layer can fire, and need not.
#[test]
fn alerts_of_layers_have_examples() {
    let own = |name: &str, kind, labels: &[&str]| declared("tallymark-db", name, kind, labels);
    let mut families = [http(""), client(""), job("")].concat();
    families.extend([
        own("db_queries_total", Kind::Counter, &["db", "vendor", "operation"]),
        own("db_errors_total", Kind::Counter, &["db", "vendor", "error"]),
        own("db_connection_errors_total", Kind::Counter, &["db"]),
        own("db_pool_connections", Kind::Gauge, &["db", "state"]),
        own("db_pool_wait_seconds", Kind::Histogram, &["db"]),
        own("db_pool_healthy", Kind::Gauge, &["db"]),
        own("db_migrations_pending", Kind::Gauge, &["db"]),
        own("cache_gets_total", Kind::Counter, &["cache", "backend", "result"]),
        own("process_cpu_seconds_total", Kind::Counter, &[]),
        own("process_open_fds", Kind::Gauge, &[]),
        own("process_max_fds", Kind::Gauge, &[]),
        own("tallymark_scrape_duration_seconds", Kind::Histogram, &[]),
        own("tallymark_dropped_series_total", Kind::Counter, &["metric"]),
        own("tallymark_collector_errors_total", Kind::Counter, &["collector"]),
        own("tallymark_conflicts_total", Kind::Counter, &[]),
    ]);
    let monitoring = Monitoring::of(&Catalogue::new(families));
    assert!(monitoring.alerts.len() >= 17, "{}", monitoring.alerts.len());
    for alert in &monitoring.alerts {
        for holds in [true, false] {
            let example = alert.condition.example(holds);
            assert!(example.is_ok(), "{} {holds}: {example:?}", alert.name);
        }
        assert!(!alert.summary.is_empty() && !alert.description.is_empty(), "{}", alert.name);
    }
}

/// An annotation as the registry describes it.
fn annotated(when: &'static str) -> tallymark_core::registry::AlertDescriptor {
    use tallymark_core::{
        __private_v4::{Alert, Allow, Annotations, Declared, Element, Entry, Panel, Place, Severity},
        Counter, registry,
    };
    let place = Place { package: "shop", module: "shop", file: "shop.rs", line: 3 };
    let name: &'static str = format!("annotated_{}_total", when.len()).leak();
    let help = "Help.";
    let declared = Declared { name, namespaced: true, help, unit: None, allow: Allow::NONE, place };
    let (severity, summary, description) = (Severity::Critical, "Summary", "");
    let alert = Alert { name: "Annotated", when, hold: 60, severity, summary, description };
    let annotations = Annotations {
        alerts: Vec::leak(vec![alert]),
        objectives: &[],
        panel: Panel { title: "Title", row: "Row", unit: None },
    };
    let metric: &'static Counter = Box::leak(Box::new(Counter::new()));
    let entry = Entry::new(declared, metric).annotated(Box::leak(Box::new(annotations)));
    registry::register(Vec::leak(vec![Element::Metrics(Vec::leak(vec![entry]))]));
    let family =
        registry::descriptors().into_iter().find(|family| family.name == name).expect("it is declared");
    family.alerts.into_iter().next().expect("it has one")
}

/// A label of a closed set of values never has another one, which only the running program knows.
#[test]
fn annotations_that_name_what_does_not_exist_are_faults() {
    let alert = annotated("rate{state='lost'}[5m] by state > 1");
    let mut family = declared("shop", "shop_parcels_total", Kind::Counter, &["state"]);
    family.alerts = vec![alert];
    family.panel.title = Some("Parcels".to_owned());
    family.panel.row = Some("Post".to_owned());
    let monitoring = Monitoring::of(&Catalogue::new([family.clone()]));
    assert_eq!(monitoring.faults, []);
    let [alert] = &monitoring.alerts[..] else { panic!("{:?}", monitoring.alerts) };
    assert_eq!(
        alert.condition.promql(&PromQl::rules("shop")),
        "sum by (job, state) (rate(shop_parcels_total{job=\"shop\", state=\"lost\"}[5m])) > 1"
    );
    assert_eq!((alert.hold.as_secs(), alert.severity), (60, crate::Severity::Critical));
    let board = monitoring.board("application").expect("it is the application's");
    assert_eq!((board.rows[0].title.as_str(), titles(board)), ("Post", vec!["Parcels"]));

    family.labels[0].values = Some(vec!["sent".to_owned(), "delivered".to_owned()]);
    let monitoring = Monitoring::of(&Catalogue::new([family]));
    assert!(monitoring.alerts.is_empty());
    let [fault] = &monitoring.faults[..] else { panic!("{:?}", monitoring.faults) };
    let text = fault.to_string();
    assert!(
        text.starts_with("alert `Annotated` of `shop_parcels_total`, declared at src/metrics.rs:1,"),
        "{text}"
    );
    let source = std::error::Error::source(fault).expect("it has one").to_string();
    assert!(source.contains("never `lost`: its values are `sent`, `delivered`"), "{source}");
}

/// The macro does not see the kind and unit of a metric whose type is an alias.
#[test]
fn conditions_are_checked_where_the_kind_is_known() {
    for (when, expected) in [
        ("value by queue > 3", "write `sum by`, `max by` or `min by`"),
        ("value > 3ms", "write a plain number"),
        ("rate[5m] > 3", "write `value`, `mean[5m]` or `max[5m]`"),
    ] {
        let mut family = declared("shop", "shop_depth", Kind::Gauge, &["queue"]);
        family.alerts = vec![annotated(when)];
        let catalogue = Catalogue::new([family]);
        let monitoring = Monitoring::of(&catalogue);
        assert!(monitoring.alerts.iter().all(|alert| alert.name != "Annotated"), "{when}");
        let [fault] = &monitoring.faults[..] else { panic!("{when}: {:?}", monitoring.faults) };
        assert!(fault.source.to_string().contains(expected), "{}", fault.source);
        assert_eq!(annotation_faults(&catalogue), monitoring.faults);
    }
}

/// A latency beyond the last bucket cannot be seen, so the limit is one that can.
#[test]
fn a_limit_that_no_quantile_exceeds_is_lowered() {
    let mut families = http("");
    families[1].bounds = vec![0.1, 0.5, 2.0];
    let monitoring = Monitoring::of(&Catalogue::new(families));
    let slow = monitoring.alerts.iter().find(|alert| alert.name == "HighLatency").expect("it is there");
    assert!(slow.condition.promql(&PromQl::default()).ends_with("> 0.5"));
    assert!(slow.summary.contains("0.5 s") && slow.condition.example(true).is_ok());
}
