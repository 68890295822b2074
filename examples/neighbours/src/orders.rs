//! Orders, measured by attributes.

use tallymark::{Counter, metric, timed};

/// Orders that somebody looked at.
#[metric]
static ORDERS_VIEWED_TOTAL: Counter = Counter::new();

/// Returns how many lines an order has.
#[timed]
pub(crate) fn find(order: u32) -> u32 {
    ORDERS_VIEWED_TOTAL.inc();
    order % 5 + 1
}
