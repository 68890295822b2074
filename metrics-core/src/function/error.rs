//! Errors by kind.

use super::site::FunctionSite;
use crate::{
    label::{LabelSet, LabelValue},
    value::Counter,
};

/// The labels of `function_errors_total`.
pub(super) struct FunctionError<'a> {
    module: &'a str,
    function: &'a str,
    error: &'a str,
}

impl LabelSet for FunctionError<'_> {
    type Borrowed<'a> = FunctionError<'a>;
    const NAMES: &'static [&'static str] = &["module", "function", "error"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(self.module);
        f(self.function);
        f(self.error);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

pub(super) static FUNCTION_ERRORS_TOTAL: Counter<FunctionError<'static>> = Counter::new();

pub(super) fn count(site: &FunctionSite, kind: &str) {
    let meta = site.meta();
    let labels = FunctionError { module: meta.place.module, function: meta.function, error: kind };
    FUNCTION_ERRORS_TOTAL.with(labels).inc();
}

/// A call in progress whose error is counted by kind.
pub trait CountsErrors {
    /// Counts an error of this kind beside the outcome, in `function_errors_total`.
    fn count_error(&self, kind: &impl LabelValue);
}

/// An error that is its own kind.
#[diagnostic::on_unimplemented(
    message = "the error `{Self}` is not the value of a label",
    label = "`error` alone needs an error that is a `LabelValue`",
    note = "write `error = path`, with a function or closure from `&{Self}` to a label value, such as `error = |error| error.kind().to_string()`",
    note = "or derive `LabelValue` for the error"
)]
pub trait ErrorKind {
    /// The type of the label value.
    type Kind: LabelValue;

    /// Returns the label value.
    fn kind(&self) -> &Self::Kind;
}

impl<E: LabelValue> ErrorKind for E {
    type Kind = E;

    fn kind(&self) -> &E {
        self
    }
}

/// Counts an error by the kind that a function or closure has given it.
pub fn count_error(guard: &impl CountsErrors, kind: &impl LabelValue) {
    guard.count_error(kind);
}

/// Counts an error that is its own kind.
pub fn count_error_itself(guard: &impl CountsErrors, error: &impl ErrorKind) {
    guard.count_error(error.kind());
}
