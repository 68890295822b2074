//! A process that forks while its other threads count.

use crate::counting::{
    Job,
    counted::{GREATEST, IN_FLIGHT, JOBS_TOTAL, SIZES_BYTES, THINGS_TOTAL},
};
use std::{
    error::Error,
    sync::{
        LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
};
use tallymark::{
    Counter, Labelled, encode_to_string, place,
    registry::{Declaration, Format},
};

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    static DONE: AtomicBool = AtomicBool::new(false);
    THINGS_TOTAL.inc_by(5);
    JOBS_TOTAL.with(Job { kind: "before" }).inc();
    SIZES_BYTES.observe(3.0);
    GREATEST.set(7.0);
    IN_FLIGHT.inc();
    let (begun, begins) = mpsc::channel();
    let other = thread::spawn(move || {
        let job = JOBS_TOTAL.with(Job { kind: "other" });
        let _ = begun.send(());
        let mut count = 0_u64;
        while !DONE.load(Ordering::Acquire) {
            job.inc();
            count += 1;
        }
        count
    });
    begins.recv()?;
    let mut children = Vec::new();
    for _ in 0..4 {
        // SAFETY: the child calls nothing that a lock which another thread holds could stop: it counts, and ends.
        match unsafe { libc::fork() } {
            0 => {
                // From the first instruction on.
                THINGS_TOTAL.inc();
                SIZES_BYTES.observe(0.5);
                JOBS_TOTAL.with(Job { kind: "before" }).inc();
                JOBS_TOTAL.with(Job { kind: "other" }).inc();
                GREATEST.set(9.0);
                // SAFETY: it ends here.
                unsafe { libc::_exit(0) };
            }
            child => children.push(child),
        }
    }
    // One that can open no file counts for itself alone.
    children.push(without_files(|| {
        // SAFETY: as above.
        match unsafe { libc::fork() } {
            0 => {
                THINGS_TOTAL.inc_by(100);
                JOBS_TOTAL.with(Job { kind: "other" }).inc_by(100);
                SIZES_BYTES.observe(100.0);
                GREATEST.set(100.0);
                // SAFETY: it ends here.
                unsafe { libc::_exit(i32::from(THINGS_TOTAL.get() != 100)) };
            }
            child => child,
        }
    })?);
    for child in children {
        let mut status = 0;
        // SAFETY: there is room for the status.
        if unsafe { libc::waitpid(child, &raw mut status, 0) } != child || status != 0 {
            return Err(format!("the child ended with {status}").into());
        }
    }
    DONE.store(true, Ordering::Release);
    let count = other.join().map_err(|_| "the other thread panicked")?;
    println!("other {count}");
    print!("{}", encode_to_string(Format::OpenMetrics100));
    Ok(())
}

/// Forks again and again, while threads make series, remove them, and do whatever else takes a lock. Each child does the same
/// once, for which it has a minute.
pub(crate) fn run_often(forks: u64) -> Result<(), Box<dyn Error>> {
    static DONE: AtomicBool = AtomicBool::new(false);
    static FORKS: AtomicU64 = AtomicU64::new(0);
    static RAISED: LazyLock<&Labelled<Counter>> = LazyLock::new(|| {
        let declaration = Declaration::new("tests_raised_total", "What somebody else counts.", place!());
        declaration.labels(["kind"]).declare(Counter::new).expect("a good name")
    });
    fn act(name: &str, number: u64) {
        let kind = format!("{name} {number}");
        let job = Job { kind: &kind };
        JOBS_TOTAL.with(job).inc();
        SIZES_BYTES.observe(number as f64);
        GREATEST.set(number as f64);
        for step in 0..20 {
            RAISED.raise(RAISED.with(&["all"]), number * 20 + step);
        }
        crate::noting::observe(0.5, &kind);
        crate::noting::release(&kind);
        THINGS_TOTAL.inc();
    }
    // Declared before there are threads.
    LazyLock::force(&RAISED);
    // More than twice the processors that a machine of CI has, so that some take turns in a block.
    let threads: Vec<_> = (0..10)
        .map(|thread| {
            thread::spawn(move || {
                let name = format!("thread {thread}");
                let mut number = 0;
                while !DONE.load(Ordering::Acquire) {
                    // Some new ones after each fork: what a child has of its parent's directory is read when it is gone.
                    let place = FORKS.load(Ordering::Relaxed) * 20 + number % 20;
                    act(&name, place);
                    let kind = format!("{name} {place}");
                    JOBS_TOTAL.remove(Job { kind: &kind });
                    number += 1;
                }
                number
            })
        })
        .collect();
    let mut failed = None;
    for fork in 0..forks {
        FORKS.store(fork, Ordering::Relaxed);
        // SAFETY: what the child calls is what is tested.
        match unsafe { libc::fork() } {
            0 => {
                // SAFETY: a child that waits for ever is ended by the signal.
                unsafe { libc::alarm(60) };
                act("child", fork);
                let kind = format!("child {fork}");
                let removed = JOBS_TOTAL.remove(Job { kind: &kind });
                // SAFETY: it ends here.
                unsafe { libc::_exit(i32::from(!removed)) };
            }
            child => {
                let mut status = 0;
                // SAFETY: there is room for the status.
                if unsafe { libc::waitpid(child, &raw mut status, 0) } != child || status != 0 {
                    failed = Some(format!("child {fork} ended with {status}"));
                    break;
                }
            }
        }
    }
    DONE.store(true, Ordering::Release);
    let mut count = 0;
    for thread in threads {
        count += thread.join().map_err(|_| "a thread panicked")?;
    }
    if let Some(failed) = failed {
        return Err(failed.into());
    }
    println!("counted {}", count + forks);
    print!("{}", encode_to_string(Format::OpenMetrics100));
    Ok(())
}

/// Does something while this process can open no more files.
fn without_files<T>(act: impl FnOnce() -> T) -> std::io::Result<T> {
    let set = |limit: &libc::rlimit| {
        // SAFETY: the limit is there.
        match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        }
    };
    let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: there is room for the limit.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut before) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    set(&libc::rlimit { rlim_cur: 0, ..before })?;
    let done = act();
    set(&before)?;
    Ok(done)
}
