//! A struct as a label set: its fields as labels.

use syn::{Data, DataStruct, DeriveInput, Field, Fields, Generics, Ident, Path, Type, ext::IdentExt};

use crate::{
    args::Args,
    errors::{Errors, Seen},
    krate,
    naming::{Allowed, LabelOf, check_label},
    variants::{allow, label_args},
};

/// The struct.
pub(super) struct Set {
    pub(super) krate: Path,
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) labels: Vec<Label>,
}

/// One field.
pub(super) struct Label {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) allows_cardinality: bool,
}

/// More labels than this say too much about one series.
const MOST: usize = 16;

/// Reads the struct and reports every label that cannot be one.
pub(super) fn set(input: DeriveInput, errors: &mut Errors) -> Option<Set> {
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = input.data else {
        errors.at(
            input.ident.span(),
            "`#[derive(LabelSet)]` goes on a struct with named fields, whose names are the labels' names, or on an \
             enum, which is one label",
        );
        return None;
    };
    let mut krate = None;
    for args in label_args(&input.attrs, errors) {
        let mut args = Args::parse("`#[label]` on a struct", args, errors);
        krate = args.path("crate", errors).or(krate);
        args.finish(&["crate"], errors);
    }
    if fields.named.is_empty() {
        errors.at(
            input.ident.span(),
            "a label set without fields has no labels; a metric without labels needs no label set: `Counter`",
        );
    }
    let mut labels: Vec<Label> = Vec::new();
    let mut seen = Seen::default();
    for (at, field) in fields.named.into_iter().enumerate() {
        if at == MOST {
            errors.spanned(&field.ident, format_args!("a label set has at most {MOST} labels"));
        }
        labels.extend(read(field, &mut seen, errors));
    }
    let krate = krate.unwrap_or_else(krate::default);
    Some(Set { krate, ident: input.ident, generics: input.generics, labels })
}

fn read(field: Field, seen: &mut Seen, errors: &mut Errors) -> Option<Label> {
    let ident = field.ident?;
    let mut rename = None;
    let mut allowed = Allowed::default();
    for args in label_args(&field.attrs, errors) {
        let mut args = Args::parse("`#[label]` on a field", args, errors);
        rename = args.string("rename", errors).or(rename);
        allow(&mut args, &mut allowed, errors);
        args.finish(&["rename", "allow(…)"], errors);
    }
    let (name, span) = match &rename {
        Some(text) => (text.value(), text.span()),
        None => (ident.unraw().to_string(), ident.span()),
    };
    check_label(&name, span, allowed, LabelOf::Field, errors);
    if let Some(first) = seen.insert(&name, &ident) {
        errors.at(
            span,
            format_args!(
                "the label `{name}` is there already, from the field `{first}`; rename one of the two"
            ),
        );
    }
    Some(Label { ident, name, ty: field.ty, allows_cardinality: allowed.cardinality })
}
