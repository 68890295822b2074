//! More keys and threads than a thread remembers.

use std::{collections::BTreeMap, sync::Barrier, thread};

use metrics::{Key, Label, Recorder as _, counter, with_local_recorder};
use tallymark_metrics::Recorder;

use crate::{METADATA, key, shown};

#[test]
fn every_key_counts_for_itself_whatever_is_remembered() {
    let recorder = Recorder::builder().max_series(20_000).build();
    for round in 1..=3_u64 {
        for at in 0..10_000_u64 {
            let at = at.to_string();
            let labels = [("at", at.as_str()), ("kind", "x")];
            recorder.register_counter(&key("many_keys", &labels), &METADATA).increment(round);
        }
    }
    let text = shown("many_keys");
    assert_eq!(text.lines().count(), 10_001);
    assert!(text.lines().skip(1).all(|line| line.ends_with("kind=\"x\"} 6")));
}

#[test]
fn all_threads_count_in_one_series() {
    let recorder = Recorder::builder().build();
    let start = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                with_local_recorder(&recorder, || {
                    for at in 0..10_000_u32 {
                        counter!("many_threads", "parity" => if at % 2 == 0 { "even" } else { "odd" })
                            .increment(1);
                    }
                });
            });
        }
    });
    let expected = "many_threads{parity=\"even\"} 20000\nmany_threads{parity=\"odd\"} 20000\n";
    let text = shown("many_threads");
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.sort_unstable();
    assert_eq!(lines.join("\n") + "\n", expected);
}

#[test]
fn recorders_with_other_names_do_not_mix() {
    let plain = Recorder::builder().build();
    let recommended = Recorder::builder().recommended_naming(true).build();
    for _ in 0..3 {
        plain.register_counter(&key("many_recorders", &[]), &METADATA).increment(1);
        recommended.register_counter(&key("many_recorders", &[]), &METADATA).increment(10);
    }
    // The second name is one that OpenMetrics gives to the first, so only one of them may be shown.
    drop(plain);
    let again = Recorder::builder().build();
    again.register_counter(&key("many_recorders", &[]), &METADATA).increment(1);
    let snapshot = tallymark::registry::snapshot();
    assert_eq!(snapshot.counter("many_recorders", &[]), Some(4));
    assert_eq!(snapshot.counter("many_recorders_total", &[]), None);
}

/// Numbers without order, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[test]
fn keys_that_are_nearly_the_same_count_where_they_belong() {
    static LITERALS: [[Label; 2]; 2] = [
        [Label::from_static_parts("a", "x"), Label::from_static_parts("b", "xx")],
        [Label::from_static_parts("a", "xx"), Label::from_static_parts("b", "x")],
    ];
    let long = "x".repeat(70);
    let (names, values) = (["a", "b", "c"], ["", "x", "xx", "xxx", "\0", &long]);
    let recorder = Recorder::builder().max_series(100_000).build();
    let mut numbers = Numbers(20);
    let mut expected: BTreeMap<Vec<(String, String)>, u64> = BTreeMap::new();
    let mut kept = Vec::new();
    for round in 0..40_000_u64 {
        let labels: Vec<(&str, &str)> = (0..numbers.below(4))
            .map(|_| (names[numbers.below(names.len())], values[numbers.below(values.len())]))
            .collect();
        let (key, labels) = match numbers.below(8) {
            at @ 0..2 => {
                let labels = LITERALS[at].iter().map(|label| (label.key(), label.value())).collect();
                (Key::from_static_parts("many_alike", &LITERALS[at]), labels)
            }
            _ => (key("many_alike", &labels), labels),
        };
        let counter = recorder.register_counter(&key, &METADATA);
        counter.increment(round);
        // Of two labels with one name the last counts, of those that have a value.
        let present = labels.into_iter().filter(|(_, value)| !value.is_empty());
        let series: BTreeMap<&str, &str> = present.collect();
        let series: Vec<(String, String)> =
            series.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        *expected.entry(series.clone()).or_default() += round;
        if round % 1000 == 0 {
            kept.push((counter, series));
        }
    }
    for (counter, series) in kept {
        counter.increment(1);
        *expected.get_mut(&series).unwrap() += 1;
    }
    let snapshot = tallymark::registry::snapshot();
    for (series, count) in &expected {
        let labels: Vec<(&str, &str)> =
            series.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(snapshot.counter("many_alike", &labels), Some(*count), "{labels:?}");
    }
    assert_eq!(shown("many_alike").lines().count(), expected.len() + 1);
}
