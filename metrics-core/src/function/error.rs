//! Errors by kind.

use super::FunctionSite;
use crate::{label::LabelSet, value::Counter};

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
