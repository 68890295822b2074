//! What `#[job]` counts: each run once, under the outcome it had, and the moments of the last ones.

#![allow(clippy::unused_self)] // methods of no substance

use std::{
    future::{Future, pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Waker},
    time::{SystemTime, UNIX_EPOCH},
};

use futures::executor::block_on;
use tallymark::{Counter, count_errors, job, job_queue_depth, metric, registry, timed};

/// Runs so far: ok, error, panic, cancelled.
fn runs(job: &str) -> [Option<u64>; 4] {
    let snapshot = registry::snapshot();
    ["ok", "error", "panic", "cancelled"]
        .map(|outcome| snapshot.counter("job_runs_total", &[("job_name", job), ("outcome", outcome)]))
}

fn value(family: &str, job: &str) -> Option<f64> {
    registry::snapshot().value(family, &[("job_name", job)])
}

fn durations(job: &str) -> Option<u64> {
    let snapshot = registry::snapshot();
    snapshot
        .histogram("job_duration_seconds", &[("job_name", job)])
        .map(tallymark::snapshot::HistogramValue::count)
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

const START: &str = "job_last_start_timestamp_seconds";
const SUCCESS: &str = "job_last_success_timestamp_seconds";
const IN_FLIGHT: &str = "job_runs_in_flight";

type Done<T = ()> = Result<T, &'static str>;

#[job]
fn never() {}

#[test]
fn what_never_ran_is_shown_at_zero_and_has_no_moments() {
    assert_eq!(runs("never"), [Some(0); 4]);
    assert_eq!(durations("never"), Some(0));
    assert_eq!(value(IN_FLIGHT, "never"), Some(0.0));
    assert_eq!((value(START, "never"), value(SUCCESS, "never")), (None, None));
    let _ = never as fn();
}

#[job]
fn fails(how: u8) -> Done<u8> {
    assert_ne!(how, 2, "as asked");
    assert_eq!(value(IN_FLIGHT, "fails"), Some(1.0));
    if how == 1 { Err("no") } else { Ok(how) }
}

#[test]
fn a_run_that_fails_is_no_success() {
    let before = Some(now());
    assert_eq!(fails(1), Err("no"));
    assert!(catch_unwind(|| fails(2)).is_err());
    assert_eq!(runs("fails"), [Some(0), Some(1), Some(1), Some(0)]);
    assert!(value(START, "fails") >= before);
    assert_eq!(value(SUCCESS, "fails"), None);

    assert_eq!(fails(0), Ok(0));
    assert_eq!(runs("fails"), [Some(1), Some(1), Some(1), Some(0)]);
    assert_eq!(durations("fails"), Some(3));
    assert_eq!(value(IN_FLIGHT, "fails"), Some(0.0));
    let success = value(SUCCESS, "fails");
    assert!(success >= value(START, "fails") && success <= Some(now()));

    assert_eq!(fails(1), Err("no"));
    assert_eq!(value(SUCCESS, "fails"), success);
    assert!(value(START, "fails") >= success);
}

#[job]
fn cannot_fail(panics: bool) {
    assert!(!panics, "as asked");
}

/// Runs a job while the thread unwinds.
struct Unwinding;

impl Drop for Unwinding {
    fn drop(&mut self) {
        cannot_fail(false);
    }
}

#[test]
fn a_function_that_returns_nothing_succeeds_unless_it_panics() {
    cannot_fail(false);
    assert!(catch_unwind(|| cannot_fail(true)).is_err());
    assert_eq!(runs("cannot_fail"), [Some(1), Some(0), Some(1), Some(0)]);
    let unwound = catch_unwind(|| {
        let _unwinding = Unwinding;
        panic!("as asked");
    });
    assert!(unwound.is_err());
    assert_eq!(runs("cannot_fail"), [Some(2), Some(0), Some(1), Some(0)]);
    assert_eq!(value(IN_FLIGHT, "cannot_fail"), Some(0.0));
}

#[job]
async fn waits(result: Option<Done>) -> Done {
    match result {
        Some(result) => ready(result).await,
        None => pending().await,
    }
}

#[test]
fn a_future_that_is_dropped_was_cancelled() {
    drop(waits(Some(Ok(()))));
    assert_eq!(runs("waits"), [Some(0); 4], "it was never polled");
    assert_eq!(block_on(waits(Some(Ok(())))), Ok(()));
    assert_eq!(block_on(waits(Some(Err("no")))), Err("no"));
    let success = value(SUCCESS, "waits");
    {
        let mut one = pin!(waits(None));
        let mut other = pin!(waits(None));
        poll_once(one.as_mut());
        poll_once(other.as_mut());
        assert_eq!(value(IN_FLIGHT, "waits"), Some(2.0));
        assert_eq!(runs("waits"), [Some(1), Some(1), Some(0), Some(0)]);
    }
    assert_eq!(runs("waits"), [Some(1), Some(1), Some(0), Some(2)]);
    assert_eq!(value(IN_FLIGHT, "waits"), Some(0.0));
    assert_eq!(value(SUCCESS, "waits"), success);
    assert_eq!(durations("waits"), Some(4));

    let dropped_by_a_stranger = catch_unwind(|| {
        let mut one = pin!(waits(None));
        poll_once(one.as_mut());
        panic!("elsewhere");
    });
    assert!(dropped_by_a_stranger.is_err());
    assert_eq!(runs("waits"), [Some(1), Some(1), Some(0), Some(3)], "it is not its own code that unwinds");
}

#[job]
fn boxed(panics: u8) -> Pin<Box<dyn Future<Output = Done>>> {
    assert_ne!(panics, 1, "as asked");
    Box::pin(async move {
        assert_ne!(panics, 2, "as asked");
        Ok(())
    })
}

#[test]
fn a_panic_is_counted_wherever_it_is() {
    assert!(catch_unwind(|| boxed(1)).is_err());
    assert_eq!(runs("boxed"), [Some(0), Some(0), Some(1), Some(0)]);
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(boxed(2)))).is_err());
    assert_eq!(runs("boxed"), [Some(0), Some(0), Some(2), Some(0)]);
    assert_eq!(block_on(boxed(0)), Ok(()));
    assert_eq!(runs("boxed"), [Some(1), Some(0), Some(2), Some(0)]);
    assert_eq!(value(IN_FLIGHT, "boxed"), Some(0.0));
}

/// Exports that failed.
#[metric]
static EXPORTS_FAILED_TOTAL: Counter = Counter::new();

struct Warehouse(u8);

impl Warehouse {
    #[timed]
    #[job(name = "nightly_export")]
    #[count_errors(EXPORTS_FAILED_TOTAL)]
    async fn export(&mut self, (by, fails): (u8, bool)) -> Done<u8> {
        self.0 += by;
        if fails { Err("no") } else { Ok(self.0) }
    }
}

#[test]
fn it_goes_beside_other_attributes() {
    let mut warehouse = Warehouse(1);
    assert_eq!(block_on(warehouse.export((2, false))), Ok(3));
    assert_eq!(block_on(warehouse.export((2, true))), Err("no"));
    assert_eq!(runs("nightly_export"), [Some(1), Some(1), Some(0), Some(0)]);
    assert_eq!(EXPORTS_FAILED_TOTAL.get(), 1);
    let labels = [("module", module_path!()), ("function", "export"), ("outcome", "error")];
    assert_eq!(registry::snapshot().counter("function_calls_total", &labels), Some(1));
}

#[job(overdue_after = "1h30m")]
fn regular() {}

#[test]
fn a_job_says_how_long_after_its_last_success_it_is_overdue() {
    const AFTER: &str = "job_overdue_after_seconds";
    const SINCE: &str = "job_known_since_timestamp_seconds";
    let since = value(SINCE, "regular").expect("known before it has run");
    assert!(since <= now());
    regular();
    assert_eq!((value(AFTER, "regular"), value(SINCE, "regular")), (Some(5400.0), Some(since)));
    assert!(value(SUCCESS, "regular") >= Some(since));
    assert_eq!(
        (value(AFTER, "never"), value(SINCE, "never")),
        (None, None),
        "nobody has said when that is overdue"
    );
}

struct Jobs;

#[job]
impl Jobs {
    fn purge(&self) -> Done {
        Err("no")
    }

    #[job(skip)]
    fn helper(&self) {}

    #[job(name = "weekly")]
    async fn report(&self) {}
}

trait Scheduled {
    fn run(&self) -> Done<u8>;
}

impl Scheduled for Jobs {
    #[job(name = "scheduled")]
    fn run(&self) -> Done<u8> {
        self.helper();
        Ok(1)
    }
}

#[test]
fn methods_of_a_block_are_jobs() {
    assert_eq!(Jobs.purge(), Err("no"));
    block_on(Jobs.report());
    assert_eq!(Jobs.run(), Ok(1));
    assert_eq!(runs("Jobs::purge"), [Some(0), Some(1), Some(0), Some(0)]);
    assert_eq!(runs("weekly"), [Some(1), Some(0), Some(0), Some(0)]);
    assert_eq!(runs("scheduled"), [Some(1), Some(0), Some(0), Some(0)]);
    assert_eq!(runs("Jobs::helper"), [None; 4]);
    assert_eq!(runs("Jobs::report"), [None; 4]);
}

mod first {
    #[tallymark::job(name = "same")]
    pub(crate) fn one() {}
}

#[job(name = "same")]
fn other() {}

#[test]
fn jobs_of_one_name_are_one_job() {
    first::one();
    other();
    assert_eq!(runs("same")[0], Some(2));
    registry::check().expect("no conflict");
}

#[test]
fn queues_are_set() {
    job_queue_depth("mails").set(3.0);
    job_queue_depth("mails").inc();
    job_queue_depth("exports").set(0.0);
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.value("job_queue_depth", &[("queue", "mails")]), Some(4.0));
    assert_eq!(snapshot.value("job_queue_depth", &[("queue", "exports")]), Some(0.0));
}
