//! What the business wants to know about itself: declared once, here, and used everywhere else as plain statics.

use crate::labels::{
    AuthMethod, DeclinedPayment, LoginFailure, NewOrder, OrderType, PaymentProvider, Phase, Queue,
};
use tallymark::{
    Counter, FloatCounter, Histogram, Info, IntGauge, StateSet, Summary, UpDownCounter, buckets, metrics,
};

/// Orders, from the cart to the door.
#[metrics(namespace = "shop")]
pub mod orders {
    use super::{Counter, Histogram, IntGauge, NewOrder, OrderType, Summary, buckets};

    /// Orders created, by who moves the money and who ordered.
    #[metric(init)]
    pub static ORDERS_CREATED_TOTAL: Counter<NewOrder> = Counter::new();

    /// Orders waiting for payment.
    pub static ORDERS_PENDING: IntGauge = IntGauge::new();

    /// Orders handed to the carrier.
    pub static ORDERS_SHIPPED_TOTAL: Counter = Counter::new();

    /// Orders that were given up before they were shipped.
    pub static ORDERS_CANCELLED_TOTAL: Counter = Counter::new();

    /// Time from the creation of an order to its confirmation by a payment.
    pub static ORDER_PROCESSING_DURATION_SECONDS: Histogram<OrderType> = Histogram::new(buckets![
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0
    ]);

    /// Items in each created order.
    pub static ORDER_ITEMS: Summary = Summary::new();
}

/// Money.
#[metrics(namespace = "shop")]
pub mod payments {
    use super::{Counter, DeclinedPayment, FloatCounter, Histogram, PaymentProvider, buckets};

    /// Payments declined, by provider and reason.
    #[metric(
        init,
        // Customers want to pay and cannot: an alert that no layer can know of.
        alert(
            name = "PaymentFailureSpike",
            when = "rate[5m] by payment_provider > 0.5",
            for = "2m",
            severity = "critical",
            summary = "Payments by {{ $labels.payment_provider }} fail",
            description = "{{ $value | humanize }} payments are declined in each second. Ask the provider, and look at \
                           shop_payments_failed_total by failure_reason.",
        ),
        panel(title = "Payments declined", row = "Money")
    )]
    pub static PAYMENTS_FAILED_TOTAL: Counter<DeclinedPayment> = Counter::new();

    /// Amounts that customers paid.
    pub static PAYMENT_AMOUNT_DOLLARS: Histogram =
        Histogram::new(buckets![5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 5000.0]);

    /// Money earned.
    #[metric(panel(title = "Revenue, dollars per second", row = "Money", unit = "per_second"))]
    pub static REVENUE_DOLLARS_TOTAL: FloatCounter = FloatCounter::new();

    /// Time that a provider takes to accept or decline a payment.
    pub static PAYMENT_CHARGE_DURATION_SECONDS: Histogram<PaymentProvider> =
        Histogram::new(buckets![exponential(0.0005, 2.0, 12)]);
}

/// Users and their sessions.
#[metrics(namespace = "shop")]
pub mod users {
    use super::{AuthMethod, Counter, IntGauge, LoginFailure, UpDownCounter};

    /// Logins that succeeded, by how the user proved who they are.
    #[metric(init)]
    pub static USER_LOGINS_TOTAL: Counter<AuthMethod> = Counter::new();

    /// Logins that failed, by reason.
    #[metric(init)]
    pub static USER_LOGIN_FAILURES_TOTAL: Counter<LoginFailure> = Counter::new();

    /// Sessions that are open.
    pub static ACTIVE_SESSIONS: UpDownCounter = UpDownCounter::new();

    /// Users with at least one open session.
    pub static ACTIVE_USERS: IntGauge = IntGauge::new();
}

/// The shop as a program.
#[metrics(namespace = "shop")]
pub mod service {
    use super::{Info, Phase, Queue, StateSet, UpDownCounter};

    /// Tasks that wait for a worker.
    #[metric(
        init,
        alert(
            name = "TasksPileUp",
            when = "value sum by queue > 1000",
            for = "5m",
            summary = "Tasks in {{ $labels.queue }} pile up",
            description = "{{ $value }} tasks wait for a worker: look at the workers and at what they wait for.",
        )
    )]
    pub static TASK_QUEUE_DEPTH: UpDownCounter<Queue> = UpDownCounter::new();

    /// What the shop is doing.
    pub static PHASE: StateSet<Phase> = StateSet::new();

    /// Which shop this is.
    pub static BUILD_INFO: Info = Info::new(&[("version", env!("CARGO_PKG_VERSION"))]);
}
