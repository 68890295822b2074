//! Return types that are futures, and return types as they can be written inside a body.

use std::iter::Peekable;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree, token_stream::IntoIter};
use quote::TokenStreamExt;

use crate::tokens::{Angles, is_punct, is_word, last_word, position, regroup, split, ungrouped};

/// What the words of a return type say.
pub(super) enum Kind {
    /// `()`, or nothing.
    Unit,
    /// `!`
    Never,
    /// Neither a `Result` nor a future, whatever the names in it stand for: a reference, a tuple, a closure.
    Plain,
    /// By its name no future; perhaps a `Result`.
    Value,
    /// `impl Trait`, where the trait is another than `Future`.
    Impl,
    /// `impl Future<Output = T>`: the `T`, with `_` for every `impl Trait` in it.
    Future(TokenStream),
    /// Any name; only the compiler knows what it stands for.
    Unknown,
}

impl Kind {
    /// Reads a return type.
    pub(super) fn new(output: Option<&TokenStream>) -> Self {
        /// Types of the standard library that are no futures, and `Result` under any name.
        const VALUES: [&str; 30] = [
            "Arc",
            "BTreeMap",
            "BTreeSet",
            "Cow",
            "Duration",
            "HashMap",
            "HashSet",
            "Instant",
            "Option",
            "Rc",
            "String",
            "SystemTime",
            "Vec",
            "VecDeque",
            "bool",
            "char",
            "f32",
            "f64",
            "i128",
            "i16",
            "i32",
            "i64",
            "i8",
            "isize",
            "u128",
            "u16",
            "u32",
            "u64",
            "u8",
            "usize",
        ];
        let Some(output) = output else { return Self::Unit };
        let tokens = list(ungrouped(output.clone()));
        match tokens.as_slice() {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                let inner = list(group.stream());
                if inner.is_empty() {
                    return Self::Unit;
                }
                let is_tuple = position(&inner, &|rest| is_punct(rest.first(), ',')).is_some();
                if is_tuple { Self::Plain } else { Self::new(Some(&group.stream())) }
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => Self::Plain,
            [TokenTree::Punct(punct)] if punct.as_char() == '!' => Self::Never,
            [TokenTree::Punct(punct), ..] if matches!(punct.as_char(), '&' | '*') => Self::Plain,
            [TokenTree::Ident(word), ..]
                if ["fn", "unsafe", "extern", "for"].iter().any(|other| word == other) =>
            {
                Self::Plain
            }
            [TokenTree::Ident(word), bounds @ ..] if word == "impl" => match future_output(output) {
                Some(ty) => Self::Future(erased(ty)),
                None if bounds.iter().any(is_parenthesis) => Self::Plain,
                None => Self::Impl,
            },
            _ => match last_word(output).map(|word| word.to_string()) {
                Some(name) if name.ends_with("Result") || VALUES.contains(&name.as_str()) => Self::Value,
                Some(name) if name == "Box" && !output.to_string().contains("Fut") => Self::Value,
                _ => Self::Unknown,
            },
        }
    }
}

/// Whether it is the arguments of `Fn(A) -> B`, as far as bounds go.
fn is_parenthesis(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// The type with `_` for every `impl Trait`, which cannot be named in a body.
pub(super) fn erased(ty: TokenStream) -> TokenStream {
    let mut tokens = ty.into_iter().peekable();
    let mut written = TokenStream::new();
    let mut in_macro = false;
    while let Some(token) = tokens.next() {
        let is_bang = is_punct(Some(&token), '!');
        match token {
            TokenTree::Ident(word) if word == "impl" => {
                skip_bounds(&mut tokens);
                written.append(Ident::new("_", Span::mixed_site()));
            }
            // Braces hold a value, and what a macro is given need not be a type.
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace && !in_macro => {
                written.append(regroup(&group, erased(group.stream())));
            }
            other => written.append(other),
        }
        in_macro = is_bang;
    }
    written
}

/// Goes to the end of the bounds behind `impl`.
fn skip_bounds(tokens: &mut Peekable<IntoIter>) {
    let mut angles = Angles::default();
    while let Some(token) = tokens.next_if(|token| {
        let is_separator = is_punct(Some(token), ',') || is_punct(Some(token), ';');
        !(angles.end_at(token) || (angles.are_closed() && is_separator))
    }) {
        angles.step(&token);
    }
}

/// The `T` of the first `Future<Output = T>` in a type: of `Pin<Box<dyn Future<Output = T> + Send>>` and
/// `impl Future<Output = T>`; for `BoxFuture<'a, T>`, its last argument.
pub(super) fn future_output(ty: &TokenStream) -> Option<TokenStream> {
    let tokens = list(ungrouped(ty.clone()));
    match tokens.as_slice() {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            let is_tuple = position(&list(group.stream()), &|rest| is_punct(rest.first(), ',')).is_some();
            if is_tuple { None } else { future_output(&group.stream()) }
        }
        [TokenTree::Ident(word), bounds @ ..] if word == "impl" || word == "dyn" => {
            split(bounds, '+').into_iter().find_map(bound_output)
        }
        path @ [TokenTree::Ident(_) | TokenTree::Punct(_), ..] if !is_punct(path.first(), '&') => {
            let (name, arguments) = last_arguments(path)?;
            let mut types = arguments.into_iter().filter(|argument| is_type(argument)).map(stream);
            if name == "BoxFuture" || name == "LocalBoxFuture" {
                return types.next_back();
            }
            types.find_map(|ty| future_output(&ty))
        }
        _ => None,
    }
}

fn bound_output(bound: &[TokenTree]) -> Option<TokenStream> {
    if let [TokenTree::Group(group)] = bound {
        return bound_output(&list(group.stream()));
    }
    let (_, arguments) = last_arguments(bound)?;
    arguments.into_iter().find_map(|argument| match argument {
        [name, equals, ty @ ..] if is_word(Some(name), "Output") && is_punct(Some(equals), '=') => {
            Some(stream(ty))
        }
        _ => None,
    })
}

/// The last word of a path, and what stands between angle brackets behind it.
fn last_arguments(path: &[TokenTree]) -> Option<(&Ident, Vec<&[TokenTree]>)> {
    let (close, before) = path.split_last()?;
    // The brackets of `Fn() -> Vec<T>` are those of another type.
    let has_arrow = position(path, &|rest| is_punct(rest.first(), '-')).is_some();
    if !is_punct(Some(close), '>') || has_arrow {
        return None;
    }
    let mut angles = Angles::default();
    let mut open = None;
    for (at, token) in before.iter().enumerate() {
        if angles.are_closed() && is_punct(Some(token), '<') {
            open = Some(at);
        }
        angles.step(token);
    }
    let (head, arguments) = before.split_at_checked(open?)?;
    let name = head.iter().rev().find_map(|token| match token {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    })?;
    Some((name, split(arguments.get(1..)?, ',')))
}

/// Whether a generic argument is a type and neither a lifetime nor `Name = Type`.
fn is_type(argument: &[TokenTree]) -> bool {
    !is_punct(argument.first(), '\'') && position(argument, &|rest| is_punct(rest.first(), '=')).is_none()
}

fn list(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{Kind, erased, future_output};

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect(text)
    }

    fn text(ty: Option<TokenStream>) -> Option<String> {
        ty.map(|ty| ty.to_string().replace(' ', ""))
    }

    #[test]
    fn erases_impl_trait_at_every_depth() {
        for (ty, expected) in [
            ("impl Iterator<Item = u8>", Some("_")),
            ("impl Fn(u8) -> Vec<u8> + Send + use<'a, T>", Some("_")),
            ("Result<impl Display, Error>", Some("Result<_,Error>")),
            ("Result<impl Fn() -> Vec<u8>, Error>", Some("Result<_,Error>")),
            ("(u8, [impl Fn(); 2])", Some("(u8,[_;2])")),
            ("(impl A<B, C>, impl D)", Some("(_,_)")),
            ("Box<dyn Fn(u8) -> impl Sized>", Some("Box<dynFn(u8)->_>")),
            ("<T as Trait>::Out", Some("<TasTrait>::Out")),
            ("Array<{ size() }>", Some("Array<{size()}>")),
            ("of!(impl A)", Some("of!(implA)")),
            ("!", Some("!")),
            ("(!, impl A)", Some("(!,_)")),
        ] {
            assert_eq!(text(Some(erased(tokens(ty)))).as_deref(), expected, "{ty}");
        }
    }

    #[test]
    fn finds_what_a_future_gives() {
        for (ty, expected) in [
            ("Pin<Box<dyn Future<Output = Result<u8, E>> + Send + 'a>>", Some("Result<u8,E>")),
            ("impl Future<Output = ()> + Send", Some("()")),
            ("impl Send + ::core::future::Future<Output = Vec<u8>> + use<'a>", Some("Vec<u8>")),
            ("impl (Future<Output = u8>) + Send", Some("u8")),
            ("BoxFuture<'a, io::Result<()>>", Some("io::Result<()>")),
            ("(BoxFuture<'a, u8>)", Some("u8")),
            ("Boxed<u8>", None),
            ("u8", None),
            ("impl Fn() -> Ready<Output = u8>", None),
            ("&'a Pin<Box<dyn Future<Output = u8>>>", None),
            ("(u8, BoxFuture<'a, u8>)", None),
        ] {
            assert_eq!(text(future_output(&tokens(ty))).as_deref(), expected, "{ty}");
        }
    }

    #[test]
    fn words_tell_what_cannot_be_a_future() {
        for (ty, expected) in [
            ("()", "unit"),
            ("!", "never"),
            ("&'a Result<u8, E>", "plain"),
            ("(u8, BoxFuture<'a, u8>)", "plain"),
            ("[u8; 2]", "plain"),
            ("fn() -> u8", "plain"),
            ("impl Fn(&Req) -> bool", "plain"),
            ("io::Result<()>", "value"),
            ("(Option<u8>)", "value"),
            ("Box<dyn Display>", "value"),
            ("impl IntoResponse", "impl"),
            ("impl TryFuture<Ok = u8>", "impl"),
            ("impl Future<Output = impl Display>", "future _"),
            ("BoxFuture<'a, u8>", "unknown"),
            ("Pin<Box<dyn Future<Output = u8>>>", "unknown"),
            ("Box<dyn Future<Output = u8> + Unpin>", "unknown"),
            ("Fut<u8>", "unknown"),
            ("Self::Fut", "unknown"),
            ("kind!(u8)", "unknown"),
        ] {
            let kind = match Kind::new(Some(&tokens(ty))) {
                Kind::Unit => "unit".to_owned(),
                Kind::Never => "never".to_owned(),
                Kind::Plain => "plain".to_owned(),
                Kind::Value => "value".to_owned(),
                Kind::Impl => "impl".to_owned(),
                Kind::Future(ty) => format!("future {ty}"),
                Kind::Unknown => "unknown".to_owned(),
            };
            assert_eq!(kind, expected, "{ty}");
        }
    }
}
