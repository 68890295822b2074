//! There is no such file.

use crate::{
    declared::Entry,
    series::{ErasedSeries, Shape, Store},
};

/// A family that series are published of: there is none.
#[derive(Clone, Copy)]
pub(crate) enum Published {}

#[inline(always)]
pub(crate) fn built_in(_: &'static [Entry]) {}

#[inline(always)]
pub(crate) fn family(_: &ErasedSeries, _: Store) -> Option<Published> {
    None
}

#[inline(always)]
pub(crate) fn series(_: Option<Published>, _: u32, _: &[&str]) {}

#[inline(always)]
pub(crate) fn row(_: &ErasedSeries, _: Shape, _: Store, _: u32) {}

#[inline(always)]
pub(crate) fn plain_counter(_: &'static Entry, _: u32) {}

#[inline(always)]
pub(crate) fn part(_: &'static Entry, _: u32, _: u32, _: Part, _: &[&str]) {}

#[inline(always)]
pub(crate) fn begin() {}

#[inline(always)]
pub(crate) fn all_facts() {}

#[inline(always)]
pub(crate) fn facts_of(_: usize) -> Option<u32> {
    None
}

#[inline(always)]
pub(crate) fn facts<P>(_: u64, _: u32, _: P) -> u64 {
    0
}

/// Which cells of several that are counted in together are a series.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "there is nothing to publish")]
pub(crate) struct Part {
    pub(crate) floats: (u16, u16),
    pub(crate) integers: (u16, u16),
    pub(crate) level: bool,
    pub(crate) bounds: &'static [f64],
    pub(crate) hides_zero: bool,
}
