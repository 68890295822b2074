//! The beginnings of paths in generated code, and where an item is.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
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

/// A `Place` for the item whose name has this span.
///
/// `line!` returns the line of the outermost macro call unless its own tokens come from the source, so it
/// carries the span of the name. `option_env!` and not `env!`, because build systems other than cargo set no such
/// variable.
pub(crate) fn place(krate: &Path, span: Span) -> TokenStream {
    let line = line(span);
    quote! {
        #krate::__private_v4::Place {
            package: match ::core::option_env!("CARGO_PKG_NAME") {
                ::core::option::Option::Some(package) => package,
                ::core::option::Option::None => "",
            },
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: #line,
        }
    }
}

/// The line of that span. The call has the span, and so the line. The path has not: it is one of this crate's edition, as
/// the user's may be that of 2015, where `::core` is something in the user's crate.
pub(crate) fn line(span: Span) -> TokenStream {
    let name = Ident::new("__tallymark_line", span);
    let call = quote_spanned!(span=> #name!());
    quote_spanned!(Span::mixed_site()=> { use ::core::line as #name; #call })
}
