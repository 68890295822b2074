//! The arguments of `#[metric]`.

use proc_macro2::{Span, TokenStream};
use syn::{LitStr, Path};

use crate::{args::Args, errors::Errors, expression::Expression, lint::Allow};

/// Everything that `#[metric]` takes.
pub(crate) struct Options {
    pub(crate) krate: Path,
    pub(crate) naming: Naming,
    pub(crate) builders: Builders,
    /// In a module under `#[metrics]`: leave this static alone.
    pub(crate) skip: Option<Span>,
}

/// What a metric is called and how it is described; also for `#[gauge_fn]`.
#[derive(Default)]
pub(crate) struct Naming {
    pub(crate) name: Option<LitStr>,
    pub(crate) namespace: Option<LitStr>,
    pub(crate) subsystem: Option<LitStr>,
    pub(crate) help: Option<LitStr>,
    pub(crate) unit: Option<LitStr>,
    pub(crate) allow: Allow,
}

/// Options that become calls on the initializer.
#[derive(Default)]
pub(crate) struct Builders {
    pub(crate) max_series: Option<Expression>,
    /// Seconds.
    pub(crate) expire_after: Option<Expression>,
    pub(crate) init: Option<Span>,
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
    "allow(…)",
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
            name: args.string("name", errors),
            namespace: args.string("namespace", errors),
            subsystem: args.string("subsystem", errors),
            help: args.string("help", errors),
            unit: args.string("unit", errors),
            allow: Allow::parse(&args.list("allow", errors), errors),
        }
    }
}
