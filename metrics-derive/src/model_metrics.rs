//! `#[derive(ModelMetrics)]`: rows of a struct's table, counted.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Generics, Ident, LitStr, Path, ext::IdentExt};

use crate::{args::Args, case::Case, errors::Errors, krate};

/// The struct.
struct Model {
    krate: Path,
    ident: Ident,
    generics: Generics,
    name: TokenStream,
    table: TokenStream,
    on_statement: bool,
}

/// `#[derive(ModelMetrics)] item`
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    // With a mistake in its arguments it is a model all the same, and the compiler need not say that it is not.
    let implementation = model(item, &mut errors).map(|model| implementation(&model));
    let errors = errors.into_tokens();
    quote!(#implementation #errors)
}

/// Reads the struct's name and its `#[model(…)]`.
fn model(item: TokenStream, errors: &mut Errors) -> Option<Model> {
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
        name = args.text("name", errors).or(name);
        table = args.text("table", errors).or(table);
        on_statement |= args.flag("on_statement", errors).is_some();
        args.finish(&["name", "table", "on_statement", "crate"], errors);
    }
    let krate = krate.unwrap_or_else(krate::default);
    let name = match name {
        Some(name) => name.filled("name", &krate, errors),
        None => Case::Snake.apply(&input.ident.unraw().to_string()).into_token_stream(),
    };
    let table = match table {
        Some(table) => table.filled("table", &krate, errors),
        None => match input.attrs.iter().find_map(table_of_mapper) {
            Some(table) => table.into_token_stream(),
            None => name.clone(),
        },
    };
    Some(Model { krate, ident: input.ident, generics: input.generics, name, table, on_statement })
}

/// The table that SeaORM or Diesel know the struct by: `#[sea_orm(table_name = "orders")]`,
/// `#[diesel(table_name = crate::schema::orders)]`. What is wrong with them is for their own macros to say.
fn table_of_mapper(attr: &Attribute) -> Option<String> {
    if !["sea_orm", "diesel"].iter().any(|mapper| attr.path().is_ident(mapper)) {
        return None;
    }
    let mut tokens = attr.meta.require_list().ok()?.tokens.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(ident) if ident == "table_name"))?;
    tokens.next().filter(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '='))?;
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let value: TokenStream = tokens.take_while(|token| !is_comma(token)).collect();
    if let Ok(text) = syn::parse2::<LitStr>(value.clone()) {
        return Some(text.value());
    }
    let path: Path = syn::parse2(value).ok()?;
    path.segments.last().map(|segment| segment.ident.unraw().to_string())
}

/// One site for the model, and its element for the registry.
fn implementation(model: &Model) -> TokenStream {
    let Model { krate, ident, generics, name, table, on_statement } = model;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let place = krate::place(krate, ident.span());
    quote_spanned! {Span::mixed_site()=>
        const _: () = {
            static __SITE: #krate::__private_v4::ModelSite =
                #krate::__private_v4::ModelSite::new(#krate::__private_v4::ModelMeta {
                    name: #name,
                    table: #table,
                    on_statement: #on_statement,
                    place: #place,
                });

            #[automatically_derived]
            impl #impl_generics #krate::__private_v4::Model for #ident #ty_generics #where_clause {
                const NAME: &'static ::core::primitive::str = #name;
                const TABLE: &'static ::core::primitive::str = #table;

                #[inline]
                fn metrics() -> &'static #krate::__private_v4::ModelSite {
                    &__SITE
                }
            }

            #krate::__private_v4::submit!(#krate::__private_v4::Element::Model(&__SITE));
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn table(item: TokenStream) -> String {
        let mut errors = Errors::default();
        let table = model(item, &mut errors).expect("a struct").table;
        syn::parse2::<LitStr>(table).expect("a text").value()
    }

    #[test]
    fn the_table_is_the_one_that_the_mapper_knows() {
        assert_eq!(
            table(quote! { #[sea_orm(schema_name = "shop", table_name = "orders")] struct Model; }),
            "orders"
        );
        assert_eq!(
            table(
                quote! { #[diesel(table_name = crate::schema::orders, check_for_backend(Pg))] struct Order; }
            ),
            "orders"
        );
        assert_eq!(table(quote! { #[diesel(table_name = r#type)] struct Type; }), "type");
    }

    #[test]
    fn a_table_that_is_given_goes_first_and_the_name_last() {
        assert_eq!(
            table(quote! { #[sea_orm(table_name = "orders")] #[model(table = "old_orders")] struct Order; }),
            "old_orders"
        );
        assert_eq!(table(quote! { #[diesel(belongs_to(User))] struct Order; }), "order");
        assert_eq!(table(quote! { #[sea_orm(table_name)] #[model(name = "cart")] struct Order; }), "cart");
    }
}
