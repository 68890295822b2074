//! What all attributes on functions share: finding the function, keeping its body as tokens, and wrapping the body so
//! that its start and its end are seen, whatever kind of function it is.
//!
//! The topmost attribute takes those below it along, so that a function is wrapped once: each sees it as it was written.

mod argument;
mod bind;
mod impl_block;
mod inside;
mod item;
mod layer;
mod output;
mod part;
mod shape;
mod signature;
mod stack;
mod tail;
mod target;
mod wrap;

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{errors::Errors, krate};
pub(crate) use item::Function;
pub(crate) use layer::{
    Attribute, Begin, Layer, Names, Options, Outcome, Prepared, Start, failed, handle, if_err,
};
pub(crate) use signature::{Signature, is_function};
use stack::{All, Given, is_taken, wrapped};

/// `#[attribute(args)] item`
pub(crate) fn expand(
    all: All,
    attribute: &'static Attribute,
    args: TokenStream,
    item: TokenStream,
) -> TokenStream {
    if is_taken(&args) {
        return item;
    }
    let mut errors = Errors::default();
    let expanded = match target::target(attribute, item.clone(), &mut errors) {
        Some(target) => {
            let options = (attribute.options)(args, krate::default(), &mut errors);
            let given = Given { attribute, options: Rc::from(options), inherited: false };
            match target {
                target::Target::Function(function) => wrapped(all, vec![given], *function, &mut errors),
                target::Target::Impl(block) => block.expand(all, given, &mut errors),
            }
        }
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}
