//! What metrics and labels are called: the rules of `tallymark_rules`, shown where each word is written.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Path};
use tallymark_rules::{Allow, Fault, Kind, is_endless_label, label_fault};

use crate::{errors::Errors, tokens::last_word};

/// Returns the kind that a type's last word is the name of; `Unknown` if only the core crate can tell.
pub(crate) fn kind_of(ty: &TokenStream) -> Kind {
    match last_word(ty).map(|word| word.to_string()).as_deref() {
        Some("Counter" | "FloatCounter") => Kind::Counter,
        Some("Gauge" | "IntGauge" | "UpDownCounter") => Kind::Gauge,
        Some("Histogram") => Kind::Histogram,
        Some("GaugeHistogram") => Kind::GaugeHistogram,
        Some("Summary") => Kind::Summary,
        Some("Info") => Kind::Info,
        Some("StateSet") => Kind::StateSet,
        _ => Kind::Unknown,
    }
}

/// Returns the kind as an expression, if it is known.
pub(crate) fn kind_tokens(kind: Kind, krate: &Path) -> Option<TokenStream> {
    let variant = match kind {
        Kind::Counter => "Counter",
        Kind::Gauge => "Gauge",
        Kind::Histogram => "Histogram",
        Kind::GaugeHistogram => "GaugeHistogram",
        Kind::Summary => "Summary",
        Kind::Info => "Info",
        Kind::StateSet => "StateSet",
        _ => return None,
    };
    let variant = Ident::new(variant, Span::mixed_site());
    Some(quote!(#krate::__private_v4::Kind::#variant))
}

/// Reads the words of `allow(…)`.
pub(crate) fn parse_allow(words: &[Ident], errors: &mut Errors) -> Allow {
    let mut allow = Allow::NONE;
    for word in words {
        let flag = match word.to_string().as_str() {
            "unit" => &mut allow.unit,
            "total" => &mut allow.total,
            "suffix" => &mut allow.suffix,
            "name" => &mut allow.name,
            "label" => &mut allow.label,
            "cardinality" => &mut allow.cardinality,
            _ => {
                errors.at(
                    word.span(),
                    format_args!(
                        "there is no rule `{word}`; `allow(…)` takes `unit`, `total`, `suffix`, `name`, \
                         `label` and `cardinality`"
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

/// Returns the rules as an expression.
pub(crate) fn allow_tokens(allow: Allow, krate: &Path) -> TokenStream {
    if allow == Allow::NONE {
        return quote!(#krate::__private_v4::Allow::NONE);
    }
    let Allow { unit, total, suffix, name, label, cardinality } = allow;
    quote! {
        #krate::__private_v4::Allow {
            unit: #unit,
            total: #total,
            suffix: #suffix,
            name: #name,
            label: #label,
            cardinality: #cardinality,
        }
    }
}

/// Reports a broken rule, and the word that switches it off.
pub(crate) fn report(fault: &Fault<'_>, span: Span, errors: &mut Errors) {
    match fault.allowed_by() {
        Some(word) => errors.at(span, format_args!("{fault}; or write `allow({word})`")),
        None => errors.at(span, fault),
    }
}

/// The rules that a label can do without.
#[derive(Clone, Copy, Default)]
pub(crate) struct Allowed {
    /// Whether its name need not be lower snake case.
    pub(crate) name: bool,
    /// Whether its values may have no end.
    pub(crate) cardinality: bool,
}

/// Where the name of a label comes from if it is not given.
#[derive(Clone, Copy)]
pub(crate) enum LabelOf {
    Field,
    Enum,
}

/// Reports the rule that a label's name breaks, and how to give it another name.
pub(crate) fn check_label(text: &str, span: Span, allowed: Allowed, of: LabelOf, errors: &mut Errors) {
    let other = match of {
        LabelOf::Field => "`#[label(rename = \"…\")]` if the field keeps its name",
        LabelOf::Enum => "`#[label(name = \"…\")]` if the enum keeps its name",
    };
    let endless = Fault::LabelEndless { label: text };
    match label_fault(text, allowed.name) {
        None if is_endless_label(text) && !allowed.cardinality => {
            errors.at(span, format_args!("{endless}; or write `#[label(allow(cardinality))]`"));
        }
        None => {}
        Some(fault @ Fault::LabelCase { .. }) => {
            errors.at(span, format_args!("{fault}; or write `#[label(allow(name))]`"));
        }
        Some(fault) => errors.at(span, format_args!("{fault}; choose another one, with {other}")),
    }
}
