//! An annotated function, and where its calls are counted.

use crate::{cell::First, descriptor::Place};

/// What the macro knows about a function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionMeta {
    /// Its name, with its type's where that is known: `Store::insert`.
    pub function: &'static str,
    /// Where it is.
    pub place: Place,
    /// Whether its end can be a cancellation.
    pub is_async: bool,
    /// Whether calls in progress are counted as well.
    pub in_flight: bool,
}

/// The calls of one function.
#[derive(Debug)]
pub struct FunctionSite {
    meta: FunctionMeta,
    pub(super) first: First,
    /// Two more slots, for calls in progress.
    pub(super) in_flight: First,
}

impl FunctionSite {
    /// A function that has not been called.
    pub const fn new(meta: FunctionMeta) -> Self {
        Self { meta, first: First::new(), in_flight: First::new() }
    }

    /// What the macro knows about it.
    pub fn meta(&self) -> &FunctionMeta {
        &self.meta
    }
}
