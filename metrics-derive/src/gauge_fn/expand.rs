//! What `#[gauge_fn]` leaves behind.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ReturnType;

use super::Gauge;
use crate::{
    args::first_span,
    metric::{declared::entries_ident, expand::submit},
};

/// A gauge that calls the function, and one element for the registry.
pub(super) fn registration(gauge: &Gauge) -> TokenStream {
    let Gauge { krate, function, declared } = gauge;
    let (ident, vis) = (&function.ident, &function.vis);
    let entries = entries_ident(ident);
    let entry = declared.placed_entry(krate, &quote!(&__GAUGE));
    let submit = submit(krate, &entries);
    // A return type that is no number is reported where it is written.
    let span = match &function.output {
        ReturnType::Type(_, ty) => first_span(ty),
        ReturnType::Default => ident.span(),
    };
    let to_number =
        quote_spanned!(span.resolved_at(Span::mixed_site())=> #krate::__private::ToNumber::to_number);
    let cfg: Vec<_> = function.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc(hidden)]
        #vis static #entries: &[#krate::__private::Entry] = {
            static __GAUGE: #krate::__private::GaugeFn = #krate::__private::GaugeFn::new(|| #to_number(#ident()));
            &[#entry]
        };
        #(#cfg)*
        #submit
    }
}
