//! More keys and threads than a thread remembers.

use std::{sync::Barrier, thread};

use metrics::{Recorder as _, counter, with_local_recorder};
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
