//! The numbers of entries, which the caches are asked for at every scrape.

use crate::families::ENTRIES_HELP;
use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tallymark_core::{
    Kind,
    registry::{self, CollectError, Collector, Families, Registration},
    visit::Head,
};

/// Returns the number of entries, if it is known.
type Entries = dyn Fn() -> Option<u64> + Send + Sync;

/// The family of entries of the caches of one namespace.
#[derive(Clone)]
pub(crate) struct EntriesFamily {
    /// Its name, with the namespace if caches have one of their own.
    pub(crate) name: String,
    /// Whether they have.
    pub(crate) namespaced: bool,
}

fn head(family: &str) -> Head<'_> {
    Head { name: family, help: ENTRIES_HELP, kind: Kind::Gauge, unit: None, constant: &[] }
}

/// Who is asked for the number of entries of one cache.
pub(crate) struct Source {
    pub(crate) cache: String,
    pub(crate) backend: String,
    pub(crate) entries: Box<Entries>,
}

impl Source {
    fn collect(&self, family: &str, families: &mut Families) {
        if let Some(entries) = (self.entries)() {
            let labels = [("cache", self.cache.as_str()), ("backend", &self.backend)];
            families.gauge(family, ENTRIES_HELP).number(&labels, entries);
        }
    }
}

/// Keeps a cache watched until it is dropped.
pub(crate) enum Watch {
    /// By the collector of its family.
    Shared { _watch: SharedWatch },
    /// By a collector of its own.
    Own { _registration: Registration },
}

impl Watch {
    /// Has the collector of the family ask the source.
    pub(crate) fn shared(family: &EntriesFamily, source: Source) -> Self {
        let family = Family::of(family);
        let id = family.watched().insert(source);
        Self::Shared { _watch: SharedWatch { family, id } }
    }

    /// Has a collector of its own ask the source, which may be slow.
    pub(crate) fn own(family: &EntriesFamily, source: Source) -> Self {
        let registration = registry::register_collector(OwnCollector { family: family.clone(), source });
        Self::Own { _registration: registration }
    }
}

pub(crate) struct SharedWatch {
    family: Arc<Family>,
    id: u64,
}

impl Drop for SharedWatch {
    fn drop(&mut self) {
        let source = self.family.watched().sources.remove(&self.id);
        // The closure is the user's, and so is dropped after the lock.
        drop(source);
    }
}

/// All families of entries, by name. Namespaces are few, so families are never taken out.
static FAMILIES: Mutex<BTreeMap<String, Arc<Family>>> = Mutex::new(BTreeMap::new());

/// The caches that share one family, and so one namespace.
///
/// They have one collector: the registry joins the families of several collectors by name, and would do so once for
/// each cache.
struct Family {
    family: EntriesFamily,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    /// In the order in which they came, so that the first of two with the same labels stays the one that is shown.
    sources: BTreeMap<u64, Arc<Source>>,
    next: u64,
}

impl Watched {
    fn insert(&mut self, source: Source) -> u64 {
        let id = self.next;
        self.next += 1;
        self.sources.insert(id, Arc::new(source));
        id
    }

    /// Returns the first source whose number is greater than `after`.
    fn next_after(&self, after: Option<u64>) -> Option<(u64, Arc<Source>)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let (&id, source) = self.sources.range((from, Bound::Unbounded)).next()?;
        Some((id, Arc::clone(source)))
    }
}

impl Family {
    /// Returns the family of this name, whose collector is registered the first time.
    fn of(family: &EntriesFamily) -> Arc<Self> {
        let mut families = FAMILIES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = families.get(&family.name) {
            return Arc::clone(known);
        }
        let family = Arc::new(Self { family: family.clone(), watched: Mutex::default() });
        families.insert(family.family.name.clone(), Arc::clone(&family));
        registry::register_collector(Arc::clone(&family)).forget();
        family
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector for Family {
    fn name(&self) -> &str {
        &self.family.name
    }

    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        each(&head(&self.family.name));
    }

    fn namespaced(&self) -> bool {
        self.family.namespaced
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let (mut after, mut panicked) = (None, Vec::new());
        // One at a time, so that nothing of the user's runs under the lock, and a cache that is dropped meanwhile is
        // kept alive for its own turn only.
        loop {
            let next = self.watched().next_after(after);
            let Some((id, source)) = next else { break };
            after = Some(id);
            // A panic costs its own cache, and not the others.
            if catch_unwind(AssertUnwindSafe(|| source.collect(&self.family.name, families))).is_err() {
                panicked.push(source.cache.clone());
            }
        }
        if panicked.is_empty() { Ok(()) } else { Err(Box::new(Panicked(panicked))) }
    }
}

/// Caches whose number of entries is missing, because asking for it panicked.
#[derive(Debug)]
struct Panicked(Vec<String>);

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "counting entries panicked in the caches `{}`", self.0.join("`, `"))
    }
}

impl Error for Panicked {}

/// Asks one cache, which may be slow: its deadline is its own.
struct OwnCollector {
    family: EntriesFamily,
    source: Source,
}

impl Collector for OwnCollector {
    fn name(&self) -> &str {
        &self.family.name
    }

    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        each(&head(&self.family.name));
    }

    fn namespaced(&self) -> bool {
        self.family.namespaced
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        self.source.collect(&self.family.name, families);
        Ok(())
    }
}
