//! Metrics and functions may be declared wherever an item may stand.
use tallymark::{Counter, gauge_fn, metric, metrics, timed};

fn main() {
    /// Orders.
    #[metric]
    static ORDERS_TOTAL: Counter = Counter::new();

    #[metrics(namespace = "inner")]
    mod shop {
        /// Orders.
        pub static ORDERS_TOTAL: tallymark::Counter = tallymark::Counter::new();
    }

    /// Rows.
    #[gauge_fn]
    fn rows() -> u8 {
        3
    }

    #[timed]
    fn inner(n: u8) -> u8 {
        #[timed]
        fn innermost(n: u8) -> u8 {
            ORDERS_TOTAL.inc();
            n
        }
        innermost(n)
    }

    let measured = [1, 2].map(|n| {
        #[timed]
        fn in_closure(n: u8) -> u8 {
            n
        }
        in_closure(n)
    });
    assert_eq!(measured.map(inner), [1, 2]);
    shop::ORDERS_TOTAL.inc();
    assert_eq!(ORDERS_TOTAL.get(), 2);
    assert_eq!(rows(), 3);
}
