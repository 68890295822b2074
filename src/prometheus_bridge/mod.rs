//! Both ways between this registry and those of the [`prometheus`] crate.
//!
//! **Their metrics among ours.** What is registered in [`prometheus::default_registry()`] is part of every exposition
//! of ours, without a call. [`expose`] adds other registries.
//!
//! ```
//! use prometheus::IntCounter;
//! use tallymark::{encode_to_string, prometheus_bridge, registry::Format};
//!
//! let registry = prometheus::Registry::new();
//! let jobs = IntCounter::new("legacy_jobs_total", "Jobs done.")?;
//! registry.register(Box::new(jobs.clone()))?;
//! prometheus_bridge::expose(&registry);
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

use std::{cell::Cell, collections::HashMap, sync::Once};

use prometheus::{
    Registry,
    core::{Collector, Desc},
    proto::MetricFamily,
};
use tallymark_core::{Descriptor, registry, visit::Visitor};

/// Makes the metrics of a registry part of our exposition, for as long as the program runs.
///
/// They keep their names, help, label order and types; neither our namespace nor our constant labels are added. A
/// family whose name is also declared here, or handed over by a collector registered earlier, is left out and counted
/// as a conflict. Registering metrics in the registry later is fine: it is read at each scrape.
///
/// [`prometheus::default_registry()`] needs no call.
pub fn expose(registry: &Registry) {
    registry::register_collector(Theirs(registry.clone()));
}

/// Makes the default registry part of our exposition, the first time it is called.
pub(crate) fn expose_default() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| expose(prometheus::default_registry()));
}

/// Our metrics as a collector for a `prometheus` registry.
///
/// Registering it fails if that registry holds a metric with the name of one that is declared here, so no name is shown
/// twice. Metrics of registries that are [exposed](expose) here, the default one included, are not handed over: their
/// applications serve them already, and the process metrics come with the default registry.
pub fn collector() -> Bridge {
    Bridge { descriptions: registry::descriptors().filter_map(|descriptor| describe(&descriptor)).collect() }
}

/// Our metrics as a collector for a `prometheus` registry. See [`collector`].
#[derive(Debug)]
pub struct Bridge {
    descriptions: Vec<Desc>,
}

impl Collector for Bridge {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        cross(|| {
            let mut families = outgoing::Families::default();
            registry::visit(&mut families);
            families.finish()
        })
    }
}

/// What a registry of the `prometheus` crate compares when it looks for duplicates.
fn describe(descriptor: &Descriptor) -> Option<Desc> {
    let labels = descriptor.labels.iter().map(ToString::to_string).collect();
    Desc::new(descriptor.name.to_owned(), descriptor.help.to_owned(), labels, HashMap::new()).ok()
}

/// A registry of the `prometheus` crate as a collector for ours.
struct Theirs(Registry);

impl registry::Collector for Theirs {
    fn collect(&self, visitor: &mut dyn Visitor) {
        for family in cross(|| self.0.gather()) {
            incoming::show(&family, visitor);
        }
    }
}

/// Collects from the other side, unless that is what is already going on: then it is the other side that asks, and it
/// has what we would hand over.
fn cross<T: Default>(collect: impl FnOnce() -> T) -> T {
    thread_local!(static CROSSING: Cell<bool> = const { Cell::new(false) });

    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            CROSSING.set(false);
        }
    }

    if CROSSING.replace(true) {
        return T::default();
    }
    let _back = Back;
    collect()
}
