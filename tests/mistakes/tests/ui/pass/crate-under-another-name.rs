//! Every macro takes the path of the crate.
#![allow(dead_code)]

mod measuring {
    pub use ::tallymark as inner;
}

use measuring::inner::{self, LabelSet, LabelValue, ModelMetrics, StateSet};

mod tallymark {}

#[derive(LabelValue)]
#[label(crate = crate::measuring::inner)]
enum Provider {
    Stripe,
}

#[derive(LabelSet)]
#[label(crate = inner)]
struct Payment {
    provider: Provider,
}

#[derive(StateSet, Clone, Copy)]
#[label(crate = inner)]
enum Phase {
    Starting,
}

#[derive(ModelMetrics)]
#[model(crate = inner)]
struct Order;

/// Orders.
#[inner::metric(crate = inner)]
static ORDERS_TOTAL: inner::Counter<Payment> = inner::Counter::new();

#[inner::metrics(crate = crate::measuring::inner)]
mod metrics {
    use super::inner;

    /// Wait.
    pub static WAIT_SECONDS: inner::Summary = inner::Summary::new();
    /// Running.
    pub static RUNNING: inner::UpDownCounter = inner::UpDownCounter::new();

    /// Rows.
    #[inner::gauge_fn(crate = inner)]
    fn rows() -> u8 {
        3
    }
}

#[inner::timed(crate = inner)]
#[inner::job(crate = inner)]
#[inner::counted(ORDERS_TOTAL.with(Payment { provider: Provider::Stripe }), crate = inner)]
#[inner::in_flight(metrics::RUNNING, crate = inner)]
#[inner::count_errors(ORDERS_TOTAL.with(Payment { provider: Provider::Stripe }), crate = inner)]
#[inner::model_op(Order, delete, crate = inner)]
async fn everything() -> Result<(), String> {
    Ok(())
}

struct Store;

#[inner::timed(crate = inner)]
impl Store {
    #[timed(in_flight)]
    fn get(&self) {}
}

fn main() {
    inner::register!(crate(inner), ORDERS_TOTAL, mod metrics);
}
