use super::{sampled::LabelPairs, *};
use crate::{Query, Selector, Window};
use std::{sync::Arc, time::Duration};
use tallymark_core::{
    Kind, Number,
    registry::FamilyDescriptor,
    snapshot::{Family, HistogramValue, Series, StatesValue},
};

const MINUTE: Duration = Duration::from_secs(60);

fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn family(name: &str, kind: Kind, series: Vec<Series>) -> Family {
    Family { name: name.to_owned(), help: "Help.".to_owned(), kind, unit: None, series }
}

fn counter(series: &[(&[(&str, &str)], u64)]) -> Snapshot {
    let series = series
        .iter()
        .map(|(pairs, count)| Series::new(labels(pairs), Value::Number(Number::U64(*count))))
        .collect();
    Snapshot::new(vec![family("orders_total", Kind::Counter, series)])
}

fn selector(snapshot: &Snapshot, name: &str) -> Selector {
    let family = snapshot.family(name).expect("it is there");
    Selector::new(&Arc::new(FamilyDescriptor::of_family(family)))
}

fn value(history: &History, query: &Query, at: i64) -> Option<f64> {
    let series = history.evaluate(query, at, MINUTE);
    assert!(series.len() <= 1, "{series:?}");
    series.first().map(|series| series.value)
}

#[test]
fn the_oldest_are_forgotten_first() {
    let snapshot = |at: u64| counter(&[(&[("shop", "north")], at), (&[("shop", "south")], at)]);
    let mut history = History::new(4_000);
    for at in 0..1_000 {
        history.push(at * 1_000, &snapshot(at.unsigned_abs()));
        assert!(history.bytes() <= 4_000, "{}", history.bytes());
    }
    let (first, last) = history.span().expect("some are left");
    assert_eq!(last, 999_000);
    assert!(first > 900_000 && history.len() > 10, "{first} {}", history.len());
    let sum = selector(&snapshot(0), "orders_total").value().map(Query::sum).expect("a counter");
    assert_eq!(value(&history, &sum, 999_000), Some(1_998.0));
}

#[test]
fn a_cap_that_is_too_small_keeps_nothing() {
    let mut history = History::new(1);
    history.push(1, &counter(&[(&[], 1)]));
    assert!(history.is_empty() && history.span().is_none());
    assert!(history.bytes() <= 1, "{}", history.bytes());
}

/// Series that come and go take no memory once their last value is forgotten.
#[test]
fn series_come_and_go() {
    let mut history = History::new(20_000);
    for at in 0..5_000 {
        let request = at.to_string();
        history.push(at, &counter(&[(&[("request", &request)], 1)]));
        assert!(history.bytes() <= 20_000, "{}", history.bytes());
        assert!(history.columns.len() <= 2 * history.len() + 1, "{}", history.columns.len());
    }
    let all = counter(&[(&[("request", "0")], 1)]);
    let sum = selector(&all, "orders_total").value().map(Query::sum).expect("a counter");
    assert_eq!(value(&history, &sum, 4_999), Some(1.0));
}

#[test]
fn what_is_older_than_the_newest_is_left_out() {
    let mut history = History::new(usize::MAX);
    history.push(10, &counter(&[(&[], 1)]));
    history.push(10, &counter(&[(&[], 2)]));
    history.push(9, &counter(&[(&[], 3)]));
    assert_eq!((history.len(), history.span()), (1, Some((10, 10))));
}

#[test]
fn a_value_holds_five_minutes_and_an_ended_series_none() {
    let first = counter(&[(&[("shop", "north")], 1), (&[("shop", "south")], 2)]);
    let mut history = History::new(usize::MAX);
    history.push(1_000_000, &first);
    let all = selector(&first, "orders_total").value().expect("a counter");
    let count = |history: &History, at| history.evaluate(&all, at, MINUTE).len();
    assert_eq!(count(&history, 999_999), 0);
    assert_eq!(count(&history, 1_000_000), 2);
    assert_eq!(count(&history, 1_299_999), 2);
    assert_eq!(count(&history, 1_300_000), 0);
    history.push(1_015_000, &counter(&[(&[("shop", "north")], 1)]));
    assert_eq!(count(&history, 1_015_000), 1);
}

#[test]
fn ranges_leave_out_their_start() {
    let first = counter(&[(&[], 0)]);
    let mut history = History::new(usize::MAX);
    for at in 0..=4 {
        history.push(at * 15_000, &counter(&[(&[], at.unsigned_abs() * 30)]));
    }
    let rate = selector(&first, "orders_total").rate(Window::minutes(1)).expect("a counter");
    // Four samples, from 15 s to 60 s.
    assert_eq!(value(&history, &rate, 60_000), Some(2.0));
    let panel = selector(&first, "orders_total").rate(Window::Panel).expect("a counter");
    assert_eq!(history.evaluate(&panel, 60_000, Duration::from_secs(30))[0].value, 2.0);
}

#[test]
fn sums_ratios_and_conditions() {
    let snapshot = |scale: u64| {
        counter(&[
            (&[("shop", "north"), ("way", "web")], scale),
            (&[("shop", "north"), ("way", "phone")], 3 * scale),
            (&[("shop", "south"), ("way", "web")], 2 * scale),
        ])
    };
    let mut history = History::new(usize::MAX);
    history.push(0, &snapshot(0));
    history.push(60_000, &snapshot(60));
    let all = selector(&snapshot(1), "orders_total");
    let rate = |selector: &Selector, by: &[&str]| {
        selector.rate(Window::minutes(2)).and_then(|rate| rate.sum_by(by)).expect("its labels")
    };
    let web = all.clone().equal("way", "web").expect("its label");
    let part = rate(&web, &["shop"]).ratio(rate(&all, &["shop"])).expect("by the same labels");
    let parts = history.evaluate(&part, 60_000, MINUTE);
    let parts: Vec<(&str, f64)> = parts.iter().map(|it| (it.labels[0].1.as_str(), it.value)).collect();
    assert_eq!(parts, [("north", 0.25), ("south", 1.0)]);
    let high = part.clone().compared(crate::Comparison::Above, 0.5);
    assert_eq!(history.evaluate(&high, 60_000, MINUTE).len(), 1);
    let fax = all.clone().equal("way", "fax").expect("its label");
    let none = rate(&fax, &[]).part_of(rate(&all, &[])).expect("by the same labels");
    assert_eq!(value(&history, &none, 60_000), Some(0.0));
    let lines = history.evaluate_range(&rate(&all, &["shop"]), (0, 120_000), MINUTE, MINUTE);
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| matches!(line.values[..], [None, Some(_), None])));
}

#[test]
fn quantiles_and_heatmaps_by_label() {
    let snapshot = |scale: u64| {
        let histogram = |counts: [u64; 3]| {
            let counts = counts.map(|count| count * scale).to_vec();
            Value::Histogram(HistogramValue { bounds: vec![1.0, 2.0], counts, sum: 9.0, native: None })
        };
        let series = vec![
            Series::new(labels(&[("route", "/a")]), histogram([10, 0, 0])),
            Series::new(labels(&[("route", "/b")]), histogram([0, 10, 0])),
        ];
        Snapshot::new(vec![family("waits_seconds", Kind::Histogram, series)])
    };
    let mut history = History::new(usize::MAX);
    history.push(0, &snapshot(0));
    history.push(60_000, &snapshot(1));
    let all = selector(&snapshot(1), "waits_seconds");
    let by_route = all.quantile(0.5, Window::minutes(2), &["route"]).expect("a histogram");
    let values: Vec<f64> = history.evaluate(&by_route, 60_000, MINUTE).iter().map(|it| it.value).collect();
    assert_eq!(values, [0.5, 1.5]);
    let heatmap = all.heatmap(Window::minutes(2)).expect("a histogram");
    let edges: Vec<(String, String)> =
        history.evaluate(&heatmap, 60_000, MINUTE).iter().map(|it| it.labels[0].clone()).collect();
    assert_eq!(edges, labels(&[("le", "+Inf"), ("le", "1"), ("le", "2")]));
    let good = all.rate_up_to(1.0, Window::minutes(2)).map(Query::sum).expect("an edge");
    let ratio = good.ratio(all.rate(Window::minutes(2)).map(Query::sum).expect("a histogram"));
    assert_eq!(value(&history, &ratio.expect("both are sums"), 60_000), Some(0.5));
}

#[test]
fn states_are_series() {
    let snapshot = |current| {
        let states = StatesValue { states: vec!["idle".to_owned(), "busy".to_owned()], current };
        Snapshot::new(vec![family(
            "phase",
            Kind::StateSet,
            vec![Series::new(Vec::new(), Value::States(states))],
        )])
    };
    let mut history = History::new(usize::MAX);
    history.push(0, &snapshot(1));
    let all = selector(&snapshot(0), "phase");
    let by_state = all.value().and_then(|value| value.max_by(&["phase"])).expect("its own label");
    let values: Vec<f64> = history.evaluate(&by_state, 0, MINUTE).iter().map(|it| it.value).collect();
    assert_eq!(values, [1.0, 0.0], "busy, idle");
}

/// A prepared query gives what a fresh one gives, whatever series came and went in between.
#[test]
fn a_prepared_query_follows_the_series() {
    let names = ["north", "east", "south", "west"];
    let mut history = History::new(3_000);
    let all = selector(&counter(&[(&[("shop", "north")], 0)]), "orders_total");
    let rate = all.rate(Window::minutes(1)).and_then(|rate| rate.sum_by(&["shop"])).expect("a counter");
    let by_shop = rate.clone().part_of(rate).expect("by the same labels");
    let mut prepared = history.prepare(&by_shop);
    let mut refreshed = 0;
    for round in 0..200_i64 {
        // One shop after the other closes, and all are forgotten at last.
        let open = &names[usize::try_from(round / 50).expect("it is small")..];
        let series: Vec<_> = open.iter().map(|name| [("shop", *name)]).collect();
        let series: Vec<(&[(&str, &str)], u64)> =
            series.iter().map(|labels| (&labels[..], round.unsigned_abs() * 7)).collect();
        history.push(round * 1_000, &counter(&series));
        refreshed += usize::from(prepared.refresh(&history));
        let values = prepared.values(&history, round * 1_000, MINUTE);
        let kept: Vec<(LabelPairs, f64)> = prepared
            .labels()
            .iter()
            .zip(values)
            .filter_map(|(labels, value)| Some((labels.clone(), value?)))
            .collect();
        let mut fresh: Vec<(LabelPairs, f64)> = history
            .evaluate(&by_shop, round * 1_000, MINUTE)
            .into_iter()
            .map(|series| (series.labels, series.value))
            .collect();
        let mut kept = kept;
        // Bits, since a rate of zero divided by itself is not a number.
        let bits = |series: &mut Vec<(LabelPairs, f64)>| {
            series.sort_by(|a, b| a.0.cmp(&b.0));
            series.iter().map(|(labels, value)| (labels.clone(), value.to_bits())).collect::<Vec<_>>()
        };
        assert_eq!(bits(&mut kept), bits(&mut fresh), "round {round}");
    }
    assert!(refreshed > 1, "{refreshed}");
}

#[test]
fn a_smaller_limit_and_an_age_remove_the_oldest() {
    let mut history = History::new(usize::MAX);
    for at in 0..100 {
        history.push(at * 1_000, &counter(&[(&[], at.unsigned_abs())]));
    }
    history.forget_before(50_000);
    assert_eq!(history.span(), Some((50_000, 99_000)));
    let half = history.bytes() / 2;
    history.set_max_bytes(half);
    assert!(history.bytes() <= half && history.len() > 10, "{} {}", history.bytes(), history.len());
    assert!(history.span().is_some_and(|(first, last)| first > 50_000 && last == 99_000));
    history.clear();
    assert!(history.is_empty() && history.bytes() == 0, "{}", history.bytes());
    history.push(1_000, &counter(&[(&[], 1)]));
    assert_eq!(history.len(), 1, "time may begin again");
}

/// The samples of one series take the texts of its labels once.
#[test]
fn buckets_share_the_labels_of_their_series() {
    let long = "x".repeat(10_000);
    let histogram =
        HistogramValue { bounds: vec![1.0, 2.0, 3.0], counts: vec![1; 4], sum: 9.0, native: None };
    let series = vec![Series::new(labels(&[("route", &long)]), Value::Histogram(histogram))];
    let mut history = History::new(usize::MAX);
    history.push(0, &Snapshot::new(vec![family("waits_seconds", Kind::Histogram, series)]));
    assert!((10_000..12_000).contains(&history.bytes()), "{}", history.bytes());
    let sets = history.oldest_label_sets();
    let set = sets.family("waits_seconds").map(|family| family.series.len());
    assert_eq!(set, Some(1), "one for all its samples");
}

/// An export is not changed by what happens to the history while it is read.
#[test]
fn an_export_holds_one_moment() {
    let mut history = History::new(usize::MAX);
    let name = "y".repeat(1_000);
    let push = |history: &mut History, at: i64| {
        history.push(at, &counter(&[(&[("shop", &name)], 1), (&[("shop", "south")], 2)]));
    };
    (0..100).for_each(|at| push(&mut history, at * 1_000));
    let whole = history.to_openmetrics();
    let mut export = history.export();
    let mut text = export.next().expect("a first chunk");
    assert!(text.len() < whole.len());
    history.clear();
    push(&mut history, 1);
    text.extend(export.by_ref());
    assert_eq!(text, whole);
    assert_eq!(export.size_hint(), (0, Some(0)));
}
