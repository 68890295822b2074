//! Name, help and unit of a declaration, composed and checked.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, LitStr, Path, ext::IdentExt};
use tallymark_rules::{Allow, Kind, Named, Subject, help_fault, namespace_fault};

use super::parse::Naming;
use crate::{
    annotation::{Annotated, Annotations},
    case::Case,
    doc,
    errors::Errors,
    krate,
    naming::{allow_tokens, kind_tokens, report},
    text::{Text, Words},
};

/// What goes into the registry's entry.
pub(crate) struct Declared {
    pub(crate) name: Words,
    pub(crate) namespaced: bool,
    pub(crate) help: Words,
    pub(crate) unit: Option<String>,
    /// What the name was checked for.
    pub(crate) kind: Kind,
    pub(crate) allow: Allow,
    pub(crate) annotations: Annotations,
    /// The name of the item, for its place in the source.
    pub(crate) span: Span,
}

impl Declared {
    /// Composes the name and reports every broken rule.
    pub(crate) fn new(
        ident: &Ident,
        attrs: &[Attribute],
        kind: Kind,
        naming: &Naming,
        errors: &mut Errors,
    ) -> Self {
        let (own, span) = match &naming.name {
            Some(name) => (name.clone(), name.span()),
            None => {
                (Text::Literal(LitStr::new(&own_name(ident, naming, errors), ident.span())), ident.span())
            }
        };
        let prefixes = [&naming.namespace, &naming.subsystem];
        for prefix in prefixes.into_iter().flatten() {
            let Some(text) = prefix.literal() else { continue };
            if let Some(fault) = namespace_fault(&text, naming.allow.name).filter(|_| !text.is_empty()) {
                report(&fault, prefix.span(), errors);
            }
        }
        let parts: Vec<&Text> = prefixes.into_iter().flatten().chain([&own]).collect();
        let namespaced = naming.namespace.is_some();
        let unit = naming.unit.as_ref().map(LitStr::value);
        let texts: Option<Vec<String>> = parts.iter().map(|part| part.literal()).collect();
        let (name, unit) = if let Some(mut texts) = texts {
            texts.retain(|text| !text.is_empty());
            let text = texts.join("_");
            let named = Named { name: &text, kind, unit: unit.as_deref(), allow: naming.allow };
            for fault in named.faults() {
                let span = match (fault.subject(), &naming.unit) {
                    (Subject::Unit, Some(unit)) => unit.span(),
                    _ => span,
                };
                report(&fault, span, errors);
            }
            let unit = named.unit().map(str::to_owned);
            (Words::Known(text), unit)
        } else {
            // The core crate checks what is composed of constants.

            let parts = parts.into_iter().map(ToTokens::to_token_stream).collect();
            let own = own.literal().unwrap_or_default();
            let named = Named { name: &own, kind, unit: unit.as_deref(), allow: naming.allow };
            (Words::Constant { separator: "_", parts }, named.unit().map(str::to_owned))
        };
        let help = help(ident, attrs, naming, errors);
        let annotations = naming.annotations.clone();
        annotations.check(kind, unit.as_deref(), errors);
        Self { name, namespaced, help, unit, kind, allow: naming.allow, annotations, span: ident.span() }
    }

    /// The name as far as it is known here, for what is better put into its order.
    pub(crate) fn sorts_as(&self) -> &str {
        self.name.known().unwrap_or_default()
    }

    /// `Entry::new(Declared { .. }, &metric)`. A mistake that only constant evaluation finds is shown at the item's name.
    pub(crate) fn entry(
        &self,
        krate: &Path,
        place: &TokenStream,
        ty: &TokenStream,
        init: Option<&TokenStream>,
        metric: &TokenStream,
    ) -> TokenStream {
        let annotated = self.annotations.call(&Annotated { krate, ty, init });
        let here = krate::located_at(krate, self.span);
        let Self { name, namespaced, help, unit, allow, .. } = self;
        let allow = allow_tokens(*allow, krate);
        let unit = if let Some(unit) = unit {
            quote!(::core::option::Option::Some(#unit))
        } else {
            quote!(::core::option::Option::None)
        };
        let lines = self.lines(ty).map(|lines| quote!(.lines(#lines)));
        let (constructor, kind) = match (kind_tokens(self.kind, krate), name.known()) {
            (Some(kind), Some(_)) => (quote!(named), Some(quote!(#kind,))),
            _ => (quote!(new), None),
        };
        let name = name.expression(krate);
        let help = if let Some(help) = help.known() {
            quote!(#help)
        } else {
            let help = help.expression(krate);
            quote_spanned!(self.span.resolved_at(Span::mixed_site())=> #here::__private_v4::help(#help))
        };
        quote_spanned! {self.span.resolved_at(Span::mixed_site())=>
            #here::__private_v4::Entry::#constructor::<#ty>(
                #kind
                #krate::__private_v4::Declared {
                    name: #name,
                    namespaced: #namespaced,
                    help: #help,
                    unit: #unit,
                    allow: #allow,
                    place: #place,
                },
                #metric,
            )#lines #annotated
        }
    }

    /// What the text formats say of a counter without labels, up to its number, so that no program has to put it together.
    /// The core crate looks whether the type is what it looks like here.
    fn lines(&self, ty: &TokenStream) -> Option<String> {
        let (name, help) = (self.name.known()?, self.help.known()?);
        // What needs escaping is left to the encoder.
        (is_counter(ty) && !help.is_empty() && !help.contains(['\\', '\n']))
            .then(|| format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} "))
    }

    /// `Entry::new(…)` with a whole place of its own.
    pub(crate) fn placed_entry(
        &self,
        krate: &Path,
        ty: &TokenStream,
        init: Option<&TokenStream>,
        metric: &TokenStream,
    ) -> TokenStream {
        self.entry(krate, &krate::place(krate, self.span), ty, init, metric)
    }
}

/// Whether a type looks like that of a counter without labels.
pub(crate) fn is_counter(ty: &TokenStream) -> bool {
    matches!(ty.clone().into_iter().last(), Some(TokenTree::Ident(last)) if last == "Counter")
}

/// The name of the hidden static that holds the entries of an item, for `register!`.
pub(crate) fn entries_ident(item: &Ident) -> Ident {
    format_ident!("__METRICS_{}", item.unraw(), span = item.span().resolved_at(Span::mixed_site()))
}

fn own_name(ident: &Ident, naming: &Naming, errors: &mut Errors) -> String {
    let text = ident.unraw().to_string();
    let lower = text.to_lowercase();
    if text == lower || text == text.to_uppercase() || naming.allow.name {
        return lower;
    }
    errors.at(
        ident.span(),
        format_args!(
            "`{text}` mixes capitals and small letters: write `{}`, or give `name = \"…\"`",
            Case::ScreamingSnake.apply(&text)
        ),
    );
    Case::Snake.apply(&text)
}

fn help(ident: &Ident, attrs: &[Attribute], naming: &Naming, errors: &mut Errors) -> Words {
    match &naming.help {
        Some(Text::Literal(help)) => {
            let text = help.value().trim().to_owned();
            if let Some(fault) = help_fault(&text) {
                report(&fault, help.span(), errors);
            }
            return Words::Known(text);
        }
        Some(Text::Constant(constant)) => {
            return Words::Constant { separator: " ", parts: vec![constant.to_token_stream()] };
        }
        None => {}
    }
    doc::first_paragraph(attrs).unwrap_or_else(|| {
        errors.at(
            ident.span(),
            format_args!(
                "`{ident}` has no help text: write a doc comment above it, or `help = \"…\"`; everybody who reads the \
                 metric sees it"
            ),
        );
        Words::Known(String::new())
    })
}
