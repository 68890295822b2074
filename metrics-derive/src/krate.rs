//! The path of the `tallymark` crate in generated code.

use proc_macro2::Span;
use syn::{Ident, Path, PathSegment, Token, punctuated::Punctuated};

/// `::tallymark`, unless `crate = path` says otherwise.
pub(crate) fn default() -> Path {
    let span = Span::mixed_site();
    let mut segments = Punctuated::new();
    segments.push_value(PathSegment::from(Ident::new("tallymark", span)));
    Path { leading_colon: Some(Token![::](span)), segments }
}
