//! A directory, read and written as a whole value at a time.

use cacache::{Error, Integrity, Metadata, Result};
use std::{
    io,
    path::{Path, PathBuf},
};
use tallymark_cache::{BuildError, Cache, CacheBuilder, GetResult, ToGetResult};

/// A directory of cacache that is measured.
///
/// Its methods have the names of cacache's functions and return what those return. [The page of this
/// package](crate#what-counts-as-what) says what counts as what. Clones are the same directory.
#[derive(Clone, Debug)]
pub struct InstrumentedCache {
    path: PathBuf,
    cache: Cache,
}

impl InstrumentedCache {
    /// Measures what is read from and written to a directory, which need not exist.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new(builder: CacheBuilder, path: impl Into<PathBuf>) -> std::result::Result<Self, BuildError> {
        Ok(Self { path: path.into(), cache: builder.default_backend("filebased").build()? })
    }

    /// Shows the number of entries. Every scrape then reads the whole index, so this is for small caches; one that takes
    /// longer than the registry's deadline is missing from the scrape.
    #[must_use]
    pub fn count_entries(self) -> Self {
        let path = self.path.clone();
        self.cache.watch_slow_entries(move || {
            // A directory that nothing was written to does not exist.
            path.exists().then(|| cacache::list_sync(&path).flatten().count() as u64)
        });
        self
    }

    /// Calls cacache's `read`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub async fn read(&self, key: impl AsRef<str>) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = cacache::read(&self.path, key).await;
        guard.end(read_result(&value));
        value
    }

    /// Calls cacache's `read_sync`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub fn read_sync(&self, key: impl AsRef<str>) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = cacache::read_sync(&self.path, key);
        guard.end(read_result(&value));
        value
    }

    /// Calls cacache's `read_hash`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub async fn read_hash(&self, sri: &Integrity) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = cacache::read_hash(&self.path, sri).await;
        guard.end(read_result(&value));
        value
    }

    /// Calls cacache's `read_hash_sync`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub fn read_hash_sync(&self, sri: &Integrity) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = cacache::read_hash_sync(&self.path, sri);
        guard.end(read_result(&value));
        value
    }

    /// Calls cacache's `metadata`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub async fn metadata(&self, key: impl AsRef<str>) -> Result<Option<Metadata>> {
        self.cache.get_async(cacache::metadata(&self.path, key)).await
    }

    /// Calls cacache's `metadata_sync`; counts a lookup.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub fn metadata_sync(&self, key: impl AsRef<str>) -> Result<Option<Metadata>> {
        self.cache.get(|| cacache::metadata_sync(&self.path, key))
    }

    /// Calls cacache's `write`; counts a set.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub async fn write(&self, key: impl AsRef<str>, data: impl AsRef<[u8]>) -> Result<Integrity> {
        let guard = self.cache.start_set();
        let written = cacache::write(&self.path, key, data).await;
        guard.end_with(&written.as_ref().map(drop));
        written
    }

    /// Calls cacache's `write_sync`; counts a set.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub fn write_sync(&self, key: impl AsRef<str>, data: impl AsRef<[u8]>) -> Result<Integrity> {
        let guard = self.cache.start_set();
        let written = cacache::write_sync(&self.path, key, data);
        guard.end_with(&written.as_ref().map(drop));
        written
    }

    /// Calls cacache's `remove`; counts a delete.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub async fn remove(&self, key: impl AsRef<str>) -> Result<()> {
        self.cache.delete_async(cacache::remove(&self.path, key)).await
    }

    /// Calls cacache's `remove_sync`; counts a delete.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub fn remove_sync(&self, key: impl AsRef<str>) -> Result<()> {
        self.cache.delete(|| cacache::remove_sync(&self.path, key))
    }

    /// Calls cacache's `clear`; counts an `other` operation.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub async fn clear(&self) -> Result<()> {
        self.cache.other_async(cacache::clear(&self.path)).await
    }

    /// Calls cacache's `clear_sync`; counts an `other` operation.
    ///
    /// # Errors
    ///
    /// Returns the errors of cacache.
    pub fn clear_sync(&self) -> Result<()> {
        self.cache.other(|| cacache::clear_sync(&self.path))
    }

    /// Returns the directory, for calls that are not to be counted.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

/// Returns the result of a lookup. A key or a content that does not exist is an error of cacache's.
fn read_result(value: &Result<Vec<u8>>) -> GetResult {
    match value {
        Err(Error::EntryNotFound(..)) => GetResult::Miss,
        Err(Error::IoError(error, _)) if error.kind() == io::ErrorKind::NotFound => GetResult::Miss,
        value => value.as_ref().map(Some).to_get_result(),
    }
}
