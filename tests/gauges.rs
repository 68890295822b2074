//! Gauges that measure, and gauges that are closures.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tallymark::{CallbackGauge, Counter, Gauge, LabelSet, LabelValue, count_errors, metric, registry, timed};

#[derive(LabelValue, LabelSet, Clone, Copy)]
enum Job {
    Backup,
    Index,
}

/// How long the job took last.
#[metric]
static JOB_LAST_DURATION_SECONDS: Gauge<Job> = Gauge::new();

#[test]
fn a_gauge_keeps_the_last_duration() {
    let backup = JOB_LAST_DURATION_SECONDS.with(Job::Backup);
    backup.set_duration(Duration::from_millis(1500));
    assert_eq!(backup.get().to_bits(), 1.5_f64.to_bits());
    let taken = backup.start_timer().stop();
    assert_eq!(backup.get().to_bits(), taken.as_secs_f64().to_bits());
    backup.set(7.0);
    backup.start_timer().discard();
    assert_eq!(backup.get().to_bits(), 7.0_f64.to_bits(), "nothing was measured");
    let panicked = std::panic::catch_unwind(|| backup.time(|| panic!("on purpose")));
    assert!(panicked.is_err());
    assert!(backup.get() < 7.0, "what panicked took some time");
}

#[timed(JOB_LAST_DURATION_SECONDS.with(Job::Index))]
fn index() -> u64 {
    3
}

#[test]
fn a_function_is_timed_into_a_gauge() {
    JOB_LAST_DURATION_SECONDS.with(Job::Index).set(-1.0);
    assert_eq!(index(), 3);
    assert!(JOB_LAST_DURATION_SECONDS.with(Job::Index).get() >= 0.0);
}

#[derive(LabelSet)]
struct Queue<'a> {
    queue: &'a str,
}

/// Messages that wait.
#[metric]
static MESSAGES_WAITING: CallbackGauge<Queue<'static>> = CallbackGauge::new();

/// Gauges that panic.
#[metric]
static MESSAGES_LOST: CallbackGauge<Queue<'static>> = CallbackGauge::new();

fn waiting(queue: &str) -> Option<f64> {
    registry::snapshot().value("messages_waiting", &[("queue", queue)])
}

#[test]
fn closures_are_gauges_until_they_are_dropped() {
    let mails = Arc::new(AtomicU64::new(2));
    let name = "mail".to_owned();
    let read = |count: &Arc<AtomicU64>| {
        let count = Arc::clone(count);
        move || count.load(Ordering::Relaxed)
    };
    let mail = MESSAGES_WAITING.register(Queue { queue: &name }, read(&mails));
    drop(name);
    MESSAGES_WAITING.register(Queue { queue: "push" }, || 0.5).forget();
    assert_eq!((waiting("mail"), waiting("push")), (Some(2.0), Some(0.5)));
    mails.store(5, Ordering::Relaxed);
    assert_eq!(waiting("mail"), Some(5.0));

    // Of two with the same labels, the first is shown.
    let second = MESSAGES_WAITING.register(Queue { queue: "mail" }, || 9);
    assert_eq!(waiting("mail"), Some(5.0));
    let status = registry::collectors().into_iter().find(|status| status.name == "messages_waiting");
    assert!(status.is_some_and(|status| status.errors > 0));
    drop(mail);
    assert_eq!(waiting("mail"), Some(9.0));
    assert_eq!(Arc::strong_count(&mails), 1, "the closure is gone");
    drop(second);
    assert_eq!((waiting("mail"), waiting("push")), (None, Some(0.5)));
}

#[test]
fn a_closure_that_panics_costs_its_family_alone() {
    let panicking = MESSAGES_LOST.register(Queue { queue: "mail" }, || -> u64 { panic!("on purpose") });
    let labels = [("collector", "messages_lost")];
    let snapshot = registry::snapshot();
    assert_eq!(snapshot.value("messages_lost", &[("queue", "mail")]), None);
    assert!(snapshot.family("job_last_duration_seconds").is_some());
    assert!(registry::snapshot().counter("tallymark_collector_errors_total", &labels) >= Some(1));
    drop(panicking);
}

#[derive(Debug, PartialEq)]
enum PayError {
    Declined,
    Timeout,
}

impl PayError {
    fn is_timeout(&self) -> bool {
        *self == Self::Timeout
    }
}

/// Payments that took too long.
#[metric]
static PAYMENTS_TIMED_OUT_TOTAL: Counter = Counter::new();

/// Payments that were declined.
#[metric]
static PAYMENTS_DECLINED_TOTAL: Counter = Counter::new();

/// Payments that failed, by method.
#[metric]
static TILL_FAILURES_TOTAL: Counter = Counter::new();

#[count_errors(PAYMENTS_TIMED_OUT_TOTAL, only = PayError::is_timeout)]
#[count_errors(PAYMENTS_DECLINED_TOTAL, only = |error: &PayError| *error == PayError::Declined)]
fn pay(result: Result<(), PayError>) -> Result<(), PayError> {
    result?;
    Ok(())
}

#[count_errors(|_: &PayError| &PAYMENTS_TIMED_OUT_TOTAL, only = PayError::is_timeout)]
async fn pay_later(result: Result<u8, PayError>) -> Result<u8, PayError> {
    result
}

struct Till(u8);

#[count_errors(TILL_FAILURES_TOTAL, only = PayError::is_timeout)]
impl Till {
    fn open(&self) -> u8 {
        self.0
    }

    fn pay(&self, result: Result<u8, PayError>) -> Result<u8, PayError> {
        result
    }
}

#[test]
fn only_some_errors_are_counted() {
    let counts = || (PAYMENTS_TIMED_OUT_TOTAL.get(), PAYMENTS_DECLINED_TOTAL.get());
    assert_eq!(pay(Ok(())), Ok(()));
    assert_eq!(counts(), (0, 0));
    assert_eq!(pay(Err(PayError::Declined)), Err(PayError::Declined));
    assert_eq!(counts(), (0, 1));
    assert_eq!(pay(Err(PayError::Timeout)), Err(PayError::Timeout));
    assert_eq!(counts(), (1, 1));
    for result in [Ok(1), Err(PayError::Declined), Err(PayError::Timeout)] {
        let _ = futures::executor::block_on(pay_later(result));
    }
    assert_eq!(counts(), (2, 1));
    assert_eq!(Till(1).open(), 1);
    for result in [Ok(1), Err(PayError::Declined), Err(PayError::Timeout)] {
        let _ = Till(1).pay(result);
    }
    assert_eq!(TILL_FAILURES_TOTAL.get(), 1);
}
