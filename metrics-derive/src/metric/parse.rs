//! Parsing of a static and of what `#[metric]` was given.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Error, Ident, LitStr, Path, Token, Visibility,
    parse::{Parse, ParseStream, Result},
};
use tallymark_rules::Allow;

use crate::{
    annotation::Annotations, args::Args, errors::Errors, expression::Expression,
    metric::quantiles::Quantiles, naming::parse_allow, text::Text, tokens::until,
};

/// A static as written; its type and its initializer are kept as tokens.
pub(crate) struct Static {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) keyword: Token![static],
    pub(crate) ident: Ident,
    pub(crate) colon: Token![:],
    pub(crate) ty: TokenStream,
    pub(crate) equals: Token![=],
    pub(crate) init: TokenStream,
    pub(crate) semicolon: Token![;],
}

impl Parse for Static {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if input.peek(Token![const]) {
            return Err(input.error(
                "`#[metric]` goes on a `static`; a `const` is copied wherever it is named, so each use would count \
                 into a metric of its own",
            ));
        }
        if !input.peek(Token![static]) {
            return Err(input.error("`#[metric]` goes on a `static`, such as `static ORDERS_CREATED_TOTAL: Counter = Counter::new();`"));
        }
        Self::parse_rest(attrs, vis, input)
    }
}

impl Static {
    /// From the word `static` on, up to and with the semicolon.
    pub(crate) fn parse_rest(attrs: Vec<Attribute>, vis: Visibility, input: ParseStream<'_>) -> Result<Self> {
        let keyword = input.parse()?;
        if input.peek(Token![mut]) {
            return Err(input.error("a metric is never `mut`: it is changed through a shared reference"));
        }
        let ident = input.parse()?;
        let colon = input.parse()?;
        let ty = until(input, &|input| input.peek(Token![=]) || input.peek(Token![;]))?;
        let equals = input.parse()?;
        let mut init = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![;]) {
            init.extend([input.parse::<TokenTree>()?]);
        }
        if init.is_empty() {
            return Err(Error::new(input.span(), "expected an initializer, such as `Counter::new()`"));
        }
        Ok(Self { attrs, vis, keyword, ident, colon, ty, equals, init, semicolon: input.parse()? })
    }
}

impl ToTokens for Static {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attr in &self.attrs {
            attr.to_tokens(tokens);
        }
        self.vis.to_tokens(tokens);
        self.keyword.to_tokens(tokens);
        self.ident.to_tokens(tokens);
        self.colon.to_tokens(tokens);
        self.ty.to_tokens(tokens);
        self.equals.to_tokens(tokens);
        self.init.to_tokens(tokens);
        self.semicolon.to_tokens(tokens);
    }
}

/// Everything that `#[metric]` takes.
pub(crate) struct Options {
    pub(crate) krate: Path,
    pub(crate) naming: Naming,
    pub(crate) builders: Builders,
    /// In a module under `#[metrics]`: leave this static alone.
    pub(crate) skip: Option<Span>,
}

/// What a metric is called and how it is described; also for `#[gauge_fn]`.
pub(crate) struct Naming {
    pub(crate) name: Option<Text>,
    pub(crate) namespace: Option<Text>,
    pub(crate) subsystem: Option<Text>,
    pub(crate) help: Option<Text>,
    pub(crate) unit: Option<LitStr>,
    pub(crate) allow: Allow,
    pub(crate) annotations: Annotations,
}

/// Options that become calls on the initializer.
#[derive(Default)]
pub(crate) struct Builders {
    pub(crate) max_series: Option<Expression>,
    /// Seconds.
    pub(crate) expire_after: Option<Expression>,
    pub(crate) init: Option<Span>,
    /// What a gauge is where several processes have one exposition: the name of a variant, and where it was given.
    pub(crate) across: Option<Ident>,
    /// The quantiles of a summary, and their window in seconds.
    pub(crate) quantiles: Option<Quantiles>,
}

/// The modes of a gauge across processes: what is written, and the variant of `Across`.
const ACROSS: [(&str, &str); 10] = [
    ("all", "All"),
    ("liveall", "LiveAll"),
    ("min", "Min"),
    ("livemin", "LiveMin"),
    ("max", "Max"),
    ("livemax", "LiveMax"),
    ("sum", "Sum"),
    ("livesum", "LiveSum"),
    ("mostrecent", "MostRecent"),
    ("livemostrecent", "LiveMostRecent"),
];

/// The variant of `Across` that is meant.
fn across(args: &mut Args, errors: &mut Errors) -> Option<Ident> {
    let expression = args.value("across", errors)?;
    let written = expression.to_token_stream();
    let span = written.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let text = written.to_string();
    let known = ACROSS.iter().find(|(name, _)| *name == text);
    if known.is_none() {
        let names = ACROSS.map(|(name, _)| name).join("`, `");
        errors.at(
            span,
            format_args!("`{text}` is no way to show a gauge of several processes: write one of `{names}`"),
        );
    }
    known.map(|(_, variant)| Ident::new(variant, span))
}

const KNOWN: &[&str] = &[
    "name",
    "namespace",
    "subsystem",
    "help",
    "unit",
    "max_series",
    "expire_after",
    "init",
    "across",
    "quantiles",
    "quantile_window",
    "allow(…)",
    "alert(…)",
    "slo(…)",
    "panel(…)",
    "crate",
];

impl Options {
    /// The arguments on a static that stands for itself.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let options = Self::parse_in_module(tokens, errors);
        if let Some(span) = options.skip {
            errors.at(span, "`skip` says that `#[metrics]` leaves this static alone; without `#[metrics]` on the module, leave `#[metric]` out");
        }
        options
    }

    /// The arguments on a static in a module under `#[metrics]`.
    pub(crate) fn parse_in_module(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[metric]`", tokens, errors);
        let options = Self {
            krate: args.krate(errors),
            naming: Naming::take(&mut args, errors),
            builders: Builders {
                max_series: args.value("max_series", errors),
                expire_after: args.value("expire_after", errors),
                init: args.flag("init", errors),
                across: across(&mut args, errors),
                quantiles: Quantiles::take(&mut args, errors),
            },
            skip: args.flag("skip", errors),
        };
        args.finish(KNOWN, errors);
        options
    }
}

impl Naming {
    /// Takes what belongs to the name out of the arguments.
    pub(crate) fn take(args: &mut Args, errors: &mut Errors) -> Self {
        Self {
            name: args.text("name", errors),
            namespace: args.text("namespace", errors),
            subsystem: args.text("subsystem", errors),
            help: args.text("help", errors),
            unit: args.string("unit", errors),
            allow: parse_allow(&args.list("allow", errors), errors),
            annotations: Annotations::take(args, errors),
        }
    }
}
