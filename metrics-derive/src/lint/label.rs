//! What a label may be called.
//!
//! Sources: Prometheus, "Metric and label naming" and "Data model"; OpenMetrics 1.0, "Label names".

use proc_macro2::Span;

use super::{is_snake_case, is_word};
use crate::errors::Errors;

/// What a label's name comes from, if it is not given: whose name it is, and how to give another.
#[derive(Clone, Copy)]
pub(crate) enum Whence {
    Field,
    Enum,
}

impl Whence {
    fn other_name(self) -> &'static str {
        match self {
            Self::Field => "with `#[label(rename = \"…\")]` if the field keeps its name",
            Self::Enum => "with `#[label(name = \"…\")]` if the enum keeps its name",
        }
    }
}

/// Reports all rules that a label name breaks.
pub(crate) fn check(text: &str, span: Span, allow_name: bool, whence: Whence, errors: &mut Errors) {
    if !is_word(text) {
        errors.at(
            span,
            format_args!(
                "`{text}` cannot be a label name: it consists of letters, digits and underscores, and does not begin \
                 with a digit"
            ),
        );
    } else if text.starts_with("__") {
        errors.at(
            span,
            format_args!(
                "`{text}` cannot be a label name: names that begin with `__` belong to Prometheus itself"
            ),
        );
    } else if text == "le" || text == "quantile" {
        errors.at(
            span,
            format_args!(
                "`{text}` cannot be a label name: `le` and `quantile` belong to histograms and summaries; choose \
                 another one, {}",
                whence.other_name()
            ),
        );
    } else if !allow_name && !is_snake_case(text) {
        errors.at(
            span,
            format_args!(
                "`{text}` is not lower snake case: a label name is made of lower-case letters and digits, with one \
                 underscore between words; or write `#[label(allow(name))]`"
            ),
        );
    }
}
