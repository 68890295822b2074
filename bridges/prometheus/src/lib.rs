//! How do metrics of the `prometheus` crate (version 0.14) get into tallymark's exposition, and tallymark's into a registry
//! of that crate?
//!
//! ```toml
//! [dependencies]
//! prometheus = "0.14"
//! tallymark = "0.1"
//! ```
//!
//! ```
//! use prometheus::{IntCounter, register_int_counter};
//! use tallymark::registry;
//!
//! fn main() -> Result<(), prometheus::Error> {
//!     let jobs: IntCounter = register_int_counter!("legacy_jobs_total", "Jobs done.")?;
//!     jobs.inc();
//!     assert_eq!(registry::snapshot().value("legacy_jobs_total", &[]), Some(1.0));
//!     Ok(())
//! }
//! ```
//!
//! What is registered in [`prometheus::default_registry()`] is part of every exposition and snapshot of tallymark, without
//! a call: the feature `prometheus` of `tallymark`, which is on by default, brings this package in as
//! `tallymark::prometheus_bridge`. [`expose`] adds other registries.
//!
//! It reads **version 0.14** of the `prometheus` crate. Cargo treats 0.13 as another crate, with a default registry of its
//! own that nothing here can see: `cargo tree -i prometheus` shows which versions are in a program. Metrics of a library
//! that still uses 0.13 are not shown until it is updated.
//!
//! # Our metrics among theirs
//!
//! [`collector`] is a collector for an application that serves a registry of its own.
//!
//! ```
//! let registry = prometheus::Registry::new();
//! registry.register(Box::new(tallymark::prometheus_bridge::collector()))?;
//! let families = registry.gather();
//! # let _ = families;
//! # Ok::<(), prometheus::Error>(())
//! ```
//!
//! Both can be used at once, with one registry too: what came from one side is not handed back to it.
//!
//! # Limits
//!
//! - The `prometheus` crate has no units, info metrics, state sets or unknown types. In its registry, the last three are
//!   gauges: 1 for an info, 0 or 1 for each state. Native histograms and exemplars are left out.
//! - Its time stamps, which only collectors of an application's own set, are not taken over: a scraper gives the samples of
//!   one scrape one time.
//! - A registry is read as a whole by one collector. If that takes longer than
//!   [`collector_deadline`](registry::Config::collector_deadline), as with a million series, none of its metrics are shown
//!   and `tallymark_collector_errors_total{collector="prometheus"}` counts it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod incoming;
mod model;
mod outgoing;
mod process;

use std::{collections::HashMap, sync::LazyLock};

use prometheus::{
    Registry,
    core::{Collector, Desc},
    proto::MetricFamily,
};
use tallymark_core::{
    registry::{self, CollectError, Families, Registration},
    visit::{Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor},
};

/// The name of the collectors here, which the metrics about collectors show.
const NAME: &str = "prometheus";

/// Makes the metrics of a registry part of our exposition until the registration is dropped.
///
/// They keep their names, help, label order and types; our namespace is not put before them, our constant labels are. A
/// family whose name is declared here too, and a series that another collector has handed over already, is left out
/// and counted as a conflict. Registering metrics in the registry later is fine: it is read at each scrape.
///
/// Metrics of the process that the `prometheus` crate's collector for them hands over are left out where `tallymark` shows
/// its own.
///
/// [`prometheus::default_registry()`] needs no call.
pub fn expose(registry: &Registry) -> Registration {
    registry::register_collector(Theirs(registry.clone()))
}

/// The registry that needs no call.
static DEFAULT: LazyLock<Theirs> = LazyLock::new(|| Theirs(prometheus::default_registry().clone()));

tallymark_core::collector!(DEFAULT);

/// A registry of the `prometheus` crate as a collector for ours.
struct Theirs(Registry);

impl registry::Collector for Theirs {
    fn name(&self) -> &str {
        NAME
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        for family in self.0.gather() {
            if !process::is_name(family.name()) {
                families.push(incoming::family(&family));
            }
        }
        Ok(())
    }
}

/// Our metrics as a collector for a `prometheus` registry.
///
/// Registering it fails if that registry holds a metric with the name of one that is declared here, so no name is shown
/// twice. Metrics of registries that are [exposed](expose) here, the default one included, are not handed over:
/// their applications serve them already.
///
/// The metrics of the process are handed over, unless the default registry has some when this is called first: then the
/// `prometheus` crate was built with its own collector for them.
///
/// The names are those of this moment, so our registry is configured before.
pub fn collector() -> Bridge {
    let mut described = Described::default();
    registry::visit_where(&mut described, &|_| false);
    let process = process::Handover::decide();
    for (name, help) in process.described() {
        described.add(name, help);
    }
    Bridge { descriptions: described.0, process }
}

/// Our metrics as a collector for a `prometheus` registry. See [`collector`].
#[derive(Debug)]
pub struct Bridge {
    descriptions: Vec<Desc>,
    process: process::Handover,
}

impl Collector for Bridge {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let mut families = outgoing::Families::default();
        // If it is a collector of ours that asks, then our registry is being read and shows the metrics itself.
        if !registry::is_collecting() {
            registry::visit_where(&mut families, &|collector| {
                collector != NAME && !self.process.leaves_out(collector)
            });
        }
        families.finish()
    }
}

/// What a `prometheus` registry compares when it looks for duplicates. It needs the names; labels differ from one series
/// to the other as far as it knows.
#[derive(Default)]
struct Described(Vec<Desc>);

impl Described {
    fn add(&mut self, name: &str, help: &str) {
        self.0.extend(Desc::new(name.to_owned(), help.to_owned(), Vec::new(), HashMap::new()).ok());
    }
}

impl Visitor for Described {
    fn family(&mut self, head: &Head<'_>) {
        self.add(head.name, head.help);
    }

    fn number(&mut self, _: Labels<'_>, _: Number) {}
    fn histogram(&mut self, _: Labels<'_>, _: HistogramPoint<'_>) {}
    fn summary(&mut self, _: Labels<'_>, _: SummaryPoint<'_>) {}
    fn states(&mut self, _: Labels<'_>, _: &[&str], _: usize) {}
}
