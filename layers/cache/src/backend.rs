//! Caches of one's own behind one small trait.

use crate::{builder::CacheBuilder, cache::Cache, error::BuildError};
use std::sync::Arc;

/// A cache of your own, to be wrapped in an [`InstrumentedCache`].
///
/// Methods take `&self`, as a cache is shared. One that is asynchronous, or has more operations, uses [`Cache`] itself.
pub trait CacheBackend {
    /// The type of keys, as they are borrowed.
    type Key: ?Sized;
    /// The type of values.
    type Value;
    /// The error of operations; [`Infallible`](std::convert::Infallible) if they never fail.
    type Error;

    /// The value of the label `backend`.
    const BACKEND: &'static str;

    /// Returns the value of a key; `Ok(None)` if the key is not in the cache.
    ///
    /// # Errors
    ///
    /// Returns an error if the cache fails.
    fn get(&self, key: &Self::Key) -> Result<Option<Self::Value>, Self::Error>;

    /// Stores a value.
    ///
    /// # Errors
    ///
    /// Returns an error if the cache fails.
    fn set(&self, key: &Self::Key, value: Self::Value) -> Result<(), Self::Error>;

    /// Deletes a value. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// Returns an error if the cache fails.
    fn delete(&self, key: &Self::Key) -> Result<bool, Self::Error>;

    /// Returns the number of entries, if it is known without counting them one by one.
    fn entries(&self) -> Option<u64> {
        None
    }
}

/// A [`CacheBackend`] that is measured. Its methods return what the backend returns.
///
/// ```
/// use std::{collections::HashMap, convert::Infallible, sync::Mutex};
/// use tallymark_cache::{BuildError, Cache, CacheBackend, InstrumentedCache};
///
/// #[derive(Default)]
/// struct Prices(Mutex<HashMap<String, u32>>);
///
/// impl Prices {
///     fn map(&self) -> std::sync::MutexGuard<'_, HashMap<String, u32>> {
///         self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
///     }
/// }
///
/// impl CacheBackend for Prices {
///     type Key = str;
///     type Value = u32;
///     type Error = Infallible;
///     const BACKEND: &'static str = "locmem";
///
///     fn get(&self, key: &str) -> Result<Option<u32>, Infallible> {
///         Ok(self.map().get(key).copied())
///     }
///
///     fn set(&self, key: &str, value: u32) -> Result<(), Infallible> {
///         self.map().insert(key.to_owned(), value);
///         Ok(())
///     }
///
///     fn delete(&self, key: &str) -> Result<bool, Infallible> {
///         Ok(self.map().remove(key).is_some())
///     }
///
///     fn entries(&self) -> Option<u64> {
///         Some(self.map().len() as u64)
///     }
/// }
///
/// # fn main() -> Result<(), BuildError> {
/// let prices = InstrumentedCache::new(Cache::builder("prices"), Prices::default())?;
/// assert_eq!(prices.get("tea"), Ok(None));
/// prices.set("tea", 3).ok();
/// assert_eq!(prices.get("tea"), Ok(Some(3)));
///
/// let snapshot = tallymark::registry::snapshot();
/// let labels = [("cache", "prices"), ("backend", "locmem")];
/// assert_eq!(snapshot.value("cache_entries", &labels), Some(1.0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct InstrumentedCache<B> {
    backend: Arc<B>,
    cache: Cache,
}

impl<B> Clone for InstrumentedCache<B> {
    fn clone(&self) -> Self {
        Self { backend: Arc::clone(&self.backend), cache: self.cache.clone() }
    }
}

impl<B: CacheBackend + Send + Sync + 'static> InstrumentedCache<B> {
    /// Wraps a backend.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new(builder: CacheBuilder, backend: B) -> Result<Self, BuildError> {
        let cache = builder.default_backend(B::BACKEND).build()?;
        let backend = Arc::new(backend);
        let counted = Arc::clone(&backend);
        cache.watch_entries(move || counted.entries());
        Ok(Self { backend, cache })
    }
}

impl<B: CacheBackend> InstrumentedCache<B> {
    /// Returns what [`CacheBackend::get`] returns, and counts a hit, a miss or an error.
    ///
    /// # Errors
    ///
    /// Returns the errors of the backend.
    pub fn get(&self, key: &B::Key) -> Result<Option<B::Value>, B::Error> {
        self.cache.get(|| self.backend.get(key))
    }

    /// Returns what [`CacheBackend::set`] returns, and counts a set.
    ///
    /// # Errors
    ///
    /// Returns the errors of the backend.
    pub fn set(&self, key: &B::Key, value: B::Value) -> Result<(), B::Error> {
        self.cache.set(|| self.backend.set(key, value))
    }

    /// Returns what [`CacheBackend::delete`] returns, and counts a delete.
    ///
    /// # Errors
    ///
    /// Returns the errors of the backend.
    pub fn delete(&self, key: &B::Key) -> Result<bool, B::Error> {
        self.cache.delete(|| self.backend.delete(key))
    }

    /// Returns the backend, for calls that are not to be counted.
    pub fn inner(&self) -> &B {
        &self.backend
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}
