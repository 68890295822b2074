//! Reading the struct.

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, LitStr, ext::IdentExt};

use super::Model;
use crate::{args::Args, case::Case, errors::Errors, krate};

/// Reads the struct's name and its `#[model(…)]`.
pub(super) fn model(item: TokenStream, errors: &mut Errors) -> Option<Model> {
    let input: DeriveInput = errors.keep(syn::parse2(item))?;
    if !matches!(input.data, Data::Struct(_)) {
        errors.at(
            input.ident.span(),
            "`#[derive(ModelMetrics)]` goes on a struct: the one that stands for a row of a table",
        );
        return None;
    }
    let (mut krate, mut name, mut table, mut on_statement) = (None, None, None, false);
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("model")) {
        let Ok(list) = attr.meta.require_list() else {
            errors
                .spanned(attr, "write the arguments in parentheses: `#[model(name = \"…\", table = \"…\")]`");
            continue;
        };
        let mut args = Args::parse("`#[model]`", list.tokens.clone(), errors);
        krate = args.path("crate", errors).or(krate);
        name = args.string("name", errors).or(name);
        table = args.string("table", errors).or(table);
        on_statement |= args.flag("on_statement", errors).is_some();
        args.finish(&["name", "table", "on_statement", "crate"], errors);
    }
    let name =
        filled(name, "name", errors).unwrap_or_else(|| Case::Snake.apply(&input.ident.unraw().to_string()));
    let table = filled(table, "table", errors).unwrap_or_else(|| name.clone());
    let krate = krate.unwrap_or_else(krate::default);
    Some(Model { krate, ident: input.ident, generics: input.generics, name, table, on_statement })
}

fn filled(text: Option<LitStr>, word: &str, errors: &mut Errors) -> Option<String> {
    let text = text?;
    if text.value().is_empty() {
        errors.at(text.span(), format_args!("`{word}` is empty; leave it out to use the default"));
    }
    Some(text.value())
}
