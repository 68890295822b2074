//! Functions that are not asynchronous, and two that count down beside each other.

use std::fmt::{Debug, Display};

use futures::executor::block_on;
use tallymark::timed;

use super::is_send;

type Outcome<T> = Result<T, String>;

#[timed]
fn nothing() {}

#[timed]
fn adds(a: u32, b: u32) -> u32 {
    a + b
}

#[timed]
fn parses(text: &str) -> Result<i32, std::num::ParseIntError> {
    let number: i32 = text.parse()?;
    if number < 0 {
        return Ok(0);
    }
    Ok(number)
}

#[timed]
fn alias(fail: bool) -> Outcome<()> {
    if fail { Err("no".to_owned()) } else { Ok(()) }
}

#[timed]
fn generic<T, const N: usize>(value: &T) -> String
where
    T: Debug + Display + ?Sized,
{
    format!("{value}{N}")
}

#[timed]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() > b.len() { a } else { b }
}

#[timed]
fn coerces(number: bool) -> Box<dyn Display> {
    if number {
        return Box::new(1);
    }
    Box::new("one")
}

#[timed]
fn impl_argument(value: impl Into<String>) -> String {
    value.into()
}

#[timed]
fn impl_return(up_to: u32) -> impl Iterator<Item = u32> + Clone {
    0..up_to
}

#[timed]
fn impl_in_result(up_to: u32) -> Result<impl Iterator<Item = u32>, String> {
    if up_to > 100 {
        return Err("too many".to_owned());
    }
    Ok(0..up_to)
}

#[timed]
fn recursive(n: u64) -> u64 {
    if n < 2 { n } else { recursive(n - 1) + recursive(n - 2) }
}

/// # Safety
///
/// None needed.
#[timed]
#[allow(unsafe_code)]
unsafe fn not_safe(value: *const u8) -> u8 {
    // SAFETY: the caller passes a valid pointer.
    unsafe { *value }
}

#[must_use]
#[timed]
fn must_use_above() -> u8 {
    1
}

#[timed]
#[must_use]
fn must_use_below() -> u8 {
    1
}

#[timed]
fn counts_down(mut n: u32, mut last: u32) -> u32 {
    while n > 10 {
        n -= 10;
        last = n;
    }
    last
}

#[timed]
async fn async_counts_down(mut n: u32, mut last: u32) -> u32 {
    while n > 10 {
        n -= 10;
        last = n;
        tokio::task::yield_now().await;
    }
    last
}

#[timed]
fn never(panics: bool) -> ! {
    assert!(!panics, "as asked");
    std::process::exit(1)
}

#[timed]
fn patterns((a, b): (u8, u8), [c, ..]: [u8; 2], _: String, mut d: Vec<u8>) -> usize {
    d.push(a);
    d.push(b);
    d.push(c);
    d.len()
}

#[timed]
fn inner_attribute(a: u8) -> u8 {
    #![allow(clippy::let_and_return)]
    let b = a;
    b
}

#[timed]
fn own_items() -> u8 {
    use std::convert::identity;
    const ONE: u8 = 1;
    fn two() -> u8 {
        2
    }
    identity(ONE + two())
}

#[tracing::instrument]
#[timed]
fn instrumented_above(a: u8) -> u8 {
    a
}

#[timed]
#[tracing::instrument(err)]
fn instrumented_below(a: u8) -> Result<u8, String> {
    if a > 1 { Err("much".to_owned()) } else { Ok(a) }
}

#[timed]
extern "C" fn with_abi(a: u8) -> u8 {
    a
}

mod strict_raw {
    use tallymark::timed;

    #[timed]
    pub(super) fn r#match(r#type: u8) -> u8 {
        r#type
    }
}

#[test]
fn synchronous_functions_do_what_they_did() {
    nothing();
    assert_eq!(adds(1, 2), 3);
    assert_eq!(parses("12"), Ok(12));
    assert_eq!(parses("-12"), Ok(0));
    assert!(parses("x").is_err());
    assert_eq!(alias(true), Err("no".to_owned()));
    assert_eq!(generic::<_, 2>("a"), "a2");
    assert_eq!(longest("a", "bb"), "bb");
    assert_eq!(coerces(true).to_string() + &coerces(false).to_string(), "1one");
    assert_eq!(impl_argument("a"), "a");
    assert_eq!(impl_return(3).count(), 3);
    assert_eq!(impl_in_result(3).map(Iterator::count), Ok(3));
    assert_eq!(recursive(10), 55);
    #[allow(unsafe_code)]
    // SAFETY: the pointer comes from a reference.
    let read = unsafe { not_safe(&5) };
    assert_eq!(read, 5);
    assert_eq!(must_use_above() + must_use_below(), 2);
    assert_eq!(counts_down(25, 0) + block_on(is_send(async_counts_down(25, 0))), 10);
    assert!(std::panic::catch_unwind(|| never(true)).is_err());
    assert_eq!(patterns((1, 2), [3, 4], String::new(), vec![0]), 4);
    assert_eq!(inner_attribute(1), 1);
    assert_eq!(own_items(), 3);
    assert_eq!(instrumented_above(1), 1);
    assert_eq!(instrumented_below(1), Ok(1));
    assert_eq!(with_abi(1), 1);
    assert_eq!(strict_raw::r#match(4), 4);
}
