//! Files, by [`cacache`]: a directory of content-addressed values, as [`FileCache`].
//!
//! # How do I measure a cache of files?
//!
//! cacache is a set of functions that take the directory. [`FileCache`] holds the directory and has those functions that
//! read and write a whole value, under their names:
//!
//! ```
//! use tallymark::cache::{Cache, file::FileCache};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = std::env::temp_dir().join(format!("tallymark-doc-{}", std::process::id()));
//! let pages = FileCache::new(Cache::builder("pages"), &directory)?;
//! assert!(pages.read_sync("index").is_err());
//! pages.write_sync("index", b"<html>")?;
//! assert_eq!(pages.read_sync("index")?, b"<html>");
//!
//! let snapshot = tallymark::registry::snapshot();
//! let labels = [("cache", "pages"), ("backend", "filebased"), ("result", "miss")];
//! assert_eq!(snapshot.counter("cache_gets_total", &labels), Some(1));
//! # std::fs::remove_dir_all(directory)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What counts as what?
//!
//! `read…` and `metadata…` are lookups; an entry or a content that is not there is a miss, though it is an error to the
//! caller. Content that does not match its hash is an error. `write…` is a set, `remove…` a delete, `clear…` an `other`
//! operation.
//!
//! # Limits
//!
//! - The label `backend` is `filebased`, as that of django-prometheus.
//! - `remove` does not say whether there was an entry, so it is always `ok`.
//! - Readers and writers that stream, links and listings are not here: call cacache with [`FileCache::path`].
//! - Nothing is evicted. To count the entries, cacache reads all of its index, so [`FileCache::count_entries`] has to ask
//!   for it.
//! - cacache brings a large and partly old tree of crates with it, which is why it is a feature of its own.

use super::{Cache, CacheBuilder, CacheError, GetResult, Lookup, Written};
use ::cacache::{Error, Integrity, Metadata, Result};

use std::{
    io,
    path::{Path, PathBuf},
};

/// A directory of cacache, measured. See the [module](self) for what counts as what.
#[derive(Clone, Debug)]
pub struct FileCache {
    path: PathBuf,
    cache: Cache,
}

impl FileCache {
    /// Measures what is read from and written to a directory, which need not be there.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new(builder: CacheBuilder, path: impl Into<PathBuf>) -> std::result::Result<Self, CacheError> {
        Ok(Self { path: path.into(), cache: builder.or_backend("filebased").build()? })
    }

    /// Shows the number of entries. Every scrape reads the whole index then, so this is for small caches.
    #[must_use]
    pub fn count_entries(self) -> Self {
        let path = self.path.clone();
        self.cache.watch_entries(move || {
            // A directory that nothing was written to is not there.
            path.exists().then(|| ::cacache::list_sync(&path).flatten().count() as u64)
        });
        self
    }

    /// As cacache's; a lookup.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub async fn read(&self, key: impl AsRef<str>) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = ::cacache::read(&self.path, key).await;
        guard.end(read_result(&value));
        value
    }

    /// As cacache's; a lookup.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub fn read_sync(&self, key: impl AsRef<str>) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = ::cacache::read_sync(&self.path, key);
        guard.end(read_result(&value));
        value
    }

    /// As cacache's; a lookup.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub async fn read_hash(&self, sri: &Integrity) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = ::cacache::read_hash(&self.path, sri).await;
        guard.end(read_result(&value));
        value
    }

    /// As cacache's; a lookup.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub fn read_hash_sync(&self, sri: &Integrity) -> Result<Vec<u8>> {
        let guard = self.cache.start_get();
        let value = ::cacache::read_hash_sync(&self.path, sri);
        guard.end(read_result(&value));
        value
    }

    /// As cacache's; a lookup.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub async fn metadata(&self, key: impl AsRef<str>) -> Result<Option<Metadata>> {
        self.cache.get_async(::cacache::metadata(&self.path, key)).await
    }

    /// As cacache's; a lookup.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub fn metadata_sync(&self, key: impl AsRef<str>) -> Result<Option<Metadata>> {
        self.cache.get(|| ::cacache::metadata_sync(&self.path, key))
    }

    /// As cacache's; a set.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub async fn write(&self, key: impl AsRef<str>, data: impl AsRef<[u8]>) -> Result<Integrity> {
        let guard = self.cache.start_set();
        let written = ::cacache::write(&self.path, key, data).await;
        guard.end(written.as_ref().map(drop).write_result());
        written
    }

    /// As cacache's; a set.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub fn write_sync(&self, key: impl AsRef<str>, data: impl AsRef<[u8]>) -> Result<Integrity> {
        let guard = self.cache.start_set();
        let written = ::cacache::write_sync(&self.path, key, data);
        guard.end(written.as_ref().map(drop).write_result());
        written
    }

    /// As cacache's; a delete.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub async fn remove(&self, key: impl AsRef<str>) -> Result<()> {
        self.cache.delete_async(::cacache::remove(&self.path, key)).await
    }

    /// As cacache's; a delete.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub fn remove_sync(&self, key: impl AsRef<str>) -> Result<()> {
        self.cache.delete(|| ::cacache::remove_sync(&self.path, key))
    }

    /// As cacache's; an `other` operation.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub async fn clear(&self) -> Result<()> {
        self.cache.other_async(::cacache::clear(&self.path)).await
    }

    /// As cacache's; an `other` operation.
    ///
    /// # Errors
    ///
    /// Those of cacache.
    pub fn clear_sync(&self) -> Result<()> {
        self.cache.other(|| ::cacache::clear_sync(&self.path))
    }

    /// The directory, for what is not to be counted.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

/// That nothing is there is an error in cacache.
fn read_result(value: &Result<Vec<u8>>) -> GetResult {
    match value {
        Err(Error::EntryNotFound(..)) => GetResult::Miss,
        Err(Error::IoError(error, _)) if error.kind() == io::ErrorKind::NotFound => GetResult::Miss,
        value => value.as_ref().map(Some).get_result(),
    }
}
