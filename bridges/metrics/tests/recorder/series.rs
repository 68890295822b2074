//! Series that differ in their labels, come and go.

use std::time::{Duration, Instant};

use metrics::Recorder as _;
use tallymark::Kind;
use tallymark_metrics::Recorder;

use crate::{METADATA, key, recorder, shown};

#[test]
fn sets_of_label_names_may_differ_within_one_name() {
    let recorder = recorder();
    let count = |labels: &[(&str, &str)], by| {
        recorder.register_counter(&key("series_varied", labels), &METADATA).increment(by);
    };
    count(&[], 1);
    count(&[("a", "x")], 2);
    count(&[("a", "x"), ("b", "y")], 4);
    // The same series again, with labels in another order and one that is empty.
    count(&[("b", "y"), ("a", "x")], 8);
    count(&[("a", "x"), ("b", "")], 16);
    count(&[("c", "")], 32);
    let expected = "# TYPE series_varied counter\n\
                    series_varied 33\n\
                    series_varied{a=\"x\"} 18\n\
                    series_varied{a=\"x\",b=\"y\"} 12\n";
    assert_eq!(shown("series_varied"), expected);
}

#[test]
fn what_there_is_no_room_for_overflows_until_there_is() {
    let recorder = Recorder::builder().max_series(1).build();
    let count = |user: &str| {
        recorder.register_counter(&key("series_full", &[("user", user)]), &METADATA).increment(1);
    };
    ["ann", "ben", "cid", "ben"].into_iter().for_each(count);
    let text = shown("series_full");
    assert!(text.contains("{user=\"ann\"} 1\n") && text.contains("{user=\"_overflow\"} 3\n"), "{text}");
    let dropped = tallymark::registry::snapshot();
    let dropped = dropped.counter("tallymark_dropped_series_total", &[("metric", "series_full")]);
    assert_eq!(dropped, Some(3));
}

/// Scrapes until a family is shown in this way. What is idle is found by scrapes, and after a second at the earliest.
fn until(name: &str, is_right: impl Fn(&str) -> bool, mut meanwhile: impl FnMut()) {
    let begin = Instant::now();
    loop {
        meanwhile();
        let text = shown(name);
        if is_right(&text) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{text}");
        std::thread::yield_now();
    }
}

#[test]
fn idle_series_go_and_return_from_nothing_while_others_stay() {
    let recorder = Recorder::builder()
        .idle_timeout(Duration::from_millis(900))
        .idle_timeout_of(Kind::Gauge, None)
        .build();
    let idle = recorder.register_counter(&key("series_idle", &[("who", "idle")]), &METADATA);
    idle.increment(42);
    let busy = recorder.register_counter(&key("series_idle", &[("who", "busy")]), &METADATA);
    let gauge = recorder.register_gauge(&key("series_idle_gauge", &[]), &METADATA);
    gauge.set(-3.25);
    until("series_idle", |text| !text.contains("\"idle\""), || busy.increment(1));
    assert!(shown("series_idle").contains("{who=\"busy\"}"));
    assert!(shown("series_idle_gauge").ends_with("\nseries_idle_gauge -3.25\n"));
    // Through the handle that was kept, and through a new one.
    idle.increment(1);
    recorder.register_counter(&key("series_idle", &[("who", "idle")]), &METADATA).increment(1);
    assert!(shown("series_idle").contains("{who=\"idle\"} 2\n"));
    until("series_idle", |text| !text.contains("\"idle\""), || busy.increment(1));
    idle.absolute(7);
    assert!(shown("series_idle").contains("{who=\"idle\"} 7\n"));
}

#[test]
fn idle_histograms_of_one_name_go_one_by_one() {
    let recorder = Recorder::builder().idle_timeout(Duration::from_secs(1)).build();
    let record = |labels: &[(&str, &str)]| {
        recorder.register_histogram(&key("series_staggered", labels), &METADATA).record(1.0);
    };
    record(&[]);
    let special = [("type", "special")];
    until("series_staggered", |text| !text.contains("series_staggered_count 1"), || record(&special));
    assert!(shown("series_staggered").contains("series_staggered_count{type=\"special\"}"));
}

#[test]
fn kept_handles_count_for_ever_while_series_come_and_go() {
    let recorder = Recorder::builder().max_series(16).idle_timeout(Duration::from_secs(1)).build();
    let counter = |who: &str| recorder.register_counter(&key("series_kept", &[("who", who)]), &METADATA);
    let gauge = |who: &str| recorder.register_gauge(&key("series_kept_gauge", &[("who", who)]), &METADATA);
    let histogram =
        |who: &str| recorder.register_histogram(&key("series_kept_seconds", &[("who", who)]), &METADATA);
    let (kept, level, seconds) = (counter("kept"), gauge("kept"), histogram("kept"));
    kept.increment(1);
    level.set(1.0);
    seconds.record(0.25);
    // Until so many came and went that the place of the first is another's.
    for round in 0..4 {
        for at in 0..15 {
            let who = format!("{round}-{at}");
            counter(&who).increment(1);
            gauge(&who).set(1.0);
            histogram(&who).record(0.25);
        }
        for name in ["series_kept", "series_kept_gauge", "series_kept_seconds"] {
            until(name, |text| !text.contains("who=\""), || ());
        }
    }
    for times in 1..=2 {
        kept.increment(5);
        level.increment(5.0);
        seconds.record(0.5);
        seconds.record_many(0.5, 2);
        for (name, line) in [
            ("series_kept", format!("series_kept{{who=\"kept\"}} {}\n", 5 * times)),
            ("series_kept_gauge", format!("series_kept_gauge{{who=\"kept\"}} {}\n", 5 * times)),
            (
                "series_kept_seconds",
                format!("series_kept_seconds_sum{{who=\"kept\"}} {}\n", 1.5 * f64::from(times)),
            ),
            ("series_kept_seconds", format!("series_kept_seconds_count{{who=\"kept\"}} {}\n", 3 * times)),
        ] {
            assert!(shown(name).contains(&line), "{line}{}", shown(name));
        }
    }
}
