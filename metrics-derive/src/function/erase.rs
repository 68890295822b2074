//! Return types as they can be written inside a body.

use proc_macro2::Span;
use syn::{
    AngleBracketedGenericArguments, AssocType, GenericArgument, ParenthesizedGenericArguments, PathArguments,
    ReturnType, Token, Type, TypeInfer, TypeParamBound,
};

/// The type with `_` for every `impl Trait`, which cannot be named in a body. `None` if nothing but `_` is left.
pub(super) fn impl_traits(ty: &Type) -> Option<Type> {
    let mut ty = ty.clone();
    erase(&mut ty);
    (!matches!(ty, Type::Infer(_))).then_some(ty)
}

fn erase(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => {
            *ty =
                Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token: Token![_](Span::mixed_site()) });
        }
        Type::Array(array) => erase(&mut array.elem),
        Type::Group(group) => erase(&mut group.elem),
        Type::Paren(paren) => erase(&mut paren.elem),
        Type::Ptr(pointer) => erase(&mut pointer.elem),
        Type::Reference(reference) => erase(&mut reference.elem),
        Type::Slice(slice) => erase(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(erase),
        Type::Path(path) => {
            if let Some(qself) = &mut path.qself {
                erase(&mut qself.ty);
            }
            path.path.segments.iter_mut().for_each(|segment| erase_arguments(&mut segment.arguments));
        }
        Type::TraitObject(object) => object.bounds.iter_mut().for_each(|bound| {
            if let TypeParamBound::Trait(bound) = bound {
                bound.path.segments.iter_mut().for_each(|segment| erase_arguments(&mut segment.arguments));
            }
        }),
        _ => {}
    }
}

fn erase_arguments(arguments: &mut PathArguments) {
    match arguments {
        PathArguments::AngleBracketed(list) => erase_list(list),
        PathArguments::Parenthesized(ParenthesizedGenericArguments { inputs, output, .. }) => {
            inputs.iter_mut().for_each(|input| erase(&mut input.ty));
            if let ReturnType::Type(_, ty) = output {
                erase(ty);
            }
        }
        PathArguments::None => {}
    }
}

fn erase_list(list: &mut AngleBracketedGenericArguments) {
    for argument in &mut list.args {
        match argument {
            GenericArgument::Type(ty) | GenericArgument::AssocType(AssocType { ty, .. }) => erase(ty),
            _ => {}
        }
    }
}

/// The `T` of the first `Future<Output = T>` in a type: of `Pin<Box<dyn Future<Output = T> + Send>>` and
/// `impl Future<Output = T>`; for `BoxFuture<'a, T>`, its last argument.
pub(super) fn future_output(ty: &Type) -> Option<Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(bound_output),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(bound_output),
        Type::Group(group) => future_output(&group.elem),
        Type::Paren(paren) => future_output(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(generics) = &last.arguments else { return None };
            let mut types = generics.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                return types.next_back().cloned();
            }
            types.find_map(future_output)
        }
        _ => None,
    }
}

fn bound_output(bound: &TypeParamBound) -> Option<Type> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(generics) = &last.arguments else { return None };
    generics.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(assoc.ty.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::{Type, parse_quote};

    use super::{future_output, impl_traits};

    fn text(ty: Option<Type>) -> Option<String> {
        ty.map(|ty| ty.to_token_stream().to_string().replace(' ', ""))
    }

    #[test]
    fn erases_impl_trait_at_every_depth() {
        let cases: [(Type, Option<&str>); 5] = [
            (parse_quote!(impl Iterator<Item = u8>), None),
            (parse_quote!(Result<impl Display, Error>), Some("Result<_,Error>")),
            (parse_quote!((u8, [impl Fn(); 2])), Some("(u8,[_;2])")),
            (parse_quote!(Box<dyn Fn(u8) -> impl Sized>), Some("Box<dynFn(u8)->_>")),
            (parse_quote!(<T as Trait>::Out), Some("<TasTrait>::Out")),
        ];
        for (ty, expected) in cases {
            assert_eq!(text(impl_traits(&ty)).as_deref(), expected);
        }
    }

    #[test]
    fn finds_what_a_future_gives() {
        let cases: [(Type, Option<&str>); 5] = [
            (parse_quote!(Pin<Box<dyn Future<Output = Result<u8, E>> + Send + 'a>>), Some("Result<u8,E>")),
            (parse_quote!(impl Future<Output = ()> + Send), Some("()")),
            (parse_quote!(BoxFuture<'a, io::Result<()>>), Some("io::Result<()>")),
            (parse_quote!(Boxed<u8>), None),
            (parse_quote!(u8), None),
        ];
        for (ty, expected) in cases {
            assert_eq!(text(future_output(&ty)).as_deref(), expected);
        }
    }
}
