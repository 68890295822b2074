//! What all attributes on functions share: finding the function, keeping its body as tokens, and wrapping the body so
//! that its start and its end are seen, whatever kind of function it is.
//!
//! The topmost attribute takes those below it along, so that a function is wrapped once: each sees it as it was written.

mod argument;
mod bind;
mod impl_block;
mod item;
mod layer;
mod output;
mod signature;
mod tail;
mod target;
mod wrap;

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute as Attr, Meta, Path};

use crate::{errors::Errors, krate, model_op, own_metric, timed};
pub(crate) use item::Function;
pub(crate) use layer::{
    Attribute, Begin, Layer, Names, Options, Outcome, Prepared, Start, failed, handle, if_err,
};
pub(crate) use signature::{Signature, is_function};
use wrap::Named;

/// All attributes on functions.
const ATTRIBUTES: [&Attribute; 5] = [
    &timed::ATTRIBUTE,
    &own_metric::COUNTED,
    &own_metric::IN_FLIGHT,
    &own_metric::COUNT_ERRORS,
    &model_op::ATTRIBUTE,
];

/// An attribute with its arguments.
struct Given {
    attribute: &'static Attribute,
    options: Rc<dyn Options>,
    /// Whether it is written on the `impl` block around the function.
    inherited: bool,
}

/// `#[attribute(args)] item`
pub(crate) fn expand(attribute: &'static Attribute, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match target::target(attribute, item.clone(), &mut errors) {
        Some(target) => {
            let options = (attribute.options)(args, krate::default(), &mut errors);
            let given = Given { attribute, options: Rc::from(options), inherited: false };
            match target {
                target::Target::Function(function) => wrapped(vec![given], *function, &mut errors),
                target::Target::Impl(block) => block.expand(given, &mut errors),
            }
        }
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}

/// The function with its layers around the body, or as it was if something is wrong with it.
fn wrapped(mut given: Vec<Given>, mut function: Function, errors: &mut Errors) -> TokenStream {
    let mut own = Errors::default();
    let Some(first) = given.first() else { return function.to_token_stream() };
    let (attribute, krate) = (first.attribute, first.options.krate().clone());
    given.extend(taken(&mut function.attrs, &mut own));
    function.check(attribute, &mut own);
    let layers: Vec<Named> = given
        .iter()
        .enumerate()
        .map(|(at, Given { options, inherited, .. })| {
            let names = Names::new(at, *inherited);
            Named { layer: options.layer(&function, &names, &mut own), names }
        })
        .collect();
    if own.is_empty() && wrap::hides_caller(&function, &layers) {
        own.spanned(
            &function.sig.ident,
            format_args!(
                "{} cannot see what a `#[track_caller]` function returns without hiding its caller from it: leave \
                 `#[track_caller]` out, or measure a function that this one calls",
                attribute.text
            ),
        );
    }
    if own.is_empty() {
        return wrap::function(&krate, &function, &layers);
    }
    errors.extend(own);
    function.to_token_stream()
}

/// Takes our attributes away, from the first one up to one that may be a macro of somebody else's.
fn taken(attrs: &mut Vec<Attr>, errors: &mut Errors) -> Vec<Given> {
    let mut given = Vec::new();
    let mut rest = Vec::new();
    let mut is_open = true;
    for attr in std::mem::take(attrs) {
        match ours(&attr) {
            Some(attribute) if is_open => {
                let args = match &attr.meta {
                    Meta::Path(_) => TokenStream::new(),
                    Meta::List(list) => list.tokens.clone(),
                    Meta::NameValue(_) => {
                        errors.spanned(
                            &attr,
                            format_args!("write the arguments in parentheses: `#[{}(…)]`", attribute.word),
                        );
                        continue;
                    }
                };
                let options = (attribute.options)(args, krate::default(), errors);
                given.push(Given { attribute, options: Rc::from(options), inherited: false });
            }
            _ => {
                is_open &= item::are_inert(std::slice::from_ref(&attr));
                rest.push(attr);
            }
        }
    }
    *attrs = rest;
    given
}

/// Returns which of our attributes it is, by its name alone or with `tallymark::` before it.
fn ours(attr: &Attr) -> Option<&'static Attribute> {
    let path: &Path = attr.path();
    let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let word = match words.as_slice() {
        [word] => word,
        [krate, word] if krate == "tallymark" => word,
        _ => return None,
    };
    ATTRIBUTES.into_iter().find(|attribute| attribute.word == word)
}
