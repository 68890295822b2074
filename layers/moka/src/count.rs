//! From what moka reports to what is counted.

use moka::{Entry, notification::RemovalCause, ops::compute::CompResult};
use tallymark_cache::{Cache, EvictionCause, Evictions, ToGetResult, WriteResult};

/// Counts an entry that moka reports to an eviction listener, if it is an eviction: moka reports replaced and removed
/// ones as well.
///
/// For caches that are built with an eviction listener of their own, and wrapped afterwards:
///
/// ```
/// use tallymark_moka::{BuildError, Cache, count_eviction, sync::InstrumentedCache};
///
/// # fn main() -> Result<(), BuildError> {
/// let settings = Cache::builder("thumbnails").backend("moka");
/// let evictions = settings.clone().build()?.evictions();
/// let thumbnails = moka::sync::Cache::builder()
///     .max_capacity(100)
///     .eviction_listener(move |_, _, cause| count_eviction(evictions, cause))
///     .build_with_hasher(std::collections::hash_map::RandomState::new());
/// let thumbnails = InstrumentedCache::wrap(settings, thumbnails)?;
/// thumbnails.insert("a.png", vec![0_u8]);
/// # Ok(())
/// # }
/// ```
pub fn count_eviction(evictions: Evictions, cause: RemovalCause) {
    match cause {
        RemovalCause::Size => evictions.count(EvictionCause::Size),
        RemovalCause::Expired => evictions.count(EvictionCause::Expired),
        RemovalCause::Explicit | RemovalCause::Replaced => {}
    }
}

/// Counts what a closure made of an entry.
pub(crate) fn count_computed<K, V>(cache: &Cache, result: &CompResult<K, V>) {
    match result {
        CompResult::Inserted(_) | CompResult::ReplacedWith(_) => cache.count_sets(WriteResult::Ok, 1),
        CompResult::Removed(_) => cache.count_deletes(WriteResult::Ok, 1),
        CompResult::StillNone(_) | CompResult::Unchanged(_) => {}
    }
}

/// Wraps a closure that computes an entry: what it is given makes the lookup a hit or a miss.
pub(crate) fn counting_lookup<K, V, T>(
    cache: &Cache,
    compute: impl FnOnce(Option<Entry<K, V>>) -> T,
) -> impl FnOnce(Option<Entry<K, V>>) -> T {
    move |entry| {
        cache.count_gets(entry.to_get_result(), 1);
        compute(entry)
    }
}
