//! Signatures as odd as the language has them. The macros read them without a grammar of their own, so what is tried
//! here is where a part of a signature ends and the next one begins.

#![allow(missing_abi, unused_braces, reason = "what is odd is what is tried")]

use std::{fmt::Display, future::Future, ops::Range, pin::Pin, rc::Rc};

use futures::executor::block_on;
use tallymark::{counted, gauge_fn, timed};

use super::is_send;

mod geometry {
    pub(super) struct Point<T> {
        pub(super) x: T,
        pub(super) y: T,
    }
}

struct List<const N: usize> {
    items: [u8; N],
}

macro_rules! kind {
    ($ty:ty) => {
        $ty
    };
}

#[timed]
fn patterns_with_paths(
    geometry::Point { x, y: other }: geometry::Point<u8>,
    ::std::ops::Range::<u8> { start, .. }: ::std::ops::Range<u8>,
    &(a, ref b): &(u8, String),
    (Ok(c) | Err(c)): Result<u8, u8>,
    [first, .., last]: [u8; 3],
    whole @ (_, _): (u8, u8),
    #[allow(unused_mut)] mut d: u8,
) -> usize {
    usize::from(x + other + start + a + c + first + last + whole.0 + d) + b.len()
}

#[timed]
async fn async_patterns_with_paths(
    geometry::Point::<u8> { x, y: other }: geometry::Point<u8>,
    &(a, ref b): &(u8, String),
    (Ok(c) | Err(c)): Result<u8, u8>,
    whole @ (_, _): (u8, u8),
    #[allow(unused_mut)] mut d: u8,
) -> usize {
    usize::from(x + other + a + c + whole.0 + d) + b.len()
}

#[timed]
fn braces_in_types(list: [u8; { 1 + 1 }], more: &List<{ 2 * 2 }>) -> List<{ if true { 3 } else { 4 } }> {
    List { items: [list[0], list[1], more.items[3]] }
}

#[timed]
fn statements_in_types() -> [u8; {
    let half = 2;
    half * 2
}] {
    [1; 4]
}

#[timed]
async fn async_braces_in_types(list: List<{ 1 + 1 }>) -> [u8; { if true { 3 } else { 4 } }] {
    [list.items[0], list.items[1], 0]
}

#[timed]
fn macro_for_a_type(a: kind!(u8)) -> kind! { Result<u8, String> } {
    if a == 0 { Err("zero".to_owned()) } else { Ok(a) }
}

#[timed]
fn arrows(f: impl Fn(u8) -> Vec<u8>, g: fn(u8) -> Option<u8>, n: u8) -> Box<dyn Fn(u8) -> Vec<u8> + Send> {
    let all: Vec<u8> = f(n).into_iter().chain(g(n)).collect();
    Box::new(move |more| all.iter().copied().chain([more]).collect())
}

#[timed]
fn captures<'a, T: Display>(value: &'a T, _: &str) -> impl Fn(u8) -> Vec<String> + Clone + use<'a, T> {
    move |n| vec![value.to_string(); usize::from(n)]
}

#[timed]
fn captured_future<'a>(value: &'a u8, _: &str) -> impl Future<Output = Result<u8, String>> + Send + use<'a> {
    async move { if *value == 0 { Err("zero".to_owned()) } else { Ok(*value) } }
}

#[timed]
fn associated<I>(items: I) -> <I as IntoIterator>::Item
where
    I: IntoIterator<Item = u8>,
    for<'a> &'a I: Sized,
    [I; { 1 + 1 }]: Sized,
{
    items.into_iter().sum()
}

#[timed]
fn bounds<'a: 'b, 'b, T: Into<Vec<Vec<u8>>> + 'a, const N: usize>(value: T, _: &'b [u8; N]) -> Vec<Vec<u8>> {
    value.into()
}

#[timed]
#[rustfmt::skip]
fn without_spaces<T:Into<Vec<Vec<u8>>>>(value:T)->Vec<Vec<u8>>where Vec<T>:Sized{
    value.into()
}

#[timed]
#[rustfmt::skip]
extern fn with_default_abi(a: u8) -> u8 {
    a
}

/// # Safety
///
/// None needed.
#[timed]
#[allow(unsafe_code)]
#[rustfmt::skip]
unsafe extern r"C" fn not_safe_abroad(a: *const u8, b: extern "C" fn(u8) -> u8) -> u8 {
    // SAFETY: the caller passes a valid pointer.
    b(unsafe { *a })
}

#[gauge_fn(name = "signatures_pending", help = "Things that wait.", namespace = "signatures")]
pub(crate) const extern "C" fn pending() -> kind!(u32) {
    7
}

struct Holder {
    value: u8,
}

#[timed]
#[allow(clippy::needless_arbitrary_self_type)] // written out on purpose
impl Holder {
    const TABLE: [u8; 2] = {
        const fn one() -> u8 {
            1
        }
        [one(), 2]
    };
    #[allow(dead_code)]
    const CHOICE: u8 = if Self::TABLE[0] == 1 { 3 } else { 4 };

    fn owned(self) -> u8 {
        self.value
    }

    fn owned_mut(mut self) -> u8 {
        self.value += 1;
        self.value
    }

    fn typed(self: Self) -> u8 {
        self.value
    }

    fn typed_mut(mut self: Box<Self>) -> u8 {
        self.value += 1;
        self.value
    }

    fn borrowed<'a>(&'a mut self, _: &str) -> &'a mut u8 {
        &mut self.value
    }

    fn pinned(self: Pin<&mut Self>) -> &mut u8 {
        &mut self.get_mut().value
    }

    fn counted(self: &Rc<Self>) -> usize {
        Rc::strong_count(self)
    }

    async fn async_owned_mut(mut self) -> u8 {
        self.value += 1;
        self.value
    }

    async fn async_borrowed<'a>(&'a mut self, &(a, _): &'a (u8, u8)) -> &'a mut u8 {
        self.value += a;
        &mut self.value
    }

    async fn async_pinned<'a>(mut self: Pin<&'a mut Self>, (a, b): (u8, u8)) -> &'a mut u8 {
        self.value += a + b;
        &mut self.get_mut().value
    }

    async fn async_typed_mut(mut self: Box<Self>) -> u8 {
        self.value += 1;
        self.value
    }
}

trait Apply<'a> {
    const TIMES: u8;
    type Output;
    fn apply(&self, value: &'a u8) -> Self::Output;
}

macro_rules! constants {
    ($($name:ident = $value:expr;)*) => {
        $(const $name: u8 = $value;)*
    };
}

#[timed]
impl<'a> Apply<'a> for for<'b> fn(&'b u8) -> &'b u8 {
    constants! {
        TIMES = { 1 + 1 };
    }
    type Output = &'a u8;
    fn apply(&self, value: &'a u8) -> &'a u8 {
        self(value)
    }
}

#[timed]
impl<'a, const N: usize> Apply<'a> for List<{ N }>
where
    [u8; N]: Sized,
{
    const TIMES: u8 = { 3 };
    type Output = Option<&'a u8>;
    fn apply(&self, value: &'a u8) -> Self::Output {
        self.items.contains(value).then_some(value)
    }
}

macro_rules! function {
    ($(#[$meta:meta])* $vis:vis $name:ident($pattern:pat => $ty:ty) -> $output:ty $body:block) => {
        $(#[$meta])*
        $vis fn $name($pattern: $ty) -> $output $body
    };
    (async $(#[$meta:meta])* $vis:vis $name:ident($pattern:pat => $ty:ty) -> $output:ty $body:block) => {
        $(#[$meta])*
        $vis async fn $name($pattern: $ty) -> $output $body
    };
}

function!(#[timed] pub(crate) from_macro((a, b) => (u8, u8)) -> Result<u8, String> { Ok(a + b) });
function!(#[timed] from_macro_plain(a => u8) -> u8 { a });
function!(async #[timed] async_from_macro((a, b) => (u8, u8)) -> Result<u8, String> { Ok(a + b) });
function!(async #[timed] async_from_macro_plain(mut a => u8) -> u8 { a += 1; a });

/// What a call says of itself.
#[derive(Clone, Copy, tallymark::LabelValue)]
enum Size {
    Small,
    Large,
}

#[tallymark::metrics(namespace = "signatures")]
mod measured {
    use super::Size;
    use tallymark::Counter;

    const fn limit() -> u32 {
        10
    }

    /// Calls, by size.
    #[metric(max_series = if limit() < 20 { limit() } else { 20 })]
    pub(super) static CALLS_TOTAL: Counter<Calls<'static>> = Counter::new();

    /// Their labels.
    #[derive(tallymark::LabelSet)]
    pub(super) struct Calls<'a> {
        pub(super) size: Size,
        pub(super) who: &'a str,
    }

    #[rustfmt::skip]
    use std::{convert::identity as same};

    pub(super) fn size(value: u8) -> Size {
        if same(value) < 10 { Size::Small } else { Size::Large }
    }
}

#[counted(measured::CALLS_TOTAL.with(measured::Calls { size: measured::size(a), who: Vec::<&str>::from([b, "x"])[0] }))]
#[timed(error = |error: &Result<u8, Vec<u8>>| -> Size { if let Ok(0..9) = error { Size::Small } else { Size::Large } })]
fn arguments_of_attributes(a: u8, b: &str) -> Result<usize, Result<u8, Vec<u8>>> {
    if a == 0 { Err(Ok(0)) } else { Ok(b.len()) }
}

#[test]
fn parts_end_where_the_language_says() {
    let point = || geometry::Point { x: 1, y: 2 };
    let (pair, text) = ((1, 2), (3, "ab".to_owned()));
    assert_eq!(
        patterns_with_paths(point(), Range { start: 4, end: 5 }, &text, Ok(5), [6, 0, 7], pair, 8),
        39
    );
    assert_eq!(block_on(is_send(async_patterns_with_paths(point(), &text, Err(5), pair, 8))), 22);
    assert_eq!(braces_in_types([1, 2], &List { items: [0, 0, 0, 3] }).items, [1, 2, 3]);
    assert_eq!(statements_in_types(), [1; 4]);
    assert_eq!(block_on(is_send(async_braces_in_types(List { items: [1, 2] }))), [1, 2, 0]);
    assert_eq!(macro_for_a_type(1), Ok(1));
    assert_eq!(arrows(|n| vec![n], Some, 1)(2), [1, 1, 2]);
    assert_eq!(captures(&1, "")(2), ["1", "1"]);
    assert_eq!(block_on(is_send(captured_future(&1, ""))), Ok(1));
    assert_eq!(associated([1, 2, 3]), 6);
    assert_eq!(bounds([vec![1]], &[0]), without_spaces([vec![1]]));
    assert_eq!(with_default_abi(1), 1);
    #[allow(unsafe_code)]
    // SAFETY: the pointer comes from a reference.
    let read = unsafe { not_safe_abroad(&1, with_default_abi) };
    assert_eq!(read, 1);
    assert_eq!(pending(), 7);
}

#[test]
fn receivers_are_what_they_were() {
    let holder = || Holder { value: 1 };
    assert_eq!(Holder::TABLE, [1, 2]);
    assert_eq!(holder().owned() + holder().typed(), 2);
    assert_eq!(holder().owned_mut() + Box::new(holder()).typed_mut(), 4);
    assert_eq!(*holder().borrowed("") + *Pin::new(&mut holder()).pinned(), 2);
    assert_eq!(Rc::new(holder()).counted(), 1);
    assert_eq!(block_on(is_send(holder().async_owned_mut())), 2);
    assert_eq!(*block_on(is_send(holder().async_borrowed(&(2, 0)))), 3);
    assert_eq!(*block_on(is_send(Pin::new(&mut holder()).async_pinned((2, 3)))), 6);
    assert_eq!(block_on(is_send(Box::new(holder()).async_typed_mut())), 2);
}

#[test]
fn blocks_keep_what_is_no_function() {
    fn same(value: &u8) -> &u8 {
        value
    }
    let function: for<'b> fn(&'b u8) -> &'b u8 = same;
    assert_eq!(*function.apply(&1), 1);
    assert_eq!(<for<'b> fn(&'b u8) -> &'b u8 as Apply<'_>>::TIMES, 2);
    assert_eq!(List { items: [1, 2] }.apply(&2), Some(&2));
    assert_eq!(<List<2> as Apply<'_>>::TIMES, 3);
}

#[test]
fn what_macros_wrote_is_taken() {
    assert_eq!(from_macro((1, 2)), Ok(3));
    assert_eq!(from_macro_plain(1), 1);
    assert_eq!(block_on(is_send(async_from_macro((1, 2)))), Ok(3));
    assert_eq!(block_on(is_send(async_from_macro_plain(1))), 2);
    assert_eq!(arguments_of_attributes(1, "ab"), Ok(2));
    assert!(arguments_of_attributes(0, "ab").is_err());
    assert_eq!(measured::CALLS_TOTAL.with(measured::Calls { size: Size::Small, who: "ab" }).get(), 2);
}
