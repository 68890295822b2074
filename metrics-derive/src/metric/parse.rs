//! Parsing of a static.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Error, Token, Visibility,
    parse::{Parse, ParseStream, Result},
};

use super::Static;
use crate::tokens::until;

impl Parse for Static {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if input.peek(Token![const]) {
            return Err(input.error(
                "`#[metric]` goes on a `static`; a `const` is copied wherever it is named, so each use would count \
                 into a metric of its own",
            ));
        }
        if !input.peek(Token![static]) {
            return Err(input.error("`#[metric]` goes on a `static`, such as `static ORDERS_CREATED_TOTAL: Counter = Counter::new();`"));
        }
        Self::parse_rest(attrs, vis, input)
    }
}

impl Static {
    /// From the word `static` on, up to and with the semicolon.
    pub(crate) fn parse_rest(attrs: Vec<Attribute>, vis: Visibility, input: ParseStream<'_>) -> Result<Self> {
        let keyword = input.parse()?;
        if input.peek(Token![mut]) {
            return Err(input.error("a metric is never `mut`: it is changed through a shared reference"));
        }
        let ident = input.parse()?;
        let colon = input.parse()?;
        let ty = until(input, &|input| input.peek(Token![=]) || input.peek(Token![;]))?;
        let equals = input.parse()?;
        let mut init = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![;]) {
            init.extend([input.parse::<TokenTree>()?]);
        }
        if init.is_empty() {
            return Err(Error::new(input.span(), "expected an initializer, such as `Counter::new()`"));
        }
        Ok(Self { attrs, vis, keyword, ident, colon, ty, equals, init, semicolon: input.parse()? })
    }
}

impl ToTokens for Static {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attr in &self.attrs {
            attr.to_tokens(tokens);
        }
        self.vis.to_tokens(tokens);
        self.keyword.to_tokens(tokens);
        self.ident.to_tokens(tokens);
        self.colon.to_tokens(tokens);
        self.ty.to_tokens(tokens);
        self.equals.to_tokens(tokens);
        self.init.to_tokens(tokens);
        self.semicolon.to_tokens(tokens);
    }
}
