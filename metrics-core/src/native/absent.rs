//! In place of native histograms where the feature `native-histograms` is off: there are none.

use crate::{cell::Scope, snapshot::NativeHistogram};

/// Nobody has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Native {}

impl Native {
    pub(crate) fn nothing(self) -> NativeHistogram {
        match self {}
    }
}

/// Nobody has any.
#[derive(Debug)]
pub(crate) enum NativeBuckets {}

impl NativeBuckets {
    pub(crate) fn new(native: Native) -> Self {
        match native {}
    }

    pub(crate) fn observe(&self, _: f64) {
        match *self {}
    }

    pub(crate) fn read(&self, _: Scope) -> NativeHistogram {
        match *self {}
    }

    pub(crate) fn forget(&self) {
        match *self {}
    }
}
