//! One observation into a histogram of eleven buckets; the values are lognormal and in random order, so that a
//! search through the bounds is mispredicted as it is in a service.
//!
//! The values are prepared; the row in parentheses is reading them. A shared histogram must add to a sum of f64,
//! which no processor does in one locked instruction.

mod labelled;
mod peers;

use tallymark_benches::{
    hand::histogram as by_hand,
    harness::{
        contender::{Built, Contender, unchecked},
        scenario::{LOOP_COLUMNS, Method, Scenario},
        target::{Against, Target},
    },
    input::{BOUNDS, value},
};

use crate::{
    operation::observation::{held, values},
    ours,
};

pub const LIMIT: &str = "thread-local, table of quarter octaves, 4 sums";

pub fn scenarios() -> [Scenario; 3] {
    let scenario = Scenario {
        id: "histogram_observe",
        title: "Histogram, 11 buckets",
        note: "one observation of a lognormal value into an unlabelled histogram of eleven buckets.",
        columns: LOOP_COLUMNS,
        key: 0,
        limit: Some(LIMIT),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(3.5, Against::BestPeer),
            Target::times(7.0, Against::Row("prometheus Histogram")),
            Target::within(1.3, Against::Row(LIMIT)),
        ],
        plot: None,
    };
    let contended = Scenario {
        id: "histogram_observe_contended",
        title: "Histogram, 11 buckets, 2 threads",
        note: "the same from two threads at once: wall time over all operations.",
        key: 1,
        method: Method::Loop { workers: 2, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(3.4, Against::BestPeer),
            Target::times(20.0, Against::Row("foundations-metrics Histogram")),
        ],
        ..scenario
    };
    let labelled = Scenario {
        id: "histogram_labels_str",
        title: "Histogram with one `&str` label, 100 values",
        note: "one observation, the series looked up by a label of 25 bytes out of 100.",
        limit: Some(labelled::LIMIT),
        method: Method::Loop { workers: 1, contenders: labelled::contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(4.5, Against::BestPeer),
            Target::within(1.5, Against::Row("tallymark")).of(ours::NAMED_AT_RUN_TIME),
        ],
        ..scenario
    };
    [scenario, contended, labelled]
}

pub fn contenders() -> Vec<Contender> {
    let mut all = ours::histogram();
    all.extend(peers::peers());
    all.extend(peers::variants());
    all.extend(limits());
    all
}

const TABLE: usize = 64;
const SCAN: usize = 128;
const FOUR: usize = 192;
const SCAN_FOUR: usize = 256;

fn limits() -> Vec<Contender> {
    vec![
        Contender::limit("(the value and no histogram)", || {
            let op = |values: &&'static [f64], i: usize| _ = std::hint::black_box(value(values, i));
            Built::handle(values(), op, |_, done| unchecked(done))
        }),
        Contender::limit("thread-local, table of quarter octaves", || {
            let first = &*by_hand::FIRST;
            let op =
                move |value| by_hand::observe(TABLE, by_hand::bucket_by_table(first, &BOUNDS, value), value);
            held((), move |(), value| op(value), |()| by_hand::read(TABLE))
        }),
        Contender::limit(LIMIT, || {
            let first = &*by_hand::FIRST;
            let op = move |value| {
                by_hand::observe_four(FOUR, by_hand::bucket_by_table(first, &BOUNDS, value), value)
            };
            held((), move |(), value| op(value), |()| by_hand::read(FOUR))
        }),
        Contender::limit("thread-local, branch-free scan, 4 sums", || {
            let op = |value| by_hand::observe_four(SCAN_FOUR, by_hand::bucket_by_scan(&BOUNDS, value), value);
            held((), move |(), value| op(value), |()| by_hand::read(SCAN_FOUR))
        }),
        Contender::limit("thread-local, branch-free scan", || {
            let op = |value| by_hand::observe(SCAN, by_hand::bucket_by_scan(&BOUNDS, value), value);
            held((), move |(), value| op(value), |()| by_hand::read(SCAN))
        }),
    ]
}
