//! The labels of a cache's series, and their values.

use tallymark_derive::{LabelSet, LabelValue};

/// How a lookup ended: the label `result` of `cache_gets_total`. The text of each value is its name in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum GetResult {
    /// The key had a value.
    Hit,
    /// The key had no value.
    Miss,
    /// The cache failed, or the lookup panicked.
    Error,
    /// Nobody waited for the result any more: the future was dropped, or the transaction that the lookup was part of
    /// was not carried out.
    Cancelled,
}

/// How an operation other than a lookup ended: the label `result` of its family. The text of each value is its name in
/// lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum WriteResult {
    /// The operation was carried out.
    Ok,
    /// The cache reports that nothing changed: there was nothing to delete, or the condition of a set did not hold.
    Unchanged,
    /// The cache failed, or the operation panicked.
    Error,
    /// Nobody waited for the result any more. Whether the operation was carried out is unknown.
    Cancelled,
}

/// Why the cache itself removed an entry: the label `cause` of `cache_evictions_total`. The text of each value is its
/// name in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum EvictionCause {
    /// To make room for other entries.
    Size,
    /// Its time to live or to idle was over.
    Expired,
}

/// What took the time: the label `operation` of `cache_operation_duration_seconds`. The text of each value is its name
/// in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core)]
#[non_exhaustive]
pub enum CacheOperation {
    /// A lookup.
    Get,
    /// A lookup that found nothing and loaded the value. Its time includes that of the loader.
    Load,
    /// Storing one value or several.
    Set,
    /// Deleting one value or several.
    Delete,
    /// Any other operation.
    Other,
    /// Several commands in one round trip.
    Pipeline,
}

/// An operation other than a lookup: which of the three families of writes it is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WriteKind {
    /// Stores keys: `cache_sets_total`.
    Set,
    /// Deletes keys: `cache_deletes_total`.
    Delete,
    /// Anything else, such as clearing the cache: `cache_other_operations_total`.
    Other,
}

impl WriteKind {
    /// Returns the operation under which the time of such a write is measured.
    pub const fn operation(self) -> CacheOperation {
        match self {
            Self::Set => CacheOperation::Set,
            Self::Delete => CacheOperation::Delete,
            Self::Other => CacheOperation::Other,
        }
    }
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct GetLabels<'a> {
    pub(crate) cache: &'a str,
    pub(crate) backend: &'a str,
    pub(crate) result: GetResult,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct WriteLabels<'a> {
    pub(crate) cache: &'a str,
    pub(crate) backend: &'a str,
    pub(crate) result: WriteResult,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct EvictionLabels<'a> {
    pub(crate) cache: &'a str,
    pub(crate) backend: &'a str,
    pub(crate) cause: EvictionCause,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct OperationLabels<'a> {
    pub(crate) cache: &'a str,
    pub(crate) backend: &'a str,
    pub(crate) operation: CacheOperation,
}

/// The only label that django-prometheus has for caches.
#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(crate) struct BackendLabel<'a> {
    pub(crate) backend: &'a str,
}
