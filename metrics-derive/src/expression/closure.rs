//! Closures in attribute arguments, opened up so that types flow into them.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::{
    errors::Errors,
    tokens::{is_braces, is_punct, is_word, only, position, split, ungrouped},
};

/// A closure as written.
pub(crate) struct Closure {
    whole: TokenStream,
    /// What stands between the bars.
    parameters: Vec<TokenTree>,
    output: Option<TokenStream>,
    body: TokenStream,
}

impl Closure {
    /// The closure that the tokens are, if they are one, perhaps in parentheses.
    pub(super) fn find(whole: TokenStream) -> Option<Self> {
        let whole = ungrouped(whole);
        if let Some(TokenTree::Group(group)) = only(&whole) {
            return if group.delimiter() == Delimiter::Parenthesis {
                Self::find(group.stream())
            } else {
                None
            };
        }
        let mut tokens = whole.clone().into_iter().peekable();
        tokens.next_if(|token| is_word(Some(token), "move"));
        let is_bar = |token: &TokenTree| is_punct(Some(token), '|');
        tokens.next_if(is_bar)?;
        let parameters = tokens.by_ref().take_while(|token| !is_bar(token)).collect();
        let mut body: Vec<TokenTree> = tokens.collect();
        let is_arrow = is_punct(body.first(), '-') && is_punct(body.get(1), '>');
        let output = is_arrow.then(|| {
            let end = position(&body, &|rest| rest.first().is_some_and(is_braces)).unwrap_or(body.len());
            body.drain(..end).skip(2).collect()
        });
        Some(Self { whole, parameters, output, body: body.into_iter().collect() })
    }

    /// `closure(argument)` without a call: the pattern bound to the argument, then the body. A called closure would be
    /// checked before the type of its argument is known.
    pub(crate) fn applied(&self, argument: &TokenStream, errors: &mut Errors) -> TokenStream {
        let Self { whole, parameters, output, body } = self;
        let [input] = split(parameters, ',')[..] else {
            errors.spanned(whole, "this closure takes one argument: a reference to the returned value");
            return TokenStream::new();
        };
        let value = match output {
            None => quote!(#body),
            Some(ty) => quote_spanned!(Span::mixed_site()=> { let __result: #ty = #body; __result }),
        };
        quote_spanned!(Span::mixed_site()=> { let #(#input)* = #argument; #value })
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::{errors::Errors, expression::Expression};

    fn applied(text: &str) -> Option<String> {
        let closure = syn::parse_str::<Expression>(text).expect(text).as_closure()?;
        let mut errors = Errors::default();
        let tokens = closure.applied(&quote!(x), &mut errors);
        Some(if errors.is_empty() { tokens.to_string().replace(' ', "") } else { "refused".to_owned() })
    }

    #[test]
    fn opens_closures() {
        for (text, expected) in [
            ("|a| b(a)", "{leta=x;b(a)}"),
            ("move |a| b", "{leta=x;b}"),
            ("(|a| b)", "{leta=x;b}"),
            ("|(a, b)| a | b", "{let(a,b)=x;a|b}"),
            ("|a: &A<B, C>,| b", "{leta:&A<B,C>=x;b}"),
            ("|a| -> A<B, { C }> { a }", "{leta=x;{let__result:A<B,{C}>={a};__result}}"),
            ("|a, b| c", "refused"),
            ("|| c", "refused"),
        ] {
            assert_eq!(applied(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn leaves_everything_else_alone() {
        for text in ["a", "a::b", "a | b | c", "{ |a| b }", "async |a| b", "f(|a| b)"] {
            assert_eq!(applied(text), None, "{text}");
        }
    }
}
