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
    function::{self, Attribute, Begin, Function, Layer, Names, Outcome, Prepared, failed},
};

pub(crate) const ATTRIBUTE: Attribute = Attribute {
    text: "`#[model_op]`",
    word: "model_op",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, _: &Function, names: &Names, errors: &mut Errors) -> Layer {
        layer(self, names, errors)
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
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
fn layer(options: &Options, names: &Names, errors: &mut Errors) -> Layer {
    let Some((model, operation)) = &options.target else { return Layer::default() };
    let krate = &options.krate;
    let method = match operation {
        Operation::Insert => "inserted",
        Operation::Update => "updated",
        Operation::Delete => "deleted",
    };
    let method = Ident::new(method, Span::mixed_site());
    let site = quote_spanned! {model.span().resolved_at(Span::mixed_site())=>
        <#model as #krate::__private_v4::Model>::metrics()
    };
    let prepared = &names.prepared;
    let counted = |rows: &TokenStream| {
        quote_spanned! {Span::mixed_site()=>
            #krate::__private_v4::ModelSite::#method(#site, #rows);
        }
    };
    let closure = options.rows.as_ref().and_then(Expression::as_closure);
    let (ready, end) = match (&options.rows, closure) {
        (None, _) => (None, on_success(krate, names, &counted(&quote!(1)))),
        (Some(_), Some(closure)) => {
            let returned = Ident::new("__returned", Span::mixed_site());
            let rows = number(&closure.applied(&quote!(#returned), errors));
            (None, with_success(krate, names, &returned, &counted(&rows)))
        }
        (Some(expression), None) => {
            let ready = Prepared { value: number(&quote!(#expression)), uses: quote!(#expression) };
            (Some(ready), on_success(krate, names, &counted(&quote!(#prepared))))
        }
    };
    let uses = match (&ready, &options.rows) {
        (None, Some(closure)) => quote!(#closure),
        _ => TokenStream::new(),
    };
    let outcome = Outcome { prepared: ready, begin: Begin::Nothing, end, uses, needs_value: true };
    Layer { outcome: Some(outcome), ..Layer::default() }
}

fn on_success(krate: &Path, names: &Names, then: &TokenStream) -> TokenStream {
    let failed = failed(krate, names);
    quote_spanned!(Span::mixed_site()=> if !#failed { #then })
}

/// Runs the statements with the name bound to a reference to what is in `Ok`, or to the whole value if it is no `Result`.
fn with_success(krate: &Path, names: &Names, name: &Ident, then: &TokenStream) -> TokenStream {
    let value = &names.value;
    quote_spanned! {Span::mixed_site()=> {
        use #krate::__private_v4::{AnyProbe as _, ResultProbe as _};
        if let ::core::option::Option::Some(#name) = (&#krate::__private_v4::Probe(#value)).__tallymark_success() {
            #then
        }
    }}
}

/// Any integer as `u64`. A negative one counts as nothing.
fn number(expr: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        ::core::result::Result::unwrap_or(<::core::primitive::u64 as ::core::convert::TryFrom<_>>::try_from(#expr), 0)
    }
}
