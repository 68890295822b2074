//! The attributes on one function, which wrap it together.

use std::rc::Rc;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute as Attr, Ident, Meta, Path, spanned::Spanned};

use super::{
    item::{self, Function, TAKEN},
    layer::{Attribute, Named, Names, Options},
    shape::hides_caller,
    wrap,
};
use crate::{errors::Errors, krate, tokens::only};

/// All attributes on functions that there are.
pub(crate) type All = &'static [&'static Attribute];

/// An attribute with its arguments.
pub(super) struct Given {
    pub(super) attribute: &'static Attribute,
    pub(super) options: Rc<dyn Options>,
    /// Whether it is written on the `impl` block around the function.
    pub(super) inherited: bool,
}

/// The function with its layers around the body, or as it was if something is wrong with it.
pub(super) fn wrapped(
    all: All,
    mut given: Vec<Given>,
    mut function: Function,
    errors: &mut Errors,
) -> TokenStream {
    let mut own = Errors::default();
    let Some(first) = given.first() else { return function.to_token_stream() };
    let (attribute, krate) = (first.attribute, first.options.krate().clone());
    given.extend(taken(all, &mut function.attrs, &mut own));
    function.check(attribute.text, &mut own);
    let layers: Vec<Named> = given
        .iter()
        .enumerate()
        .map(|(at, Given { options, inherited, .. })| {
            let names = Names::new(at, *inherited);
            Named { layer: options.layer(&function, &names, &mut own), names }
        })
        .collect();
    if own.is_empty() && hides_caller(&function, &layers) {
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
pub(super) fn taken(all: All, attrs: &mut Vec<Attr>, errors: &mut Errors) -> Vec<Given> {
    let mut given = Vec::new();
    let mut rest = Vec::new();
    let mut is_open = true;
    for attr in std::mem::take(attrs) {
        match ours(all, &attr) {
            Some(_) if attr.meta.require_list().is_ok_and(|list| is_taken(&list.tokens)) => rest.push(attr),
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
                rest.push(mark(&attr));
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

/// What is left of an attribute that was taken along. It runs all the same, so that the compiler sees that its import is
/// used, and leaves the item as it is.
fn mark(attr: &Attr) -> Attr {
    let path = attr.path();
    let taken = Ident::new(TAKEN, path.span());
    let mut marked: Attr = syn::parse_quote!(#[#path(#taken)]);
    marked.pound_token = attr.pound_token;
    marked
}

/// Whether it is the argument of an attribute that was taken along.
pub(super) fn is_taken(args: &TokenStream) -> bool {
    only(args).is_some_and(|token| matches!(token, TokenTree::Ident(word) if word == TAKEN))
}

/// Returns which of our attributes it is, by its name alone or with `tallymark::` before it.
fn ours(all: All, attr: &Attr) -> Option<&'static Attribute> {
    let path: &Path = attr.path();
    let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let word = match words.as_slice() {
        [word] => word,
        [krate, word] if krate == "tallymark" => word,
        _ => return None,
    };
    all.iter().copied().find(|attribute| attribute.word == word)
}
