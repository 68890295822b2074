//! `#[gauge_fn]`: a function that is called at every scrape.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Ident, Path, Token, Visibility,
    parse::{ParseStream, Parser},
};
use tallymark_rules::Kind;

use crate::{
    args::Args,
    errors::Errors,
    function::{Signature, is_function},
    metric::{
        declared::{Declared, entries_ident},
        parse::Naming,
        submit,
    },
};

/// A function without arguments; its body does not matter here.
struct Function {
    attrs: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    /// What it returns.
    ty: Option<TokenStream>,
}

/// All that is known about one declaration.
struct Gauge {
    krate: Path,
    function: Function,
    declared: Declared,
}

/// `#[gauge_fn(args)] fn …`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let gauge = function(item.clone(), &mut errors).map(|function| {
        let declared =
            Declared::new(&function.ident, &function.attrs, Kind::Gauge, &options.naming, &mut errors);
        Gauge { krate: options.krate, function, declared }
    });
    let registration = match gauge {
        Some(gauge) if errors.is_empty() => registration(&gauge),
        _ => errors.into_tokens(),
    };
    quote!(#item #registration)
}

/// Everything that `#[gauge_fn]` takes.
struct Options {
    krate: Path,
    naming: Naming,
}

impl Options {
    /// Reads the arguments and reports what it does not know.
    fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[gauge_fn]`", tokens, errors);
        let options = Self { krate: args.krate(errors), naming: Naming::take(&mut args, errors) };
        args.finish(
            &["name", "namespace", "subsystem", "help", "unit", "allow(…)", "alert(…)", "panel(…)", "crate"],
            errors,
        );
        options
    }
}

/// Reads the head of a function and reports whatever keeps it from being called at a scrape.
fn function(tokens: TokenStream, errors: &mut Errors) -> Option<Function> {
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        if !is_function(input) {
            return Err(
                input.error("`#[gauge_fn]` goes on a function without arguments that returns a number")
            );
        }
        let sig: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error("`#[gauge_fn]` needs a function with a body"));
        }
        input.parse::<TokenStream>()?;
        Ok((attrs, vis, sig))
    };
    let (attrs, vis, sig) = errors.keep(parser.parse2(tokens))?;
    if let Some(asyncness) = sig.qualifier("async") {
        errors.spanned(asyncness, "`#[gauge_fn]` is called while metrics are written, where nothing can be awaited; `#[gauge_refresh(every = \"60s\")]` awaits it in a task now and then");
    }
    if let Some(unsafety) = sig.qualifier("unsafe") {
        errors.spanned(
            unsafety,
            "`#[gauge_fn]` is called by the scrape, which cannot promise what an `unsafe fn` asks for",
        );
    }
    if let Some(argument) = sig.arguments().first() {
        errors.spanned(argument, "`#[gauge_fn]` is called by the scrape, which has no arguments to give: read what it needs from a static");
    }
    if let Some(parameter) = sig.parameters().first() {
        errors.spanned(
            parameter,
            "`#[gauge_fn]` cannot be generic: the scrape would not know which one to call",
        );
    }
    if sig.output.is_none() {
        errors
            .spanned(&sig.ident, "`#[gauge_fn]` returns the number to show: an integer, a float or a `bool`");
    }
    Some(Function { attrs, vis, ident: sig.ident, ty: sig.output.map(|output| output.ty) })
}

/// A gauge that calls the function, and one element for the registry.
fn registration(gauge: &Gauge) -> TokenStream {
    let Gauge { krate, function, declared } = gauge;
    let (ident, vis) = (&function.ident, &function.vis);
    let entries = entries_ident(ident);
    let entry = declared.placed_entry(krate, &quote!(#krate::__private_v4::GaugeFn), None, &quote!(&__GAUGE));
    let submit = submit(krate, declared, &entries);
    // Naming the type shows it, and not the attribute, where it is no number.
    let ty = function.ty.as_ref().map_or_else(|| quote!(_), |ty| quote!(#ty));
    let to_number = quote!(<#ty as #krate::__private_v4::ToNumber>::to_number);
    let cfg: Vec<_> = function.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc(hidden)]
        #vis static #entries: &[#krate::__private_v4::Entry] = {
            static __GAUGE: #krate::__private_v4::GaugeFn = #krate::__private_v4::GaugeFn::new(|| #to_number(#ident()));
            &[#entry]
        };
        #(#cfg)*
        #submit
    }
}
