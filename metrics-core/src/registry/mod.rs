//! All metrics of the program.

mod slice;

#[doc(hidden)]
pub use slice::SLICE;

use crate::{element::Element, element::Entry, function::FunctionSite, model::ModelSite};

/// All elements.
pub(crate) fn elements() -> impl Iterator<Item = Element> {
    SLICE.iter().copied()
}

/// All declared metrics.
pub(crate) fn entries() -> impl Iterator<Item = &'static Entry> {
    elements()
        .filter_map(|element| match element {
            Element::Metrics(entries) => Some(entries),
            _ => None,
        })
        .flatten()
}

/// All functions under `#[timed]`.
pub(crate) fn functions() -> impl Iterator<Item = &'static FunctionSite> {
    elements().filter_map(|element| match element {
        Element::Function(site) => Some(site),
        _ => None,
    })
}

/// All models.
pub(crate) fn models() -> impl Iterator<Item = &'static ModelSite> {
    elements().filter_map(|element| match element {
        Element::Model(site) => Some(site),
        _ => None,
    })
}
