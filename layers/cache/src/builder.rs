//! How a cache is called and what is counted of it.

use super::{
    Cache,
    families::{self, DURATIONS},
    meters::Meters,
};
use crate::{Buckets, BucketsError, Naming, registry::DeclareError};
use std::{error::Error, fmt};

/// Settings of one cache; from [`Cache::builder`].
///
/// ```
/// use tallymark::cache::Cache;
///
/// let sessions = Cache::builder("sessions").backend("rocksdb").namespace("shop").build()?;
/// assert_eq!((sessions.name(), sessions.backend()), ("sessions", "rocksdb"));
/// # Ok::<(), tallymark::cache::CacheError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is measured before `build` is called"]
pub struct CacheBuilder {
    name: String,
    backend: Option<String>,
    namespace: Option<String>,
    naming: Naming,
    buckets: Option<Vec<f64>>,
    durations: bool,
}

impl CacheBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            backend: None,
            namespace: None,
            naming: Naming::Standard,
            buckets: None,
            durations: true,
        }
    }

    /// The value of the label `backend`: the kind of the cache. The wrappers of this crate know theirs; without one it
    /// is `custom`.
    pub fn backend(mut self, backend: impl Into<String>) -> Self {
        self.backend = Some(backend.into());
        self
    }

    /// Puts `<namespace>_` before the names of the families. [`Naming::Django`] names stay as they are.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Whose names the families have. Under [`Naming::Django`] there are lookups only, by `backend`.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// The buckets of durations, in seconds. All caches whose families have the same names have the same buckets.
    pub fn buckets(mut self, bounds: impl Into<Vec<f64>>) -> Self {
        self.buckets = Some(bounds.into());
        self
    }

    /// Whether durations are measured; they are unless this says otherwise. For a cache in memory, reading the clock
    /// twice is most of what measuring costs.
    pub fn durations(mut self, measured: bool) -> Self {
        self.durations = measured;
        self
    }

    /// The kind, unless one was chosen.
    #[allow(dead_code, reason = "used by the wrappers, which are features")]
    pub(super) fn or_backend(mut self, backend: &str) -> Self {
        self.backend.get_or_insert_with(|| backend.to_owned());
        self
    }

    /// Declares the families and looks up the series of this cache.
    ///
    /// # Errors
    ///
    /// If the name or the backend is empty, if the buckets or the namespace break a rule, or if another declaration has
    /// taken a name: such as that of a cache with other buckets.
    pub fn build(self) -> Result<Cache, CacheError> {
        let backend = self.backend.unwrap_or_else(|| "custom".to_owned());
        if self.name.is_empty() || backend.is_empty() {
            return Err(CacheError::Empty);
        }
        let namespace = self.namespace.as_deref();
        let (meters, entries) = match self.naming {
            Naming::Standard => {
                let buckets = match &self.buckets {
                    Some(bounds) => Buckets::leak(bounds)?,
                    None => DURATIONS,
                };
                let families = families::Standard::declare(namespace, self.durations.then_some(buckets))?;
                let entries = namespace.map_or_else(String::new, |namespace| format!("{namespace}_"));
                (Meters::standard(families, &self.name, &backend), Some(entries + "cache_entries"))
            }
            Naming::Django => (Meters::django(&families::Django::declare()?, &backend), None),
        };
        Ok(Cache::new(self.name, backend, meters, entries))
    }
}

/// Why a cache cannot be measured.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CacheError {
    /// The name or the backend of the cache is the empty text, which Prometheus takes for an absent label.
    Empty,
    /// The bounds cannot be those of buckets.
    Buckets(BucketsError),
    /// A family cannot be declared.
    Declare(DeclareError),
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the name and the backend of a cache are texts that are not empty"),
            Self::Buckets(error) => write!(f, "`buckets`: {error}"),
            Self::Declare(error) => error.fmt(f),
        }
    }
}

// The texts have those of the sources in them.
impl Error for CacheError {}

impl From<BucketsError> for CacheError {
    fn from(error: BucketsError) -> Self {
        Self::Buckets(error)
    }
}

impl From<DeclareError> for CacheError {
    fn from(error: DeclareError) -> Self {
        Self::Declare(error)
    }
}
