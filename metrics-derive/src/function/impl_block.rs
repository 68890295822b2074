//! An `impl` block: every function in it, each on its own.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute as Attr, Error, ImplItem, ItemImpl, Meta, Type, Visibility,
    parse::{Parse, ParseStream, Parser, Result},
    spanned::Spanned,
};

use super::{Attribute, Function, item::Owner, parse::is_function, wrapped};
use crate::errors::Errors;

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
        let empty: ItemImpl = syn::parse2(quote!(#head {}))?;
        let owner = match &*empty.self_ty {
            Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        };
        let owner = owner.unwrap_or_else(|| empty.self_ty.to_token_stream().to_string().replace(' ', ""));
        let shell = Function {
            attrs: empty.attrs,
            vis: Visibility::Inherited,
            sig: syn::parse_quote!(fn shell()),
            body: None,
            semicolon: None,
            owner: None,
        };
        let owner = Owner { name: owner, has_macros: !shell.is_free_of_macros(), inherited: true };
        let items = items.parse2(body.stream())?;
        Ok(Self { head, owner, body, items })
    }
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
            Item::Other(input.parse::<ImplItem>()?.to_token_stream())
        });
    }
    Ok(items)
}

impl ImplBlock {
    /// The block with every function measured that is not skipped.
    pub(super) fn expand<A: Attribute>(self, options: &A::Options, errors: &mut Errors) -> TokenStream {
        let mut body = TokenStream::new();
        for item in self.items {
            match item {
                Item::Function(mut function) => {
                    function.owner = Some(self.owner.clone());
                    body.extend(method::<A>(options, *function, errors));
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
fn method<A: Attribute>(options: &A::Options, mut function: Function, errors: &mut Errors) -> TokenStream {
    let own: Vec<Attr> = function
        .attrs
        .extract_if(.., |attr| attr.path().segments.last().is_some_and(|segment| segment.ident == A::WORD))
        .collect();
    let [attr, rest @ ..] = own.as_slice() else {
        return wrapped::<A>(options, &function, errors);
    };
    for again in rest {
        errors.spanned(again, format_args!("{} is given twice; write all arguments into one", A::TEXT));
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
    let options = A::options(args, A::krate(options).clone(), errors);
    wrapped::<A>(&options, &function, errors)
}
