//! The process, which both crates can show.
//!
//! These tests hold whether or not the `prometheus` crate was built with its own collector for it, which is then in its
//! default registry. Where it is not, these tests register a collector that does the same.

use std::collections::HashMap;

use prometheus::{
    Registry, TextEncoder,
    core::{Collector, Desc},
    proto::{Gauge, Metric, MetricFamily, MetricType},
};
use tallymark::{encode_to_string, process::NAMES, prometheus_bridge, registry, registry::Format};

use crate::{alone, assert_no_duplicates, custom, lines};

/// Hands over some of the families of the process, with values that no process has.
struct Theirs(Vec<Desc>);

impl Theirs {
    const NAMES: [&str; 3] = ["process_cpu_seconds_total", "process_open_fds", "process_threads"];

    fn new() -> Self {
        let desc = |name: &str| Desc::new(name.to_owned(), "Theirs.".to_owned(), Vec::new(), HashMap::new());
        Self(Self::NAMES.map(|name| desc(name).expect("valid")).into())
    }
}

impl Collector for Theirs {
    fn desc(&self) -> Vec<&Desc> {
        self.0.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let family = |name| {
            let mut gauge = Gauge::default();
            gauge.set_value(-7.0);
            let mut metric = Metric::default();
            metric.set_gauge(gauge);
            custom::family(name, MetricType::GAUGE, vec![metric])
        };
        Self::NAMES.map(family).into()
    }
}

/// The lines about the process without their values.
fn shown(lines: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = lines
        .iter()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').expect("a value").0)
        .collect();
    names.sort_unstable();
    names
}

/// What everybody who scrapes this process has to find.
fn assert_ours() {
    for format in [Format::Text004, Format::OpenMetrics100] {
        let found = lines(format, "process_");
        assert_eq!(shown(&found), NAMES);
        assert_eq!(found.len(), NAMES.len() * 3, "{found:?}");
        assert!(!found.iter().any(|line| line.ends_with(" -7") || line.ends_with("Theirs.")), "{found:?}");
        assert_no_duplicates(&encode_to_string(format));
    }
}

fn conflicts() -> Option<f64> {
    registry::snapshot().value("tallymark_conflicts_total", &[])
}

#[test]
fn it_is_there_by_itself() {
    let _alone = alone();
    assert_ours();
    let found = lines(Format::Text004, "process_");
    assert!(found.contains(&"# TYPE process_cpu_seconds_total counter".to_owned()), "{found:?}");
    assert_eq!(found.iter().filter(|line| line.ends_with(" gauge")).count(), NAMES.len() - 1);
    let memory = found.iter().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
    assert!(memory.expect("a value").parse::<f64>().expect("a number") > 0.0);
}

#[test]
fn ours_come_before_theirs() {
    let _alone = alone();
    let before = conflicts();
    let registry = Registry::new();
    registry.register(Box::new(Theirs::new())).expect("new");
    let exposed = prometheus_bridge::expose(&registry);
    assert_ours();
    assert_eq!(conflicts(), before);
    drop(exposed);
    assert_ours();
}

/// Names with a prefix are other names.
#[test]
fn theirs_with_a_prefix_stay() {
    let _alone = alone();
    let registry = Registry::new_custom(Some("in_process".to_owned()), None).expect("valid");
    registry.register(Box::new(Theirs::new())).expect("new");
    let _exposed = prometheus_bridge::expose(&registry);
    assert!(lines(Format::Text004, "in_process_").contains(&"in_process_process_threads -7".to_owned()));
    assert_ours();
}

/// Whichever of the two crates shows the process in the default registry, it does so once.
#[test]
fn in_their_registries() {
    let _alone = alone();
    let text = |families: &[MetricFamily]| TextEncoder::new().encode_to_string(families).expect("valid");
    prometheus::register(Box::new(prometheus_bridge::collector())).expect("new");
    let default = text(&prometheus::gather());
    let own = Registry::new();
    own.register(Box::new(prometheus_bridge::collector())).expect("new");
    let _exposed = prometheus_bridge::expose(&own);
    let others = text(&own.gather());
    assert_ours();
    prometheus::unregister(Box::new(prometheus_bridge::collector())).expect("registered");

    for text in [&default, &others] {
        assert_no_duplicates(text);
    }
    for name in ["process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes"] {
        assert!(default.contains(&format!("# TYPE {name} ")), "{name}: {default}");
    }
    // If the default registry does not have them by itself, all registries get all of ours.
    if !prometheus::gather().iter().any(|family| NAMES.contains(&family.name())) {
        for name in NAMES {
            assert!(default.contains(&format!("# TYPE {name} ")), "{name}: {default}");
            assert!(others.contains(&format!("# TYPE {name} ")), "{name}: {others}");
        }
        let both = Registry::new();
        both.register(Box::new(Theirs::new())).expect("new");
        assert!(both.register(Box::new(prometheus_bridge::collector())).is_err());
    }
}
