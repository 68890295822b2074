//! What annotated items leave behind for the registry to find.

use crate::{
    descriptor::{Descriptor, Kind, Place},
    function::FunctionSite,
    lint::Allow,
    metric::{Declare, Metric},
    model::ModelSite,
};

/// One declared metric: its description and the static itself.
pub struct Entry {
    /// What was declared.
    pub descriptor: Descriptor,
    /// The metric.
    pub metric: &'static dyn Metric,
}

/// The part of a declaration that the macro knows; kind and labels come from the type.
pub struct Declared {
    /// See [`Descriptor::name`].
    pub name: &'static str,
    /// See [`Descriptor::namespaced`].
    pub namespaced: bool,
    /// See [`Descriptor::help`].
    pub help: &'static str,
    /// See [`Descriptor::unit`].
    pub unit: Option<&'static str>,
    /// Rules that the author chose not to follow.
    pub allow: Allow,
    /// See [`Descriptor::place`].
    pub place: Place,
}

impl Entry {
    /// Joins declaration and static, and checks at compile time what could not be checked from tokens alone.
    ///
    /// # Panics
    ///
    /// If a naming rule is broken. In a `static`, where the macros put it, that is a compile error.
    #[track_caller]
    pub const fn new<M: Declare>(declared: Declared, metric: &'static M) -> Self {
        crate::lint::check(declared.name, M::KIND, M::LABELS, declared.unit, declared.allow);
        Self::unchecked(declared, metric)
    }

    /// The same for a declaration whose name was checked for a metric of this kind by the macro, which could not see the
    /// labels. Constant evaluation is slow, and names are what it would spend most of its time on; `build_thousand`
    /// in `benches/` builds a thousand declarations.
    ///
    /// # Panics
    ///
    /// As [`new`](Entry::new).
    #[track_caller]
    pub const fn named<M: Declare>(kind: Kind, declared: Declared, metric: &'static M) -> Self {
        if kind as u8 == M::KIND as u8 {
            crate::lint::check_labels(declared.name, kind, M::LABELS, declared.allow);
        } else {
            crate::lint::check(declared.name, M::KIND, M::LABELS, declared.unit, declared.allow);
        }
        Self::unchecked(declared, metric)
    }

    #[allow(clippy::needless_pass_by_value, reason = "made to be used up")]
    const fn unchecked<M: Declare>(declared: Declared, metric: &'static M) -> Self {
        Self {
            descriptor: Descriptor {
                name: declared.name,
                namespaced: declared.namespaced,
                help: declared.help,
                unit: declared.unit,
                kind: M::KIND,
                labels: M::LABELS,
                place: declared.place,
            },
            metric,
        }
    }
}

/// One element of the distributed slice.
#[derive(Clone, Copy)]
pub enum Element {
    /// Metrics declared with `#[metric]`, `#[metrics]` or `#[gauge_fn]`.
    Metrics(&'static [Entry]),
    /// A function under `#[timed]`.
    Function(&'static FunctionSite),
    /// A struct under `#[derive(ModelMetrics)]`.
    Model(&'static ModelSite),
}
