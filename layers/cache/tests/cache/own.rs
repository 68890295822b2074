//! A cache as somebody might write it: versioned keys in a map, and a server that may be gone.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tallymark_cache::CacheBackend;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

#[derive(Default)]
pub(crate) struct OwnCache {
    values: Mutex<HashMap<String, String>>,
    pub(crate) gone: AtomicBool,
}

impl OwnCache {
    fn values(&self) -> Result<MutexGuard<'_, HashMap<String, String>>, Gone> {
        if self.gone.load(Ordering::Relaxed) {
            return Err(Gone);
        }
        Ok(self.values.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CacheBackend for OwnCache {
    type Key = str;
    type Value = String;
    type Error = Gone;
    const BACKEND: &'static str = "own";

    fn get(&self, key: &str) -> Result<Option<String>, Gone> {
        Ok(self.values()?.get(key).cloned())
    }

    fn set(&self, key: &str, value: String) -> Result<(), Gone> {
        self.values()?.insert(key.to_owned(), value);
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<bool, Gone> {
        Ok(self.values()?.remove(key).is_some())
    }

    fn entries(&self) -> Option<u64> {
        self.values().ok().map(|values| values.len() as u64)
    }
}
