//! An annotated function, and where its calls are counted.

use crate::{
    cell::First, declared::latency_fault, descriptor::Place, slo::Slo, value::bucket_layouts::FUNCTION,
};

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
    objective: Option<&'static FunctionObjective>,
}

/// What is promised of a function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionObjective {
    name: &'static str,
    slo: Slo,
}

impl FunctionObjective {
    /// Creates an objective. Its name is derived from the function's if it is empty.
    ///
    /// # Panics
    ///
    /// If the latency is no bound of the buckets that functions have; the message names the nearest. In a `static`, where
    /// the macros put it, that is a compile error.
    #[track_caller]
    pub const fn new(name: &'static str, slo: Slo) -> Self {
        if let Some(fault) = latency_fault(FUNCTION.bounds(), slo) {
            panic!("{}", fault.text());
        }
        Self { name, slo }
    }

    /// Returns the name; empty if it is derived.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the targets.
    pub(crate) fn slo(&self) -> Slo {
        self.slo
    }
}

impl FunctionSite {
    /// A function that has not been called.
    pub const fn new(meta: FunctionMeta) -> Self {
        Self { meta, first: First::new(), in_flight: First::new(), objective: None }
    }

    /// Adds an objective.
    #[must_use]
    pub const fn promising(mut self, objective: &'static FunctionObjective) -> Self {
        self.objective = Some(objective);
        self
    }

    /// What is promised of it.
    pub(crate) fn objective(&self) -> Option<&'static FunctionObjective> {
        self.objective
    }

    /// What the macro knows about it.
    pub fn meta(&self) -> &FunctionMeta {
        &self.meta
    }
}
