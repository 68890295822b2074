//! Collectors that belong to the program are part of everything that shows its metrics, whatever was called before.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic)]
// There is no linker under Miri.
#![cfg(not(miri))]

use std::sync::LazyLock;
use tallymark_core::{
    Kind, collector,
    registry::{self, CollectError, Collector, Families, Format},
    visit::Head,
};

/// A collector that needs nothing but itself, and says what it has.
struct Mounts;

impl Collector for Mounts {
    fn name(&self) -> &'static str {
        "mounts"
    }

    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        each(&Head { name: "mounts", help: "Mount points.", kind: Kind::Gauge, unit: None, constant: &[] });
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("mounts", "Mount points.").number(&[], 3_u64);
        Ok(())
    }
}

collector!(Mounts);

/// A collector that cannot be made at compile time.
struct Queue(String);

impl Collector for Queue {
    fn name(&self) -> &str {
        &self.0
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("queue_length", "Length.").number(&[("queue", &self.0)], 7_u64);
        Ok(())
    }
}

static QUEUE: LazyLock<Queue> = LazyLock::new(|| Queue("mail".to_owned()));
collector!(QUEUE);

/// A collector that cannot even be asked for its name.
struct Broken;

impl Collector for Broken {
    fn name(&self) -> &'static str {
        panic!("no name")
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("broken", "Shown all the same.").number(&[], 1_u64);
        Ok(())
    }
}

collector!(Broken);

/// A collector that reads the registry when it is asked for its name.
struct Curious;

impl Collector for Curious {
    fn name(&self) -> &'static str {
        registry::snapshot();
        "curious"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("curious", "Curious.").number(&[], 1_u64);
        Ok(())
    }
}

collector!(Curious);

const NAMES: [&str; 4] = ["broken", "curious", "mounts", "queue_length"];

#[test]
fn every_way_to_read_the_registry_has_them() {
    let snapshot = registry::snapshot();
    let text = registry::encode_to_string(Format::Text004);
    let mut bytes = Vec::new();
    registry::encode(Format::Text004, &mut bytes);
    let encoded = String::from_utf8(bytes).expect("text");
    let chunks: Vec<u8> = registry::chunks(Format::Text004).flatten().collect();
    let chunks = String::from_utf8(chunks).expect("text");
    for name in NAMES {
        assert!(snapshot.family(name).is_some(), "{name} {snapshot:?}");
        for shown in [&text, &encoded, &chunks] {
            assert!(shown.contains(&format!("# TYPE {name} gauge\n")), "{name} {shown}");
        }
    }
    assert_eq!(snapshot.value("queue_length", &[("queue", "mail")]), Some(7.0));
    assert_eq!(registry::check(), Ok(()));
}

#[test]
fn each_is_there_once_and_with_its_name() {
    registry::snapshot();
    let mut names: Vec<String> = registry::collectors().into_iter().map(|status| status.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["curious", "mail", "mounts", "unnamed"]);
}

#[test]
fn what_they_describe_is_known_before_they_collect() {
    let described = |wanted: &dyn Fn(&str) -> bool| {
        let mut names = Vec::new();
        registry::describe_collectors(wanted, &mut |head| {
            names.push((head.name.to_owned(), head.help.to_owned()));
        });
        names
    };
    assert_eq!(described(&|_| true), [("mounts".to_owned(), "Mount points.".to_owned())]);
    assert_eq!(described(&|name| name != "mounts"), []);
    assert_eq!(Mounts.families(), ["mounts"]);
}
