//! Every shape of function that `#[timed]` takes, under the strictest lints, doing what it did without the attribute.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_op_in_unsafe_fn)]

#[path = "timed_shapes/signatures.rs"]
mod signatures;

use std::{
    fmt::{Debug, Display},
    future::Future,
    pin::Pin,
    rc::Rc,
};

use futures::executor::block_on;
use tallymark::timed;

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

struct Store {
    items: Vec<String>,
}

#[timed]
impl Store {
    #[timed(skip)]
    const fn empty() -> Self {
        Self { items: Vec::new() }
    }

    fn first_mut(&mut self) -> Option<&mut String> {
        self.items.first_mut()
    }

    fn whole(&mut self) -> &mut Vec<String> {
        &mut self.items
    }

    fn push(&mut self, item: &str) -> &mut Self {
        self.items.push(item.to_owned());
        self
    }

    fn into_items(self) -> Vec<String> {
        self.items
    }

    async fn fetch(&self, index: usize) -> Option<&str> {
        tokio::task::yield_now().await;
        self.items.get(index).map(String::as_str)
    }

    #[timed(name = "renamed", in_flight)]
    fn shared(self: Rc<Self>) -> usize {
        self.items.len()
    }
}

trait Repository {
    fn count(&self) -> usize;
    fn load(&self, id: u32) -> impl Future<Output = Result<String, String>> + Send;
    #[allow(async_fn_in_trait)]
    async fn save(&mut self, text: &str) -> usize;

    #[timed]
    fn provided(&self) -> usize {
        self.count() + 1
    }
}

#[timed]
impl Repository for Store {
    fn count(&self) -> usize {
        self.items.len()
    }

    async fn load(&self, id: u32) -> Result<String, String> {
        let index = usize::try_from(id).map_err(|error| error.to_string())?;
        tokio::task::yield_now().await;
        self.items.get(index).cloned().ok_or_else(|| "none".to_owned())
    }

    async fn save(&mut self, text: &str) -> usize {
        self.items.push(text.to_owned());
        self.items.len()
    }
}

#[async_trait::async_trait]
trait Queue {
    async fn pop(&mut self) -> Result<String, String>;
    #[timed]
    async fn size(&self) -> usize {
        tokio::task::yield_now().await;
        7
    }
}

#[async_trait::async_trait]
#[timed]
impl Queue for Store {
    async fn pop(&mut self) -> Result<String, String> {
        tokio::task::yield_now().await;
        let item = self.items.pop().ok_or("empty")?;
        Ok(item)
    }
}

struct Other;

#[timed]
#[async_trait::async_trait]
impl Queue for Other {
    async fn pop(&mut self) -> Result<String, String> {
        Err("other".to_owned())
    }

    #[timed(skip)]
    async fn size(&self) -> usize {
        8
    }
}

struct Third;

#[async_trait::async_trait]
impl Queue for Third {
    #[timed]
    async fn pop(&mut self) -> Result<String, String> {
        Err("third".to_owned())
    }
}

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

fn is_send<T: Send>(value: T) -> T {
    value
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

#[test]
fn methods_do_what_they_did() {
    let mut store = Store::empty();
    store.push("a").push("b");
    assert_eq!(store.first_mut().map(|item| item.as_str()), Some("a"));
    store.whole().push("c".to_owned());
    assert_eq!(store.count(), 3);
    assert_eq!(store.provided(), 4);
    assert_eq!(block_on(store.fetch(1)), Some("b"));
    assert_eq!(block_on(is_send(store.load(0))).as_deref(), Ok("a"));
    assert_eq!(block_on(store.save("d")), 4);
    assert_eq!(block_on(is_send(store.pop())).as_deref(), Ok("d"));
    assert_eq!(block_on(store.size()), 7);
    assert_eq!(block_on(Other.size()), 8);
    assert!(block_on(is_send(Other.pop())).is_err());
    assert!(block_on(is_send(Third.pop())).is_err());
    let items = store.into_items();
    assert_eq!(Rc::new(Store { items }).shared(), 3);
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
