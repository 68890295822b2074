//! Asynchronous functions, and functions that return futures.

use std::{fmt::Display, future::Future, pin::Pin};

use futures::executor::block_on;
use tallymark::timed;

use super::is_send;

#[timed]
async fn async_nothing() {}

#[timed]
async fn async_question(text: &str) -> Result<i32, std::num::ParseIntError> {
    let number: i32 = text.parse()?;
    if number < 0 {
        return Ok(0);
    }
    tokio::task::yield_now().await;
    Ok(number)
}

#[timed]
async fn async_into(value: u8) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    if value == 0 {
        Err("zero")?;
    }
    Ok(value.into())
}

#[timed]
async fn async_coerces(number: bool) -> Box<dyn Display + Send> {
    if number {
        return Box::new(1);
    }
    Box::new("one")
}

#[timed]
async fn async_references<'a>(a: &'a str, b: &str, c: &mut Vec<String>) -> &'a str {
    c.push(b.to_owned());
    tokio::task::yield_now().await;
    a
}

#[timed]
async fn async_generic<T: Display + Send + 'static>(value: T, more: impl Display + Send) -> String {
    tokio::task::yield_now().await;
    format!("{value}{more}")
}

#[timed]
async fn async_impl_return(up_to: u32) -> impl Iterator<Item = u32> {
    tokio::task::yield_now().await;
    0..up_to
}

#[timed]
async fn async_impl_result(up_to: u32) -> Result<impl Iterator<Item = u32>, String> {
    if up_to > 9 {
        return Err("many".to_owned());
    }
    Ok(0..up_to)
}

#[timed]
async fn async_recursive(n: u32) -> u32 {
    if n == 0 { 0 } else { 1 + Box::pin(async_recursive(n - 1)).await }
}

#[timed]
async fn async_recursive_dyn(n: u32) -> u32 {
    if n == 0 {
        return 0;
    }
    let next: Pin<Box<dyn Future<Output = u32> + Send>> = Box::pin(async_recursive_dyn_boxed(n - 1));
    1 + next.await
}

fn async_recursive_dyn_boxed(n: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(async_recursive_dyn(n))
}

#[timed]
async fn async_patterns((a, b): (u8, String), _: Vec<u8>, mut c: Vec<u8>, Pair { x, .. }: Pair) -> usize {
    tokio::task::yield_now().await;
    c.push(a);
    c.push(x);
    c.len() + b.len()
}

struct Pair {
    x: u8,
    #[allow(dead_code)]
    y: u8,
}

#[timed]
async fn async_cfg(a: u8, #[cfg(not(test))] b: Missing, #[cfg(test)] c: u8) -> u8 {
    a + c
}

/// # Safety
///
/// None needed.
#[timed]
#[allow(unsafe_code)]
async unsafe fn async_not_safe(value: &u8) -> u8 {
    let value: *const u8 = value;
    // SAFETY: it was a reference.
    unsafe { *value }
}

#[timed]
#[must_use]
async fn async_must_use() -> u8 {
    1
}

#[timed]
#[tracing::instrument]
async fn async_instrumented_below(a: u8) -> Result<u8, String> {
    tokio::task::yield_now().await;
    if a > 1 { Err("much".to_owned()) } else { Ok(a) }
}

#[tracing::instrument(skip_all)]
#[timed]
async fn async_instrumented_above(a: u8) -> Result<u8, String> {
    tokio::task::yield_now().await;
    if a > 1 { Err("much".to_owned()) } else { Ok(a) }
}

#[timed]
async fn async_never() -> ! {
    std::future::pending().await
}

#[timed]
fn boxed(fail: bool) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    let text = "no".to_owned();
    Box::pin(async move {
        if fail {
            return Err(text);
        }
        Ok(1)
    })
}

#[timed]
fn boxed_inferred(fail: bool) -> futures::future::BoxFuture<'static, Result<u8, String>> {
    Box::pin(async move {
        if fail {
            Err("no")?;
        }
        Ok(1)
    })
}

#[timed]
fn returns_block(a: &u8) -> impl Future<Output = u8> + '_ {
    async move { *a }
}

#[test]
fn asynchronous_functions_do_what_they_did() {
    block_on(is_send(async_nothing()));
    assert_eq!(block_on(is_send(async_question("12"))), Ok(12));
    assert_eq!(block_on(is_send(async_question("-1"))), Ok(0));
    assert!(block_on(async_question("x")).is_err());
    assert_eq!(block_on(is_send(async_into(3))).ok(), Some(3));
    assert!(block_on(async_into(0)).is_err());
    assert_eq!(block_on(is_send(async_coerces(true))).to_string(), "1");
    assert_eq!(block_on(is_send(async_coerces(false))).to_string(), "one");
    let mut list = Vec::new();
    assert_eq!(block_on(is_send(async_references("a", "b", &mut list))), "a");
    assert_eq!(list, ["b"]);
    assert_eq!(block_on(is_send(async_generic(1, "x"))), "1x");
    assert_eq!(block_on(is_send(async_impl_return(3))).count(), 3);
    assert_eq!(block_on(is_send(async_impl_result(3))).map(Iterator::count), Ok(3));
    assert_eq!(block_on(is_send(async_recursive(5))), 5);
    assert_eq!(block_on(is_send(async_recursive_dyn(5))), 5);
    let pair = Pair { x: 1, y: 2 };
    assert_eq!(block_on(is_send(async_patterns((1, "ab".to_owned()), vec![], vec![0], pair))), 5);
    assert_eq!(block_on(is_send(async_cfg(1, 2))), 3);
    #[allow(unsafe_code)]
    // SAFETY: nothing is asked for.
    let read = unsafe { async_not_safe(&5) };
    assert_eq!(block_on(is_send(read)), 5);
    assert_eq!(block_on(is_send(async_must_use())), 1);
    assert_eq!(block_on(is_send(async_instrumented_below(1))), Ok(1));
    assert!(block_on(is_send(async_instrumented_above(2))).is_err());
    drop(is_send(async_never()));
    assert_eq!(block_on(is_send(boxed(false))), Ok(1));
    assert_eq!(block_on(boxed(true)), Err("no".to_owned()));
    assert_eq!(block_on(is_send(boxed_inferred(true))), Err("no".to_owned()));
    assert_eq!(block_on(returns_block(&3)), 3);
}

#[tokio::test]
async fn futures_can_be_spawned() {
    let question = tokio::spawn(async_question("12")).await;
    assert_eq!(question.ok(), Some(Ok(12)));
    let text = tokio::spawn(async_generic("a".to_owned(), 1)).await;
    assert_eq!(text.ok().as_deref(), Some("a1"));
}
