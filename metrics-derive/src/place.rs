//! Where an item stands, as tokens that the compiler turns into text.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

/// A `Place` for the item whose name has this span.
///
/// `line!` answers with the line of the outermost macro call unless its own tokens come from the source, so it
/// carries the span of the name. `option_env!` and not `env!`, because build systems other than cargo set no such
/// variable.
pub(crate) fn of(krate: &Path, span: Span) -> TokenStream {
    let line = line(span);
    quote! {
        #krate::__private::Place {
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

/// The line of that span.
pub(crate) fn line(span: Span) -> TokenStream {
    quote_spanned!(span=> ::core::line!())
}
