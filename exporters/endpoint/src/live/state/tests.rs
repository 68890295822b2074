use tallymark_core::{
    Kind, Number,
    exemplar::Exemplar,
    snapshot::{Family, HistogramValue, Series, Value},
};

use super::*;
use crate::{coding::Coding, source::Source};

const SLUG: &str = "metric:live_test_orders_total";
const MINUTE: Duration = Duration::from_secs(60);

fn family(name: &str, kind: Kind, series: Vec<Series>) -> Family {
    Family { name: name.to_owned(), help: "Help.".to_owned(), kind, unit: None, series }
}

/// A counter with one series for each shop, and a histogram.
fn snapshot(shops: usize, count: u64) -> Snapshot {
    let series = |shop: usize| {
        let labels = vec![("shop".to_owned(), format!("shop-{shop}"))];
        Series::new(labels, Value::Number(Number::U64(count)))
    };
    let histogram =
        HistogramValue { bounds: vec![1.0, 2.0], counts: vec![count, 0, count], sum: 0.0, native: None };
    Snapshot::new(vec![
        family("live_test_orders_total", Kind::Counter, (0..shops).map(series).collect()),
        family(
            "live_test_waits",
            Kind::Histogram,
            vec![Series::new(Vec::new(), Value::Histogram(histogram))],
        ),
    ])
}

fn state(max_bytes: usize) -> State {
    State::new(&Live::new().max_bytes(max_bytes), None, Source::default())
}

fn text(encoded: &mut Encoded) -> String {
    let bytes = encoded.get(Coding::Identity).expect("plain bytes");
    String::from_utf8(bytes.to_vec()).expect("a text")
}

fn board(state: &mut State, slug: &str, seen: (u64, i64)) -> String {
    text(state.board(&(slug.to_owned(), MINUTE), seen).expect("there is such a section"))
}

/// Returns what follows a key, up to the next comma or bracket.
fn member<'a>(json: &'a str, key: &str) -> &'a str {
    let (_, rest) = json.split_once(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key} in {json}"));
    rest.split([',', '}', ']']).next().unwrap_or_default()
}

#[test]
fn the_cap_holds_and_the_oldest_samples_go_first() {
    let mut state = state(200_000);
    for round in 0..300_i64 {
        state.sample_at(round * 5_000, &snapshot(50, round.unsigned_abs()));
        if round % 7 == 0 {
            board(&mut state, SLUG, (0, 0));
            board(&mut state, "metric:live_test_waits", (0, 0));
        }
        let bytes = state.history.bytes() + state.evaluated_bytes();
        // What was written for a page since the last sample is taken off with the next one.
        assert!(bytes <= 250_000, "round {round}: {bytes}");
    }
    let (first, last) = state.history.span().expect("there are samples");
    assert_eq!(last, 299 * 5_000);
    assert!(first > 100 * 5_000, "{first}");
    assert!(state.history.len() > 10, "{}", state.history.len());
}

#[test]
fn samples_are_kept_for_so_long() {
    let mut state = State::new(&Live::new().history(MINUTE), None, Source::default());
    for round in 0..100 {
        state.sample_at(round * 5_000, &snapshot(1, 1));
    }
    assert_eq!(state.history.span(), Some((99 * 5_000 - 60_000, 99 * 5_000)));
}

/// Without this, a page would show nothing until the clock is as late as it was.
#[test]
fn a_clock_that_is_set_back_begins_anew() {
    let mut state = state(1 << 20);
    state.sample_at(1_000_000, &snapshot(1, 1));
    state.sample_at(1_005_000, &snapshot(1, 2));
    let before = board(&mut state, SLUG, (0, 0));
    state.sample_at(500_000, &snapshot(1, 3));
    assert_eq!(state.history.span(), Some((500_000, 500_000)));
    let version = member(&before, "version").parse().expect("a number");
    let after = board(&mut state, SLUG, (version, 1_005_000));
    assert!(after.contains("\"rows\""), "it is whole: {after}");
}

/// Pages that follow share one text for each sample, and so do those that begin.
#[test]
fn a_sample_is_written_once_for_all_pages() {
    let mut state = state(1 << 20);
    for round in 1..5_i64 {
        state.sample_at(round * 5_000, &snapshot(2, round.unsigned_abs() * 10));
    }
    let key = (SLUG.to_owned(), MINUTE);
    let whole = board(&mut state, SLUG, (0, 0));
    let version: u64 = member(&whole, "version").parse().expect("a number");
    state.sample_at(25_000, &snapshot(2, 50));
    let mut pointer = |_| {
        let json = state.board(&key, (version, 20_000)).expect("it is there");
        json.get(Coding::Identity).expect("plain bytes").as_ptr()
    };
    let pointers: BTreeSet<*const u8> = (0..10).map(&mut pointer).collect();
    assert_eq!(pointers.len(), 1);
    let newest = board(&mut state, SLUG, (version, 20_000));
    assert!(!newest.contains("rows") && newest.len() < whole.len(), "{newest}");
    assert_eq!(member(&newest, "time"), "25000");
    // Both shops have grown by 40 in 20 seconds, to which half an interval is added in front: 45 within a minute.
    assert!(newest.ends_with("\"panels\":[[0.75,0.75]]}"), "{newest}");
    // A page that has missed a sample gets all of them.
    assert!(board(&mut state, SLUG, (version, 15_000)).contains("\"times\":[5000,10000,15000,20000,25000]"));
}

/// What a page has added up from single samples is what it gets as a whole.
#[test]
fn samples_one_by_one_are_those_of_the_whole() {
    let mut state = state(1 << 20);
    state.sample_at(5_000, &snapshot(1, 0));
    board(&mut state, SLUG, (0, 0));
    for round in 2..40_i64 {
        // A second shop opens.
        let shops = if round < 20 { 1 } else { 2 };
        state.sample_at(round * 5_000, &snapshot(shops, round.unsigned_abs().pow(2)));
    }
    let kept = board(&mut state, SLUG, (0, 0));
    state.boards.clear();
    let fresh = board(&mut state, SLUG, (0, 0));
    let rows = |json: &str| json.split_once("\"rows\"").map(|(_, rows)| rows.to_owned());
    assert_eq!(rows(&kept), rows(&fresh));
}

/// Twelve lines can be told from one another; the rest is counted.
#[test]
fn the_greatest_lines_are_shown() {
    let mut state = state(4 << 20);
    for round in 0..30_i64 {
        let series = |shop: u64| {
            let labels = vec![("shop".to_owned(), format!("shop-{shop:03}"))];
            Series::new(labels, Value::Number(Number::U64(shop * round.unsigned_abs())))
        };
        let series = (0..150).map(series).collect();
        let snapshot = Snapshot::new(vec![family("live_test_orders_total", Kind::Counter, series)]);
        state.sample_at(round * 5_000, &snapshot);
    }
    let json = board(&mut state, SLUG, (0, 0));
    assert_eq!(json.matches("\"name\":\"shop-").count(), 12);
    assert!(json.contains("shop-149") && json.contains("shop-138") && !json.contains("shop-137"), "{json}");
    assert_eq!(member(&json, "hidden"), "138");
}

#[test]
fn a_section_that_nobody_looks_at_is_given_up() {
    let mut state = state(1 << 20);
    state.sample_at(0, &snapshot(1, 1));
    board(&mut state, SLUG, (0, 0));
    let long_ago = Instant::now().checked_sub(KEPT * 2);
    let evaluated = state.boards.values_mut().next().expect("it is evaluated");
    evaluated.asked = long_ago.expect("the machine has run for half a minute");
    state.sample_at(5_000, &snapshot(1, 1));
    assert!(state.boards.is_empty());
    assert!(state.board(&("unheard-of".to_owned(), MINUTE), (0, 0)).is_none());
    assert!(state.board(&("metric:unheard_of".to_owned(), MINUTE), (0, 0)).is_none());
}

#[test]
fn metrics_that_come_later_are_listed() {
    let mut state = state(1 << 20);
    state.sample_at(0, &Snapshot::default());
    let before = text(state.contents());
    assert!(!before.contains("live_test_waits"), "{before}");
    state.sample_at(5_000, &snapshot(1, 1));
    let after = text(state.contents());
    assert!(after.contains("{\"name\":\"live_test_waits\",\"kind\":\"histogram\""), "{after}");
    assert_ne!(member(&before, "version"), member(&after, "version"));
    // What stays is not described anew.
    state.sample_at(10_000, &snapshot(1, 2));
    let same = text(state.contents());
    assert_eq!(member(&same, "version"), member(&after, "version"));
}

#[test]
fn the_report_has_labels_by_their_values() {
    let mut state = state(1 << 20);
    state.sample_at(0, &snapshot(2, 1));
    state.sample_at(5_000, &snapshot(30, 1));
    let report = text(state.examine(snapshot(30, 1)));
    assert!(
        report.contains("{\"metric\":\"live_test_orders_total\",\"label\":\"shop\",\"values\":30}"),
        "{report}"
    );
    // From two to thirty.
    assert!(report.contains("label `shop` of `live_test_orders_total` had 2 values, and has 30"), "{report}");
    assert!(state.report().is_some());
    state.sample_at(10_000, &snapshot(30, 1));
    assert!(state.report().is_none(), "the next one is made of newer values");
}

#[test]
fn the_newest_exemplars_are_shown() {
    let mut state = state(1 << 20);
    let exemplar = |second: u64| Exemplar {
        labels: vec![("trace_id".to_owned(), format!("t{second}"))],
        value: 0.5,
        at: Duration::from_secs(second),
    };
    let series = (0..300)
        .map(|second| Series::new(Vec::new(), Value::Number(Number::U64(1))).exemplar(exemplar(second)))
        .collect();
    state.sample_at(0, &Snapshot::new(vec![family("live_test_traced_total", Kind::Counter, series)]));
    let exemplars = text(state.exemplars());
    assert_eq!(exemplars.matches("trace_id").count(), 100);
    let first = "[{\"metric\":\"live_test_traced_total\",\"unit\":null,\"labels\":{},\"value\":0.5,\"exemplar\":{\"trace_id\":\"t299\"},\"time\":299000}";
    assert!(exemplars.starts_with(first), "{exemplars}");
    assert!(exemplars.contains("\"t200\"") && !exemplars.contains("\"t199\""), "{exemplars}");
}
