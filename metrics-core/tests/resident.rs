//! A thread pays for the cells that it counts in, and not for those that others do.
#![cfg(all(target_os = "linux", not(miri)))]
#![allow(missing_docs)]

use std::{fs, sync::Barrier, thread};
use tallymark_core::Counter;

const THREADS: usize = 64;
const COUNTERS: usize = 50_000;

static COUNTERS_OF_OTHERS: [Counter; COUNTERS] = [const { Counter::new() }; COUNTERS];

/// Bytes of memory that is in use by this process.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("the kernel says so");
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
fn threads_that_count_in_one_cell_do_not_use_memory_for_all() {
    if fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled")
        .is_ok_and(|text| text.contains("[always]"))
    {
        eprintln!("left out: the kernel makes every page a large one here");
        return;
    }
    COUNTERS_OF_OTHERS.iter().for_each(Counter::inc);
    let (counted, measured) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    let before = resident();
    let after = thread::scope(|scope| {
        for counter in &COUNTERS_OF_OTHERS[..THREADS] {
            let (counted, measured) = (&counted, &measured);
            scope.spawn(move || {
                counter.inc();
                counted.wait();
                measured.wait();
            });
        }
        counted.wait();
        let after = resident();
        measured.wait();
        after
    });
    assert_eq!(COUNTERS_OF_OTHERS[0].get(), 2);
    let of_all = THREADS * COUNTERS * size_of::<u64>();
    let used = after.saturating_sub(before);
    assert!(used < of_all / 4, "{used} bytes of {of_all}");
}
