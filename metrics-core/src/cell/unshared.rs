//! What other processes are told of series: nothing, since cells are in no file that they read.

use std::time::Duration;

/// A bucket of a native histogram.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "nobody is told")]
pub(crate) struct NativeRecord {
    pub(crate) series: u32,
    pub(crate) cell: u32,
    pub(crate) key: i32,
    pub(crate) schema: i8,
    pub(crate) side: u8,
    pub(crate) threshold: f64,
}

/// Whether other processes read what is counted.
#[inline(always)]
pub(crate) const fn is_shared() -> bool {
    false
}

/// How often this process was forked off since it counts in a file.
#[inline(always)]
pub(crate) const fn forks() -> u32 {
    0
}

#[inline(always)]
pub(crate) fn exemplar<P>(_: u64, _: (u32, usize), _: f64, _: Duration, _: P) -> u64 {
    0
}

#[inline(always)]
pub(crate) fn native(_: NativeRecord) {}

#[inline(always)]
pub(crate) fn removed(_: u32, _: &[u64]) {}

#[inline(always)]
pub(crate) fn removed_native(_: u32, _: u64) {}
