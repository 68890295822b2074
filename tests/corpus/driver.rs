//! What runs the shapes of the corpus, and compares what was measured with what happened.
//!
//! A shape is called through `call!`, `drive!`, `cancel!` and `unpolled!`. Each writes down what the call returned and
//! dropped, which the runner compares with the same shape without attributes, and checks here that the attributes counted
//! exactly what happened.

use std::{
    cell::RefCell,
    fmt::Debug,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use tallymark::{Counter, Histogram, ModelMetrics, UpDownCounter, buckets, metric, registry};

/// Calls under `#[timed(OWN)]`.
#[metric]
pub static OWN_DURATION_SECONDS: Histogram = Histogram::new(buckets![1.0]);
/// Calls under `#[counted]`.
#[metric]
pub static CALLS_TOTAL: Counter = Counter::new();
/// Calls under `#[count_errors]`.
#[metric]
pub static ERRORS_TOTAL: Counter = Counter::new();
/// Calls under `#[in_flight]`.
#[metric]
pub static RUNNING: UpDownCounter = UpDownCounter::new();

/// What is written under `#[model_op]`.
#[derive(ModelMetrics)]
pub struct Row;

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

thread_local! {
    static ATTRIBUTES: RefCell<Option<&'static str>> = const { RefCell::new(None) };
}

/// Whether the shape that runs has that attribute.
fn has(attribute: &str) -> bool {
    ATTRIBUTES.with_borrow(|all| all.is_some_and(|all| all.split(',').any(|one| one == attribute)))
}

/// Keeps panics from being shown.
pub fn quiet() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// Writes a line down.
pub fn note(text: impl Into<String>) {
    LOG.with(|log| log.borrow_mut().push(text.into()));
}

/// Runs one shape and prints what was written down.
pub fn shape(name: &str, attributes: &'static str, is_checked: bool, run: fn()) {
    ATTRIBUTES.set(is_checked.then_some(attributes));
    if catch_unwind(run).is_err() {
        note("!! the shape itself panicked");
    }
    for line in LOG.take() {
        println!("{name}\t{line}");
    }
}

/// Says its name when it is dropped.
#[derive(Debug)]
pub struct Noisy(pub &'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        note(format!("drop {}", self.0));
    }
}

/// Panics when it is dropped.
#[derive(Debug)]
pub struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        note("drop bomb");
        if !std::thread::panicking() {
            panic!("bomb");
        }
    }
}

/// Makes a noisy one.
pub fn noisy(name: &'static str) -> Noisy {
    Noisy(name)
}

/// A future that is pending once.
pub async fn pause() {
    let mut polled = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// What was counted so far: calls by outcome, and what the attributes with a metric of their own counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    timed: [u64; 4],
    own: u64,
    calls: u64,
    errors: u64,
    rows: u64,
    running: i64,
    running_functions: i64,
}

fn counts() -> Counts {
    let snapshot = registry::snapshot();
    let mut timed = [0; 4];
    if let Some(family) = snapshot.family("function_calls_total") {
        for (at, outcome) in ["ok", "error", "panic", "cancelled"].into_iter().enumerate() {
            for series in &family.series {
                if series.labels.iter().any(|(name, value)| name == "outcome" && value == outcome) {
                    if let tallymark::snapshot::Value::Number(number) = &series.value {
                        timed[at] += number.as_f64() as u64;
                    }
                }
            }
        }
    }
    let mut running_functions = 0;
    if let Some(family) = snapshot.family("function_in_flight") {
        for series in &family.series {
            if let tallymark::snapshot::Value::Number(number) = &series.value {
                running_functions += number.as_f64() as i64;
            }
        }
    }
    Counts {
        timed,
        own: OWN_DURATION_SECONDS.get().count(),
        calls: CALLS_TOTAL.get(),
        errors: ERRORS_TOTAL.get(),
        rows: snapshot.counter("model_inserts_total", &[("model", "row")]).unwrap_or(0),
        running: RUNNING.get(),
        running_functions,
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Ok,
    Error,
    Panic,
    Cancelled,
    Never,
}

thread_local! {
    static BEFORE: RefCell<Option<Counts>> = const { RefCell::new(None) };
}

/// A call begins.
pub fn begin() {
    BEFORE.set(Some(counts()));
}

/// A call has ended; so many calls of measured functions ended in this way.
pub fn end(ended: Ended, times: u64) {
    let now = counts();
    let Some(before) = BEFORE.take() else { return };
    if ATTRIBUTES.with_borrow(Option::is_none) {
        note(format!("{ended:?}"));
        return;
    }
    let mut expected = before;
    if ended != Ended::Never {
        if has("timed") {
            expected.timed[ended as usize] += times;
        }
        if has("own") {
            expected.own += times;
        }
        if has("counted") {
            expected.calls += times;
        }
        if has("count_errors") && ended == Ended::Error {
            expected.errors += times;
        }
        if has("model_op") && ended == Ended::Ok {
            expected.rows += times;
        }
    }
    if now != expected {
        note(format!("!! {ended:?}: counted {now:?}, expected {expected:?}, before {before:?}"));
    }
    note(format!("{ended:?}"));
}

/// The size of a future.
pub fn size<F>(future: F) -> F {
    note(format!("size {}", std::mem::size_of::<F>()));
    future
}

/// A value, behind method resolution.
pub struct Seen<'a, T: ?Sized>(pub &'a T);

pub trait SeenResult {
    fn __seen_ended(&self) -> Ended;
}

impl<T, E> SeenResult for Seen<'_, Result<T, E>> {
    fn __seen_ended(&self) -> Ended {
        if self.0.is_err() { Ended::Error } else { Ended::Ok }
    }
}

pub trait SeenAny {
    fn __seen_ended(&self) -> Ended;
}

impl<T: ?Sized> SeenAny for &Seen<'_, T> {
    fn __seen_ended(&self) -> Ended {
        Ended::Ok
    }
}

pub trait ShowDebug {
    fn __seen_show(&self) -> String;
}

impl<T: Debug + ?Sized> ShowDebug for Seen<'_, T> {
    fn __seen_show(&self) -> String {
        format!("{:?}", self.0)
    }
}

pub trait ShowAny {
    fn __seen_show(&self) -> String;
}

impl<T: ?Sized> ShowAny for &Seen<'_, T> {
    fn __seen_show(&self) -> String {
        "?".to_owned()
    }
}

/// What a panic said.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    note(format!("panic {text}"));
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = poll(future.as_mut()) {
            return value;
        }
    }
}

/// Polls once.
pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Catches a panic.
pub fn caught<R>(call: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(value) => Some(value),
        Err(panic) => {
            panicked(panic);
            None
        }
    }
}

/// Calls a function.
#[macro_export]
macro_rules! call {
    ($call:expr) => { $crate::call!($call, 1) };
    ($call:expr, $times:expr) => {{
        #[allow(unused_imports)]
        use $crate::{SeenAny as _, SeenResult as _, ShowAny as _, ShowDebug as _};
        $crate::begin();
        match $crate::caught(|| $call) {
            ::std::option::Option::Some(value) => {
                let ended = (&$crate::Seen(&value)).__seen_ended();
                $crate::end(ended, $times);
                $crate::note((&$crate::Seen(&value)).__seen_show());
            }
            ::std::option::Option::None => $crate::end($crate::Ended::Panic, $times),
        }
    }};
}

/// Calls a function that returns a future, and runs that to its end.
#[macro_export]
macro_rules! drive {
    ($call:expr) => { $crate::drive!($call, 1) };
    ($call:expr, $times:expr) => { $crate::call!($crate::block_on($crate::size($call)), $times) };
}

/// Calls a function that returns a future, polls that once and drops it.
#[macro_export]
macro_rules! cancel {
    ($call:expr) => {{
        $crate::begin();
        {
            let mut future = ::std::boxed::Box::pin($call);
            match $crate::poll(future.as_mut()) {
                ::std::task::Poll::Pending => $crate::note("pending"),
                ::std::task::Poll::Ready(_) => $crate::note("ready at once"),
            }
        }
        $crate::end($crate::Ended::Cancelled, 1);
    }};
}

/// Calls a function that returns a future, and drops that.
#[macro_export]
macro_rules! unpolled {
    ($call:expr) => {{
        $crate::begin();
        ::std::mem::drop($call);
        $crate::end($crate::Ended::Never, 1);
    }};
}
