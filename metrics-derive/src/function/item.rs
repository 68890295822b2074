//! A function as written, its body kept as tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Attribute as Attr, Error, Ident, Token, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream, Result},
};

use super::{
    argument::Argument,
    output::{Kind, future_output},
    signature::Signature,
};
use crate::{
    errors::Errors,
    tokens::{last_word, regroup, split},
};

/// The argument of an attribute of ours that another one above it has taken along.
pub(super) const TAKEN: &str = "__tallymark_taken";

/// A function. The body may hold anything: mistakes in it are for the compiler to report.
#[derive(Clone)]
pub(crate) struct Function {
    /// Outer attributes, and the inner ones of the body made outer.
    pub(crate) attrs: Vec<Attr>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// The braces and all between them; `None` for a declaration that ends in a semicolon.
    pub(crate) body: Option<Group>,
    pub(crate) semicolon: Option<Token![;]>,
    /// The `impl` block that is measured as a whole, if the function stands in one.
    pub(crate) owner: Option<Owner>,
}

/// An `impl` block around a function, seen from the function.
#[derive(Clone)]
pub(crate) struct Owner {
    /// The type's own name, or its text if it is no path.
    pub(crate) name: String,
    /// Whether an attribute macro on the block has yet to run.
    pub(crate) has_macros: bool,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attrs = input.call(Attr::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        if input.peek(Token![;]) {
            return Ok(Self { attrs, vis, sig, body: None, semicolon: input.parse()?, owner: None });
        }
        let body = braces(input.parse()?)?;
        let parser = |input: ParseStream<'_>| {
            let inner = input.call(Attr::parse_inner)?;
            Ok((inner, input.parse::<TokenStream>()?))
        };
        let (inner, rest) = syn::parse::Parser::parse2(parser, body.stream())?;
        let body = if inner.is_empty() { body } else { regroup(&body, rest) };
        attrs.extend(inner.into_iter().map(|attr| Attr { style: syn::AttrStyle::Outer, ..attr }));
        Ok(Self { attrs, vis, sig, body: Some(body), semicolon: None, owner: None })
    }
}

/// The braces in a token. A body that a `macro_rules` macro was given comes in an invisible group.
fn braces(token: TokenTree) -> Result<Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Ok(group),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let token = group.stream().into_iter().next();
            braces(token.ok_or_else(|| Error::new(group.span(), "expected a body in braces"))?)
        }
        other => Err(Error::new(other.span(), "expected a body in braces")),
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
        self.semicolon.to_tokens(tokens);
    }
}

impl Function {
    /// Reports why no attribute can measure this function, if so.
    pub(super) fn check(&self, text: &str, errors: &mut Errors) {
        if let Some(constness) = self.sig.qualifier("const") {
            errors.spanned(
                constness,
                format_args!(
                    "{text} cannot be used on a `const fn`: nothing can be counted while the compiler evaluates it; \
                     measure the function that calls it"
                ),
            );
        }
        if let Some(semicolon) = &self.semicolon {
            errors.spanned(
                semicolon,
                format_args!(
                    "{text} needs a body to measure: put it on the implementation, or on a function that calls this one"
                ),
            );
        }
    }

    /// The name, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.sig.ident.unraw().to_string()
    }

    /// The name, behind that of the type whose `impl` block has the attribute.
    pub(crate) fn name_in_owner(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{}::{}", owner.name, self.name()),
            None => self.name(),
        }
    }

    /// The declared return type; `None` stands for `()`.
    pub(crate) fn output(&self) -> Option<&TokenStream> {
        self.sig.output.as_ref().map(|output| &output.ty)
    }

    /// Whether an error is to be looked for by its type, which must then be a `Result`. An attribute on a whole `impl`
    /// block does so where the return type is named like one.
    pub(crate) fn looks_fallible(&self, inherited: bool) -> bool {
        let Some(output) = self.output() else { return false };
        if !inherited {
            return true;
        }
        let future = future_output(output).filter(|_| !self.sig.is_async());
        let name = last_word(future.as_ref().unwrap_or(output));
        name.is_some_and(|name| name.to_string().ends_with("Result"))
    }

    /// Whether what is measured is a future, as far as words tell: an `async fn`, or a return type that says so.
    pub(crate) fn is_future(&self) -> bool {
        let says_so = || match Kind::new(self.output()) {
            Kind::Future(_) => true,
            Kind::Unknown => self.output().is_some_and(|ty| future_output(ty).is_some()),
            _ => false,
        };
        self.sig.is_async() || says_so()
    }

    /// Whether an argument binds that name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        self.sig.arguments().iter().any(|argument| argument.bindings().contains(name))
    }

    /// Whether the function takes `self` by value, so that it is dropped at the end.
    pub(super) fn takes_self(&self) -> bool {
        self.sig.arguments().first().is_some_and(Argument::is_self_by_value)
    }

    /// Whether the attribute is there.
    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attrs.iter().any(|attr| attr.path().is_ident(attribute))
    }

    /// Whether all attributes that have yet to run are known not to read the signature.
    pub(super) fn is_free_of_macros(&self) -> bool {
        !self.owner.as_ref().is_some_and(|owner| owner.has_macros) && are_inert(&self.attrs)
    }
}

/// Whether none of the attributes is a macro that could care about what it finds.
pub(super) fn are_inert(attrs: &[Attr]) -> bool {
    const INERT: &[&str] = &[
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "export_name",
        "forbid",
        "inline",
        "link_section",
        "must_use",
        "no_mangle",
        "target_feature",
        "track_caller",
        "warn",
    ];
    const TOOLS: &[&str] = &["clippy", "rustfmt", "rustdoc", "diagnostic"];
    attrs.iter().all(|attr| {
        if attr.meta.require_list().is_ok_and(|list| list.tokens.to_string() == TAKEN) {
            return true;
        }
        let mut words = attr.path().segments.iter().map(|segment| segment.ident.to_string());
        let (first, last) = (words.next(), words.next_back());
        match (first, last) {
            (Some(word), None) if word == "cfg_attr" => {
                attr.meta.require_list().is_ok_and(|list| is_inert_condition(&list.tokens))
            }
            // `#[unsafe(no_mangle)]`
            (Some(word), None) => word == "unsafe" || INERT.contains(&word.as_str()),
            (Some(first), Some(_)) => TOOLS.contains(&first.as_str()),
            (None, _) => false,
        }
    })
}

/// Whether `cfg_attr(condition, …)` holds inert attributes alone.
fn is_inert_condition(tokens: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    split(&tokens, ',').into_iter().skip(1).all(|attr| {
        let attr: TokenStream = attr.iter().cloned().collect();
        let parser = |input: ParseStream<'_>| input.call(Attr::parse_outer);
        let parsed = syn::parse::Parser::parse2(parser, quote::quote!(#[#attr]));
        parsed.is_ok_and(|attrs| are_inert(&attrs))
    })
}
