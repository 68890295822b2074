//! Finding the statics of a module without parsing the rest of it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Ident, Meta, Path, Token, Visibility, braced,
    parse::{ParseStream, Parser, Result},
    token::Brace,
};

use crate::{
    args::Args,
    errors::{Errors, Seen},
    metric::{Metric, Static, parse::Options},
    text::Text,
    tokens,
};

/// A module, its statics understood and everything else kept as tokens.
pub(super) struct Module {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) mod_token: syn::Token![mod],
    pub(super) ident: Ident,
    pub(super) brace: Brace,
    pub(super) items: Vec<Item>,
}

/// What stands in the module.
pub(super) enum Item {
    Metric(Box<Metric>),
    Other(TokenStream),
}

/// What the module gives to each static that does not say otherwise.
pub(super) struct Defaults {
    pub(super) krate: Path,
    pub(super) namespace: Option<Text>,
    pub(super) subsystem: Option<Text>,
}

impl Defaults {
    /// Reads the arguments and reports what it does not know.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[metrics]`", tokens, errors);
        let defaults = Self {
            krate: args.krate(errors),
            namespace: args.text("namespace", errors),
            subsystem: args.text("subsystem", errors),
        };
        args.finish(&["namespace", "subsystem", "crate"], errors);
        defaults
    }
}

/// Reads a module. Mistakes in its statics go to `errors`; `Err` means that it is not a module with a body.
pub(super) fn module(tokens: TokenStream, defaults: &Defaults, errors: &mut Errors) -> Result<Module> {
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !input.peek(Token![mod]) {
            return Err(input.error("`#[metrics]` goes on a module; on a single static write `#[metric]`"));
        }
        let mod_token = input.parse()?;
        let ident = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error(
                "`#[metrics]` needs to see the statics: write the module's body here, or put `#[metric]` on each \
                 static in its file",
            ));
        }
        let content;
        let brace = braced!(content in input);
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(item(&content, defaults, errors)?);
        }
        check_names(&items, errors);
        Ok(Module { attrs, vis, mod_token, ident, brace, items })
    };
    parser.parse2(tokens)
}

/// Reports names that stand twice in the module. Those under a `cfg` may be meant to exclude each other.
fn check_names(items: &[Item], errors: &mut Errors) {
    let mut seen = Seen::default();
    let mut alerts = Seen::default();
    for item in items {
        let Item::Metric(metric) = item else { continue };
        if metric.item.attrs.iter().any(|attr| attr.path().is_ident("cfg")) {
            continue;
        }
        for alert in metric.declared.annotations.alert_names() {
            if let Some(first) = alerts.insert(&alert.value(), &metric.item.ident) {
                errors.at(
                    alert.span(),
                    format_args!(
                        "an alert on `{first}` is called `{}` already; two alerts cannot have one name",
                        alert.value()
                    ),
                );
            }
        }
        // Whether two constants are the same, `registry::check` says.
        let Some(name) = metric.declared.name.known() else { continue };
        if let Some(first) = seen.insert(name, &metric.item.ident) {
            errors.at(
                metric.declared.span,
                format_args!("`{first}` is called `{name}` already; two metrics cannot have one name"),
            );
        }
    }
}

fn item(input: ParseStream<'_>, defaults: &Defaults, errors: &mut Errors) -> Result<Item> {
    let inner = input.call(Attribute::parse_inner)?;
    if !inner.is_empty() {
        return Ok(Item::Other(inner.iter().map(ToTokens::to_token_stream).collect()));
    }
    let attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    if input.peek(Token![static]) {
        return statik(attrs, vis, input, defaults, errors);
    }
    let mut tokens = TokenStream::new();
    for attr in &attrs {
        namespaced_gauge(attr, defaults).unwrap_or_else(|| attr.to_token_stream()).to_tokens(&mut tokens);
    }
    vis.to_tokens(&mut tokens);
    tokens::item(input, &mut tokens)?;
    Ok(Item::Other(tokens))
}

fn statik(
    mut attrs: Vec<Attribute>,
    vis: Visibility,
    input: ParseStream<'_>,
    defaults: &Defaults,
    errors: &mut Errors,
) -> Result<Item> {
    let mut args = TokenStream::new();
    let (own, others): (Vec<Attribute>, Vec<Attribute>) =
        std::mem::take(&mut attrs).into_iter().partition(|attr| is(attr, "metric"));
    attrs = others;
    for (at, attr) in own.iter().enumerate() {
        if at > 0 {
            errors.spanned(attr, "`#[metric]` is given twice; write all arguments into one");
        } else if let Meta::List(list) = &attr.meta {
            args.extend(list.tokens.clone());
        } else if let Meta::NameValue(_) = &attr.meta {
            errors.spanned(attr, "write the arguments in parentheses: `#[metric(…)]`");
        }
    }
    let mut options = Options::parse_in_module(args, errors);
    let item = Static::parse_rest(attrs, vis, input)?;
    if options.skip.is_some() {
        return Ok(Item::Other(item.to_token_stream()));
    }
    let naming = &mut options.naming;
    naming.namespace = naming.namespace.take().or_else(|| defaults.namespace.clone());
    naming.subsystem = naming.subsystem.take().or_else(|| defaults.subsystem.clone());
    Ok(Item::Metric(Box::new(Metric::new(item, options, errors))))
}

/// `#[gauge_fn]` in the module, told the module's namespace. It runs later and cannot see the module.
fn namespaced_gauge(attr: &Attribute, defaults: &Defaults) -> Option<TokenStream> {
    if !is(attr, "gauge_fn") {
        return None;
    }
    let path = attr.path();
    let mut args = match &attr.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(_) => return None,
    };
    for (word, value) in [("namespace", &defaults.namespace), ("subsystem", &defaults.subsystem)] {
        let given =
            args.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == word));
        let Some(value) = value.as_ref().filter(|_| !given) else { continue };
        let word = Ident::new(word, value.span());
        let comma = (!args.is_empty()).then(|| quote::quote!(,));
        args = quote::quote!(#word = #value #comma #args);
    }
    Some(quote::quote!(#[#path(#args)]))
}

/// Whether the attribute's path ends in that word.
fn is(attr: &Attribute, word: &str) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == word)
}
