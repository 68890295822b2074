//! The `process_*` families of the process that this is, beside what it does. One test only, so that nothing else happens in it.

#![cfg(all(any(target_os = "linux", target_os = "macos", target_os = "windows"), not(tallymark_off)))]

use std::{
    fs::File,
    hint::black_box,
    sync::{Arc, Barrier},
    thread,
    time::SystemTime,
};

use tallymark::{process::NAMES, registry};

/// What the system does not report.
const ABSENT: &[&str] = if cfg!(windows) {
    &["process_max_fds", "process_threads", "process_virtual_memory_max_bytes"]
} else {
    &[]
};

fn value(name: &str) -> Option<f64> {
    registry::snapshot().value(name, &[])
}

fn shown(name: &str) -> f64 {
    value(name).unwrap_or_else(|| panic!("{name} is not shown"))
}

/// Asserts that a whole number is shown.
#[track_caller]
fn assert_shown(name: &str, expected: f64) {
    let shown = shown(name);
    assert!((shown - expected).abs() < 0.5, "{name}: {shown} is not {expected}");
}

/// More than any allocator takes from what it has.
const BYTES: usize = 64 << 20;

#[test]
fn what_it_does_is_what_is_shown() {
    for name in NAMES {
        assert_eq!(value(name).is_some(), !ABSENT.contains(&name), "{name}");
    }
    let everywhere = ["open_fds", "resident_memory_bytes", "start_time_seconds", "virtual_memory_bytes"];
    for name in everywhere {
        assert!(shown(&format!("process_{name}")) > 0.0, "{name}");
    }

    let before = shown("process_open_fds");
    let files: Vec<File> =
        (0..20).map(|_| File::open(std::env::current_exe().expect("a path")).expect("a file")).collect();
    if cfg!(windows) {
        // The system's own threads have handles, too.
        assert!(shown("process_open_fds") >= before + 20.0);
    } else {
        assert_shown("process_open_fds", before + 20.0);
        drop(files);
        assert_shown("process_open_fds", before);
    }
    if let Some(limit) = value("process_max_fds") {
        assert!(before <= limit);
    }

    if value("process_threads").is_some() {
        let before = shown("process_threads");
        let (began, ends) = (Arc::new(Barrier::new(6)), Arc::new(Barrier::new(6)));
        let threads: Vec<_> = (0..5)
            .map(|_| {
                let (began, ends) = (Arc::clone(&began), Arc::clone(&ends));
                thread::spawn(move || {
                    began.wait();
                    ends.wait();
                })
            })
            .collect();
        began.wait();
        assert_shown("process_threads", before + 5.0);
        ends.wait();
        for thread in threads {
            thread.join().expect("it does nothing");
        }
    }

    let before = shown("process_virtual_memory_bytes");
    let memory = black_box(vec![1_u8; BYTES]);
    assert!(shown("process_virtual_memory_bytes") >= before + BYTES as f64);
    drop(memory);

    let now = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs_f64();
    let start = shown("process_start_time_seconds");
    assert!((now - start).abs() < 86_400.0, "{start} is not near {now}");

    // Far more than the clock's step: what counts is time on a processor, however long that takes.
    let before = shown("process_cpu_seconds_total");
    let mut rounds = 0;
    while shown("process_cpu_seconds_total") <= before {
        rounds += 1;
        assert!(rounds < 10_000, "no time goes by");
        for number in 0..1_000_000_u64 {
            black_box(number);
        }
    }
}
