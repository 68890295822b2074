//! The path of the `tallymark` crate in generated code.

use proc_macro2::Span;
use syn::{Ident, Path, PathSegment, Token, punctuated::Punctuated};

/// The path with the place of something else, where mistakes in what it is used with are shown.
pub(crate) fn located_at(krate: &Path, place: Span) -> Path {
    let mut path = krate.clone();
    if let Some(colons) = &mut path.leading_colon {
        colons.spans = colons.spans.map(|span| span.located_at(place));
    }
    for segment in &mut path.segments {
        segment.ident.set_span(segment.ident.span().located_at(place));
    }
    path
}

/// `::tallymark`, unless `crate = path` says otherwise.
pub(crate) fn default() -> Path {
    let span = Span::mixed_site();
    let mut segments = Punctuated::new();
    segments.push_value(PathSegment::from(Ident::new("tallymark", span)));
    Path { leading_colon: Some(Token![::](span)), segments }
}
