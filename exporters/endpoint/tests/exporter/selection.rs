//! Scrapes of some metrics only.

use tallymark::{
    Counter, metric,
    registry::{self, CollectError, Collector, Families},
};

use crate::{client::Client, serve};

/// One of those that are asked for.
#[metric(namespace = "selection")]
static WANTED_TOTAL: Counter = Counter::new();

/// One that is not.
#[metric(namespace = "selection")]
static UNWANTED_TOTAL: Counter = Counter::new();

fn families(body: &str) -> Vec<&str> {
    body.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect()
}

#[test]
fn by_name() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    WANTED_TOTAL.inc();
    UNWANTED_TOTAL.inc();
    for (query, expected) in [
        ("name[]=selection_wanted_total", &["selection_wanted_total"][..]),
        ("name%5B%5D=selection%5Fwanted_total&x=1", &["selection_wanted_total"]),
        (
            "name[]=selection_unwanted_total&name[]=selection_wanted_total&name[]=selection_wanted_total",
            &["selection_unwanted_total", "selection_wanted_total"],
        ),
        ("name[]=tallymark_scrape_duration_seconds_bucket", &["tallymark_scrape_duration_seconds"]),
        ("name[]=there_is_no_such_thing", &[]),
    ] {
        let response = client.ask("GET", &format!("/metrics?{query}"), &[]);
        assert_eq!((response.status, families(&response.body)), (200, expected.to_vec()), "{query}");
        assert_eq!(response.length(), Some(response.body.len()));
    }
    for query in ["", "name=selection_wanted_total", "name[]=", "name[]"] {
        let response = client.ask("GET", &format!("/metrics?{query}"), &[]);
        assert!(families(&response.body).contains(&"selection_unwanted_total"), "{query}");
    }
}

#[test]
fn in_each_format() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    let target = "/metrics?name[]=selection_wanted_total";
    let open = client.ask("GET", target, &["Accept: application/openmetrics-text"]);
    assert_eq!(families(&open.body), ["selection_wanted"]);
    assert!(open.body.ends_with("# EOF\n"), "{}", open.body);
    let text = client.ask("GET", target, &["Accept: text/plain;version=1.0.0;escaping=allow-utf-8"]);
    assert_eq!(families(&text.body), ["selection_wanted_total"]);
}

/// Something that must not be asked.
struct Untouchable;

impl Collector for Untouchable {
    fn name(&self) -> &'static str {
        "untouchable"
    }

    fn families(&self) -> Vec<String> {
        vec!["untouchable".to_owned()]
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("untouchable", "Never shown.").number(&[], 1_u64);
        Ok(())
    }
}

/// Collectors that are not wanted do not run: the filter is that of the registry.
#[test]
fn collectors_are_left_alone() {
    let registration = registry::register_collector(Untouchable);
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    let one = client.ask("GET", "/metrics?name[]=untouchable", &[]);
    assert_eq!(families(&one.body), ["untouchable"]);
    let other = client.ask("GET", "/metrics?name[]=selection_wanted_total", &[]);
    assert_eq!(families(&other.body), ["selection_wanted_total"]);
    drop(registration);
}
