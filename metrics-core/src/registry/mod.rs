//! All metrics of the program: found, configured, checked and shown.
//!
//! Declared metrics are found by themselves, and [collectors](Collector) are registered. A scrape shows them in one
//! list sorted by name. It never fails and never panics: what cannot be shown is left out and counted, and [`check`]
//! says what that is.
//!
//! Three mistakes are worth knowing:
//!
//! - A crate that is a dependency in `Cargo.toml` and is named nowhere in the code is not linked, so its metrics are not there.
//!   Name it, or write [`require!`](crate::require); [`crates`] and `tallymark_registered_metrics` list the crates that
//!   have registered something.
//! - A static library that is linked into a program of another language loses what nothing refers to. Link it whole
//!   (`--whole-archive`).
//! - A shared library that is loaded at run time has a registry of its own.

mod annotated;
mod clash;
mod config;
mod conflict;
mod declare;
mod declared_family;
mod descriptors;
mod duplicates;
mod escaped;
mod gauge_refreshes;
mod global;
mod job;
mod layers;
mod merge;
mod objective;
mod objectives;
mod packages;
mod plan;
mod pool;
mod registration;
mod request;
mod resolve;
mod scrape;
mod selection;
mod self_metrics;
mod separate;
mod state;
mod times;

pub use crate::{
    collector::{CollectError, Collector, Families, FamilyBuilder, FamilyError},
    encode::format::Format,
};
pub use annotated::{AlertDescriptor, PanelDescriptor};
pub use config::{Config, ConfigError};
pub use conflict::{Conflict, Conflicts, Difference};
pub use declare::{Declaration, DeclareError, LabelledDeclaration, VariedDeclaration};
pub use descriptors::{FamilyDescriptor, LabelDescriptor, descriptors};
pub use gauge_refreshes::{GaugeRefresh, gauge_refreshes};
pub use layers::LayerSettings;
pub use objective::{LabelMatcher, ObjectiveDescriptor, ObjectiveMeasure, SeriesSelector};
pub use packages::Package;
pub use pool::CollectorStatus;
pub use registration::Registration;
pub use request::Request;
pub use scrape::Chunks;
pub use selection::Selection;
pub use separate::Registry;

use crate::{
    cell::Scope,
    declared::{Element, Elements},
    group::Group,
    model::ModelSite,
    snapshot::Snapshot,
    visit::{Head, Visitor},
};
use separate::{register_in, to_string};

/// Every struct with model metrics as it was declared, for layers that look models up by their tables. Unlike a look at
/// the families, it leaves the configuration open.
#[doc(hidden)]
pub fn declared_models() -> Vec<&'static ModelSite> {
    Elements::global().models()
}

/// How often elements were registered: whether [`declared_models`] may have changed.
#[doc(hidden)]
pub fn registrations() -> usize {
    Elements::global().count()
}

/// Registers elements that the linker does not find: on targets without support for it.
#[doc(hidden)]
pub fn register(elements: &'static [Element]) {
    Registry::global().register(elements);
}

/// Declares an objective of a family of an instrumentation layer, which is then among the [`descriptors`]. The same
/// objective again changes nothing.
pub fn declare_objective(objective: ObjectiveDescriptor) {
    let mut state = Registry::global().state();
    if !state.objectives.contains(&objective) {
        state.objectives.push(objective);
    }
}

/// Registers a collector, which takes part in every scrape until the registration is dropped.
///
/// A collector that belongs to the program as a whole is better submitted with [`collector!`](crate::collector), which
/// needs no call.
pub fn register_collector(collector: impl Collector) -> Registration {
    register_in(Registry::global(), collector)
}

/// What is known of each collector, and of each gauge that is a function: errors, and whether it is running.
pub fn collectors() -> Vec<CollectorStatus> {
    let registry = Registry::global();
    registry.start_collectors();
    registry.pool.status()
}

/// Calls `each` with the families that [describe](Collector::describe) themselves of those collectors whose name is
/// wanted. Nothing is collected.
///
/// For bridges to systems that want to know what there is before they ask for values. What is declared is shown by
/// [`visit_where`].
pub fn describe_collectors(wanted: &dyn Fn(&str) -> bool, each: &mut dyn FnMut(&Head<'_>)) {
    let registry = Registry::global();
    registry.start_collectors();
    // Names are those of the scrape, so they are fixed from here on.
    let resolved = registry.resolved();
    let config = &resolved.config;
    for (name, job) in registry.pool.jobs(wanted) {
        let described = job::caught(|| {
            let namespaced = job.namespaced();
            job.describe(&mut |head| {
                let renamed = config.rename(head.name, namespaced);
                let name = renamed.as_deref().unwrap_or(head.name);
                if config.shows(&[head.name, name]) {
                    each(&Head { name, ..*head });
                }
            });
        });
        if let Err(panic) = described {
            registry.pool.fail(&name, format!("panicked: {panic}"));
        }
    }
}

/// The living processes that share this exposition, if others do: what their values are labelled with, and their ids.
#[doc(hidden)]
pub fn living_processes() -> Vec<(String, u32)> {
    Registry::global().resolved().group.map_or_else(Vec::new, Group::living)
}

/// Whether this thread is running a collector at the moment.
///
/// A scrape on such a thread shows what is declared and runs no collectors, so that a collector which leads back here
/// comes to an end.
pub fn is_collecting() -> bool {
    job::is_collecting()
}

/// Returns the namespace of all metrics whose author gave them none, as far as it is set.
///
/// ```
/// use tallymark_core::registry;
///
/// assert_eq!(registry::namespace(), None);
/// ```
pub fn namespace() -> Option<String> {
    Registry::global().config().common_namespace().map(str::to_owned)
}

/// Looks for declarations that cannot all be shown. Call it in a test, or at start-up.
///
/// ```
/// if let Err(conflicts) = tallymark_core::registry::check() {
///     panic!("{conflicts}");
/// }
/// ```
///
/// # Errors
///
/// If metrics have the same name or samples of the same name, wherever they were declared; if a constant label is also
/// a label of a metric; if two annotated functions of one module have the same name, so that they would be told apart by
/// nobody; and if a collector has handed over a family whose name was taken. The error names every place.
///
/// On Linux and Android also if a shared object that is loaded now, or the program if this registry is that of a shared
/// object, has declarations which this registry does not show. The error names both files.
pub fn check() -> Result<(), Conflicts> {
    Registry::global().check()
}

/// Which packages have registered how much, sorted by name.
///
/// A package that is missing here was not linked: see [`require!`](crate::require).
///
/// ```
/// use tallymark_core::registry;
///
/// assert!(registry::crates().iter().any(|package| package.name == "tallymark-core"));
/// ```
pub fn crates() -> Vec<Package> {
    Registry::global().resolved().packages.clone()
}

/// Appends an exposition to `bytes`: of all metrics, or of what a [`Request`] asks for.
///
/// ```
/// use tallymark_core::registry::{self, Format};
///
/// let mut bytes = Vec::new();
/// registry::encode(Format::OpenMetrics100, &mut bytes);
/// assert!(bytes.ends_with(b"# EOF\n"));
/// ```
pub fn encode(request: impl Into<Request>, bytes: &mut Vec<u8>) {
    Registry::global().encode(&request.into(), bytes);
}

/// An exposition as text. What is asked for in protobuf, which is not text, comes in text format 0.0.4.
pub fn encode_to_string(request: impl Into<Request>) -> String {
    to_string(Registry::global(), request.into())
}

/// An exposition in chunks that are encoded when they are asked for. Nothing is held between two of them, so it can
/// wait for a slow client as long as it takes.
///
/// A chunk has at least [`CHUNK`](crate::encode::CHUNK) bytes, unless it is the last. A family of many series is split
/// among several chunks, so that an exposition of any size takes little memory. In protobuf, where the length of a family
/// comes first, a large one is encoded twice: once to measure it.
///
/// ```
/// use tallymark_core::registry::{self, Format};
///
/// let length: usize = registry::chunks(Format::Text004).map(|chunk| chunk.len()).sum();
/// assert!(length > 0);
/// ```
pub fn chunks(request: impl Into<Request>) -> Chunks {
    Chunks::new(Registry::global(), request.into())
}

/// Shows all metrics, sorted by name.
pub fn visit(visitor: &mut dyn Visitor) {
    visit_selected(&Selection::ALL, visitor);
}

/// Shows the metrics that are selected, sorted by name. The others are not read.
pub fn visit_selected(selection: &Selection, visitor: &mut dyn Visitor) {
    Registry::global().visit(visitor, selection, &|_| true);
}

/// Shows all declared metrics, and what those collectors hand over whose name is wanted.
pub fn visit_where(visitor: &mut dyn Visitor, collectors: &dyn Fn(&str) -> bool) {
    Registry::global().visit(visitor, &Selection::ALL, collectors);
}

/// All metrics at this moment.
pub fn snapshot() -> Snapshot {
    snapshot_of(&Selection::ALL)
}

/// The metrics that are selected, at this moment. The others are not read.
///
/// ```
/// use tallymark_core::registry::{self, Selection};
///
/// let snapshot = registry::snapshot_of(&Selection::of(["tallymark_conflicts_total"]));
/// assert_eq!(snapshot.families().len(), 1);
/// ```
pub fn snapshot_of(selection: &Selection) -> Snapshot {
    Registry::global().snapshot_of(Scope::Process, selection)
}

#[cfg(test)]
mod tests;
