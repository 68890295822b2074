//! `register!`: hands metrics to the registry where the linker does not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{
    Path, Token, parenthesized,
    parse::{Parse, ParseStream, Parser, Result},
    punctuated::Punctuated,
};

use crate::{krate, metric::declared::entries_ident};

/// One thing to register.
enum Target {
    /// A static under `#[metric]` or a function under `#[gauge_fn]`.
    Item(Path),
    /// A module under `#[metrics]`.
    Module(Path),
}

impl Parse for Target {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.parse::<Option<Token![mod]>>()?.is_some() {
            return input.call(Path::parse_mod_style).map(Self::Module);
        }
        input.call(Path::parse_mod_style).map(Self::Item)
    }
}

/// `register!(…)`
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    match list.parse2(tokens) {
        Ok((krate, targets)) => registration(&krate, targets),
        Err(error) => error.into_compile_error(),
    }
}

/// `crate(path)` may stand first.
fn list(input: ParseStream<'_>) -> Result<(Path, Vec<Target>)> {
    let mut krate = krate::default();
    if input.peek(Token![crate]) && input.peek2(syn::token::Paren) {
        input.parse::<Token![crate]>()?;
        let content;
        parenthesized!(content in input);
        krate = content.call(Path::parse_mod_style)?;
        input.parse::<Option<Token![,]>>()?;
    }
    if input.is_empty() {
        return Err(input.error("expected what to register: `STATIC`, or `mod module`, with commas between"));
    }
    Ok((krate, Punctuated::<Target, Token![,]>::parse_terminated(input)?.into_iter().collect()))
}

fn registration(krate: &Path, targets: Vec<Target>) -> TokenStream {
    let entries = targets.into_iter().map(|target| match target {
        Target::Item(mut path) => {
            if let Some(last) = path.segments.last_mut() {
                last.ident = entries_ident(&last.ident);
            }
            path
        }
        Target::Module(mut path) => {
            path.segments.push(Ident::new("__METRICS", Span::mixed_site()).into());
            path
        }
    });
    quote_spanned! {Span::mixed_site()=> {
        static __ELEMENTS: &[#krate::__private_v4::Element] = &[#(#krate::__private_v4::Element::Metrics(#entries)),*];
        #krate::registry::register(__ELEMENTS);
    }}
}
