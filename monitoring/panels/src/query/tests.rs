use super::*;
use crate::{Catalogue, Comparison, History};
use std::time::Duration;
use tallymark_core::{
    Kind,
    registry::LabelDescriptor,
    snapshot::{Family, HistogramValue, Series, Value},
};

/// A family as it would be declared.
fn declared(name: &str, kind: Kind, label_names: &[&str]) -> FamilyDescriptor {
    let labels = label_names.iter().map(|name| ((*name).to_owned(), "a".to_owned())).collect();
    let value = match kind {
        Kind::Histogram => Value::Histogram(HistogramValue {
            bounds: vec![0.1, 0.25, 1.0, 2.5],
            counts: vec![0; 5],
            ..HistogramValue::default()
        }),
        _ => Value::Number(tallymark_core::Number::U64(0)),
    };
    let series = vec![Series::new(labels, value)];
    FamilyDescriptor::of_family(&Family { name: name.into(), help: "Help.".into(), kind, unit: None, series })
}

fn catalogue() -> Catalogue {
    let mut closed = declared("gets_total", Kind::Counter, &["result"]);
    let values = Some(vec!["hit".to_owned(), "miss".to_owned()]);
    let mut label: LabelDescriptor = closed.labels[0].clone();
    label.values = values;
    closed.labels[0] = label;
    Catalogue::new([
        closed,
        declared("requests_total", Kind::Counter, &["route", "status"]),
        declared("wait_seconds", Kind::Histogram, &["route"]),
        declared("temperature", Kind::Gauge, &[]),
    ])
}

fn all(name: &str) -> Selector {
    Selector::new(catalogue().get(name).expect("it is declared"))
}

fn promql(query: Result<Query, QueryError>) -> String {
    query.expect("it can be written").promql(&PromQl::default())
}

const FIVE: Window = Window::minutes(5);

#[test]
fn promql_is_written_with_as_few_parentheses_as_it_needs() {
    let requests = || all("requests_total");
    let errors = || requests().matching("status", "5..").expect("its label");
    let sum = |selector: Selector| selector.rate(FIVE).map(Query::sum).expect("a counter");
    for (query, expected) in [
        (requests().rate(FIVE), "rate(requests_total[5m])"),
        (requests().increase(Window::hours(36)), "increase(requests_total[1d12h])"),
        (
            requests().rate(FIVE).and_then(|rate| rate.sum_by(&["route"])),
            "sum by (route) (rate(requests_total[5m]))",
        ),
        (
            sum(errors()).ratio(sum(requests())).map(|ratio| ratio.compared(Comparison::Above, 0.01)),
            "sum(rate(requests_total{status=~\"5..\"}[5m])) / sum(rate(requests_total[5m])) > 0.01",
        ),
        (
            sum(errors()).part_of(sum(requests())),
            "(sum(rate(requests_total{status=~\"5..\"}[5m])) or sum(rate(requests_total[5m])) * 0) / \
             sum(rate(requests_total[5m]))",
        ),
        (
            sum(requests()).minus(sum(errors())).and_then(|good| sum(requests()).minus(good)),
            "sum(rate(requests_total[5m])) - (sum(rate(requests_total[5m])) - \
             sum(rate(requests_total{status=~\"5..\"}[5m])))",
        ),
        (
            all("wait_seconds").quantile(0.95, FIVE, &["route"]),
            "histogram_quantile(0.95, sum by (route, le) (rate(wait_seconds_bucket[5m])))",
        ),
        (all("wait_seconds").rate_up_to(1.0, FIVE), "rate(wait_seconds_bucket{le=~\"1|1\\\\.0\"}[5m])"),
        (all("wait_seconds").rate_up_to(0.25, FIVE), "rate(wait_seconds_bucket{le=\"0.25\"}[5m])"),
        (
            all("wait_seconds").apdex(0.25, FIVE),
            "(sum(rate(wait_seconds_bucket{le=\"0.25\"}[5m])) + \
             sum(rate(wait_seconds_bucket{le=~\"1|1\\\\.0\"}[5m]))) * 0.5 / sum(rate(wait_seconds_count[5m]))",
        ),
        (
            all("wait_seconds").mean(FIVE, &[]),
            "sum(rate(wait_seconds_sum[5m])) / sum(rate(wait_seconds_count[5m]))",
        ),
        (all("temperature").max_over(Window::minutes(15)), "max_over_time(temperature[15m])"),
        (all("temperature").value().map(Query::complement), "1 - temperature"),
        (all("temperature").value().map(Query::age), "time() - temperature"),
        (all("temperature").value().map(|moment| moment.age().age()), "time() - (time() - temperature)"),
    ] {
        assert_eq!(promql(query), expected);
    }
}

#[test]
fn styles() {
    let query = all("requests_total")
        .equal("route", "/a\"b\\c")
        .and_then(|selector| selector.rate(Window::Panel)?.sum_by(&["route"]))
        .expect("its label");
    assert_eq!(
        query.promql(&PromQl::rules("shop")),
        "sum by (job, route) (rate(requests_total{job=\"shop\", route=\"/a\\\"b\\\\c\"}[5m]))"
    );
    assert!(query.promql(&PromQl::grafana()).contains("[$__rate_interval]"));
}

#[test]
fn what_is_not_declared_cannot_be_asked_for() {
    let error = |result: Result<Query, QueryError>| result.expect_err("it is not declared").to_string();
    assert_eq!(
        catalogue().get("orders_total").map(|_| ()).expect_err("there is none").to_string(),
        "no metric `orders_total` is declared"
    );
    assert_eq!(
        error(all("requests_total").equal("method", "GET").and_then(|it| it.value())),
        "`requests_total` has no label `method`: its labels are `route`, `status`"
    );
    assert_eq!(
        error(all("gets_total").equal("result", "hits").and_then(|it| it.value())),
        "label `result` of `gets_total` is never `hits`: its values are `hit`, `miss`"
    );
    assert_eq!(
        error(all("gets_total").matching("result", "h.t.+").and_then(|it| it.value())),
        "label `result` of `gets_total` is never `h.t.+`: its values are `hit`, `miss`"
    );
    assert!(all("gets_total").not_equal("result", "hits").is_err());
    assert!(all("gets_total").matching("result", "hit|error").is_ok());
    assert!(matches!(
        all("requests_total").matching("status", "[45].."),
        Err(QueryError::Pattern { pattern }) if pattern == "[45].."
    ));
    assert_eq!(
        error(all("temperature").rate(FIVE)),
        "`temperature` is a gauge: rates and increases are for counters, histograms and summaries"
    );
    assert!(all("requests_total").max_over(FIVE).is_err());
    assert!(all("wait_seconds").value().is_err());
    assert!(all("requests_total").quantile(0.5, FIVE, &[]).is_err());
    assert!(all("wait_seconds").quantile(95.0, FIVE, &[]).is_err());
    assert_eq!(
        error(all("wait_seconds").rate_up_to(0.3, FIVE)),
        "0.3 is no edge of a bucket of `wait_seconds`: write 0.25 or 1, or add the edge"
    );
    assert_eq!(
        error(all("requests_total").rate(FIVE).and_then(|rate| rate.sum_by(&["job"]))),
        "`requests_total` has no label `job`: its labels are `route`, `status`"
    );
    let lost = all("requests_total").rate(FIVE).and_then(|rate| rate.sum_by(&["route"])?.sum_by(&["status"]));
    assert_eq!(error(lost), "`requests_total` has no label `status`: its labels are `route`");
    let edges = all("wait_seconds").rate_up_to(1.0, FIVE).expect("an edge");
    assert_eq!(
        error(edges.ratio(all("wait_seconds").rate(FIVE).expect("a histogram"))),
        "the two sides have different labels: `le`, `route` and `route`; sum both by the same labels"
    );
    let sides = all("requests_total").rate(FIVE).map(Query::sum);
    let by_route =
        all("requests_total").rate(FIVE).and_then(|rate| rate.sum_by(&["route"])).expect("its label");
    assert_eq!(
        error(sides.and_then(|sum| sum.ratio(by_route))),
        "the two sides have different labels: none and `route`; sum both by the same labels"
    );
}

#[test]
fn durations_are_written_as_prometheus_does() {
    for (seconds, text) in [(0, "0s"), (90, "1m30s"), (300, "5m"), (86_400, "1d"), (90_061, "1d1h1m1s")] {
        assert_eq!(PromDuration(Duration::from_secs(seconds)).to_string(), text);
    }
}

fn condition(query: Result<Query, QueryError>, comparison: Comparison, limit: f64) -> Query {
    query.expect("it can be written").compared(comparison, limit)
}

#[test]
fn examples_make_conditions_hold_and_not() {
    let hits = all("gets_total").equal("result", "hit").expect("its value");
    let sum = |selector: &Selector| selector.rate(FIVE).map(Query::sum);
    let ratio = sum(&hits).and_then(|hits| hits.part_of(sum(&all("gets_total"))?));
    for query in [
        condition(ratio.clone(), Comparison::Below, 0.5),
        condition(ratio, Comparison::Above, 0.99),
        condition(all("requests_total").increase(FIVE), Comparison::Above, 0.0),
        condition(all("wait_seconds").quantile(0.95, FIVE, &["route"]), Comparison::Above, 0.5),
        condition(all("wait_seconds").quantile(0.95, FIVE, &[]), Comparison::Below, 0.2),
        condition(all("temperature").value(), Comparison::Above, 80.0),
        condition(all("temperature").value(), Comparison::Below, 1.0),
        condition(all("temperature").value(), Comparison::Equal, 0.0),
        condition(all("temperature").max_over(FIVE), Comparison::AtLeast, 3.0),
    ] {
        for holds in [true, false] {
            let series = query.example(holds);
            let series =
                series.unwrap_or_else(|error| panic!("{}: {error}", query.promql(&PromQl::default())));
            assert!(!series.is_empty() && series.iter().all(|series| series.per_minute >= 0.0), "{series:?}");
        }
    }
}

#[test]
fn a_condition_that_never_or_always_holds_has_no_example() {
    let beyond = condition(all("wait_seconds").quantile(0.95, FIVE, &[]), Comparison::Above, 2.5);
    assert_eq!(beyond.example(true), Err(ExampleError::NeverHolds));
    let always = condition(all("wait_seconds").quantile(0.95, FIVE, &[]), Comparison::AtLeast, 0.0);
    assert_eq!(always.example(false), Err(ExampleError::AlwaysHolds));
    let none = all("temperature").value().expect("a gauge");
    assert_eq!(none.example(true), Err(ExampleError::Unknown));
}

#[test]
fn the_labels_of_an_example_are_possible() {
    let misses = all("gets_total").not_equal("result", "hit").expect("its value");
    let query = condition(misses.rate(FIVE).map(Query::sum), Comparison::Above, 1.0);
    let series = query.example(true).expect("it can hold");
    assert_eq!(series[0].labels, [("result".to_owned(), "miss".to_owned())]);
    // And what was returned is what was tried out.
    let mut history = History::new(usize::MAX);
    history.push(0, &tallymark_core::snapshot::Snapshot::default());
    assert!(history.evaluate(&query, 0, Duration::from_secs(60)).is_empty());
}
