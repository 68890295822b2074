//! Naming rules, checked while it is still known where each word stands in the source.
//!
//! The core crate checks the same rules once more in constant evaluation, where kinds behind type aliases and names
//! of derived labels are known too.

pub(crate) mod label;
pub(crate) mod name;
mod unit;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Path};

use crate::{errors::Errors, tokens::last_word};

/// What kind of metric a declaration looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
    Info,
    StateSet,
    /// A type of another name; only the core crate can tell.
    Unknown,
}

impl Kind {
    /// Goes by the last word of the type's path.
    pub(crate) fn guess(ty: &TokenStream) -> Self {
        match last_word(ty).map(|word| word.to_string()).as_deref() {
            Some("Counter" | "FloatCounter") => Self::Counter,
            Some("Gauge" | "IntGauge" | "UpDownCounter") => Self::Gauge,
            Some("Histogram") => Self::Histogram,
            Some("Summary") => Self::Summary,
            Some("Info") => Self::Info,
            Some("StateSet") => Self::StateSet,
            _ => Self::Unknown,
        }
    }

    /// As the core crate's type of the same name.
    pub(crate) fn to_tokens(self, krate: &Path) -> Option<TokenStream> {
        let variant = match self {
            Self::Counter => "Counter",
            Self::Gauge => "Gauge",
            Self::Histogram => "Histogram",
            Self::Summary => "Summary",
            Self::Info => "Info",
            Self::StateSet => "StateSet",
            Self::Unknown => return None,
        };
        let variant = Ident::new(variant, Span::mixed_site());
        Some(quote!(#krate::__private::Kind::#variant))
    }

    /// The kind as a sentence names it.
    pub(crate) fn article(self) -> &'static str {
        match self {
            Self::Counter => "a counter",
            Self::Gauge => "a gauge",
            Self::Histogram => "a histogram",
            Self::Summary => "a summary",
            Self::Info => "an info",
            Self::StateSet => "a state set",
            Self::Unknown => "a metric",
        }
    }
}

/// The rules that `allow(..)` switches off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // one flag for each word that may stand in `allow(..)`
pub(crate) struct Allow {
    pub(crate) unit: bool,
    pub(crate) total: bool,
    pub(crate) suffix: bool,
    pub(crate) name: bool,
    pub(crate) label: bool,
}

impl Allow {
    /// Understands the words of `allow(..)`.
    pub(crate) fn parse(words: &[Ident], errors: &mut Errors) -> Self {
        let mut allow = Self::default();
        for word in words {
            let flag = match word.to_string().as_str() {
                "unit" => &mut allow.unit,
                "total" => &mut allow.total,
                "suffix" => &mut allow.suffix,
                "name" => &mut allow.name,
                "label" => &mut allow.label,
                _ => {
                    errors.at(
                        word.span(),
                        format_args!(
                            "there is no rule `{word}`; `allow(…)` takes `unit`, `total`, `suffix`, `name` and `label`"
                        ),
                    );
                    continue;
                }
            };
            if *flag {
                errors.at(word.span(), format_args!("`{word}` is given twice; once is enough"));
            }
            *flag = true;
        }
        allow
    }

    /// As the core crate's type of the same name.
    pub(crate) fn to_tokens(self, krate: &Path) -> TokenStream {
        if self == Self::default() {
            return quote!(#krate::__private::Allow::NONE);
        }
        let Self { unit, total, suffix, name, label } = self;
        quote! {
            #krate::__private::Allow { unit: #unit, total: #total, suffix: #suffix, name: #name, label: #label }
        }
    }
}

/// Whether it is lower snake case: words of lower-case letters and digits, one underscore between two of them, a
/// letter first.
pub(crate) fn is_snake_case(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.split('_').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// Whether it is one of `[a-zA-Z_][a-zA-Z0-9_]*`.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
