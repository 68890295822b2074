//! The settings of a cache.

use crate::{
    cache::Cache,
    entries::EntriesFamily,
    error::BuildError,
    families::{DURATIONS, ENTRIES, Families, OPERATION_DURATION},
    meters::Meters,
};
use tallymark_core::{Buckets, Naming, registry::LayerSettings};

/// Settings of one cache; returned by [`Cache::builder`].
///
/// ```
/// use tallymark_cache::Cache;
///
/// let sessions = Cache::builder("sessions").backend("rocksdb").namespace("shop").build()?;
/// assert_eq!((sessions.name(), sessions.backend()), ("sessions", "rocksdb"));
/// # Ok::<(), tallymark_cache::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is measured before `build` is called"]
pub struct CacheBuilder {
    name: String,
    backend: Option<String>,
    namespace: Option<String>,
    naming: Option<Naming>,
    buckets: Option<Vec<f64>>,
    durations: bool,
}

// Here and not beside the other methods of `Cache`: a builder knows what it builds, and not the other way round.
impl Cache {
    /// Returns the settings of a cache of this name, which is the value of the label `cache`.
    pub fn builder(name: impl Into<String>) -> CacheBuilder {
        CacheBuilder {
            name: name.into(),
            backend: None,
            namespace: None,
            naming: None,
            buckets: None,
            durations: true,
        }
    }
}

impl CacheBuilder {
    /// Sets the value of the label `backend`: the kind of the cache. Without it, the wrappers set their own, and
    /// [`build`](Self::build) sets `custom`.
    pub fn backend(mut self, backend: impl Into<String>) -> Self {
        self.backend = Some(backend.into());
        self
    }

    /// Sets the value of the label `backend` unless [`backend`](Self::backend) was called. For wrappers, which know
    /// what they wrap.
    pub fn default_backend(mut self, backend: &str) -> Self {
        self.backend.get_or_insert_with(|| backend.to_owned());
        self
    }

    /// Puts `<namespace>_` before the names of the families, instead of the
    /// [namespace of all metrics](tallymark_core::registry::Config::namespace).
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets the names of the families; if not set, they are those that the application
    /// [has set for all layers](tallymark_core::registry::Config::naming). With [`Naming::Django`], lookups are counted in the four families of
    /// django-prometheus; what it has no family for keeps its name.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = Some(naming);
        self
    }

    /// Sets the buckets of durations, in seconds. All caches of a namespace have the same buckets.
    pub fn buckets(mut self, bounds: impl Into<Vec<f64>>) -> Self {
        self.buckets = Some(bounds.into());
        self
    }

    /// Sets whether durations are measured, as they are by default. For a cache in memory, reading the clock twice is
    /// most of what measuring costs.
    pub fn durations(mut self, measured: bool) -> Self {
        self.durations = measured;
        self
    }

    /// Declares the families and creates the series of this cache.
    ///
    /// # Errors
    ///
    /// Returns an error if the name or the backend is empty, if the buckets or the namespace break a rule, if an environment
    /// variable is not valid, or if another declaration has taken a name, such as that of a cache with other buckets.
    pub fn build(self) -> Result<Cache, BuildError> {
        let Self { name, backend, namespace, naming, buckets, durations } = self;
        let backend = backend.unwrap_or_else(|| "custom".to_owned());
        if name.is_empty() {
            return Err(BuildError::EmptyName);
        }
        if backend.is_empty() {
            return Err(BuildError::EmptyBackend);
        }
        let common = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
        let namespace = namespace.or_else(|| naming.and_then(Naming::namespace).map(str::to_owned));
        let namespace = namespace.as_deref();
        let buckets = match buckets {
            Some(bounds) => Buckets::leak(&bounds)?,
            None => common.buckets(namespace, OPERATION_DURATION).unwrap_or(DURATIONS),
        };
        // Reading the clock is most of what a lookup in memory costs.
        let durations = durations && common.shows(namespace, OPERATION_DURATION);
        let naming = naming.unwrap_or_else(|| common.naming());
        let families = Families::declare(naming, namespace, durations.then_some(buckets))?;
        let entries = match namespace {
            Some(namespace) => format!("{namespace}_{ENTRIES}"),
            None => ENTRIES.to_owned(),
        };
        let entries = EntriesFamily { name: entries, namespaced: namespace.is_some() };
        Ok(Cache::new(Meters::new(families, name, backend), entries))
    }
}
