//! Every macro in a crate that denies all warnings of the compiler and of clippy, and forbids unsafe code.
//!
//! `cargo check` and `cargo clippy` on this crate are the test.

#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    rust_2018_idioms,
    rust_2024_compatibility
)]
#![deny(clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::{future::Future, pin::Pin};

use tallymark::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, ModelMetrics, StateSet, UpDownCounter, buckets,
    count_errors, counted, gauge_fn, in_flight, job, metric, metrics, model_op, timed,
};

/// Who takes the money.
#[derive(LabelValue, Clone, Copy, Debug)]
pub enum Provider {
    /// Stripe.
    Stripe,
    /// Somebody else.
    Other(u8),
}

/// What is known about a payment.
#[derive(LabelSet, Debug)]
pub struct Payment<'a, T> {
    /// Who takes it.
    pub provider: Provider,
    /// Why not.
    pub reason: &'a str,
    /// Anything.
    pub r#type: T,
}

/// Why a login was refused.
#[derive(LabelValue, LabelSet, Debug)]
#[label(name = "reason")]
pub enum Refused<'a, T> {
    /// Nobody of that name.
    Unknown(&'a str),
    /// Not now.
    Locked(T),
}

/// How far the service is.
#[derive(StateSet, Clone, Copy, Debug)]
pub enum Phase {
    /// Not there yet.
    Starting,
    /// There.
    Running,
}

/// A row of the table of orders.
#[derive(ModelMetrics, Debug)]
#[model(table = "orders")]
pub struct Order {
    /// Its key.
    pub id: u64,
}

/// Logins that were refused.
#[metric]
pub static LOGIN_FAILURES_TOTAL: Counter<Refused<'static, u8>> = Counter::new();

/// Orders created.
#[metric(namespace = "strict", max_series = 10, expire_after = 60)]
pub static ORDERS_CREATED_TOTAL: Counter<Payment<'static, bool>> = Counter::new();

#[metrics(namespace = "strict")]
pub mod order_metrics {
    //! Metrics of orders.

    use super::{Counter, Gauge, Histogram, Phase, StateSet, UpDownCounter, buckets, gauge_fn};

    /// Orders paid.
    pub static PAID_TOTAL: Counter = Counter::new();
    /// Orders waiting.
    pub static WAITING: Gauge = Gauge::new();
    /// Orders being packed.
    pub static PACKING: UpDownCounter = UpDownCounter::new();
    /// Time to pack.
    pub static PACK_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]);
    /// How far the service is.
    pub static PHASE: StateSet<Phase> = StateSet::new();

    /// Rows of the table.
    #[must_use]
    #[gauge_fn]
    pub fn rows() -> u32 {
        3
    }
}

/// A service.
#[derive(Debug)]
pub struct Service {
    orders: Vec<Order>,
}

#[timed(in_flight, error = |error| error.len().to_string())]
impl Service {
    /// An empty one.
    #[must_use]
    #[timed(skip)]
    pub const fn new() -> Self {
        Self { orders: Vec::new() }
    }

    /// The first order.
    pub fn first_mut(&mut self) -> Option<&mut Order> {
        self.orders.first_mut()
    }

    /// Takes an order.
    ///
    /// # Errors
    ///
    /// If the number is 0.
    pub async fn take(&mut self, id: u64) -> Result<&Order, String> {
        if id == 0 {
            return Err("no number".to_owned());
        }
        std::future::ready(()).await;
        self.orders.push(Order { id });
        self.orders.last().ok_or_else(|| "gone".to_owned())
    }
}

impl Default for Service {
    #[counted(order_metrics::PAID_TOTAL)]
    fn default() -> Self {
        Self::new()
    }
}

/// Packs an order.
#[in_flight(order_metrics::PACKING)]
#[timed(order_metrics::PACK_DURATION_SECONDS)]
pub async fn pack(order: &Order, wait: impl Future<Output = ()>) -> u64 {
    use std::convert::identity;
    wait.await;
    identity(order.id)
}

/// Stores an order.
///
/// # Errors
///
/// If the number is 0.
#[model_op(Order, insert, rows = |order: &Order| order.id)]
#[count_errors(|error| ORDERS_CREATED_TOTAL.with(Payment { provider: Provider::Stripe, reason: error, r#type: true }))]
pub async fn store((id, _): (u64, u8), _: &str) -> Result<Order, String> {
    std::future::ready(()).await;
    if id == 0 { Err("no number".to_owned()) } else { Ok(Order { id }) }
}

/// Sends reminders.
#[job]
pub fn remind(orders: &mut Vec<Order>) {
    orders.truncate(1);
}

/// Purges orders.
///
/// # Errors
///
/// If there are none.
#[job(name = "purge_orders")]
#[timed]
pub async fn purge(orders: &mut Vec<Order>, wait: impl Future<Output = ()>) -> Result<usize, String> {
    wait.await;
    let count = orders.len();
    orders.clear();
    if count == 0 { Err("none".to_owned()) } else { Ok(count) }
}

/// Stores an order and boxes the wait.
#[timed]
#[count_errors(order_metrics::PAID_TOTAL)]
#[must_use]
pub fn store_boxed(id: u64) -> Pin<Box<dyn Future<Output = Result<Order, String>> + Send>> {
    Box::pin(async move { store((id, 0), "").await })
}

/// Borrows from all of its arguments, as an `async fn` of any edition does.
#[timed]
pub async fn borrows(a: &str, b: &mut Vec<String>) -> usize {
    b.push(a.to_owned());
    std::future::ready(()).await;
    b.len()
}
