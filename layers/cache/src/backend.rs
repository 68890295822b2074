//! Caches of one's own behind one small trait.

use super::{Cache, CacheBuilder, CacheError};
use std::sync::Arc;

/// A cache of your own, to be wrapped in [`Measured`].
///
/// Methods take `&self`, as a cache is shared. One that is asynchronous, or has more operations, uses [`Cache`] itself.
pub trait CacheBackend {
    /// What values are found by.
    type Key: ?Sized;
    /// What is found.
    type Value;
    /// What operations fail with; [`Infallible`](std::convert::Infallible) if they do not.
    type Error;

    /// The value of the label `backend`.
    const BACKEND: &'static str;

    /// The value of a key.
    ///
    /// # Errors
    ///
    /// If the cache fails. That there is no value is `Ok(None)`.
    fn get(&self, key: &Self::Key) -> Result<Option<Self::Value>, Self::Error>;

    /// Stores a value.
    ///
    /// # Errors
    ///
    /// If the cache fails.
    fn set(&self, key: &Self::Key, value: Self::Value) -> Result<(), Self::Error>;

    /// Takes a value out. Answers whether there was one.
    ///
    /// # Errors
    ///
    /// If the cache fails.
    fn delete(&self, key: &Self::Key) -> Result<bool, Self::Error>;

    /// How many entries there are, if that is known without walking through them.
    fn entries(&self) -> Option<u64> {
        None
    }
}

/// A [`CacheBackend`], measured. It answers what the backend answers.
///
/// ```
/// use std::{collections::HashMap, convert::Infallible, sync::Mutex};
/// use tallymark::cache::{Cache, CacheBackend, CacheError, Measured};
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
/// # fn main() -> Result<(), CacheError> {
/// let prices = Measured::new(Cache::builder("prices"), Prices::default())?;
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
pub struct Measured<B> {
    backend: Arc<B>,
    cache: Cache,
}

impl<B> Clone for Measured<B> {
    fn clone(&self) -> Self {
        Self { backend: Arc::clone(&self.backend), cache: self.cache.clone() }
    }
}

impl<B: CacheBackend + Send + Sync + 'static> Measured<B> {
    /// Measures a backend.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new(builder: CacheBuilder, backend: B) -> Result<Self, CacheError> {
        let cache = builder.or_backend(B::BACKEND).build()?;
        let backend = Arc::new(backend);
        let counted = Arc::clone(&backend);
        cache.watch_entries(move || counted.entries());
        Ok(Self { backend, cache })
    }
}

impl<B: CacheBackend> Measured<B> {
    /// As the backend's; counts a hit, a miss or an error.
    ///
    /// # Errors
    ///
    /// Those of the backend.
    pub fn get(&self, key: &B::Key) -> Result<Option<B::Value>, B::Error> {
        self.cache.get(|| self.backend.get(key))
    }

    /// As the backend's; counts a set.
    ///
    /// # Errors
    ///
    /// Those of the backend.
    pub fn set(&self, key: &B::Key, value: B::Value) -> Result<(), B::Error> {
        self.cache.set(|| self.backend.set(key, value))
    }

    /// As the backend's; counts a delete.
    ///
    /// # Errors
    ///
    /// Those of the backend.
    pub fn delete(&self, key: &B::Key) -> Result<bool, B::Error> {
        self.cache.delete(|| self.backend.delete(key))
    }

    /// The backend, for what is not to be counted.
    pub fn inner(&self) -> &B {
        &self.backend
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}
