//! A large family is handed over in parts, so that an exposition takes little memory however long it is.

mod common;

use common::Pair;
use tallymark_core::{
    __private_v4::{Allow, Declared, Element, Entry, Place, submit},
    Counter, Gauge, Histogram, buckets,
    registry::{self, Format},
};

static VISITS_TOTAL: Counter<Pair> = Counter::new().max_series(100_000);
static VISITORS: Gauge<Pair> = Gauge::new().max_series(100_000);
static VISIT_SECONDS: Histogram<Pair> = Histogram::new(buckets![0.1, 1.0]).max_series(100_000);

const fn declared(name: &'static str, unit: Option<&'static str>) -> Declared {
    let place = Place { package: "shop", module: module_path!(), file: file!(), line: 1 };
    Declared { name, namespaced: false, help: "Help.", unit, allow: Allow::NONE, place }
}

const _: () = {
    submit!(Element::Metrics(&[
        Entry::new(declared("visits_total", None), &VISITS_TOTAL),
        Entry::new(declared("visitors", None), &VISITORS),
        Entry::new(declared("visit_seconds", Some("seconds")), &VISIT_SECONDS),
    ]));
};

/// The lines of the two large families. Others, such as the time that scrapes took, change from one to the next.
fn visits(exposition: &str) -> Vec<&str> {
    exposition.lines().filter(|line| line.contains("visit")).collect()
}

#[test]
fn parts_are_small_and_together_the_whole() {
    for n in 0..20_000_u32 {
        let labels = Pair { one: "page", other: &n.to_string() };
        VISITS_TOTAL.with(labels).inc_by(n.into());
        VISITORS.with(labels).set(n.into());
        VISIT_SECONDS.with(labels).observe(0.5);
    }
    for format in [Format::Text004, Format::OpenMetrics100, Format::OpenMetrics200] {
        let whole = registry::encode_to_string(format);
        let parts: Vec<Vec<u8>> = registry::chunks(format).collect();
        let longest = parts.iter().map(Vec::len).max().unwrap_or_default();
        assert!(longest < whole.len() / 8, "{longest} of {} bytes at once", whole.len());
        let together = String::from_utf8(parts.concat()).unwrap();
        // In OpenMetrics 2.0, a histogram is one line.
        let least = if format == Format::OpenMetrics200 { 60_000 } else { 100_000 };
        assert!(whole.lines().count() > least);
        assert!(visits(&together) == visits(&whole), "the parts differ from the whole");
    }
}
