//! `panel(title = "…", row = "…", unit = "…")`

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use tallymark_rules::{Kind, PanelUnit};

use super::{alert::filled, annotated::Annotated};
use crate::{
    args::{Args, listed},
    errors::Errors,
    krate,
};

/// The title, row and unit of a panel, as far as they are written.
#[derive(Clone)]
pub(super) struct Panel {
    title: Option<LitStr>,
    row: Option<LitStr>,
    unit: Option<(PanelUnit, Span)>,
}

impl Panel {
    /// Reads the arguments and reports what is wrong with them by itself.
    pub(super) fn parse(word: &Ident, tokens: TokenStream, errors: &mut Errors) -> Self {
        if tokens.is_empty() {
            errors.at(
                word.span(),
                "`panel()` says nothing: write `panel(title = \"…\")`, `row` or `unit`, or leave it out",
            );
        }
        let mut args = Args::parse("`panel(…)`", tokens, errors);
        let [title, row] = ["title", "row"].map(|word| filled(&mut args, word, errors));
        let unit = args.string("unit", errors).and_then(|text| unit(&text, errors));
        args.finish(&["title", "row", "unit"], errors);
        Self { title, row, unit }
    }

    /// Reports a unit that values of this kind do not have.
    pub(super) fn check(&self, kind: Kind, errors: &mut Errors) {
        let Some((unit, span)) = self.unit else { return };
        if let Some(fault) = unit.fault(kind) {
            errors.at(span, fault);
        }
    }

    /// The panel as data. The core crate checks the unit if the kind is behind an alias.
    pub(super) fn expression(&self, subject: &Annotated<'_>) -> TokenStream {
        let Annotated { krate, ty, .. } = subject;
        let text = |text: &Option<LitStr>| text.as_ref().map_or_else(|| quote!(""), |text| quote!(#text));
        let (title, row) = (text(&self.title), text(&self.row));
        let unit = if let Some((unit, span)) = self.unit {
            let (here, name) = (krate::located_at(krate, span), variant(unit));
            quote_spanned! {span.resolved_at(Span::mixed_site())=>
                ::core::option::Option::Some(
                    #here::__private_v4::panel_unit::<#ty>(#krate::__private_v4::PanelUnit::#name)
                )
            }
        } else {
            quote!(::core::option::Option::None)
        };
        quote!(#krate::__private_v4::Panel { title: #title, row: #row, unit: #unit })
    }
}

fn variant(unit: PanelUnit) -> TokenStream {
    match unit {
        PanelUnit::Count => quote!(Count),
        PanelUnit::PerSecond => quote!(PerSecond),
        PanelUnit::RequestsPerSecond => quote!(RequestsPerSecond),
        PanelUnit::Seconds => quote!(Seconds),
        PanelUnit::Bytes => quote!(Bytes),
        PanelUnit::BytesPerSecond => quote!(BytesPerSecond),
        PanelUnit::Ratio => quote!(Ratio),
        PanelUnit::Timestamp => quote!(Timestamp),
        PanelUnit::Flag => quote!(Flag),
        _ => unreachable!("the rules have no other unit"),
    }
}

fn unit(text: &LitStr, errors: &mut Errors) -> Option<(PanelUnit, Span)> {
    let value = text.value();
    let Some(unit) = PanelUnit::parse(&value) else {
        let known = PanelUnit::ALL.map(PanelUnit::text);
        errors.at(
            text.span(),
            format_args!(
                "`{value}` is no unit of a panel: write one of {}",
                listed(&known).replace(" and ", " or ")
            ),
        );
        return None;
    };
    Some((unit, text.span()))
}
