//! Names, namespaces and help texts may be constants, so that macros that make metrics can compose them.

use tallymark::{Counter, Gauge, ModelMetrics, gauge_fn, metric, metrics, registry, timed};

const NAMESPACE: &str = "shop";
const ORDERS: &str = "orders";

macro_rules! messages {
    ($name:ident, $what:literal) => {
        #[doc = concat!("Messages ", $what, ".")]
        #[metric(namespace = NAMESPACE)]
        static $name: Counter = Counter::new();
    };
}

messages!(MESSAGES_SENT_TOTAL, "sent");
messages!(MESSAGES_READ_TOTAL, "read");

#[metric(name = concat!("queue", "_depth"), help = concat!("Waiting ", "orders."))]
static QUEUE: Gauge = Gauge::new();

#[metrics(namespace = NAMESPACE, subsystem = ORDERS)]
mod order_metrics {
    use super::{Counter, NAMESPACE, ORDERS};

    /// Orders created.
    pub static CREATED_TOTAL: Counter = Counter::new();
}

/// Orders open.
#[gauge_fn(namespace = NAMESPACE)]
fn orders_open() -> u32 {
    3
}

#[derive(ModelMetrics)]
#[model(name = ORDERS, table = concat!("shop_", "orders"))]
struct Order;

#[timed(name = concat!("pack", "_order"))]
fn pack() {}

fn main() {
    MESSAGES_SENT_TOTAL.inc();
    MESSAGES_READ_TOTAL.inc();
    QUEUE.set(1.0);
    order_metrics::CREATED_TOTAL.inc();
    let _ = Order;
    pack();
    let snapshot = registry::snapshot();
    let family = snapshot.family("shop_messages_sent_total").expect("it is declared");
    assert_eq!(family.help, "Messages sent.");
    assert_eq!(snapshot.family("queue_depth").expect("it is declared").help, "Waiting orders.");
    for name in ["shop_messages_read_total", "shop_orders_created_total", "shop_orders_open"] {
        assert!(snapshot.family(name).is_some(), "{name}");
    }
    let labels = [("module", module_path!()), ("function", "pack_order"), ("outcome", "ok")];
    assert_eq!(snapshot.counter("function_calls_total", &labels), Some(1));
}
