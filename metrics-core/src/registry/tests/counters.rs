//! Counters without labels, which are summed and written many at a time.

use super::*;
use crate::encode::Encoder;
use std::collections::BTreeMap;

/// What the macros prepare.
const LINES: &str = "# HELP m_100_total Help.\n# TYPE m_100_total counter\nm_100_total ";

static GAUGE: Gauge = Gauge::new();

/// A program of two hundred counters, one of them prepared, and some metrics of other kinds between them.
fn program() -> (&'static Registry, Vec<&'static Counter>) {
    let registry = registry();
    let counters: Vec<&'static Counter> = (0..200)
        .map(|at| {
            let counter = counter();
            let name = format!("m_{at:03}_total").leak();
            if at == 100 {
                let place = Place { package: "shop", module: "m", file: "src/m.rs", line: 1 };
                let declared = Declared {
                    name,
                    namespaced: false,
                    help: "Help.",
                    unit: None,
                    allow: Allow::NONE,
                    place,
                };
                let entry = Entry::new(declared, counter).lines(LINES);
                registry.register(vec![Element::Metrics(vec![entry].leak())].leak());
            } else {
                declare(registry, name, 1, counter);
            }
            counter.inc_by(at);
            counter
        })
        .collect();
    declare(registry, "m_010_size", 1, &GAUGE);
    (registry, counters)
}

/// Each counter that the exposition shows, and its number.
fn shown(text: &str) -> BTreeMap<String, u64> {
    let mut shown = BTreeMap::new();
    let own = text.lines().filter(|line| line.starts_with("m_"));
    for (name, number) in own.filter_map(|line| line.split_once("_total ")) {
        if let Ok(number) = number.parse() {
            shown.insert(name.to_owned(), number);
        }
    }
    shown
}

#[test]
fn every_one_of_them_shows_its_sum_in_its_place() {
    let (registry, counters) = program();
    let _between = collect(registry, "between", |families| {
        families.gauge("m_150_x", "Help.").number(&[], 1_u64);
        Ok(())
    });
    // From another thread, too.
    std::thread::scope(|scope| {
        scope.spawn(|| counters.iter().for_each(|counter| counter.inc()));
    });
    let text = text(registry);
    let shown = shown(&text);
    for at in 0..200 {
        assert_eq!(shown.get(format!("m_{at:03}").as_str()), Some(&(at + 1)), "{text}");
    }
    let names: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert!(names.is_sorted() && names.contains(&"m_010_size") && names.contains(&"m_150_x"), "{names:?}");
}

#[test]
fn what_is_prepared_is_what_would_be_written() {
    let (registry, _) = program();
    for format in [Format::Text004, Format::Text100, Format::OpenMetrics100] {
        let mut whole = Vec::new();
        registry.encode(&Request::new(format), &mut whole);
        // Piece by piece: what has been prepared is for the registry's own encoders.
        let mut encoder = Encoder::new(format);
        registry.visit(&mut encoder, &Selection::ALL, &|_| true);
        let lines = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap_or_default();
            let own = text.lines().filter(|line| line.contains("m_100"));
            own.map(str::to_owned).collect::<Vec<_>>()
        };
        let (whole, pieces) = (lines(whole), lines(encoder.finish()));
        assert_eq!(whole, pieces);
        assert_eq!(whole.len(), 3, "{whole:?}");
    }
}

#[test]
fn a_namespace_and_constant_labels_are_not_prepared() {
    for config in [Config::new().namespace("shop"), Config::new().label("region", "north")] {
        let (registry, _) = program();
        let (namespace, label) = (config.renames(), !config.labels.is_empty());
        registry.install(config).expect("nothing was shown");
        let text = text(registry);
        let line = match (namespace, label) {
            (true, _) => "\nshop_m_100_total 100\n",
            _ => "\nm_100_total{region=\"north\"} 100\n",
        };
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn one_that_was_removed_is_not_shown_until_it_counts() {
    let (registry, counters) = program();
    assert!(counters[100].remove(()) && counters[101].remove(()));
    counters[101].inc();
    let shown = shown(&text(registry));
    assert_eq!(shown.get("m_100"), None);
    assert_eq!(shown.get("m_101"), Some(&1));
    assert_eq!(shown.get("m_102"), Some(&102));
}

#[test]
fn chunks_hold_the_same() {
    let (registry, _) = program();
    let whole = text(registry);
    let chunks: Vec<u8> = Chunks::new(registry, Request::new(Format::Text004)).flatten().collect();
    let chunks = String::from_utf8(chunks).unwrap_or_default();
    assert!(shown(&chunks).iter().eq(shown(&whole).iter()));
    assert_eq!(shown(&whole).len(), 200);
}
