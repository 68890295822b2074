//! A function with layers around its body, whatever its [`Shape`].

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;

use super::{
    bind::{Uses, bound, mentions, used_patterns},
    inside::{Inside, inside_slot},
    item::Function,
    layer::{Begin, Named, Names, Prepared, handle},
    output::{Kind, erased, future_output},
    part::{Part, composed},
    shape::Shape,
    signature::{Output, Signature},
    tail::{Tail, scoped},
};
use crate::tokens::first_span;

/// Everything that the expansion is made of. The layers are those of the attributes from the topmost down.
struct Wrapped<'a> {
    krate: &'a Path,
    function: &'a Function,
    body: &'a Group,
    layers: &'a [Named],
    /// Whether other macros have yet to read the signature.
    is_read_by_others: bool,
}

/// Writes the function with the layers around its body.
pub(super) fn function(krate: &Path, function: &Function, layers: &[Named]) -> TokenStream {
    let Some(body) = &function.body else { return function.to_token_stream() };
    let is_read_by_others = !function.is_free_of_macros();
    let wrapped = Wrapped { krate, function, body, layers, is_read_by_others };
    match Shape::of(body, function, layers, is_read_by_others) {
        Shape::Scope => wrapped.scope(),
        Shape::Call => wrapped.call(),
        Shape::Async { keeps_signature, keeps_async } => wrapped.asynchronous(keeps_signature, keeps_async),
        Shape::Tail(tail) => wrapped.tail(tail),
        Shape::Make(output) => wrapped.make(&output),
        Shape::Either => wrapped.either(),
    }
}

impl Wrapped<'_> {
    fn items(&self) -> TokenStream {
        self.layers.iter().map(|named| named.layer.items.clone()).collect()
    }

    /// From the lowest attribute, which is the outermost.
    fn outermost_first(&self) -> impl Iterator<Item = &Named> {
        self.layers.iter().rev()
    }

    fn uses(&self, expression: &TokenStream) -> Uses {
        Uses::find(expression, &self.function.sig)
    }

    fn site(&self, ty: &str, method: &str, named: &Named) -> TokenStream {
        let (krate, site) = (self.krate, &named.names.site);
        let [ty, method] = [ty, method].map(|word| Ident::new(word, Span::mixed_site()));
        quote_spanned!(Span::mixed_site()=> #krate::__private_v4::#ty::#method(&#site))
    }

    /// Guards before the body, in the same scope.
    fn scope(&self) -> TokenStream {
        // An async function comes here only if it returns `!`, of which there can be no future that is written out.
        let enter = if self.function.sig.is_async() { "enter_endless" } else { "enter_scope" };
        let mut guards = TokenStream::new();
        let mut late = TokenStream::new();
        for named in self.outermost_first() {
            let Names { guard, handle, .. } = &named.names;
            match named.layer.outcome.as_ref().map(|outcome| &outcome.begin) {
                Some(Begin::Site(ty)) => {
                    let begin = self.site(ty, enter, named);
                    guards.extend(quote_spanned!(Span::mixed_site()=> let #guard = #begin;));
                }
                Some(Begin::Nothing) | None => {}
            }
            let Some(start) = &named.layer.start else { continue };
            let call = start.call();
            match (start.is_guard, self.uses(&start.metric.to_token_stream()).any) {
                (true, false) => guards.extend(quote_spanned!(Span::mixed_site()=> let #handle = #call;)),
                (true, true) => {
                    // Declared before the arguments are bound, so that it lives longer.
                    guards.extend(quote_spanned!(Span::mixed_site()=> let #handle;));
                    late.extend(quote_spanned!(Span::mixed_site()=> #handle = #call;));
                }
                (false, _) => late.extend(quote_spanned!(Span::mixed_site()=> #call;)),
            }
        }
        let items = self.items();
        if self.is_read_by_others || self.function.sig.is_async() {
            let body = scoped(self.body);
            return self.written(&self.function.sig, quote!(#items #guards #late #body));
        }
        let bound = bound(&self.function.sig);
        let lets = without_self(&bound.lets, &self.function.sig);
        // A closure that is returned finds out what it takes by the return type's bounds, which the arms of a `match` do
        // not hear of.
        let is_impl = self.function.output().is_some_and(|ty| ty.to_string().contains("impl "));
        let body = if is_impl { scoped(self.body) } else { arm(self.body) };
        self.written(&bound.sig, quote!(#items #guards #lets #late #body))
    }

    /// The body in a closure that is called at once, and statements on what it returned.
    fn call(&self) -> TokenStream {
        let krate = self.krate;
        let items = self.items();
        let mut guards = TokenStream::new();
        let mut inside = Inside::default();
        let mut ends = Vec::new();
        for named in self.outermost_first() {
            let Named { layer, names } = named;
            let Names { guard, handle, prepared, snapshot, .. } = names;
            if let Some(outcome) = &layer.outcome {
                let begin = match &outcome.begin {
                    Begin::Nothing => None,
                    Begin::Site(ty) => Some(self.site(ty, "enter", named)),
                };
                guards.extend(begin.map(|begin| quote_spanned!(Span::mixed_site()=> let #guard = #begin;)));
                let mut end = outcome.end.clone();
                if let Some(ready) = &outcome.prepared {
                    let expression = &ready.value;
                    if self.uses(&ready.uses).any {
                        end = inside.slot(prepared, expression, &end);
                    } else {
                        guards.extend(quote_spanned!(Span::mixed_site()=> let #prepared = #expression;));
                    }
                }
                let used = used_patterns(&outcome.uses, &self.function.sig);
                if !used.is_empty() {
                    let pattern = quote!((#(#used,)*));
                    end = inside.snapshot(snapshot, &pattern, &end);
                }
                ends.push(end);
            }
            if let Some(start) = &layer.start {
                let call = start.call();
                match (start.is_guard, self.uses(&start.metric.to_token_stream()).any) {
                    (true, false) => guards.extend(quote_spanned!(Span::mixed_site()=> let #handle = #call;)),
                    (true, true) => {
                        inside.early.extend(quote_spanned!(Span::mixed_site()=> let #handle;));
                        inside.late.extend(quote_spanned!(Span::mixed_site()=> #handle = #call;));
                    }
                    (false, _) => inside.late.extend(quote_spanned!(Span::mixed_site()=> #call;)),
                }
            }
        }
        ends.reverse();
        let (sig, closure) = self.closure(&inside, self.function.output());
        let (edge, returns) = self.return_edge();
        let value = Ident::new("__value", Span::mixed_site());
        let slots = &inside.slots;
        let check = matches!(Kind::new(self.function.output()), Kind::Impl).then(|| {
            let span = self.output_span();
            let check = quote_spanned!(span=> (&&#returns).__tallymark_check(););
            quote_spanned! {Span::mixed_site()=> { use #krate::__private_v4::returns::*; #check } }
        });
        let statements = quote_spanned! {Span::mixed_site()=>
            #items
            #edge
            #guards
            #slots
            let #value = #krate::__private_v4::Returns::call(&#returns, #closure);
            #check
            {
                let #value = &#value;
                #({ #ends })*
            }
            #value
        };
        self.written(&sig, statements)
    }

    /// The body in an async block, watched from outside.
    ///
    /// An async block inside of an `async fn` would hold every argument twice: once as the function's and once as the
    /// block's. So where nothing else has to see the word `async`, the function is written without it and returns the
    /// block.
    fn asynchronous(&self, keeps_signature: bool, keeps_async: bool) -> TokenStream {
        let items = self.items();
        let (mut before, mut early, mut late) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
        let mut watched = Vec::new();
        for named in self.outermost_first() {
            let Named { layer, names } = named;
            let Names { handle, prepared, snapshot, guard, .. } = names;
            if let Some(start) = &layer.start {
                let call = start.call();
                if start.is_guard {
                    early.extend(quote_spanned!(Span::mixed_site()=> let #handle;));
                    late.extend(quote_spanned!(Span::mixed_site()=> #handle = #call;));
                } else {
                    late.extend(quote_spanned!(Span::mixed_site()=> #call;));
                }
            }
            let Some(outcome) = &layer.outcome else { continue };
            let mut end = outcome.end.clone();
            if let Some(ready) = &outcome.prepared {
                let expression = &ready.value;
                if self.uses(&ready.uses).patterns && !keeps_signature {
                    end = self.handed_over(
                        prepared,
                        &quote!(#prepared),
                        expression,
                        &end,
                        &mut before,
                        &mut late,
                    );
                } else {
                    before.extend(quote_spanned!(Span::mixed_site()=> let #prepared = #expression;));
                }
            }
            let used = used_patterns(&outcome.uses, &self.function.sig);
            if !used.is_empty() && !keeps_signature {
                let pattern = quote!((#(#used,)*));
                end = self.handed_over(snapshot, &pattern, &pattern, &end, &mut before, &mut late);
            }
            watched.push(Part { begin: self.begin(named), guard: guard.clone(), end });
        }
        let edge = return_edge(self.function.output());
        let (sig, arguments, body) = if keeps_signature {
            (self.function.sig.clone(), mentions(&self.function.sig), scoped(self.body))
        } else {
            let bound = bound(&self.function.sig);
            (bound.sig, bound.lets, arm(self.body))
        };
        let block = quote_spanned!(Span::mixed_site()=> async move { #early #arguments #edge #late #body });
        let future = if watched.is_empty() {
            // Alone, it would look as if the author could have written `async fn`.
            quote_spanned!(Span::mixed_site()=> ::core::convert::identity(#block))
        } else {
            self.observed(&block, &watched)
        };
        if keeps_async {
            return self.written(&sig, quote_spanned!(Span::mixed_site()=> #items #before #future.await));
        }
        let output = Some(future_of(self.function.sig.output.as_ref()));
        let is_async = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "async");
        let qualifiers = sig.qualifiers.iter().filter(|token| !is_async(token)).cloned().collect();
        self.written(&Signature { qualifiers, output, ..sig }, quote!(#items #before #future))
    }

    /// Hands what an expression makes of the arguments from the async block to the statements at the end.
    fn handed_over(
        &self,
        name: &Ident,
        pattern: &TokenStream,
        expression: &TokenStream,
        end: &TokenStream,
        before: &mut TokenStream,
        late: &mut TokenStream,
    ) -> TokenStream {
        let krate = self.krate;
        let giver = Ident::new(&format!("{name}_giver"), Span::mixed_site());
        before.extend(quote_spanned! {Span::mixed_site()=>
            let (#giver, #name) = #krate::__private_v4::handover();
        });
        late.extend(
            quote_spanned!(Span::mixed_site()=> #krate::__private_v4::Giver::give(#giver, #expression);),
        );
        quote_spanned! {Span::mixed_site()=>
            if let ::core::option::Option::Some(#pattern) = #krate::__private_v4::Taker::take(#name) { #end }
        }
    }

    /// The async block that the body ends in, watched. The signature stays, so that expressions see all arguments.
    fn tail(&self, tail: Tail) -> TokenStream {
        let krate = self.krate;
        let items = self.items();
        let mut before = TokenStream::new();
        let mut watched = Vec::new();
        for named in self.outermost_first() {
            let Named { layer, names } = named;
            let Names { handle: kept, prepared, guard, .. } = names;
            if let Some(outcome) = &layer.outcome {
                if let Some(Prepared { value, .. }) = &outcome.prepared {
                    before.extend(quote_spanned!(Span::mixed_site()=> let #prepared = #value;));
                }
                let (begin, end) = (self.begin(named), outcome.end.clone());
                watched.push(Part { begin, guard: guard.clone(), end });
            }
            if let Some(start) = &layer.start {
                let call = if self.uses(&start.metric.to_token_stream()).any {
                    let handle = handle(krate, &start.metric, self.function);
                    before.extend(quote_spanned!(Span::mixed_site()=> let #kept = #handle;));
                    start.call_on(&quote!(#kept))
                } else {
                    start.call()
                };
                watched.push(Part::held(krate, start.is_guard, &call, kept));
            }
        }
        for (creating, begin) in self.creations() {
            before.extend(quote_spanned!(Span::mixed_site()=> let #creating = #begin;));
        }
        let output = self.function.output();
        let body = if let Some(ty) = output.and_then(future_output) {
            let edge = return_edge(Some(&ty));
            tail.rebuild(&edge, |future| self.observed(&future, &watched))
        } else {
            let (edge, returns) = self.return_edge();
            before.extend(edge);
            tail.rebuild(&TokenStream::new(), |future| {
                let future = quote_spanned!(Span::mixed_site()=> #krate::__private_v4::Returns::typed(&#returns, #future));
                self.observed(&future, &watched)
            })
        };
        self.written(&self.function.sig, quote!(#items #before #body))
    }

    /// A closure makes a future of a type without a name, which is watched.
    fn make(&self, output: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let items = self.items();
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let mut inside = Inside::default();
        let watched = self.watched_by_value(&mut before, &mut inside);
        for (creating, begin) in self.creations() {
            before.extend(quote_spanned!(Span::mixed_site()=> let #creating = #begin;));
            after.extend(quote_spanned!(Span::mixed_site()=> ::core::mem::drop(#creating);));
        }
        let (sig, closure) = self.closure(&inside, None);
        let slots = &inside.slots;
        let future = Ident::new("__future", Span::mixed_site());
        let observed =
            if watched.is_empty() { quote!(#future) } else { self.observed(&quote!(#future), &watched) };
        let statements = quote_spanned! {Span::mixed_site()=>
            #items
            #before
            #slots
            let #future = #krate::__private_v4::Returns::make(&#krate::__private_v4::Returns::<#output>::new(), #closure);
            #after
            #observed
        };
        self.written(&sig, statements)
    }

    /// A closure, and the compiler finds out whether what it returns is a future.
    fn either(&self) -> TokenStream {
        let krate = self.krate;
        let items = self.items();
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let mut inside = Inside::default();
        let watched = self.watched_by_value(&mut before, &mut inside);
        let (edge, returns) = self.return_edge();
        let (begin, pattern, ends) = composed(&watched);
        let [value, started] = ["__value", "__started"].map(|word| Ident::new(word, Span::mixed_site()));
        let span = self.output_span();
        let is_late = !inside.slots.is_empty();
        let start = quote_spanned!(span=> (&&#returns).__tallymark_start(|| #begin));
        let slot = inside_slot(&started);
        let mut start_early = TokenStream::new();
        let unless_started = |begin: &TokenStream, started: &TokenStream| {
            quote_spanned! {Span::mixed_site()=>
                if ::core::option::Option::is_none(#started) {
                    ::core::option::Option::Some(#begin)
                } else {
                    ::core::option::Option::None
                }
            }
        };
        if is_late {
            inside.reborrows.extend(quote_spanned!(Span::mixed_site()=> let #slot = &mut #started;));
            inside.late.extend(quote_spanned!(Span::mixed_site()=> *#slot = #start;));
            inside.slots.extend(
                quote_spanned!(Span::mixed_site()=> let mut #started = ::core::option::Option::None;),
            );
            for (creating, begin) in self.creations() {
                let begin = unless_started(&begin, &quote!(#slot));
                inside.early.extend(quote_spanned!(Span::mixed_site()=> let #creating;));
                inside.late.extend(quote_spanned!(Span::mixed_site()=> #creating = #begin;));
            }
        } else {
            start_early.extend(quote_spanned!(Span::mixed_site()=> let #started = #start;));
            for (creating, begin) in self.creations() {
                let begin = unless_started(&begin, &quote!(&#started));
                start_early.extend(quote_spanned!(Span::mixed_site()=> let #creating = #begin;));
                after.extend(quote_spanned!(Span::mixed_site()=> ::core::mem::drop(#creating);));
            }
        }
        let (sig, closure) = self.closure(&inside, self.function.output());
        let slots = &inside.slots;
        let finish = quote_spanned! {span=>
            (&&#returns).__tallymark_finish(#value, #started, move || #begin, move |#pattern, #value| { #ends })
        };
        let statements = quote_spanned! {Span::mixed_site()=>
            #items
            use #krate::__private_v4::returns::*;
            #edge
            #before
            #slots
            #start_early
            let #value = #krate::__private_v4::Returns::call(&#returns, #closure);
            #after
            #finish
        };
        self.written(&sig, statements)
    }

    /// What surrounds a future that a closure has returned. Handles to metrics are made inside of the closure, where the
    /// arguments are, and used outside.
    fn watched_by_value(&self, before: &mut TokenStream, inside: &mut Inside) -> Vec<Part> {
        let krate = self.krate;
        let mut watched = Vec::new();
        for named in self.outermost_first() {
            let Named { layer, names } = named;
            let Names { handle: kept, prepared, snapshot, guard, .. } = names;
            if let Some(outcome) = &layer.outcome {
                let mut end = outcome.end.clone();
                if let Some(ready) = &outcome.prepared {
                    let expression = &ready.value;
                    if self.uses(&ready.uses).any {
                        end = inside.slot(prepared, expression, &end);
                    } else {
                        before.extend(quote_spanned!(Span::mixed_site()=> let #prepared = #expression;));
                    }
                }
                let used = used_patterns(&outcome.uses, &self.function.sig);
                if !used.is_empty() {
                    end = inside.snapshot(snapshot, &quote!((#(#used,)*)), &end);
                }
                watched.push(Part { begin: self.begin(named), guard: guard.clone(), end });
            }
            if let Some(start) = &layer.start {
                if self.uses(&start.metric.to_token_stream()).any {
                    let handle = handle(krate, &start.metric, self.function);
                    let call = start.call_on(&quote!(#kept));
                    let held = Part::held(krate, start.is_guard, &call, kept);
                    inside.slot(kept, &handle, &TokenStream::new());
                    let begin = held.begin;
                    let begin = quote_spanned! {Span::mixed_site()=>
                        match #kept {
                            ::core::option::Option::Some(#kept) => ::core::option::Option::Some(#begin),
                            ::core::option::Option::None => ::core::option::Option::None,
                        }
                    };
                    watched.push(Part { begin, ..held });
                } else {
                    watched.push(Part::held(krate, start.is_guard, &start.call(), kept));
                }
            }
        }
        watched
    }

    /// Guards that see a panic before there is a future, and what each begins with.
    fn creations(&self) -> Vec<(Ident, TokenStream)> {
        let creation = |named: &Named| match named.layer.outcome.as_ref()?.begin {
            Begin::Site(ty) => {
                let name = Ident::new(&format!("{}_creating", named.names.guard), Span::mixed_site());
                Some((name, self.site(ty, "enter_creation", named)))
            }
            Begin::Nothing => None,
        };
        self.outermost_first().filter_map(creation).collect()
    }

    fn begin(&self, named: &Named) -> TokenStream {
        match named.layer.outcome.as_ref().map(|outcome| &outcome.begin) {
            Some(Begin::Site(ty)) => self.site(ty, "enter_future", named),
            Some(Begin::Nothing) | None => quote!(()),
        }
    }

    /// The future, watched from its first poll to its end.
    fn observed(&self, future: &TokenStream, watched: &[Part]) -> TokenStream {
        let krate = self.krate;
        let (begin, pattern, ends) = composed(watched);
        let value = Ident::new("__value", Span::mixed_site());
        quote_spanned! {Span::mixed_site()=>
            #krate::__private_v4::observe(#future, move || #begin, move |#pattern, #value| { #ends })
        }
    }

    /// The signature, and a closure with the body in it.
    fn closure(&self, inside: &Inside, output: Option<&TokenStream>) -> (Signature, TokenStream) {
        let Inside { reborrows, early, late, .. } = inside;
        // Where the body returns another type, this is shown as the reason to expect this one.
        let output = output.map(|ty| erased(ty.clone())).filter(|ty| ty.to_string() != "_");
        let output = output.map(|ty| quote!(-> #ty));
        let sig = &self.function.sig;
        let (sig, arguments) = if self.is_read_by_others {
            (sig.clone(), mentions(sig))
        } else {
            let bound = bound(sig);
            (bound.sig, bound.lets)
        };
        let body = arm(self.body);
        let closure = quote_spanned!(Span::mixed_site()=> move || #output { #early #arguments #late #body });
        if reborrows.is_empty() {
            return (sig, closure);
        }
        (sig, quote_spanned!(Span::mixed_site()=> { #reborrows #closure }))
    }

    /// A `return` that is never reached but tells the compiler what the closure returns before it looks at that, as a
    /// signature would.
    fn return_edge(&self) -> (TokenStream, Ident) {
        let krate = self.krate;
        let returns = Ident::new("__returns", Span::mixed_site());
        let edge = quote_spanned! {Span::mixed_site()=>
            let #returns = #krate::__private_v4::Returns::new();
            if false {
                return #krate::__private_v4::Returns::never(&#returns);
            }
        };
        (edge, returns)
    }

    /// Where mistakes in what the function returns are shown.
    fn output_span(&self) -> Span {
        let span = self.function.output().map_or_else(|| self.function.sig.ident.span(), first_span);
        span.resolved_at(Span::mixed_site())
    }

    /// The function with another signature and body.
    fn written(&self, sig: &Signature, statements: TokenStream) -> TokenStream {
        let Function { attrs, vis, .. } = self.function;
        let mut body = Group::new(Delimiter::Brace, statements);
        body.set_span(self.body.span());
        let body = TokenTree::Group(body);
        quote!(#(#attrs)* #vis #sig #body)
    }
}

/// The body as an arm of a `match`: temporaries at its end are dropped before the arguments that are bound around it, as
/// they are in a function.
fn arm(block: &Group) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> match () { () => #block })
}

/// The statements without the one that mentions `self`: outside of a closure there is nothing to capture it.
fn without_self(lets: &TokenStream, sig: &Signature) -> TokenStream {
    let has_self = sig.arguments().first().is_some_and(super::argument::Argument::is_receiver);
    if !has_self {
        return lets.clone();
    }
    // `let _ = &self;`
    lets.clone().into_iter().skip(6).collect()
}

/// `-> impl Future<Output = T>`. The tokens are of this crate's edition, in which such a type captures all lifetimes.
fn future_of(output: Option<&Output>) -> Output {
    let span = Span::mixed_site();
    let ty = output.map_or_else(|| quote_spanned!(span=> ()), |output| output.ty.clone());
    let ty = quote_spanned!(span=> impl ::core::future::Future<Output = #ty>);
    Output { arrow: syn::Token![->](span), ty }
}

/// A `return` that is never reached but tells the compiler what an async block returns before it looks at the rest, as a
/// function's signature would.
fn return_edge(output: Option<&TokenStream>) -> TokenStream {
    let span = Span::mixed_site();
    let Some(output) = output else {
        return quote_spanned! {span=> if false { return; } };
    };
    let ty = erased(output.clone());
    if ty.to_string() == "_" {
        return TokenStream::new();
    }
    // Where the body returns another type, this is shown as the reason to expect this one.
    let span = first_span(output).resolved_at(span);
    let value = Ident::new("__never", span);
    quote_spanned! {span=>
        #[allow(unreachable_code)]
        if false {
            let #value: #ty = loop {};
            return #value;
        }
    }
}
