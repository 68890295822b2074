//! The shape of a function with layers around its body.
//!
//! | | | |
//! |---|---|---|
//! | [`Shape::Scope`] | guards before the body, in the same scope | what cannot fail |
//! | [`Shape::Call`] | the body in a closure, which is called at once | what may be a `Result` |
//! | [`Shape::Async`] | the body in an async block, watched from outside | `async fn` |
//! | [`Shape::Tail`] | the async block that the body ends in, watched | `Box::pin(async move { … })` |
//! | [`Shape::Make`] | a closure makes the future, which is watched | `-> impl Future<Output = …>` |
//! | [`Shape::Either`] | a closure, and the compiler finds out whether it returns a future | any other type |

use proc_macro2::{Group, TokenStream};

use super::{
    item::Function,
    layer::{Layer, Named},
    output::Kind,
    tail::Tail,
};

/// How a function is measured.
pub(super) enum Shape {
    Scope,
    Call,
    Async { keeps_signature: bool, keeps_async: bool },
    Tail(Tail),
    Make(TokenStream),
    Either,
}

impl Shape {
    /// Chooses the shape for a function. Other macros may have yet to read its signature.
    pub(super) fn of(body: &Group, function: &Function, layers: &[Named], is_read_by_others: bool) -> Self {
        let kind = Kind::new(function.output());
        if function.sig.is_async() {
            if matches!(kind, Kind::Never) {
                return Self::Scope;
            }
            // `#[must_use]` speaks of the awaited value on an `async fn`, and of the future otherwise.
            let keeps_async = is_read_by_others || function.has("must_use");
            return Self::Async { keeps_signature: is_read_by_others, keeps_async };
        }
        let needs_value = layers.iter().any(|named| named.layer.needs_value());
        let has_outcome = layers.iter().any(|named| named.layer.outcome.is_some());
        let has_guard = has_outcome
            || layers.iter().any(|named| named.layer.start.as_ref().is_some_and(|start| start.is_guard));
        let in_scope = |looks: bool| {
            let drops_self = function.takes_self() && has_guard && !function.has("track_caller");
            if looks || drops_self { Self::Call } else { Self::Scope }
        };
        match kind {
            Kind::Never => Self::Scope,
            Kind::Unit | Kind::Plain => in_scope(needs_value),
            Kind::Value | Kind::Impl => in_scope(has_outcome),
            Kind::Future(output) => Self::Make(output),
            Kind::Unknown => match Tail::find(body) {
                Some(tail) => Self::Tail(tail),
                None if !has_outcome && function.has("track_caller") => Self::Scope,
                None => Self::Either,
            },
        }
    }
}

/// Whether a function would be put into a closure although it asks for its caller, whom that would hide.
pub(super) fn hides_caller(function: &Function, layers: &[Named]) -> bool {
    let needs_value = layers.iter().any(|named| named.layer.outcome.is_some());
    let cannot_fail = matches!(Kind::new(function.output()), Kind::Unit | Kind::Never | Kind::Plain)
        && layers.iter().all(|named| !named.layer.needs_value());
    function.has("track_caller") && !function.sig.is_async() && needs_value && !cannot_fail
}

impl Layer {
    fn needs_value(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.needs_value)
    }
}
