//! Generated code does not depend on what the user's names mean.
#![allow(dead_code, non_camel_case_types)]

use tallymark::{LabelSet, LabelValue, ModelMetrics, StateSet, count_errors, gauge_fn, job, metric, model_op, timed};

pub struct Option;
pub struct Result;
pub struct Some;
pub struct None;
pub struct Ok;
pub struct Err;
pub struct Fn;
pub struct FnOnce;
pub struct FnMut;
pub struct Future;
pub struct TryFrom;
pub struct Box;
pub mod core {}
pub mod std {}
pub mod tallymark_core {}
type str = u8;
type usize = u8;
type u64 = u8;

#[derive(LabelValue)]
enum Provider {
    Stripe,
}

#[derive(LabelSet)]
struct Payment<'a, R: 'static> {
    provider: Provider,
    reason: &'a ::core::primitive::str,
    more: R,
}

#[derive(StateSet)]
enum Phase {
    Starting,
}

impl Clone for Phase {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for Phase {}

#[derive(ModelMetrics)]
struct Order;

/// Orders.
#[metric(max_series = 3, expire_after = 60)]
static ORDERS_TOTAL: tallymark::Counter<Payment<'static, bool>> = tallymark::Counter::new();

/// Rows.
#[gauge_fn]
fn rows() -> u8 {
    3
}

#[timed(in_flight, error = |error| *error)]
#[job]
#[count_errors(|error| ORDERS_TOTAL.with(Payment { provider: Provider::Stripe, reason: "", more: *error == 0 }))]
#[model_op(Order, insert, rows = |rows: &u8| *rows)]
async fn store(guard: u8, value: u8) -> ::core::result::Result<u8, u8> {
    ::core::future::ready(()).await;
    ::core::result::Result::Ok(guard + value)
}

#[timed]
#[model_op(Order, insert, rows = value)]
fn store_now(value: u8) -> u8 {
    value
}

fn main() {}
