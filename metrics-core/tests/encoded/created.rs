use super::common::Pair;
use std::time::{Duration, SystemTime};
use tallymark_core::{
    Counter, Gauge, Histogram, Number, Summary, buckets,
    exemplar::Exemplar,
    place,
    registry::{self, CollectError, Collector, Config, Declaration, Families, Format, Selection},
    snapshot::{HistogramValue, Series, Value},
};

fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

/// The configuration is the program's, so all that needs one is here.
#[test]
fn each_series_tells_since_when_it_counts() {
    let start = now();
    Config::new().created_timestamps(true).install().expect("the first configuration");
    let declare = |name: &str| Declaration::new(name, "Help.", place!());
    let by_name: &Counter<Pair<'static>> = declare("created_jobs_total").declare(Counter::new).expect("good");
    let wait: &Histogram = declare("created_wait").declare(|| Histogram::new(buckets![1.0])).expect("good");
    let size: &Summary = declare("created_size").declare(Summary::new).expect("good");
    let _: &Gauge = declare("created_level").declare(Gauge::new).expect("good");
    wait.observe(0.5);
    size.observe(1.0);
    let first = now();
    by_name.with(Pair { one: "a", other: "x" }).inc();
    let second = now();
    by_name.with(Pair { one: "b", other: "x" }).inc();

    let created = |name: &str, labels: &[(&str, &str)]| {
        registry::snapshot().series(name, labels).and_then(|series| series.created).map(|at| at.as_secs_f64())
    };
    let of = |one| created("created_jobs_total", &[("one", one), ("other", "x")]).expect("it is shown");
    assert!((first..=second).contains(&of("a")) && (second..=now()).contains(&of("b")));
    assert!(created("created_wait", &[]).is_some_and(|at| (start..=first).contains(&at)));
    assert!(created("created_size", &[]).is_some_and(|at| (start..=first).contains(&at)));
    assert_eq!(created("created_level", &[]), None);

    // A series that was removed counts anew.
    let removed = now();
    assert!(by_name.remove(Pair { one: "a", other: "x" }));
    by_name.with(Pair { one: "a", other: "x" }).inc();
    assert!((removed..=now()).contains(&of("a")));

    let names = Selection::of(["created_jobs", "created_wait", "created_size", "created_level"]);
    let text = |format| registry::encode_to_string(registry::Request::new(format).names(names.clone()));
    let open = text(Format::OpenMetrics100);
    let lines = |start: &str| open.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(lines("created_jobs_created{"), 2);
    assert_eq!(lines("created_wait_created "), 1);
    assert_eq!(lines("created_size_created "), 1);
    assert_eq!(lines("created_level_created"), 0);
    assert!(!text(Format::Text004).contains("_created "));
    a_collector_says_since_when_its_series_count();
}

struct Proxy;

impl Collector for Proxy {
    fn name(&self) -> &'static str {
        "created_proxy"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let started = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500);
        let series = |value| Series::new(Vec::new(), value).since(started);
        let known = |name: &str| Exemplar {
            labels: vec![(name.into(), "x".into())],
            value: 1.0,
            ..Exemplar::default()
        };
        let wait = HistogramValue { bounds: vec![1.0], counts: vec![1, 0], sum: 0.5, native: None };
        families.histogram("proxy_wait", "Waiting.").add(series(Value::Histogram(wait)));
        let requests =
            series(Value::Number(Number::U64(3))).exemplar(known("trace_id")).exemplar(known("not a name"));
        families.counter("proxy_requests_total", "Requests.").add(requests);
        // A level was not created, it is there.
        families.gauge("proxy_level", "Level.").add(series(Value::Number(Number::U64(3))));
        assert_eq!(families.errors().len(), 1, "{:?}", families.errors());
        Ok(())
    }
}

fn a_collector_says_since_when_its_series_count() {
    let registration = registry::register_collector(Proxy);
    let names = Selection::of(["proxy_wait", "proxy_requests", "proxy_level"]);
    let text = |format| registry::encode_to_string(registry::Request::new(format).names(names.clone()));
    let open = text(Format::OpenMetrics100);
    for line in [
        "proxy_requests_created 1.7000000005e+09",
        "proxy_requests_total 3 # {trace_id=\"x\"} 1 0",
        "proxy_wait_created 1.7000000005e+09",
    ] {
        assert!(open.lines().any(|found| found == line), "{line}\n{open}");
    }
    assert!(!open.contains("proxy_level_created"));
    assert!(!text(Format::Text004).contains("_created"));
    let errors =
        || registry::snapshot().value("tallymark_collector_errors_total", &[("collector", "created_proxy")]);
    assert!(errors().is_some_and(|errors| errors >= 2.0), "the exemplar that was left out, in each scrape");
    drop(registration);
}
