//! What is put into a closure beside the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// What goes into a closure beside the body.
#[derive(Default)]
pub(super) struct Inside {
    /// Places outside of it for what is made inside.
    pub(super) slots: TokenStream,
    /// Statements right before it.
    pub(super) reborrows: TokenStream,
    /// Statements at its start.
    pub(super) early: TokenStream,
    /// Statements behind the arguments.
    pub(super) late: TokenStream,
}

impl Inside {
    /// Keeps what an expression makes of the arguments for the statements at the end.
    pub(super) fn slot(&mut self, name: &Ident, expression: &TokenStream, end: &TokenStream) -> TokenStream {
        self.keep(name, expression);
        quote_spanned! {Span::mixed_site()=>
            if let ::core::option::Option::Some(#name) = #name { #end }
        }
    }

    /// Keeps arguments for the statements at the end.
    pub(super) fn snapshot(
        &mut self,
        name: &Ident,
        arguments: &TokenStream,
        end: &TokenStream,
    ) -> TokenStream {
        self.keep(name, arguments);
        quote_spanned! {Span::mixed_site()=>
            if let ::core::option::Option::Some(#arguments) = #name { #end }
        }
    }

    fn keep(&mut self, name: &Ident, expression: &TokenStream) {
        let slot = inside_slot(name);
        self.slots.extend(quote_spanned!(Span::mixed_site()=> let mut #name = ::core::option::Option::None;));
        self.reborrows.extend(quote_spanned!(Span::mixed_site()=> let #slot = &mut #name;));
        // Under its own name as well, for what begins inside.
        self.late.extend(quote_spanned! {Span::mixed_site()=>
            let #name = ::core::option::Option::Some(#expression);
            *#slot = #name;
        });
    }
}

pub(super) fn inside_slot(name: &Ident) -> Ident {
    Ident::new(&format!("{name}_slot"), Span::mixed_site())
}
