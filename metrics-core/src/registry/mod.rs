//! All metrics of the program: found, configured, checked and shown.
//!
//! Declared metrics are found by themselves, and [collectors](Collector) are registered. A scrape shows them in one
//! list sorted by name. It never fails and never panics: what cannot be shown is left out and counted, and [`check`]
//! says what that is.
//!
//! Three mistakes are worth knowing:
//!
//! - A crate that stands in `Cargo.toml` and is named nowhere in the code is not linked, so its metrics are not there.
//!   Name it, or say [`require!`](crate::require); [`crates`] and `tallymark_registered_metrics` tell which crates
//!   have registered something.
//! - A static library that is linked into a program of another language loses what nothing refers to. Link it whole
//!   (`--whole-archive`).
//! - A shared library that is loaded at run time has a registry of its own.

mod assign;
mod clash;
mod collector;
mod config;
mod conflict;
mod declare;
mod declared;
mod descriptors;
mod escaped;
mod merge;
mod packages;
mod plan;
mod pool;
mod request;
mod resolve;
mod scrape;
mod selection;

#[doc(hidden)]
#[cfg_attr(
    all(
        not(miri),
        any(
            target_os = "linux",
            target_os = "macos",
            target_os = "ios",
            target_os = "tvos",
            target_os = "windows",
            target_os = "android",
            target_os = "fuchsia",
            target_os = "illumos",
            target_os = "freebsd",
            target_os = "openbsd",
        )
    ),
    path = "linked.rs"
)]
#[cfg_attr(
    not(all(
        not(miri),
        any(
            target_os = "linux",
            target_os = "macos",
            target_os = "ios",
            target_os = "tvos",
            target_os = "windows",
            target_os = "android",
            target_os = "fuchsia",
            target_os = "illumos",
            target_os = "freebsd",
            target_os = "openbsd",
        )
    )),
    path = "unlinked.rs"
)]
pub mod slice;

pub use crate::encode::{CHUNK, Escaping, Format};
pub(crate) use assign::assign_declared;
pub use collector::{CollectError, Collector, Families, FamilyBuilder, FamilyError, Registration};
pub use config::{Config, ConfigError};
pub use conflict::{Conflict, Conflicts, Difference};
pub use declare::{Declaration, DeclareError};
pub use descriptors::{FamilyDescriptor, LabelDescriptor, descriptors};
pub use packages::Package;
pub use pool::CollectorStatus;
pub use request::Request;
pub use scrape::Chunks;
pub use selection::Selection;

use crate::{
    created,
    element::{Element, Entry},
    function::{self, FunctionSite},
    model::{self, ModelSite},
    self_metrics,
    snapshot::Snapshot,
    sorted::SortedMap,
    visit::Visitor,
};
use declared::Declared;
use once_cell::sync::Lazy;
use pool::Pool;
use resolve::Resolved;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// Metrics of this crate, which are there even where the linker finds nothing.
static BUILT_IN: [Element; 3] = [
    Element::Metrics(self_metrics::ENTRIES),
    Element::Metrics(function::ENTRIES),
    Element::Metrics(model::ENTRIES),
];

/// Everything that is known about metrics, and nothing about their values.
#[derive(Debug)]
pub(crate) struct Registry {
    linked: fn() -> &'static [Element],
    state: Mutex<State>,
    pool: Pool,
    scrapes: scrape::Times,
}

#[derive(Default)]
struct State {
    explicit: Vec<&'static [Element]>,
    /// What was declared at run time, which is in `explicit` too.
    declared: Vec<declare::Known>,
    config: Option<Config>,
    /// Somebody has seen names, so they must not change any more.
    used: bool,
    resolved: Option<Arc<Resolved>>,
    /// Jobs of declared metrics that call out, by the address of their entry.
    called: Vec<(usize, u64)>,
    /// Conflicts of collectors, name and collector, each once.
    collected: SortedMap<(String, String), ()>,
    /// Conflicts of escaped names, each once.
    escaped: Vec<Conflict>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Registry {
    fn new(linked: fn() -> &'static [Element]) -> Self {
        Self { linked, state: Mutex::default(), pool: Pool::default(), scrapes: scrape::Times::default() }
    }

    /// The program's registry.
    pub(crate) fn global() -> &'static Self {
        static GLOBAL: Lazy<Registry> = Lazy::new(|| Registry::new(slice::linked));
        &GLOBAL
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resolve(&self, state: &State, config: Config) -> Resolved {
        let mut elements = vec![BUILT_IN.as_slice(), (self.linked)()];
        elements.extend_from_slice(&state.explicit);
        Resolved::new(&elements, config)
    }

    fn install(&self, config: Config) -> Result<(), ConfigError> {
        config.check()?;
        let mut state = self.state();
        if state.config.is_some() {
            return Err(ConfigError::Installed);
        }
        if state.used {
            return Err(ConfigError::Used);
        }
        let resolved = self.resolve(&state, config.clone());
        for conflict in resolved.conflicts {
            if let Conflict::ConstantLabel { label, name: metric, place } = conflict {
                return Err(ConfigError::LabelTaken { label, metric, place });
            }
        }
        if config.created {
            created::enable();
        }
        state.config = Some(config);
        Ok(())
    }

    fn register(&self, elements: &'static [Element]) {
        let mut state = self.state();
        let known = state.explicit.iter().any(|known| std::ptr::eq(*known, elements));
        if !known {
            state.explicit.push(elements);
            state.resolved = None;
            REGISTRATIONS.fetch_add(1, Ordering::Release);
        }
    }

    /// The families as they are to be shown. From here on the configuration is fixed.
    fn resolved(&self) -> Arc<Resolved> {
        let mut state = self.state();
        if let Some(resolved) = &state.resolved {
            return Arc::clone(resolved);
        }
        state.used = true;
        let config = state.config.clone().unwrap_or_default();
        let mut resolved = self.resolve(&state, config);
        self.give_slots(&mut state, &mut resolved);
        let resolved = Arc::new(resolved);
        state.resolved = Some(Arc::clone(&resolved));
        resolved
    }

    /// Makes jobs of those metrics whose showing calls out.
    fn give_slots(&self, state: &mut State, resolved: &mut Resolved) {
        let calls_out =
            |declared: &&mut Declared| !declared.counts_alone() && declared.entry().metric.calls_out();
        for declared in resolved.families.iter_mut().filter(calls_out) {
            let address = std::ptr::from_ref(declared.entry()).addr();
            let known = state.called.iter().find(|(known, _)| *known == address);
            let slot = known.map_or_else(
                || {
                    let name = declared.name().to_owned();
                    self.pool.add(Arc::new(plan::CallJob { entry: declared.entry(), name }))
                },
                |&(_, slot)| slot,
            );
            if known.is_none() {
                state.called.push((address, slot));
            }
            declared.set_slot(slot);
        }
    }

    /// Notes conflicts of escaped names, those that are not noted yet.
    fn note_escaped(&self, conflicts: Vec<Conflict>) {
        let mut state = self.state();
        for conflict in conflicts {
            if !state.escaped.contains(&conflict) {
                state.escaped.push(conflict);
            }
        }
    }

    /// Calls `each` with every declared metric that may turn something away, and the name it is shown under, sorted by
    /// name. Counters without labels and exemplars take everything.
    pub(crate) fn each_that_refuses(&self, each: &mut dyn FnMut(&str, &'static Entry)) {
        for declared in self.resolved().families.iter().filter(|declared| !declared.counts_alone()) {
            each(declared.name(), declared.entry());
        }
    }

    /// Calls `each` with every declared metric and the name it is shown under, sorted by name.
    pub(crate) fn each_metric(&self, each: &mut dyn FnMut(&str, &'static Entry)) {
        for declared in &self.resolved().families {
            each(declared.name(), declared.entry());
        }
    }

    /// Whether series are counted.
    pub(crate) fn counts_series(&self) -> bool {
        self.resolved().config.count_series
    }

    /// How many conflicts there are: of declarations, and of collectors as far as they were seen.
    pub(crate) fn conflict_count(&self) -> usize {
        let resolved = self.resolved();
        let state = self.state();
        resolved.conflicts.len() + state.collected.iter().count() + state.escaped.len()
    }

    fn check(&self) -> Result<(), Conflicts> {
        let mut conflicts = self.resolved().conflicts.clone();
        let (collected, escaped) = {
            let state = self.state();
            (state.collected.clone(), state.escaped.clone())
        };
        conflicts.extend(
            collected.into_iter().map(|((name, collector), ())| Conflict::Collected { name, collector }),
        );
        conflicts.extend(escaped);
        if conflicts.is_empty() { Ok(()) } else { Err(Conflicts(conflicts)) }
    }
}

/// Every annotated function, sorted by module and name.
pub(crate) fn functions() -> impl Iterator<Item = &'static FunctionSite> {
    let resolved = Registry::global().resolved();
    (0..resolved.functions.len()).filter_map(move |at| resolved.functions.get(at).copied())
}

/// Every struct with model metrics.
pub(crate) fn models() -> impl Iterator<Item = &'static ModelSite> {
    let resolved = Registry::global().resolved();
    (0..resolved.models.len()).filter_map(move |at| resolved.models.get(at).copied())
}

/// Every struct with model metrics as it was declared, for layers that look models up by their tables. Unlike a look at
/// the families, it leaves the configuration open.
#[doc(hidden)]
pub fn declared_models() -> Vec<&'static ModelSite> {
    let registry = Registry::global();
    let mut models = Vec::new();
    let state = registry.state();
    for elements in std::iter::once((registry.linked)()).chain(state.explicit.iter().copied()) {
        models.extend(elements.iter().filter_map(|element| match element {
            Element::Model(site) => Some(*site),
            Element::Counter(..) | Element::Metrics(_) | Element::Function(_) => None,
        }));
    }
    models
}

/// How often elements were registered: whether [`declared_models`] may have changed.
#[doc(hidden)]
pub fn registrations() -> usize {
    REGISTRATIONS.load(Ordering::Acquire)
}

static REGISTRATIONS: AtomicUsize = AtomicUsize::new(0);

/// Registers elements that the linker does not find: on targets without support for it.
#[doc(hidden)]
pub fn register(elements: &'static [Element]) {
    Registry::global().register(elements);
}

/// Registers a collector, which takes part in every scrape until the registration is dropped.
pub fn register_collector(collector: impl Collector) -> Registration {
    let registry = Registry::global();
    Registration::new(registry, registry.pool.add(Arc::new(collector::CollectorJob(collector))))
}

/// What is known of each collector, and of each gauge that is a function: errors, and whether it is running.
pub fn collectors() -> Vec<CollectorStatus> {
    Registry::global().pool.status()
}

/// Whether this thread is running a collector at the moment.
///
/// A scrape on such a thread shows what is declared and runs no collectors, so that a collector which leads back here
/// comes to an end.
pub fn is_collecting() -> bool {
    pool::is_collecting()
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
/// If metrics have the same name or samples of the same name, wherever they were declared; if a constant label is also a
/// label of a metric; and if a collector has handed over a family whose name was taken. The error names every place.
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
    let mut request = request.into();
    if !request.format().is_text() {
        request = Request::new(Format::Text004).names(request.selection().clone());
    }
    let mut bytes = Vec::new();
    encode(request, &mut bytes);
    // Names, help, label names and values are text, and numbers are ASCII.
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// An exposition in chunks that are encoded when they are asked for. Nothing is held between two of them, so it can wait
/// for a slow client as long as it takes.
///
/// A chunk has at least [`CHUNK`] bytes, unless it is the last. A family of many series is split among several chunks,
/// so that an exposition of any size takes little memory; in protobuf, where a family stands behind its length, it is not.
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
    Registry::global().snapshot_of(crate::cell::Scope::Process, selection)
}

#[cfg(test)]
mod tests;
