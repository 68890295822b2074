//! What a macro of the user's writes is measured like anything else.
use tallymark::{Counter, Gauge, LabelSet, LabelValue, gauge_fn, metric, metrics, timed};

macro_rules! declare {
    ($name:ident, $type:ty, $init:expr, $text:literal, $help:literal, $namespace:expr, $series:expr) => {
        #[doc = $help]
        #[metric(name = $text, namespace = $namespace, max_series = $series)]
        static $name: $type = $init;
    };
}

macro_rules! function {
    ($(#[$attr:meta])* $vis:vis async fn $name:ident($($arg:ident: $type:ty),*) -> $output:ty $body:block) => {
        $(#[$attr])*
        #[timed(error = |error| error.len().to_string())]
        $vis async fn $name($($arg: $type),*) -> $output $body
    };
    ($name:ident, $metric:expr, $body:block) => {
        #[timed($metric)]
        fn $name() $body
    };
}

macro_rules! labels {
    ($name:ident { $($field:ident: $type:ty),* }, $value:ident { $($variant:ident = $text:literal),* }) => {
        #[derive(LabelValue, Clone, Copy)]
        enum $value {
            $(#[label(rename = $text)] $variant,)*
        }

        #[derive(LabelSet)]
        struct $name<'a> {
            $($field: $type,)*
            text: &'a str,
        }
    };
}

macro_rules! module {
    ($name:ident, $($metric:ident)*) => {
        #[metrics(namespace = "module")]
        mod $name {
            $(
                /// Something.
                pub static $metric: tallymark::Summary = tallymark::Summary::new();
            )*
        }
    };
}

labels!(Shop { kind: Kind }, Kind { North = "the north", South = "the south" });
module!(waits, WAIT_SECONDS SIZE_BYTES);
declare!(ORDERS, Counter<Shop<'static>>, Counter::new(), "orders_total", "Orders.", "macro", 10 + 10);
declare!(PENDING, Gauge<Shop<'static>>, Gauge::new(), "orders_pending", "Orders waiting.", "macro", 10);

function! {
    /// Stores.
    pub async fn store(text: &str, count: usize) -> Result<usize, String> {
        std::future::ready(()).await;
        if text.len() > count { return Err(text.to_owned()); }
        Ok(count)
    }
}
function!(wait, waits::WAIT_SECONDS, { waits::SIZE_BYTES.observe(1.0) });

macro_rules! gauge {
    ($name:ident, $value:expr) => {
        /// A number.
        #[gauge_fn]
        fn $name() -> u64 {
            $value
        }
    };
}

gauge!(number, 3);

fn main() {
    ORDERS.with(Shop { kind: Kind::North, text: &String::from("a") }).inc();
    PENDING.with(Shop { kind: Kind::South, text: "b" }).set(1.0);
    wait();
    assert_eq!(waits::WAIT_SECONDS.get().count(), 1);
    assert_eq!(Kind::South.text(str::to_owned), "the south");
    assert_eq!(number(), 3);
    drop(store("a", 1));
    let snapshot = tallymark::registry::snapshot();
    let labels = [("kind", "the north"), ("text", "a")];
    assert_eq!(snapshot.counter("macro_orders_total", &labels), Some(1));
}
