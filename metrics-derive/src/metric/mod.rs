//! `#[metric]`: a static that the registry finds.

pub(crate) mod declared;
pub(crate) mod parse;
mod quantiles;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Path};
use tallymark_rules::Kind;

use crate::{errors::Errors, naming::kind_of, tokens::first_span};
use declared::{Declared, entries_ident, is_counter};
pub(crate) use parse::Static;
use parse::{Builders, Options};

/// All that is known about one declaration.
pub(crate) struct Metric {
    pub(crate) item: Static,
    pub(crate) declared: Declared,
    pub(crate) builders: Builders,
    pub(crate) krate: Path,
}

impl Metric {
    /// Joins a static and the options it was given.
    pub(crate) fn new(mut item: Static, options: Options, errors: &mut Errors) -> Self {
        let kind = kind_of(&item.ty);
        match kind {
            Kind::Histogram => give_buckets(&mut item, HISTOGRAM, &options.krate, errors),
            Kind::GaugeHistogram => give_buckets(&mut item, GAUGE_HISTOGRAM, &options.krate, errors),
            _ => {}
        }
        if let Some(quantiles) = &options.builders.quantiles {
            quantiles.check_kind(kind, errors);
        }
        if let (Kind::GaugeHistogram, Some(across)) = (kind, &options.builders.across) {
            let text = "`across` goes on a gauge or an up-down counter; where several processes have one exposition, a gauge \
                        histogram is that of the process that is scraped: leave it out";
            errors.at(across.span(), text);
        }
        let declared = Declared::new(&item.ident, &item.attrs, kind, &options.naming, errors);
        Self { item, declared, builders: options.builders, krate: options.krate }
    }
}

const HISTOGRAM: &str = "a histogram takes the upper bounds of its buckets: `Histogram::new(buckets![0.1, 0.5, 2.5])`; \
                         `bucket_layouts::DEFAULT` has some for durations of requests";
const GAUGE_HISTOGRAM: &str = "a gauge histogram takes the upper bounds of its buckets: \
                               `GaugeHistogram::new(buckets![1.0, 60.0, 3600.0])`";

/// Reports `Histogram::new()`, and gives it buckets, so that the compiler has nothing more to say about it.
fn give_buckets(item: &mut Static, message: &str, krate: &Path, errors: &mut Errors) {
    let mut tokens: Vec<TokenTree> = item.init.clone().into_iter().collect();
    let [.., TokenTree::Ident(word), TokenTree::Group(arguments)] = tokens.as_mut_slice() else { return };
    if *word == "new" && arguments.stream().is_empty() {
        errors.at(arguments.span(), message);
        *arguments = Group::new(Delimiter::Parenthesis, quote!(#krate::buckets![]));
        item.init = tokens.into_iter().collect();
    }
}

/// `#[metric(args)] item`
pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let krate = options.krate.clone();
    let item = match syn::parse2::<Static>(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let metric = Metric::new(item, options, &mut errors);
    if errors.is_empty() {
        return one(&krate, &metric);
    }
    let (item, errors) = (&metric.item, errors.into_tokens());
    quote!(#item #errors)
}

/// The static, and one element for the registry.
fn one(krate: &Path, metric: &Metric) -> TokenStream {
    let item = with_builders(metric);
    let ident = &metric.item.ident;
    let vis = &metric.item.vis;
    let entries = entries_ident(ident);
    let entry =
        metric.declared.placed_entry(krate, &metric.item.ty, Some(&metric.item.init), &quote!(&#ident));
    let cfg = metric.item.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    let submit = if is_counter(&metric.item.ty) {
        let ty = &metric.item.ty;
        submit_as(krate, &metric.declared, &quote!(counter(#entries, <#ty>::bare(&#ident))))
    } else {
        submit(krate, &metric.declared, &entries)
    };
    let cfg_again = cfg.clone();
    quote_spanned! {Span::mixed_site()=>
        #item
        #(#cfg)*
        #[doc(hidden)]
        #vis static #entries: &[#krate::__private_v4::Entry] = &[#entry];
        #(#cfg_again)*
        #submit
    }
}

/// The static as written, with the options as calls on its initializer.
pub(crate) fn with_builders(metric: &Metric) -> TokenStream {
    let item = &metric.item;
    let Builders { max_series, expire_after, init, across, quantiles } = &metric.builders;
    let mut calls = TokenStream::new();
    if let Some(series) = max_series {
        let span = first_span(&series.to_token_stream());
        calls.extend(quote_spanned!(span=> .declared_max_series(#series)));
    }
    if let Some(seconds) = expire_after {
        calls.extend(quote!(.expire_after(#seconds)));
    }
    if let Some(span) = init {
        calls.extend(quote_spanned!(*span=> .declared_init()));
    }
    if let Some(across) = across {
        let krate = &metric.krate;
        calls.extend(quote_spanned!(across.span()=> .across(#krate::__private_v4::Across::#across)));
    }
    quantiles.to_tokens(&mut calls);
    if calls.is_empty() {
        return quote!(#item);
    }
    let Static { attrs, vis, keyword, ident, colon, ty, equals, init, semicolon } = item;
    quote!(#(#attrs)* #vis #keyword #ident #colon #ty #equals (#init) #calls #semicolon)
}

/// Puts a static list of entries, the first of which is known, into the distributed slice.
pub(crate) fn submit(krate: &Path, first: &Declared, entries: &Ident) -> TokenStream {
    submit_as(krate, first, &quote!(Metrics(#entries)))
}

fn submit_as(krate: &Path, first: &Declared, element: &TokenStream) -> TokenStream {
    let name = element_ident(first);
    quote! {
        const _: () = {
            #krate::__private_v4::submit!(#name: #krate::__private_v4::Element::#element);
        };
    }
}

/// How long names of elements are filled up to be.
const ELEMENT: usize = 40;

/// The name of an element, which sorts as that of its first metric does.
///
/// The compiler puts elements into the order of their symbols. In those, names come behind their lengths, so all of them
/// get one length, if they are not unusually long. Then the registry finds most names sorted, and what belongs to them
/// side by side. Nothing depends on it.
fn element_ident(first: &Declared) -> Ident {
    let name: String =
        first.sorts_as().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format_ident!("element_{name:0<ELEMENT$}", span = Span::mixed_site())
}

#[cfg(test)]
mod tests;
