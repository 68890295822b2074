//! `#[model_op(Order, insert)]`: rows of a model that a function has written.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Ident, Path, Token, Type,
    parse::{ParseStream, Parser, Result},
    spanned::Spanned,
};

use crate::{
    args::Args,
    errors::Errors,
    expression::Expression,
    function::{self, Attribute, Function, Layer, Outcome, guard, probe, value},
    krate,
};

const ATTRIBUTE: Attribute = Attribute {
    text: "`#[model_op]`",
    word: "model_op",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, function: &Function, errors: &mut Errors) -> Layer {
        layer(self, function, errors)
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
}

/// `#[model_op(args)] item`
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(&ATTRIBUTE, args, item)
}

/// Everything that `#[model_op]` takes.
struct Options {
    krate: Path,
    /// The model and what is done to it; `None` only if a mistake was reported.
    target: Option<(Type, Operation)>,
    rows: Option<Expression>,
}

/// What is done to rows.
#[derive(Clone, Copy)]
enum Operation {
    Insert,
    Update,
    Delete,
}

const EXAMPLE: &str = "`#[model_op]` needs a model and what is done to it: `#[model_op(Order, insert)]`, with `insert`, \
     `update` or `delete`";

impl Options {
    /// Reads the arguments.
    fn parse(tokens: TokenStream, krate: Path, errors: &mut Errors) -> Self {
        let Some((target, rest)) = errors.keep(head.parse2(tokens)) else {
            return Self { krate, target: None, rows: None };
        };
        let mut args = Args::parse("`#[model_op]`", rest, errors);
        let options = Self {
            krate: args.krate_or(krate, errors),
            target: Some(target),
            rows: args.value("rows", errors),
        };
        args.finish(&["a model", "an operation", "rows", "crate"], errors);
        options
    }
}

/// `Model, operation`, and the tokens that follow.
fn head(input: ParseStream<'_>) -> Result<((Type, Operation), TokenStream)> {
    if input.is_empty() {
        return Err(syn::Error::new(Span::call_site(), EXAMPLE));
    }
    let model: Type = input.parse()?;
    if input.is_empty() {
        return Err(syn::Error::new_spanned(model, EXAMPLE));
    }
    input.parse::<Token![,]>()?;
    let word: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), EXAMPLE))?;
    let operation = match word.to_string().as_str() {
        "insert" => Operation::Insert,
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        _ => {
            let message =
                format!("`{word}` is no operation; rows are counted for `insert`, `update` and `delete`");
            return Err(syn::Error::new(word.span(), message));
        }
    };
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(((model, operation), input.parse()?))
}

/// Counts rows when the body has returned something other than `Err`.
fn layer(options: &Options, function: &Function, errors: &mut Errors) -> Layer {
    let Some((model, operation)) = &options.target else { return Layer::default() };
    let krate = &options.krate;
    let (method, variant) = match operation {
        Operation::Insert => ("inserted", "Insert"),
        Operation::Update => ("updated", "Update"),
        Operation::Delete => ("deleted", "Delete"),
    };
    let [method, variant] = [method, variant].map(|word| Ident::new(word, Span::mixed_site()));
    let site = quote_spanned! {model.span().resolved_at(Span::mixed_site())=>
        <#model as #krate::__private::Model>::metrics()
    };
    let name = function.name();
    let place = krate::place(krate, function.sig.ident.span());
    // Where others see the rows too, debug builds say so.
    let begin = quote_spanned! {Span::mixed_site()=>
        #krate::__private::ModelOp::begin(#site, #krate::__private::ModelOperation::#variant, #name, #place)
    };
    let guard = guard();
    let rows = Ident::new("__rows", Span::mixed_site());
    let outcome = match &options.rows {
        None => Outcome {
            before: TokenStream::new(),
            begin,
            end: on_success(krate, &quote!(#guard.counted(); #site.#method(1);)),
        },
        Some(expr) => {
            if let Some(closure) = expr.as_closure() {
                let returned = Ident::new("__returned", Span::mixed_site());
                let count = number(&closure.applied(&quote!(#returned), errors));
                Outcome {
                    before: TokenStream::new(),
                    begin,
                    end: with_success(krate, &returned, &quote!(#guard.counted(); #site.#method(#count);)),
                }
            } else {
                let count = number(&quote!(#expr));
                Outcome {
                    before: quote_spanned!(Span::mixed_site()=> let #rows = #count;),
                    begin,
                    end: on_success(krate, &quote!(#guard.counted(); #site.#method(#rows);)),
                }
            }
        }
    };
    Layer { outcome: Some(outcome), ..Layer::default() }
}

fn on_success(krate: &Path, then: &TokenStream) -> TokenStream {
    let failed = probe::failed(krate, &value());
    quote_spanned!(Span::mixed_site()=> if !#failed { #then })
}

/// The same with the name bound to a reference to what is in `Ok`, or to the whole value if it is no `Result`.
fn with_success(krate: &Path, name: &Ident, then: &TokenStream) -> TokenStream {
    let value = value();
    quote_spanned! {Span::mixed_site()=> {
        use #krate::__private::{AnyProbe as _, ResultProbe as _};
        if let ::core::option::Option::Some(#name) = (&#krate::__private::Probe(#value)).success() {
            #then
        }
    }}
}

/// Any integer as `u64`. A negative one counts as nothing.
fn number(expr: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        <::core::primitive::u64 as ::core::convert::TryFrom<_>>::try_from(#expr).unwrap_or(0)
    }
}
