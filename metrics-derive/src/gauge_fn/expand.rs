//! What `#[gauge_fn]` leaves behind.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::Gauge;
use crate::metric::{declared::entries_ident, expand::submit};

/// A gauge that calls the function, and one element for the registry.
pub(super) fn registration(gauge: &Gauge) -> TokenStream {
    let Gauge { krate, function, declared } = gauge;
    let (ident, vis) = (&function.ident, &function.vis);
    let entries = entries_ident(ident);
    let entry = declared.placed_entry(krate, &quote!(#krate::__private::GaugeFn), &quote!(&__GAUGE));
    let submit = submit(krate, &entries);
    // Naming the type shows it, and not the attribute, where it is no number.
    let ty = function.ty.as_ref().map_or_else(|| quote!(_), |ty| quote!(#ty));
    let to_number = quote!(<#ty as #krate::__private::ToNumber>::to_number);
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
