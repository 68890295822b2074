//! Async blocks that a function without `async` ends in: `Box::pin(async move { … })`, as `async_trait` writes it. Watched
//! where it is, such a block needs no second box.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Lifetime;

use crate::tokens::{is_punct, is_word, regroup};

/// A body that ends in a future, taken apart.
pub(super) struct Tail {
    /// The statements before.
    before: TokenStream,
    /// Calls around the async block, outermost first.
    calls: Vec<Call>,
    /// `async` or `async move`
    keywords: TokenStream,
    block: Group,
}

/// `path(future, more)`
struct Call {
    path: TokenStream,
    arguments: Group,
    /// The comma behind the future, and what follows it.
    more: TokenStream,
}

impl Tail {
    /// Finds the future that a body ends in.
    pub(super) fn find(body: &Group) -> Option<Self> {
        let mut tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let mut before = None;
        let mut calls = Vec::new();
        loop {
            let Some(TokenTree::Group(last)) = tokens.pop() else { return None };
            let start = match last.delimiter() {
                Delimiter::Brace => keywords_start(&tokens)?,
                Delimiter::Parenthesis => callee_start(&tokens)?,
                _ => return None,
            };
            let head = tokens.split_off(start).into_iter().collect();
            match before {
                None => before = Some(tokens.into_iter().collect()),
                // A future inside of a call is an argument of its own.
                Some(_) if !tokens.is_empty() => return None,
                Some(_) => {}
            }
            if last.delimiter() == Delimiter::Brace {
                let before: TokenStream = before.unwrap_or_default();
                if may_return(before.clone()) {
                    return None;
                }
                return Some(Self { before, calls, keywords: head, block: last });
            }
            tokens = last.stream().into_iter().collect();
            let comma = tokens.iter().position(|token| is_punct(Some(token), ',')).unwrap_or(tokens.len());
            let more = tokens.split_off(comma).into_iter().collect();
            calls.push(Call { path: head, arguments: last, more });
        }
    }

    /// Puts `inside` at the start of the async block, lets `map` make something else of it, and puts it all together.
    pub(super) fn rebuild(
        self,
        inside: &TokenStream,
        map: impl FnOnce(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let Self { mut before, calls, keywords, block } = self;
        let mut future = keywords;
        future.extend([TokenTree::Group(if inside.is_empty() { block } else { nested(inside, &block) })]);
        let mut tokens = map(future);
        for call in calls.into_iter().rev() {
            tokens.extend(call.more);
            let arguments = regroup(&call.arguments, tokens);
            tokens = call.path;
            tokens.extend([TokenTree::Group(arguments)]);
        }
        before.extend(tokens);
        before
    }
}

/// `{ statements { … } }`
fn nested(statements: &TokenStream, block: &Group) -> Group {
    let mut tokens = statements.clone();
    tokens.extend(scoped(block));
    Group::new(Delimiter::Brace, tokens)
}

/// The body as the last expression behind statements of ours. It keeps its own braces: items and statements of ours and
/// of the user do not mix, and the edition of the braces decides when temporaries at its end are dropped. The label
/// tells the compiler that the braces are meant.
pub(super) fn scoped(block: &Group) -> TokenStream {
    let label = Lifetime::new("'__body", Span::mixed_site());
    quote_spanned!(Span::mixed_site()=> #label: #block)
}

/// Whether the function may return before its end.
fn may_return(tokens: TokenStream) -> bool {
    /// Macros of the standard library that do not return from the function they are in.
    const HARMLESS: [&str; 14] = [
        "assert",
        "assert_eq",
        "assert_ne",
        "dbg",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "eprintln",
        "format",
        "matches",
        "panic",
        "println",
        "vec",
        "write",
    ];
    let mut before: Option<TokenTree> = None;
    for token in tokens {
        let returns = match &token {
            TokenTree::Ident(word) => word == "return",
            TokenTree::Group(group) => may_return(group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == '!' && punct.spacing() == Spacing::Alone => {
                matches!(&before, Some(TokenTree::Ident(name)) if HARMLESS.iter().all(|harmless| name != harmless))
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if returns {
            return true;
        }
        before = Some(token);
    }
    false
}

/// Where `async` or `async move` begins, if the tokens end in it.
fn keywords_start(tokens: &[TokenTree]) -> Option<usize> {
    let mut rest = tokens;
    if is_word(rest.last(), "move") {
        rest = &rest[..rest.len() - 1];
    }
    is_word(rest.last(), "async").then(|| rest.len() - 1)
}

/// Where the path begins, if the tokens end in `Box::pin`.
fn callee_start(tokens: &[TokenTree]) -> Option<usize> {
    let mut start = tokens.len();
    while let Some(before) = start.checked_sub(1) {
        match &tokens[before] {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Ident(ident) if ident != "return" => {}
            _ => break,
        }
        start = before;
    }
    let path: String = tokens[start..].iter().map(ToString::to_string).collect();
    let known = path == "Box::pin" || path.ends_with("::Box::pin");
    known.then_some(start)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Group;
    use quote::quote;

    use super::Tail;

    fn rebuilt(body: &str) -> Option<String> {
        let body: Group = syn::parse_str(body).ok()?;
        let tail = Tail::find(&body)?;
        let tokens = tail.rebuild(&quote!(start();), |future| quote!(watch(#future)));
        Some(tokens.to_string().replace(' ', ""))
    }

    #[test]
    fn finds_futures_at_the_end() {
        for (body, expected) in [
            ("{ async move { x } }", "watch(asyncmove{start();'__body:{x}})"),
            (
                "{ assert!(a != b); Box::pin(async { x }) }",
                "assert!(a!=b);Box::pin(watch(async{start();'__body:{x}}))",
            ),
            ("{ async { x } }", "watch(async{start();'__body:{x}})"),
            (
                "{ let a = b; Box::pin(async move { a }) }",
                "leta=b;Box::pin(watch(asyncmove{start();'__body:{a}}))",
            ),
            (
                "{ ::std::boxed::Box::pin(async move { a },) }",
                "::std::boxed::Box::pin(watch(asyncmove{start();'__body:{a}}),)",
            ),
        ] {
            assert_eq!(rebuilt(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn leaves_everything_else_alone() {
        for body in [
            "{ }",
            "{ x }",
            "{ Box::pin(inner(async move { x })) }",
            "{ Box::pin(other(), async move { x }) }",
            "{ Box::new(async move { x }) }",
            "{ async move { x }; }",
            "{ if a { b } else { c } }",
            "{ if a { return b; } Box::pin(async move { x }) }",
            "{ ensure!(a); Box::pin(async move { x }) }",
        ] {
            assert_eq!(rebuilt(body), None, "{body}");
        }
    }
}
