//! What `#[timed]` counts: each call once, under the outcome it had.

#![allow(clippy::unused_self)] // methods of no substance

use std::{
    cell::RefCell,
    future::{Future, pending, poll_fn, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, Waker},
};

use futures::executor::block_on;
use tallymark::{LabelValue, registry, timed};

/// Calls so far: ok, error, panic, cancelled.
fn calls(function: &str) -> [u64; 4] {
    let snapshot = registry::snapshot();
    ["ok", "error", "panic", "cancelled"].map(|outcome| {
        let labels = [("module", module_path!()), ("function", function), ("outcome", outcome)];
        snapshot.counter("function_calls_total", &labels).unwrap_or(0)
    })
}

/// Durations so far.
fn durations(function: &str) -> u64 {
    let labels = [("module", module_path!()), ("function", function)];
    registry::snapshot()
        .histogram("function_duration_seconds", &labels)
        .map_or(0, tallymark::snapshot::HistogramValue::count)
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

type Outcome<T> = Result<T, Failure>;

#[derive(Debug, LabelValue)]
enum Failure {
    TooSmall,
    #[allow(dead_code)]
    TooLarge(u64),
}

#[timed]
fn sync(value: u64) -> Outcome<u64> {
    match value {
        0 => Err(Failure::TooSmall),
        1 => {
            if value == 1 {
                return Ok(10);
            }
            Ok(11)
        }
        2 => panic!("as asked"),
        3 => {
            Err(Failure::TooLarge(3))?;
            Ok(12)
        }
        _ => Ok(13),
    }
}

#[test]
fn sync_calls_are_counted_once_by_outcome() {
    assert_eq!(calls("sync"), [0; 4]);
    assert!(sync(0).is_err());
    assert_eq!(calls("sync"), [0, 1, 0, 0]);
    assert_eq!(sync(1).ok(), Some(10));
    assert_eq!(calls("sync"), [1, 1, 0, 0]);
    assert!(catch_unwind(|| sync(2)).is_err());
    assert_eq!(calls("sync"), [1, 1, 1, 0]);
    assert!(sync(3).is_err());
    assert_eq!(sync(4).ok(), Some(13));
    assert_eq!(calls("sync"), [2, 2, 1, 0]);
    assert_eq!(durations("sync"), 5);
}

#[timed]
fn declared_but_never_called() {}

#[test]
fn functions_are_shown_before_the_first_call() {
    let labels = [("module", module_path!()), ("function", "declared_but_never_called"), ("outcome", "ok")];
    assert_eq!(registry::snapshot().counter("function_calls_total", &labels), Some(0));
    let _ = declared_but_never_called as fn();
}

#[timed]
async fn asynchronous(value: u64) -> Outcome<u64> {
    futures::future::ready(()).await;
    sync_helper(value)?;
    if value == 9 {
        pending::<()>().await;
    }
    if value == 8 {
        let mut polls = 0;
        poll_fn(|_| {
            polls += 1;
            assert_ne!(polls, 2, "as asked");
            Poll::<()>::Pending
        })
        .await;
    }
    Ok(value)
}

fn sync_helper(value: u64) -> Outcome<()> {
    if value == 0 { Err(Failure::TooSmall) } else { Ok(()) }
}

#[test]
fn async_calls_are_counted_once_by_outcome() {
    let name = "asynchronous";
    drop(asynchronous(1));
    assert_eq!(calls(name), [0; 4], "never polled, so nothing happened");
    assert_eq!(block_on(asynchronous(1)).ok(), Some(1));
    assert_eq!(calls(name), [1, 0, 0, 0]);
    assert!(block_on(asynchronous(0)).is_err());
    assert_eq!(calls(name), [1, 1, 0, 0]);

    let mut cancelled = Box::pin(asynchronous(9));
    assert!(poll(cancelled.as_mut()).is_pending());
    assert!(poll(cancelled.as_mut()).is_pending());
    assert_eq!(calls(name), [1, 1, 0, 0], "still running");
    drop(cancelled);
    assert_eq!(calls(name), [1, 1, 0, 1]);

    let mut panics = Box::pin(asynchronous(8));
    assert!(poll(panics.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| poll(panics.as_mut()))).is_err());
    assert_eq!(calls(name), [1, 1, 1, 1], "counted when it panics");
    drop(panics);
    assert_eq!(calls(name), [1, 1, 1, 1], "and not again when it is dropped");
    assert_eq!(durations(name), 4);

    let mut waits = Box::pin(asynchronous(9));
    assert!(poll(waits.as_mut()).is_pending());
    let dropped_by_a_stranger = catch_unwind(AssertUnwindSafe(move || {
        let _waits = waits;
        panic!("elsewhere");
    }));
    assert!(dropped_by_a_stranger.is_err());
    assert_eq!(calls(name), [1, 1, 1, 2], "cancelled: it is not its own code that unwinds");
}

fn has_no_name(failure: &Failure) -> &'static str {
    panic!("{failure:?} has none, as asked")
}

#[timed(error = has_no_name)]
async fn cannot_name_its_error(waits: bool) -> Outcome<()> {
    if waits {
        poll_fn(once_pending()).await;
    }
    Err(Failure::TooSmall)
}

/// A function for `poll_fn` that is ready the second time.
fn once_pending() -> impl FnMut(&mut Context<'_>) -> Poll<()> {
    let mut is_ready = false;
    move |_| if std::mem::replace(&mut is_ready, true) { Poll::Ready(()) } else { Poll::Pending }
}

#[test]
fn a_panic_in_what_names_the_error_is_a_panic_of_the_call() {
    for (number, waits) in [false, true].into_iter().enumerate() {
        let mut future = Box::pin(cannot_name_its_error(waits));
        if waits {
            assert!(poll(future.as_mut()).is_pending());
        }
        assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
        drop(future);
        assert_eq!(calls("cannot_name_its_error"), [0, 0, number as u64 + 1, 0]);
    }
}

#[timed]
async fn never_returns(panics: bool) -> ! {
    poll_fn(once_pending()).await;
    assert!(!panics, "as asked");
    pending().await
}

#[test]
fn a_future_that_never_returns_is_cancelled_or_panics() {
    let mut cancelled = Box::pin(async { never_returns(false).await });
    assert!(poll(cancelled.as_mut()).is_pending());
    drop(cancelled);
    let mut panics = Box::pin(async { never_returns(true).await });
    assert!(poll(panics.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| poll(panics.as_mut()))).is_err());
    assert_eq!(calls("never_returns"), [0, 0, 1, 1]);
}

#[timed]
fn boxed(value: u64) -> Pin<Box<dyn Future<Output = Outcome<u64>> + Send>> {
    Box::pin(async move {
        sync_helper(value)?;
        if value == 9 {
            pending::<()>().await;
        }
        Ok(value)
    })
}

#[test]
fn boxed_futures_are_counted_when_they_run() {
    let future = boxed(1);
    assert_eq!(calls("boxed"), [0; 4], "made, but not run");
    assert!(block_on(future).is_ok());
    assert!(block_on(boxed(0)).is_err());
    let mut cancelled = boxed(9);
    assert!(poll(cancelled.as_mut()).is_pending());
    drop(cancelled);
    assert_eq!(calls("boxed"), [1, 1, 0, 1]);
}

struct Store;

#[timed]
impl Store {
    fn get(&self, found: bool) -> Option<u8> {
        found.then_some(1)
    }

    #[timed(name = "Store::put!", error = |error| error.0)]
    async fn put(&mut self, fail: bool) -> Result<(), (&'static str, u8)> {
        if fail { Err(("full", 1)) } else { Ok(()) }
    }

    #[timed(skip)]
    fn skipped(&self) {}
}

#[test]
fn methods_bear_the_name_of_their_type() {
    assert_eq!(Store.get(true), Some(1));
    assert_eq!(Store.get(false), None);
    Store.skipped();
    assert_eq!(calls("Store::get"), [2, 0, 0, 0], "`None` is no failure");
    assert_eq!(calls("Store::skipped"), [0; 4]);
    block_on(Store.put(false)).expect("it is not full");
    block_on(Store.put(true)).expect_err("it is full");
    assert_eq!(calls("Store::put!"), [1, 1, 0, 0]);
    assert_eq!(errors("Store::put!", "full"), 1);
}

fn errors(function: &str, error: &str) -> u64 {
    let labels = [("module", module_path!()), ("function", function), ("error", error)];
    registry::snapshot().counter("function_errors_total", &labels).unwrap_or(0)
}

fn kind(error: &Failure) -> &Failure {
    error
}

#[timed(error = kind)]
fn errors_by_path(value: u64) -> Outcome<u64> {
    match value {
        0 => Err(Failure::TooSmall),
        1 => Err(Failure::TooLarge(value)),
        _ => Ok(value),
    }
}

#[timed(error)]
async fn errors_by_themselves(fail: bool) -> Outcome<()> {
    ready(()).await;
    if fail { Err(Failure::TooSmall) } else { Ok(()) }
}

#[timed(error = |error| error.split(':').next().unwrap_or_default().to_owned())]
async fn errors_by_closure(text: &str) -> Result<u8, String> {
    ready(()).await;
    if text.is_empty() { Ok(1) } else { Err(text.to_owned()) }
}

#[test]
fn errors_are_counted_by_kind() {
    for value in [0, 1, 1, 2] {
        let _ = errors_by_path(value);
    }
    assert_eq!(calls("errors_by_path"), [1, 3, 0, 0]);
    assert_eq!(errors("errors_by_path", "too_small"), 1);
    assert_eq!(errors("errors_by_path", "too_large"), 2);
    let _ = (block_on(errors_by_themselves(true)), block_on(errors_by_themselves(false)));
    assert_eq!(errors("errors_by_themselves", "too_small"), 1);
    for text in ["io: no such file", "io: disk full", ""] {
        let _ = block_on(errors_by_closure(text));
    }
    assert_eq!(errors("errors_by_closure", "io"), 2);
}

fn in_flight(function: &str) -> Option<f64> {
    let labels = [("module", module_path!()), ("function", function)];
    registry::snapshot().value("function_in_flight", &labels)
}

#[timed(in_flight)]
async fn waits() {
    pending::<()>().await;
}

#[test]
fn calls_in_progress_are_counted_if_asked_for() {
    assert_eq!(in_flight("sync"), None, "not asked for");
    let mut one = pin!(waits());
    let mut two = Box::pin(waits());
    assert!(matches!(in_flight("waits"), None | Some(0.0)));
    assert!(poll(one.as_mut()).is_pending());
    assert!(poll(two.as_mut()).is_pending());
    assert_eq!(in_flight("waits"), Some(2.0));
    drop(two);
    assert_eq!(in_flight("waits"), Some(1.0));
}

#[timed]
fn generic<T: Default>() -> T {
    T::default()
}

#[test]
fn all_instances_of_a_generic_function_are_one_function() {
    generic::<u8>();
    generic::<String>();
    assert_eq!(calls("generic"), [2, 0, 0, 0]);
}

#[timed]
async fn recursive(n: u8) -> u8 {
    if n == 0 { 0 } else { 1 + Box::pin(recursive(n - 1)).await }
}

#[test]
fn every_call_of_a_recursion_counts() {
    assert_eq!(block_on(recursive(4)), 4);
    assert_eq!(calls("recursive"), [5, 0, 0, 0]);
}

/// Says its name when it is dropped.
struct Noisy(&'static str, Rc<RefCell<Vec<&'static str>>>);

impl Drop for Noisy {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

#[allow(unused_variables)]
async fn plain(a: Noisy, _: Noisy, (b, c): (Noisy, Noisy), d: Noisy) {
    let local = Noisy("local", Rc::clone(&a.1));
    let moved = d;
    ready(()).await;
}

#[timed]
#[allow(unused_variables)]
async fn like_plain(a: Noisy, _: Noisy, (b, c): (Noisy, Noisy), d: Noisy) {
    let local = Noisy("local", Rc::clone(&a.1));
    let moved = d;
    ready(()).await;
}

#[timed]
fn sync_drops(a: Noisy, b: Noisy) -> usize {
    let log = Rc::clone(&a.1);
    let _local = Noisy("local", Rc::clone(&b.1));
    log.borrow().len()
}

#[test]
fn arguments_live_as_long_as_without_the_attribute() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let noisy = |name| Noisy(name, Rc::clone(&log));
    block_on(plain(noisy("a"), noisy("_"), (noisy("b"), noisy("c")), noisy("d")));
    let expected = log.take();
    assert_eq!(expected.len(), 6);
    block_on(like_plain(noisy("a"), noisy("_"), (noisy("b"), noisy("c")), noisy("d")));
    assert_eq!(log.take(), expected);
    drop(like_plain(noisy("a"), noisy("_"), (noisy("b"), noisy("c")), noisy("d")));
    assert_eq!(log.take().len(), 5, "dropped without being polled");
    assert_eq!(sync_drops(noisy("a"), noisy("b")), 0);
    assert_eq!(log.take().len(), 3);
}
