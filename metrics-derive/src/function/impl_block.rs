//! An `impl` block: every function in it, each on its own.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute as Attr, Error, Meta, Token, Visibility,
    parse::{Parse, ParseStream, Parser, Result},
    spanned::Spanned,
};

use super::{
    Attribute, Function, Options,
    item::{Owner, are_inert},
    signature::{generics, is_function},
    wrapped,
};
use crate::{
    errors::Errors,
    tokens::{self, is_punct, is_word, position},
};

/// An `impl` block whose function bodies are kept as tokens.
pub(crate) struct ImplBlock {
    /// Everything before the braces.
    head: TokenStream,
    owner: Owner,
    body: Group,
    items: Vec<Item>,
}

enum Item {
    Function(Box<Function>),
    Other(TokenStream),
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut tokens: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
        let body = match tokens.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            other => return Err(Error::new(other.span(), "expected the body of the `impl` block")),
        };
        let head: TokenStream = tokens.into_iter().collect();
        let owner = owner.parse2(head.clone())?;
        let items = items.parse2(body.stream())?;
        Ok(Self { head, owner, body, items })
    }
}

/// What the methods have to know, from all that stands before the braces.
fn owner(input: ParseStream<'_>) -> Result<Owner> {
    let attrs = input.call(Attr::parse_outer)?;
    input.parse::<Option<Token![unsafe]>>()?;
    input.parse::<Token![impl]>()?;
    generics(input)?;
    let rest: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
    // A `for` with brackets binds lifetimes.
    let is_for = |rest: &[TokenTree]| is_word(rest.first(), "for") && !is_punct(rest.get(1), '<');
    let is_where = |rest: &[TokenTree]| is_word(rest.first(), "where");
    let start = position(&rest, &is_for).map_or(0, |at| at + 1);
    let end = position(&rest, &is_where).unwrap_or(rest.len());
    let ty: TokenStream = rest.get(start..end).unwrap_or_default().iter().cloned().collect();
    let name = tokens::last_word(&ty).map(|word| word.to_string());
    let name = name.unwrap_or_else(|| ty.to_string().replace(' ', ""));
    Ok(Owner { name, has_macros: !are_inert(&attrs), inherited: true })
}

fn items(input: ParseStream<'_>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let fork = input.fork();
        fork.call(Attr::parse_outer)?;
        fork.parse::<Visibility>()?;
        items.push(if is_function(&fork) {
            Item::Function(Box::new(input.parse()?))
        } else {
            let mut other = TokenStream::new();
            tokens::item(input, &mut other)?;
            Item::Other(other)
        });
    }
    Ok(items)
}

impl ImplBlock {
    /// The block with every function measured that is not skipped.
    pub(super) fn expand(
        self,
        attribute: &Attribute,
        options: &dyn Options,
        errors: &mut Errors,
    ) -> TokenStream {
        let mut body = TokenStream::new();
        for item in self.items {
            match item {
                Item::Function(mut function) => {
                    function.owner = Some(self.owner.clone());
                    body.extend(method(attribute, options, *function, errors));
                }
                Item::Other(tokens) => body.extend(tokens),
            }
        }
        let mut group = Group::new(Delimiter::Brace, body);
        group.set_span(self.body.span());
        let head = self.head;
        quote!(#head #group)
    }
}

/// A method under the block's attribute. The method's own attribute of the same name replaces it, or says `skip`.
fn method(
    attribute: &Attribute,
    options: &dyn Options,
    mut function: Function,
    errors: &mut Errors,
) -> TokenStream {
    let own: Vec<Attr> = function
        .attrs
        .extract_if(.., |attr| {
            attr.path().segments.last().is_some_and(|segment| segment.ident == attribute.word)
        })
        .collect();
    let [attr, rest @ ..] = own.as_slice() else {
        return wrapped(attribute, options, &function, errors);
    };
    for again in rest {
        errors
            .spanned(again, format_args!("{} is given twice; write all arguments into one", attribute.text));
    }
    let args = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    if args.to_string() == "skip" {
        return function.to_token_stream();
    }
    if let Some(owner) = &mut function.owner {
        owner.inherited = false;
    }
    let options = (attribute.options)(args, options.krate().clone(), errors);
    wrapped(attribute, &*options, &function, errors)
}
