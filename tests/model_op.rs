//! What `#[model_op]`, `#[counted]`, `#[in_flight]`, `#[count_errors]` and `#[timed(metric)]` count.

#![allow(clippy::unused_self)] // methods of no substance

use std::{
    future::{Future, pending},
    panic::catch_unwind,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use futures::executor::block_on;
use tallymark::{
    Counter, Histogram, LabelSet, LabelValue, ModelMetrics, Summary, UpDownCounter, buckets, count_errors,
    counted, in_flight, metrics, model_op, registry, timed,
};

#[derive(ModelMetrics)]
struct Order;

#[derive(ModelMetrics)]
#[model(name = "log_line")]
struct Line;

#[derive(LabelValue, Clone, Copy)]
enum Shop {
    North,
    South,
}

#[derive(LabelSet)]
struct Where {
    shop: Shop,
}

#[derive(LabelSet)]
struct Why<'a> {
    why: &'a str,
}

#[metrics]
mod own {
    use super::{Counter, Histogram, Summary, UpDownCounter, Where, Why, buckets};

    /// Calls.
    pub(crate) static PLAIN_CALLS_TOTAL: Counter = Counter::new();
    /// Calls by shop.
    pub(crate) static SHOP_CALLS_TOTAL: Counter<Where> = Counter::new();
    /// Calls of a function with several attributes.
    pub(crate) static STACKED_CALLS_TOTAL: Counter = Counter::new();
    /// Running.
    pub(crate) static RUNNING: UpDownCounter = UpDownCounter::new();
    /// Failed.
    pub(crate) static FAILED_TOTAL: Counter = Counter::new();
    /// Failed by reason.
    pub(crate) static FAILED_WHY_TOTAL: Counter<Why<'static>> = Counter::new();
    /// Time.
    pub(crate) static WAIT_SECONDS: Histogram = Histogram::new(buckets![1.0]);
    /// Time by shop.
    pub(crate) static SHOP_WAIT_SECONDS: Summary<Where> = Summary::new();
}

fn rows(operation: &str, model: &str) -> u64 {
    let name = format!("model_{operation}_total");
    registry::snapshot().counter(&name, &[("model", model)]).unwrap_or(0)
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[model_op(Order, insert)]
fn insert(fail: bool) -> Result<Order, String> {
    if fail { Err("no".to_owned()) } else { Ok(Order) }
}

#[model_op(Order, update, rows = ids.len())]
async fn update(ids: Vec<u64>, fail: bool) -> Result<(), String> {
    drop(ids);
    std::future::ready(()).await;
    if fail { Err("no".to_owned()) } else { Ok(()) }
}

#[model_op(Order, delete, rows = |deleted| *deleted)]
async fn delete(count: i64) -> std::io::Result<i64> {
    if count == 99 { Err(std::io::Error::other("no")) } else { Ok(count) }
}

#[model_op(Line, insert, rows = |lines: &Vec<u8>| lines.len())]
fn insert_lines(count: u8) -> Vec<u8> {
    (0..count).collect()
}

#[test]
fn rows_are_counted_on_success() {
    assert!(insert(true).is_err());
    assert_eq!(rows("inserts", "order"), 0);
    assert!(insert(false).is_ok());
    assert_eq!(rows("inserts", "order"), 1);

    assert!(block_on(update(vec![1, 2, 3], true)).is_err());
    drop(update(vec![1, 2, 3], false));
    assert_eq!(rows("updates", "order"), 0);
    assert!(block_on(update(vec![1, 2, 3], false)).is_ok());
    assert_eq!(rows("updates", "order"), 3);

    for count in [4, 99, -1, 0] {
        let _ = block_on(delete(count));
    }
    assert_eq!(rows("deletes", "order"), 4, "a negative number counts as nothing");

    assert_eq!(insert_lines(3).len(), 3);
    assert_eq!(rows("inserts", "log_line"), 3);
}

#[counted(own::PLAIN_CALLS_TOTAL)]
fn plain_call(fail: bool) -> u8 {
    assert!(!fail, "as asked");
    1
}

#[counted(own::SHOP_CALLS_TOTAL.with(Where { shop }))]
async fn shop_call(shop: Shop) {
    std::future::ready(()).await;
    let _ = shop;
}

#[test]
fn every_call_is_counted_when_it_begins() {
    plain_call(false);
    assert!(catch_unwind(|| plain_call(true)).is_err());
    assert_eq!(own::PLAIN_CALLS_TOTAL.get(), 2);
    drop(shop_call(Shop::North));
    block_on(shop_call(Shop::North));
    block_on(shop_call(Shop::South));
    assert_eq!(own::SHOP_CALLS_TOTAL.with(Where { shop: Shop::North }).get(), 1);
    assert_eq!(own::SHOP_CALLS_TOTAL.sum(), 2);
}

#[in_flight(own::RUNNING)]
async fn runs(forever: bool) {
    if forever {
        pending::<()>().await;
    }
}

#[test]
fn running_calls_are_counted_while_they_run() {
    let mut one = Box::pin(runs(true));
    assert_eq!(own::RUNNING.get(), 0);
    assert!(poll(one.as_mut()).is_pending());
    assert_eq!(own::RUNNING.get(), 1);
    drop(one);
    block_on(runs(false));
    assert_eq!(own::RUNNING.get(), 0);
}

struct Service {
    failures: Counter,
}

#[count_errors(own::FAILED_TOTAL)]
impl Service {
    fn fails(&self, fail: bool) -> Result<u8, String> {
        if fail { Err("no".to_owned()) } else { Ok(1) }
    }

    async fn fails_later(&self, fail: bool) -> Result<u8, String> {
        std::future::ready(()).await;
        self.fails(fail)
    }

    fn cannot_fail(&self) {}

    #[count_errors(self.failures)]
    fn counts_itself(&self) -> Result<(), ()> {
        Err(())
    }
}

#[count_errors(|error| own::FAILED_WHY_TOTAL.with(Why { why: error }))]
async fn why(fail: bool) -> Result<u8, String> {
    if fail { Err("because".to_owned()) } else { Ok(1) }
}

#[test]
fn errors_are_counted() {
    let service = Service { failures: Counter::new() };
    let _ = (service.fails(true), service.fails(false), service.cannot_fail());
    assert_eq!(own::FAILED_TOTAL.get(), 1);
    let _ = (block_on(service.fails_later(true)), block_on(service.fails_later(false)));
    assert_eq!(own::FAILED_TOTAL.get(), 3, "the inner call counts too");
    assert!(service.counts_itself().is_err());
    assert_eq!((service.failures.get(), own::FAILED_TOTAL.get()), (1, 3));
    let _ = (block_on(why(true)), block_on(why(false)));
    assert_eq!(own::FAILED_WHY_TOTAL.with(Why { why: "because" }).get(), 1);
}

#[timed(own::WAIT_SECONDS)]
fn waits(fail: bool) -> Result<u8, String> {
    if fail {
        Err("no".to_owned())?;
    }
    Ok(1)
}

#[timed(own::SHOP_WAIT_SECONDS.with(Where { shop: *shop }))]
fn boxed_waits<'a>(shop: &'a Shop) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    Box::pin(async move {
        let _ = shop;
        pending::<()>().await;
    })
}

#[test]
fn durations_go_into_the_given_metric() {
    let _ = (waits(true), waits(false));
    assert_eq!(own::WAIT_SECONDS.get().count(), 2);
    let mut future = boxed_waits(&Shop::South);
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(own::SHOP_WAIT_SECONDS.with(Where { shop: Shop::South }).get().count(), 0);
    drop(future);
    assert_eq!(own::SHOP_WAIT_SECONDS.with(Where { shop: Shop::South }).get().count(), 1);
}

#[timed]
#[counted(own::STACKED_CALLS_TOTAL)]
#[count_errors(|error: &String| own::FAILED_WHY_TOTAL.with(Why { why: error }))]
#[model_op(Line, update)]
async fn several(text: String) -> Result<String, String> {
    std::future::ready(()).await;
    if text.len() > 3 { Err(text) } else { Ok(text) }
}

#[in_flight(own::RUNNING)]
#[timed(own::WAIT_SECONDS)]
async fn guarded() {
    std::future::ready(()).await;
}

fn is_send(_: &impl Send) {}

#[test]
fn guards_move_between_threads() {
    is_send(&guarded());
    is_send(&several(String::new()));
}

#[test]
fn attributes_stack() {
    let size = size_of_val(&several(String::new()));
    assert!(size < 300, "{size} bytes");
    drop(several("dropped".to_owned()));
    let _ = (block_on(several("ok".to_owned())), block_on(several("too long".to_owned())));
    assert_eq!(rows("updates", "log_line"), 1);
    assert_eq!(own::FAILED_WHY_TOTAL.with(Why { why: "too long" }).get(), 1);
    let calls = |outcome| {
        let labels = [("module", module_path!()), ("function", "several"), ("outcome", outcome)];
        registry::snapshot().counter("function_calls_total", &labels)
    };
    assert_eq!((calls("ok"), calls("error"), calls("cancelled")), (Some(1), Some(1), Some(0)));
    assert_eq!(own::STACKED_CALLS_TOTAL.get(), 2);
}
