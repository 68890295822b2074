//! What a test may ask about metrics: what was counted, by it and by nobody else.
//!
//! Every thread counts in cells of its own. So a test can look at what *its* thread counted, and the tests beside it,
//! which count in the same metrics at the same time, do not show: [`start`] is exact under `cargo test`'s parallel
//! threads, and under a current-thread runtime such as `#[tokio::test]`'s. Code that counts on other threads is looked
//! at with [`process`], which lets one test at a time in.
//!
//! Gauges, infos and state sets hold one value that all threads share, and so do the metrics of collectors; of these a
//! test sees what anybody does.
//!
//! Limits are shared, too: the series that `max_series` allows a family are those of all tests of a process together, and what a
//! test beyond it counts is in the overflow series. A test that makes many series belongs into a file of its own below `tests/`,
//! which runs as a process of its own. Doctests of edition 2024 are merged into one program, whose registry has the metrics of all
//! of them, unless they are marked `standalone_crate`.
//!
//! ```
//! # use tallymark_core::{Counter, assert_delta, assert_no_delta, testing};
//! # static ORDERS_CREATED_TOTAL: Counter = Counter::new();
//! # static ORDERS_LOST_TOTAL: Counter = Counter::new();
//! # const _: () = {
//! #     use tallymark_core::__private_v4::{Allow, Declared, Element, Entry, Place};
//! #     const fn declared(name: &'static str) -> Declared {
//! #         let place = Place { package: "doc", module: "doc", file: "doc", line: 1 };
//! #         Declared { name, namespaced: true, help: "Orders.", unit: None, allow: Allow::NONE, place }
//! #     }
//! #     tallymark_core::__private_v4::submit!(Element::Metrics(&[
//! #         Entry::new(declared("orders_created_total"), &ORDERS_CREATED_TOTAL),
//! #         Entry::new(declared("orders_lost_total"), &ORDERS_LOST_TOTAL),
//! #     ]));
//! # };
//! # fn create_order() { ORDERS_CREATED_TOTAL.inc(); }
//! let test = testing::start();
//! create_order();
//! assert_delta!(test, ORDERS_CREATED_TOTAL, +1);
//! assert_delta!(test, "orders_created_total", +1);
//! assert_no_delta!(test, ORDERS_LOST_TOTAL);
//! ```

mod assert;
mod names;
mod report;
mod test;

pub use names::NamesMetric;
pub use test::{Test, process, start};

#[doc(hidden)]
pub use assert::{Expected, assert, assert_unchanged, label, name};

/// Asserts by how much a value has changed since the test began.
///
/// The metric is a static or a name; of a histogram or a summary it is the number of observations that counts, and
/// names such as `wait_seconds_sum` reach the rest. Labels are written in braces, in any order, and all of them.
///
/// ```ignore
/// assert_delta!(test, ORDERS_CREATED_TOTAL, +1);
/// assert_delta!(test, PAYMENTS_FAILED_TOTAL, {provider: Provider::Stripe, reason: "card_declined"}, +1);
/// assert_delta!(test, "orders_pending", -1);
/// ```
///
/// # Panics
///
/// If the value has changed by something else, or there is no such metric. The message shows all series of the metric,
/// before and after.
#[macro_export]
macro_rules! assert_delta {
    ($test:expr, $metric:expr, {$($label:ident : $value:expr),* $(,)?}, + $delta:expr $(,)?) => {
        $crate::__assert!($test, $metric, [$($label : $value),*], Delta, $delta)
    };
    ($test:expr, $metric:expr, {$($label:ident : $value:expr),* $(,)?}, - $delta:expr $(,)?) => {
        $crate::__assert!($test, $metric, [$($label : $value),*], Less, $delta)
    };
    ($test:expr, $metric:expr, {$($label:ident : $value:expr),* $(,)?}, $delta:expr $(,)?) => {
        $crate::__assert!($test, $metric, [$($label : $value),*], Delta, $delta)
    };
    ($test:expr, $metric:expr, + $delta:expr $(,)?) => {
        $crate::__assert!($test, $metric, [], Delta, $delta)
    };
    ($test:expr, $metric:expr, - $delta:expr $(,)?) => {
        $crate::__assert!($test, $metric, [], Less, $delta)
    };
    ($test:expr, $metric:expr, $delta:expr $(,)?) => {
        $crate::__assert!($test, $metric, [], Delta, $delta)
    };
}

/// Asserts the value that a metric has now; written like [`assert_delta!`].
///
/// A thread's count begins where the last thread left it that used the same cells, so this is for gauges; of a counter
/// only the change says something.
///
/// ```ignore
/// assert_value!(test, ORDERS_PENDING, 3);
/// assert_value!(test, "db_pool_connections", {state: "idle"}, 2);
/// ```
///
/// # Panics
///
/// If the value is another, or there is no such metric or series.
#[macro_export]
macro_rules! assert_value {
    ($test:expr, $metric:expr, {$($label:ident : $value:expr),* $(,)?}, $expected:expr $(,)?) => {
        $crate::__assert!($test, $metric, [$($label : $value),*], Value, $expected)
    };
    ($test:expr, $metric:expr, $expected:expr $(,)?) => {
        $crate::__assert!($test, $metric, [], Value, $expected)
    };
}

/// Asserts that no series of a metric has changed since the test began, or that one of them has not.
///
/// ```ignore
/// assert_no_delta!(test, PAYMENTS_FAILED_TOTAL);
/// assert_no_delta!(test, PAYMENTS_FAILED_TOTAL, {provider: "stripe", reason: "card_declined"});
/// ```
///
/// # Panics
///
/// If one has changed or was added, or there is no such metric.
#[macro_export]
macro_rules! assert_no_delta {
    ($test:expr, $metric:expr, {$($label:ident : $value:expr),* $(,)?} $(,)?) => {
        $crate::__assert!($test, $metric, [$($label : $value),*], Delta, 0)
    };
    ($test:expr, $metric:expr $(,)?) => {
        $crate::testing::assert_unchanged(&$test, &$crate::testing::name(&$metric, ::core::stringify!($metric)))
    };
}

/// Asserts what a function says of the value before and now; a series that was not there counts as 0.
///
/// ```ignore
/// assert_metric!(test, "cache_entries", |before, after| after >= before);
/// ```
///
/// # Panics
///
/// If the function returns `false`, or there is no such metric.
#[macro_export]
macro_rules! assert_metric {
    ($test:expr, $metric:expr, {$($label:ident : $value:expr),* $(,)?}, $holds:expr $(,)?) => {
        $crate::testing::assert(
            &$test,
            &$crate::testing::name(&$metric, ::core::stringify!($metric)),
            &[$($crate::testing::label(::core::stringify!($label), &$value)),*],
            &$crate::testing::Expected::Holds(&$holds, ::core::stringify!($holds)),
        )
    };
    ($test:expr, $metric:expr, $holds:expr $(,)?) => {
        $crate::assert_metric!($test, $metric, {}, $holds)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __assert {
    ($test:expr, $metric:expr, [$($label:ident : $value:expr),*], $what:ident, $number:expr) => {
        $crate::testing::assert(
            &$test,
            &$crate::testing::name(&$metric, ::core::stringify!($metric)),
            &[$($crate::testing::label(::core::stringify!($label), &$value)),*],
            &$crate::testing::Expected::$what($crate::__private_v4::ToNumber::to_number($number)),
        )
    };
}
