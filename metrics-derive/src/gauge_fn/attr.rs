//! The arguments of `#[gauge_fn]`.

use proc_macro2::TokenStream;
use syn::Path;

use crate::{args::Args, errors::Errors, metric::attr::Naming};

/// Everything that `#[gauge_fn]` takes.
pub(super) struct Options {
    pub(super) krate: Path,
    pub(super) naming: Naming,
}

impl Options {
    /// Reads the arguments and reports what it does not know.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[gauge_fn]`", tokens, errors);
        let options = Self { krate: args.krate(errors), naming: Naming::take(&mut args, errors) };
        args.finish(&["name", "namespace", "subsystem", "help", "unit", "allow(…)", "crate"], errors);
        options
    }
}
