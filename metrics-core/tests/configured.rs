//! One configuration, and what it does to everything that is shown. One test: the configuration is the program's.

use tallymark_core::{
    __private_v4::{Allow, Declared, Element, Entry, Place, submit},
    Counter,
    registry::{self, CollectError, Collector, Config, ConfigError, Families, Format},
};

static ORDERS_TOTAL: Counter = Counter::new();
static BILLS_TOTAL: Counter = Counter::new();

const fn declared(name: &'static str, namespaced: bool) -> Declared {
    let place = Place { package: "shop", module: module_path!(), file: file!(), line: 1 };
    Declared { name, namespaced, help: "Help.", unit: None, allow: Allow::NONE, place }
}

const _: () = {
    submit!(Element::Metrics(&[
        Entry::new(declared("orders_total", false), &ORDERS_TOTAL),
        Entry::new(declared("billing_bills_total", true), &BILLS_TOTAL),
    ]));
};

struct Process;

impl Collector for Process {
    fn name(&self) -> &'static str {
        "process"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("process_threads", "Threads.").number(&[], 3_u64);
        families.gauge("pool_connections", "Connections.").number(&[("region", "own")], 1_u64);
        Ok(())
    }
}

#[test]
fn everything_follows_the_configuration() {
    let config = Config::new().namespace("shop").label("region", "a\"b").count_series(true);
    assert_eq!(config.install(), Ok(()));
    assert_eq!(Config::new().install(), Err(ConfigError::Installed));
    registry::register_collector(Process).forget();

    let text = registry::encode_to_string(Format::Text004);
    for line in [
        "shop_orders_total{region=\"a\\\"b\"} 0\n",
        "billing_bills_total{region=\"a\\\"b\"} 0\n",
        "process_threads{region=\"a\\\"b\"} 3\n",
        "pool_connections{region=\"own\"} 1\n",
        "tallymark_conflicts_total{region=\"a\\\"b\"} 0\n",
        "tallymark_collector_errors_total{region=\"a\\\"b\",collector=\"process\"} 0\n",
        "tallymark_series{region=\"a\\\"b\",metric=\"shop_orders_total\"} 1\n",
        "tallymark_scrape_duration_seconds_bucket{region=\"a\\\"b\",le=\"0.001\"} 0\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }

    let snapshot = registry::snapshot();
    assert_eq!(snapshot.constant_labels(), [("region".to_owned(), "a\"b".to_owned())]);
    assert_eq!(snapshot.counter("shop_orders_total", &[]), Some(0));
    assert_eq!(registry::check(), Ok(()));
}
