//! What can be done with an order.

use crate::{
    customer::Customer,
    error::ShopError,
    faults::Faults,
    labels::{NewOrder, OrderType, PaymentProvider},
    metrics::orders::{
        ORDER_ITEMS, ORDER_PROCESSING_DURATION_SECONDS, ORDERS_CANCELLED_TOTAL, ORDERS_CREATED_TOTAL,
        ORDERS_PENDING,
    },
    payments,
    queue::{Task, Tasks},
    store::{Order, Status, Store, now_micros},
};
use std::time::Duration;
use tallymark::timed;

/// The counter at which orders are placed, paid, sent and given up.
pub(crate) struct Orders {
    store: Store,
    tasks: Tasks,
    faults: Faults,
}

#[timed(error)]
impl Orders {
    /// Opens the counter. Orders that were waiting for payment when the shop closed still are.
    pub(crate) async fn open(store: Store, tasks: Tasks, faults: Faults) -> Result<Self, ShopError> {
        ORDERS_PENDING.set(store.pending().await?);
        Ok(Self { store, tasks, faults })
    }

    /// Makes an order of the customer's cart.
    pub(crate) async fn place(
        &self,
        customer: Customer,
        payment_provider: PaymentProvider,
        order_type: OrderType,
    ) -> Result<Order, ShopError> {
        let placed = self.store.place(customer.id, payment_provider, order_type).await?;
        ORDERS_CREATED_TOTAL.with(NewOrder { payment_provider, user_type: customer.user_type }).inc();
        ORDERS_PENDING.inc();
        ORDER_ITEMS.observe(placed.items as f64);
        Ok(placed.order)
    }

    /// Takes the money. A declined order goes on waiting: the customer may try again.
    pub(crate) async fn pay(&self, customer: Customer, id: i64) -> Result<Order, ShopError> {
        let order = self.store.order(customer.id, id).await?;
        if order.status != Status::Pending {
            return Err(ShopError::Conflict("the order does not wait for payment"));
        }
        payments::charge(order.payment_provider, order.total_cents, &self.faults)
            .await
            .map_err(ShopError::Declined)?;
        self.store.advance(id, Status::Pending, Status::Paid).await?;
        ORDERS_PENDING.dec();
        ORDER_PROCESSING_DURATION_SECONDS.with(order.order_type).observe_duration(age(&order));
        self.tasks.push(Task::WriteReceipt(id));
        Ok(Order { status: Status::Paid, ..order })
    }

    /// Asks for a paid order to be sent.
    pub(crate) async fn ship(&self, customer: Customer, id: i64) -> Result<Order, ShopError> {
        let order = self.store.order(customer.id, id).await?;
        if order.status != Status::Paid {
            return Err(ShopError::Conflict("only what is paid is sent"));
        }
        self.tasks.push(Task::Ship(id));
        Ok(order)
    }

    /// Gives up an order that nobody has paid for.
    pub(crate) async fn cancel(&self, customer: Customer, id: i64) -> Result<Order, ShopError> {
        let order = self.store.order(customer.id, id).await?;
        self.store.advance(id, Status::Pending, Status::Cancelled).await?;
        ORDERS_PENDING.dec();
        ORDERS_CANCELLED_TOTAL.inc();
        Ok(Order { status: Status::Cancelled, ..order })
    }

    /// One of the customer's orders.
    pub(crate) async fn find(&self, customer: Customer, id: i64) -> Result<Order, ShopError> {
        self.store.order(customer.id, id).await
    }
}

/// How long ago the order was created. The order may be older than this process, so only the wall clock knows.
fn age(order: &Order) -> Duration {
    Duration::from_micros(now_micros().saturating_sub(order.created_micros).unsigned_abs())
}
