//! An enum whose variants have texts; shared by the derives for label values and state sets.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Ident, LitStr, Path, ext::IdentExt};

use crate::{
    args::Args,
    case::{CASES, Case},
    errors::{Errors, Seen},
    krate,
    naming::Allowed,
};

/// The enum.
pub(crate) struct Variants {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) list: Vec<Variant>,
    /// The name that the enum has as a label set of its own.
    pub(crate) set_name: Option<LitStr>,
}

/// One variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) text: String,
    /// Whether it holds data, which does not matter to its text.
    pub(crate) has_data: bool,
}

impl Variants {
    /// Reads the enum and reports everything that keeps its variants from being distinct texts.
    pub(crate) fn parse(derive: &'static str, item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let input: DeriveInput = errors.keep(syn::parse2(item))?;
        let Data::Enum(data) = input.data else {
            let way = match &input.data {
                Data::Struct(data) if derive == "#[derive(LabelValue)]" && data.fields.len() == 1 => format!(
                    "; for a struct around one text, write `impl LabelValue for {} {{ const CARDINALITY: Option<usize> = \
                     None; fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {{ f(&self.{}) }} }}`",
                    input.ident,
                    data.fields
                        .iter()
                        .find_map(|field| field.ident.as_ref())
                        .map_or("0".to_owned(), Ident::to_string),
                ),
                _ => String::new(),
            };
            errors.at(
                input.ident.span(),
                format_args!("`{derive}` goes on an enum, whose variants are the values{way}"),
            );
            return None;
        };
        let args = EnumArgs::parse(&input.attrs, errors);
        let case = args.rename_all.map_or(Case::Snake, |text| rename_all(&text, errors));
        if data.variants.is_empty() {
            errors.at(input.ident.span(), "an enum without variants has no values; give it at least one");
        }
        let mut variants = Vec::new();
        let mut seen = Seen::default();
        for variant in data.variants {
            let (text, span) = text(&variant.ident, &variant.attrs, case, errors);
            if let Some(first) = seen.insert(&text, &variant.ident) {
                errors
                    .at(span, format_args!("`{first}` has the text `{text}` already; rename one of the two"));
            }
            let has_data = !matches!(variant.fields, Fields::Unit);
            variants.push(Variant { ident: variant.ident, text, has_data });
        }
        Some(Self {
            krate: args.krate,
            ident: input.ident,
            generics: input.generics,
            list: variants,
            set_name: args.name,
        })
    }
}

/// What `#[label(…)]` says on an enum. The derives of one enum read the same attribute, and each takes its part.
pub(crate) struct EnumArgs {
    pub(crate) krate: Path,
    /// How variants become texts: for label values and states.
    rename_all: Option<LitStr>,
    /// The label's name: for label sets.
    pub(crate) name: Option<LitStr>,
    /// The rules that the name can do without.
    pub(crate) allowed: Allowed,
}

impl EnumArgs {
    /// Reads all `#[label(…)]` of the enum.
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let (mut krate, mut rename_all, mut name, mut allowed) = (None, None, None, Allowed::default());
        for args in label_args(attrs, errors) {
            let mut args = Args::parse("`#[label]` on an enum", args, errors);
            krate = args.path("crate", errors).or(krate);
            rename_all = args.string("rename_all", errors).or(rename_all);
            name = args.string("name", errors).or(name);
            allow(&mut args, &mut allowed, errors);
            args.finish(&["rename_all", "name", "allow(…)", "crate"], errors);
        }
        Self { krate: krate.unwrap_or_else(krate::default), rename_all, name, allowed }
    }
}

/// Takes `allow(…)`, with the rules that a label can do without.
pub(crate) fn allow(args: &mut Args, allowed: &mut Allowed, errors: &mut Errors) {
    for word in args.list("allow", errors) {
        if word == "name" {
            allowed.name = true;
        } else if word == "cardinality" {
            allowed.cardinality = true;
        } else {
            errors.at(
                word.span(),
                format_args!(
                    "there is no rule `{word}`; on a label, `allow(…)` takes `name` and `cardinality`"
                ),
            );
        }
    }
}

/// The tokens in each `#[label(…)]`.
pub(crate) fn label_args(attrs: &[Attribute], errors: &mut Errors) -> Vec<TokenStream> {
    let mut args = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("label")) {
        match attr.meta.require_list() {
            Ok(list) => args.push(list.tokens.clone()),
            Err(_) => errors.spanned(attr, "write the arguments in parentheses: `#[label(rename = \"…\")]`"),
        }
    }
    args
}

fn rename_all(text: &LitStr, errors: &mut Errors) -> Case {
    Case::find(&text.value()).unwrap_or_else(|| {
        let names: Vec<_> = CASES.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        errors.at(
            text.span(),
            format_args!("`rename_all` does not know `{}`; it takes {}", text.value(), names.join(", ")),
        );
        Case::Snake
    })
}

fn text(ident: &Ident, attrs: &[Attribute], case: Case, errors: &mut Errors) -> (String, Span) {
    let mut rename = None;
    for args in label_args(attrs, errors) {
        let mut args = Args::parse("`#[label]` on a variant", args, errors);
        rename = args.string("rename", errors).or(rename);
        args.finish(&["rename"], errors);
    }
    match rename {
        Some(text) if text.value().is_empty() => {
            errors.at(text.span(), "an empty label value is the same as no label; give the variant a text");
            (ident.to_string(), text.span())
        }
        Some(text) => (text.value(), text.span()),
        None => (case.apply(&ident.unraw().to_string()), ident.span()),
    }
}
