//! The arguments of `#[metrics]`.

use proc_macro2::TokenStream;

use super::Defaults;
use crate::{args::Args, errors::Errors};

impl Defaults {
    /// Reads the arguments and reports what it does not know.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::parse("`#[metrics]`", tokens, errors);
        let defaults = Self {
            krate: args.krate(errors),
            namespace: args.string("namespace", errors),
            subsystem: args.string("subsystem", errors),
        };
        args.finish(&["namespace", "subsystem", "crate"], errors);
        defaults
    }
}
