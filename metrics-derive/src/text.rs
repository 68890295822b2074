//! Texts in attributes: written out, or constants that only the compiler can evaluate.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, Path};

use crate::{errors::Errors, expression::Expression, krate};

/// A text that was given: written out, or a constant that only the compiler can evaluate.
#[derive(Clone)]
pub(crate) enum Text {
    Literal(LitStr),
    Constant(Expression),
}

impl Text {
    /// The text, if it is written out.
    pub(crate) fn literal(&self) -> Option<String> {
        match self {
            Self::Literal(text) => Some(text.value()),
            Self::Constant(_) => None,
        }
    }

    /// Where it is written.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Literal(text) => text.span(),
            Self::Constant(expression) => expression.span(),
        }
    }

    /// An expression for the text, which must not be empty.
    pub(crate) fn filled(&self, word: &str, krate: &Path, errors: &mut Errors) -> TokenStream {
        match self {
            Self::Literal(text) => {
                if text.value().is_empty() {
                    errors.at(
                        text.span(),
                        format_args!("`{word}` is empty; leave it out to use the item's own name"),
                    );
                }
                quote!(#text)
            }
            Self::Constant(constant) => {
                let here = krate::located_at(krate, constant.span());
                quote_spanned!(constant.span().resolved_at(Span::mixed_site())=> #here::__private_v4::filled(#constant))
            }
        }
    }
}

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(text) => text.to_tokens(tokens),
            Self::Constant(constant) => constant.to_tokens(tokens),
        }
    }
}

/// A text that is composed of several.
pub(crate) enum Words {
    Known(String),
    /// Constants with a separator between them.
    Constant {
        separator: &'static str,
        parts: Vec<TokenStream>,
    },
}

impl Words {
    /// The text, if it is known.
    pub(crate) fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Constant { .. } => None,
        }
    }

    /// An expression of type `&'static str`.
    pub(crate) fn expression(&self, krate: &Path) -> TokenStream {
        match self {
            Self::Known(text) => quote!(#text),
            Self::Constant { separator, parts } => {
                quote_spanned!(Span::mixed_site()=> #krate::__private_v4::joined_text!(#separator; #(#parts),*))
            }
        }
    }
}
