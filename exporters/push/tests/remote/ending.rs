//! What is written when the program ends.

use std::time::{Duration, Instant};

use tallymark::{Counter, metric};

use crate::receiver::{Receiver, Reply, all_written, alone, series};

/// Jobs of the tests of endings.
#[metric(namespace = "rw_ending")]
static JOBS_TOTAL: Counter = Counter::new();

#[test]
fn what_was_counted_last_is_written() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().stale_at_exit(false).start().expect("started");
    JOBS_TOTAL.inc();
    drop(guard);
    let all: Vec<_> = receiver.received().iter().flat_map(|received| series(&received.v2())).collect();
    let jobs: Vec<_> =
        all.iter().filter(|series| series.label("__name__") == "rw_ending_jobs_total").collect();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].value(), JOBS_TOTAL.get() as f64);
}

#[test]
fn a_receiver_that_fails_for_a_moment_gets_the_last_values() {
    let _alone = alone();
    let mut failures = 2;
    let receiver = Receiver::start(move |received| {
        if failures > 0 {
            failures -= 1;
            return Reply::status(503);
        }
        all_written(received)
    });
    let guard = receiver.builder().shutdown_timeout(crate::receiver::PATIENCE).start().expect("started");
    JOBS_TOTAL.inc();
    guard.shutdown().expect("written");
}

#[test]
fn an_end_that_cannot_write_is_over_in_time() {
    let _alone = alone();
    // What cannot be sent in time is not waited for: not for the pause that is asked for, and not for the timeout.
    let receiver = Receiver::start(|_| Reply::status(429).header("Retry-After: 600"));
    let guard = receiver.builder().shutdown_timeout(Duration::from_secs(300)).start().expect("started");
    let began = Instant::now();
    guard.shutdown().expect_err("nothing was written");
    assert!(began.elapsed() < Duration::from_secs(300));
}
