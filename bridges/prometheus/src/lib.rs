//! Both ways between this registry and those of the [`prometheus`] crate.
//!
//! **Their metrics among ours.** What is registered in [`prometheus::default_registry()`] is part of what the
//! [exporter](crate::exporter) and [`encode_to_string`](crate::encode_to_string) show, without a call. (What reads the
//! registry in other ways, such as a snapshot, sees it from the first of these on.) [`expose`] adds other registries.
//!
//! ```
//! use prometheus::IntCounter;
//! use tallymark::{encode_to_string, prometheus_bridge, registry::Format};
//!
//! let registry = prometheus::Registry::new();
//! let jobs = IntCounter::new("legacy_jobs_total", "Jobs done.")?;
//! registry.register(Box::new(jobs.clone()))?;
//! prometheus_bridge::expose(&registry).forget();
//!
//! jobs.inc();
//! assert!(encode_to_string(Format::Text004).contains("\nlegacy_jobs_total 1\n"));
//! # Ok::<(), prometheus::Error>(())
//! ```
//!
//! **Our metrics among theirs.** [`collector`] is a collector for an application that serves a registry of its own.
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
//! # What is lost on the way
//!
//! The `prometheus` crate has no units, info metrics, state sets or unknown types. In its registry, the last three are
//! gauges: 1 for an info, 0 or 1 for each state. Its time stamps, which only collectors of an application's own set,
//! are not taken over: a scraper gives the samples of one scrape one time.

mod incoming;
mod model;
mod outgoing;
mod process;

use std::{collections::HashMap, sync::Once};

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
/// The metrics of the process that this crate's collector for them hands over are left out where the feature `process`
/// shows its own.
///
/// [`prometheus::default_registry()`] needs no call.
pub fn expose(registry: &Registry) -> Registration {
    registry::register_collector(Theirs(registry.clone()))
}

/// Makes the default registry part of our exposition, the first time it is called.
pub(crate) fn expose_default() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| expose(prometheus::default_registry()).forget());
}

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
/// With the feature `process`, the metrics of the process are handed over, unless the default registry has some when
/// this is called first: then the `prometheus` crate was built with its own collector for them.
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
