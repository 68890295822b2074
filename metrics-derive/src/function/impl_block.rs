//! An `impl` block: every function in it, each on its own.

use std::rc::Rc;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute as Attr, Error, Meta, Token, Visibility,
    parse::{Parse, ParseStream, Parser, Result},
    spanned::Spanned,
};

use super::{
    item::{Function, Owner, are_inert},
    signature::{generics, is_function},
    stack::{All, Given, taken, wrapped},
};
use crate::{
    errors::Errors,
    tokens::{self, is_punct, is_word, position, split},
};

/// An `impl` block whose function bodies are kept as tokens.
pub(crate) struct ImplBlock {
    attrs: Vec<Attr>,
    /// Everything else before the braces.
    head: TokenStream,
    name: String,
    body: Group,
    items: Vec<Item>,
}

enum Item {
    Function(Box<Function>),
    Other(TokenStream),
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attr::parse_outer)?;
        let mut tokens: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
        let body = match tokens.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            other => return Err(Error::new(other.span(), "expected the body of the `impl` block")),
        };
        let head: TokenStream = tokens.into_iter().collect();
        let name = name.parse2(head.clone())?;
        let items = items.parse2(body.stream())?;
        Ok(Self { attrs, head, name, body, items })
    }
}

/// What the methods are called after: `Type`, or `<Type as Trait>`. Generic arguments are part of it unless they are the
/// block's own parameters.
fn name(input: ParseStream<'_>) -> Result<String> {
    input.parse::<Option<Token![unsafe]>>()?;
    input.parse::<Token![impl]>()?;
    let parameters: Vec<TokenTree> = generics(input)?.into_iter().collect();
    let parameters = match parameters.as_slice() {
        [_, inner @ .., _] => split(inner, ',').into_iter().filter_map(parameter).collect(),
        _ => Vec::new(),
    };
    let rest: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
    // A `for` with brackets binds lifetimes.
    let is_for = |rest: &[TokenTree]| is_word(rest.first(), "for") && !is_punct(rest.get(1), '<');
    let is_where = |rest: &[TokenTree]| is_word(rest.first(), "where");
    let end = position(&rest, &is_where).unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or_default();
    Ok(match position(rest, &is_for) {
        None => type_name(rest, &parameters),
        Some(at) => {
            let (of, ty) = (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default());
            format!("<{} as {}>", type_name(ty, &parameters), type_name(of, &parameters))
        }
    })
}

/// The name of a generic parameter.
fn parameter(tokens: &[TokenTree]) -> Option<String> {
    let word = tokens.iter().find_map(|token| match token {
        TokenTree::Ident(word) if word != "const" => Some(word.to_string()),
        _ => None,
    });
    word.filter(|_| !is_punct(tokens.first(), '\''))
}

/// The last word of a path with its generic arguments, less lifetimes; the text of a type that is no path.
fn type_name(ty: &[TokenTree], parameters: &[String]) -> String {
    let tokens: TokenStream = ty.iter().cloned().collect();
    let text = tokens.to_string().replace(' ', "");
    let Some(word) = tokens::last_word(&tokens) else { return text };
    let Some((_, before)) = ty.split_last().filter(|(close, _)| is_punct(Some(*close), '>')) else {
        return word.to_string();
    };
    let Some(open) = before.iter().position(|token| is_punct(Some(token), '<')) else {
        return word.to_string();
    };
    let arguments = before.get(open + 1..).unwrap_or_default();
    let arguments: Vec<String> = split(arguments, ',')
        .into_iter()
        .filter(|argument| !is_punct(argument.first(), '\''))
        .map(|argument| argument.iter().cloned().collect::<TokenStream>().to_string().replace(' ', ""))
        .collect();
    if arguments.is_empty() || arguments.iter().all(|argument| parameters.contains(argument)) {
        return word.to_string();
    }
    format!("{word}<{}>", arguments.join(","))
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
    pub(super) fn expand(mut self, all: All, first: Given, errors: &mut Errors) -> TokenStream {
        let mut given = vec![first];
        given.extend(taken(all, &mut self.attrs, errors));
        let owner = Owner { name: self.name, has_macros: !are_inert(&self.attrs) };
        let mut body = TokenStream::new();
        for item in self.items {
            match item {
                Item::Function(mut function) => {
                    function.owner = Some(owner.clone());
                    body.extend(method(all, &given, *function, errors));
                }
                Item::Other(tokens) => body.extend(tokens),
            }
        }
        let mut group = Group::new(Delimiter::Brace, body);
        group.set_span(self.body.span());
        let (attrs, head) = (self.attrs, self.head);
        quote!(#(#attrs)* #head #group)
    }
}

/// A method under the block's attributes. The method's own attribute of the same name replaces it, or says `skip`.
fn method(all: All, block: &[Given], mut function: Function, errors: &mut Errors) -> TokenStream {
    let mut given = Vec::new();
    for Given { attribute, options, .. } in block {
        let is_same =
            |attr: &Attr| attr.path().segments.last().is_some_and(|segment| segment.ident == attribute.word);
        let (own, others): (Vec<Attr>, Vec<Attr>) =
            std::mem::take(&mut function.attrs).into_iter().partition(is_same);
        function.attrs = others;
        let args = match own.as_slice() {
            [] => None,
            [attr, rest @ ..] => {
                for again in rest {
                    errors.spanned(
                        again,
                        format_args!("{} is given twice; write all arguments into one", attribute.text),
                    );
                }
                Some(match &attr.meta {
                    Meta::List(list) => list.tokens.clone(),
                    _ => TokenStream::new(),
                })
            }
        };
        given.push(match args {
            None => Given { attribute, options: Rc::clone(options), inherited: true },
            Some(args) if args.to_string() == "skip" => continue,
            Some(args) => {
                let options = (attribute.options)(args, options.krate().clone(), errors);
                Given { attribute, options: Rc::from(options), inherited: false }
            }
        });
    }
    if given.is_empty() {
        return function.to_token_stream();
    }
    wrapped(all, given, function, errors)
}
