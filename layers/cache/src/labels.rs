//! What the operations of a cache are told apart by.

use crate::{LabelSet, LabelValue};

/// How a lookup ended. The text of each value is its name in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = crate)]
#[non_exhaustive]
pub enum GetResult {
    /// There was a value.
    Hit,
    /// There was none.
    Miss,
    /// The cache failed, or the lookup panicked.
    Error,
    /// Nobody waited for the answer any more: the future was dropped, or the transaction that the lookup was part of
    /// was not carried out.
    Cancelled,
}

/// How an operation ended that is not a lookup. The text of each value is its name in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = crate)]
#[non_exhaustive]
pub enum WriteResult {
    /// It was done.
    Ok,
    /// The cache answered that nothing changed: there was nothing to delete, or the condition of a set did not hold.
    Unchanged,
    /// The cache failed, or the operation panicked.
    Error,
    /// Nobody waited for the answer any more. Whether it was done is not known.
    Cancelled,
}

/// Why the cache itself took an entry out. The text of each value is its name in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = crate)]
#[non_exhaustive]
pub enum EvictionCause {
    /// To make room.
    Size,
    /// Its time was over.
    Expired,
}

/// What durations are told apart by. The text of each value is its name in lower case.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = crate)]
#[non_exhaustive]
pub enum Operation {
    /// A lookup.
    Get,
    /// A lookup that found nothing and loaded the value: the loading is in its time.
    Load,
    /// Storing one value or several.
    Set,
    /// Taking out one value or several.
    Delete,
    /// Anything else.
    Other,
    /// Several commands in one round trip.
    Pipeline,
}

#[derive(LabelSet)]
#[label(crate = crate)]
pub(super) struct GetLabels<'a> {
    pub(super) cache: &'a str,
    pub(super) backend: &'a str,
    pub(super) result: GetResult,
}

#[derive(LabelSet)]
#[label(crate = crate)]
pub(super) struct WriteLabels<'a> {
    pub(super) cache: &'a str,
    pub(super) backend: &'a str,
    pub(super) result: WriteResult,
}

#[derive(LabelSet)]
#[label(crate = crate)]
pub(super) struct EvictionLabels<'a> {
    pub(super) cache: &'a str,
    pub(super) backend: &'a str,
    pub(super) cause: EvictionCause,
}

#[derive(LabelSet)]
#[label(crate = crate)]
pub(super) struct OperationLabels<'a> {
    pub(super) cache: &'a str,
    pub(super) backend: &'a str,
    pub(super) operation: Operation,
}

/// The only label that django-prometheus has.
#[derive(LabelSet)]
#[label(crate = crate)]
pub(super) struct BackendLabel<'a> {
    pub(super) backend: &'a str,
}
