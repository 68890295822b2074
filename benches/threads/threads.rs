//! So many threads that are alive together and touch none, a few or all of so many counters. Prints what became resident with them,
//! and how long the first increment of each took. `threads cost` prints what an increment takes on a thread that has memory of its
//! own, and on one of so many that it has none.

use std::{
    sync::{Barrier, Mutex},
    thread,
    time::Instant,
};
use tallymark_core::{
    Counter, CounterHandle, place,
    registry::{self, Declaration},
};

/// How many counters a thread touches that touches a few.
const FEW: usize = 4;

fn main() {
    let mut arguments = std::env::args().skip(1);
    if std::env::args().nth(1).as_deref() == Some("cost") {
        return cost();
    }
    let mut next = || arguments.next().expect("counters, `none`, `few` or `all`, threads");
    let counters: usize = next().parse().expect("a number of counters");
    let what = next();
    let threads: usize = next().parse().expect("a number of threads");
    let family: &Counter<()> =
        Declaration::new("touched_total", "Touches.", place!()).declare(Counter::new).expect("a valid name");
    family.inc();
    let limit = u32::try_from(counters).expect("fewer");
    let labelled = Declaration::new("touched_places_total", "Touches.", place!())
        .labels(["place"])
        .max_series(limit)
        .declare(Counter::<()>::new)
        .expect("a valid name");
    let all: Vec<CounterHandle> =
        (0..counters).map(|number| labelled.with(&[number.to_string().as_str()])).collect();
    // Far from one another, so that no two share a page.
    let step = match what.as_str() {
        "none" => usize::MAX,
        "few" => counters / FEW,
        _ => 1,
    };
    let touched = if what == "none" { &[][..] } else { &all[..] };
    let (begun, counted, seen) =
        (Barrier::new(threads + 1), Barrier::new(threads + 1), Barrier::new(threads + 1));
    let turn = Mutex::new(());
    let (kilobytes, mut first) = thread::scope(|scope| {
        let run = || {
            begun.wait();
            // What is touched last is numbered last, so that the first increment takes a block that reaches all.
            let mut handles = touched.iter().rev().step_by(step);
            let first = {
                // One after the other, or it would be the time of those that share the processor, too.
                let _turn = turn.lock();
                let start = Instant::now();
                if let Some(handle) = handles.next() {
                    handle.inc();
                }
                start.elapsed()
            };
            handles.for_each(|handle| handle.inc());
            counted.wait();
            seen.wait();
            first
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let before = resident();
        begun.wait();
        counted.wait();
        let kilobytes = resident() - before;
        seen.wait();
        let first: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("it ends")).collect();
        (kilobytes, first)
    });
    first.sort_unstable();
    // A scrape finds all of it, each in its own series.
    let shown: f64 = registry::snapshot()
        .family("touched_places_total")
        .map_or(0.0, |family| family.series.iter().map(|series| series.value.as_f64()).sum());
    let expected = if touched.is_empty() { 0 } else { touched.iter().step_by(step).count() * threads };
    assert_eq!(shown as usize, expected);
    println!(
        "{counters} counters, {threads} threads that touch {what}: {kilobytes} kB became resident, {:.1} kB a thread, {:.1} bytes a counter; first increment: median {:.1} µs, at most {:.1} µs",
        kilobytes as f64 / threads as f64,
        kilobytes as f64 * 1024.0 / counters as f64,
        first[first.len() / 2].as_nanos() as f64 / 1e3,
        first[first.len() - 1].as_nanos() as f64 / 1e3,
    );
}

/// Batches of increments, of which the fastest is printed.
const BATCHES: usize = 200;
const BATCH: u32 = 100_000;

fn cost() {
    static COUNTED: Counter = Counter::new();
    let measure = |who: &str| {
        let batch = || {
            let start = Instant::now();
            for _ in 0..BATCH {
                COUNTED.inc();
                // So that one increment is not made of many.
                std::hint::black_box(());
            }
            start.elapsed()
        };
        let least = (0..BATCHES).map(|_| batch()).min().unwrap_or_default();
        println!("an increment on {who}: {:.2} ns", least.as_secs_f64() * 1e9 / f64::from(BATCH));
    };
    // Twice as many as there are processors have memory of their own, this thread among them.
    let owners = 2 * thread::available_parallelism().map_or(1, usize::from);
    measure("a thread with memory of its own");
    let (counted, done) = (Barrier::new(owners + 1), Barrier::new(owners + 1));
    thread::scope(|scope| {
        for _ in 0..owners {
            scope.spawn(|| {
                COUNTED.inc();
                counted.wait();
                done.wait();
            });
        }
        counted.wait();
        scope.spawn(|| measure("a thread that takes turns with others, which wait")).join().expect("it ends");
        done.wait();
    });
}

/// Resident memory in kilobytes, counted page by page.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/smaps_rollup").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("Rss:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
