"""The shapes of functions: each is Rust source with a line `@` above what is measured, and calls of it.

Attributes take the place of `@`. A shape says from which edition on it compiles (`since`), whether it returns a `Result`
(`fallible`), which attributes it cannot have (`without`), and attributes of its own with expressions that use its
arguments (`args`).
"""

SHAPES = []


class Shape:
    def __init__(self, name, code, run, since=2015, until=2024, fallible=False, without=(), args=(), features=(), grows=0):
        self.name, self.code, self.run = name, code.strip("\n"), run.strip("\n")
        self.since, self.until, self.fallible, self.without = since, until, fallible, set(without)
        self.args, self.features, self.grows = list(args), set(features), grows


def shape(name, code, run, **more):
    assert all(other.name != name for other in SHAPES), name
    SHAPES.append(Shape(name, code, run, **more))


# Where a body ends, in each form of function that can fail.

BODIES = {
    "tail": "{ let text: String = word.into(); if n == 0 { Err(text) } else { Ok(n) } }",
    "early": "{ if n == 0 { return Err(word.into()); } if n == 1 { return Ok(10) } Ok(n) }",
    "question": "{ if n == 0 { Err(word)?; } let n: u8 = Ok::<u8, String>(n)?; Ok(n) }",
    "match": "{ match n { 0 => Err(word.into()), 1 => return Ok(11), _ => Ok(n) } }",
    "looped": "{ let mut m = n; loop { if m == 0 { break Err(word.into()); } if m > 1 { return Ok(m); } m += 1; } }",
    "panics": "{ if n == 2 { panic!(\"as asked\"); } if n == 0 { Err(word.into()) } else { Ok(n) } }",
    "closure": "{ let one = |m: u8| -> Result<u8, String> { if m == 0 { return Err(word.into()); } Ok(m) }; let m = one(n)?; Ok(m) }",
    "items": "{ use std::convert::identity as same; const ZERO: u8 = 0; fn own(n: u8) -> bool { return n == ZERO; } if own(same(n)) { Err(word.into()) } else { Ok(n) } }",
    "inferred": "{ let list = [n].iter().map(|m| if *m == 0 { Err(word) } else { Ok(*m) }).collect::<Result<Vec<_>, _>>()?; Ok(list[0]) }",
    "labelled": "{ let m = 'out: loop { for m in 0..9 { if m == n { break 'out m; } } return Ok(99); }; if m == 0 { Err(word.to_string()) } else { Ok(m) } }",
}

R = "Result<u8, String>"
CALLS = "call!(f({n}, \"no\"));"
FUTURES = "drive!(f({n}, \"no\"));"


def forms(label, body):
    inner = body
    sync = " ".join(CALLS.format(n=n) for n in (0, 1, 2))
    futures = " ".join(FUTURES.format(n=n) for n in (0, 1, 2)) + " unpolled!(f(3, \"no\"));"
    arg = "n: u8, word: &'static str"
    shape(f"sync_{label}", f"@\nfn f({arg}) -> {R} {body}", sync, fallible=True)
    shape(f"alias_{label}", f"type Outcome<T> = {R.replace('u8', 'T')};\n@\nfn f({arg}) -> Outcome<u8> {body}", sync, fallible=True)
    shape(f"async_{label}", f"@\nasync fn f({arg}) -> {R} {body}", futures, since=2018, fallible=True)
    boxed = "Pin<Box<dyn Future<Output = Result<u8, String>> + Send>>"
    use = "use std::{future::Future, pin::Pin};\n"
    shape(f"boxed_{label}", f"{use}@\nfn f({arg}) -> {boxed} {{ Box::pin(async move {inner}) }}", futures, since=2018, fallible=True)
    shape(
        f"boxed_alias_{label}",
        f"{use}type Fut<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;\n@\nfn f({arg}) -> Fut<u8> {{ Box::pin(async move {inner}) }}",
        futures, since=2018, fallible=True,
    )
    shape(
        f"boxed_early_{label}",
        f"{use}@\nfn f({arg}) -> {boxed} {{ if n == 7 {{ return Box::pin(async {{ Err(\"seven\".into()) }}); }} let fut = async move {inner}; if n == 8 {{ return Box::pin(fut) }} Box::pin(fut) }}",
        futures + ' drive!(f(7, "no")); drive!(f(8, "no"));', since=2018, fallible=True,
    )
    shape(
        f"boxed_match_{label}",
        f"{use}@\nfn f({arg}) -> {boxed} {{ match n {{ 0 => Box::pin(async move {{ Err(word.into()) }}), _ => Box::pin(async move {inner}) }} }}",
        futures, since=2018, fallible=True,
    )
    shape(
        f"boxed_method_{label}",
        f"use futures::future::{{BoxFuture, FutureExt}};\n@\nfn f({arg}) -> BoxFuture<'static, {R}> {{ async move {inner}.boxed() }}",
        futures, since=2018, fallible=True,
    )
    shape(
        f"local_{label}",
        f"use futures::future::{{FutureExt, LocalBoxFuture}};\n@\nfn f({arg}) -> LocalBoxFuture<'static, {R}> {{ let rc = std::rc::Rc::new(word); async move {{ let word = *rc; async move {inner}.await }}.boxed_local() }}",
        futures, since=2018, fallible=True,
    )
    shape(
        f"called_{label}",
        f"{use}async fn inner({arg}) -> {R} {body}\n@\nfn f({arg}) -> {boxed} {{ let made = |n| inner(n, word); Box::pin(made(n)) }}",
        futures, since=2018, fallible=True,
    )
    shape(
        f"returned_{label}",
        f"use std::future::Future;\n@\nfn f({arg}) -> impl Future<Output = {R}> + Send {{ async move {inner} }}",
        futures, since=2018, fallible=True,
    )
    shape(
        f"unpin_{label}",
        f"use std::future::Future;\n@\nfn f({arg}) -> Box<dyn Future<Output = {R}> + Send + Unpin> {{ Box::new(Box::pin(async move {inner})) }}",
        futures, since=2018, fallible=True,
    )


for label, body in BODIES.items():
    forms(label, body)

# Patterns, and when what they bind is dropped.

PATTERNS = {
    # name: (pattern, type, argument, a name it binds)
    "plain": ("a", "Noisy", "noisy(\"a\")", "a"),
    "mutable": ("mut a", "Noisy", "noisy(\"a\")", "a"),
    "underscore": ("_", "Noisy", "noisy(\"a\")", None),
    "unused": ("_a", "Noisy", "noisy(\"a\")", "_a"),
    "by_ref": ("ref a", "Noisy", "noisy(\"a\")", None),
    "whole": ("a @ _", "Noisy", "noisy(\"a\")", "a"),
    "pair": ("(a, b)", "(Noisy, Noisy)", "(noisy(\"a\"), noisy(\"b\"))", "b"),
    "half": ("(a, _)", "(Noisy, Noisy)", "(noisy(\"a\"), noisy(\"b\"))", "a"),
    "other_half": ("(_, b)", "(Noisy, Noisy)", "(noisy(\"a\"), noisy(\"b\"))", "b"),
    "rest": ("(a, ..)", "(Noisy, Noisy, Noisy)", "(noisy(\"a\"), noisy(\"b\"), noisy(\"c\"))", "a"),
    "fields": ("Pair { a, b }", "Pair", "Pair { a: noisy(\"a\"), b: noisy(\"b\") }", "a"),
    "renamed": ("Pair { a: x, .. }", "Pair", "Pair { a: noisy(\"a\"), b: noisy(\"b\") }", "x"),
    "wrapper": ("Wrap(a)", "Wrap<Noisy>", "Wrap(noisy(\"a\"))", "a"),
    "nested": ("(Wrap(a), (mut b, _))", "(Wrap<Noisy>, (Noisy, Noisy))", "(Wrap(noisy(\"a\")), (noisy(\"b\"), noisy(\"c\")))", "b"),
    "array": ("[a, _, b]", "[Noisy; 3]", "[noisy(\"a\"), noisy(\"m\"), noisy(\"b\")]", "a"),
    "reference": ("&(ref a, _)", "&'static (u8, u8)", "&(1, 2)", None),
    "boxed": ("a", "Box<Noisy>", "Box::new(noisy(\"a\"))", "a"),
    "unit": ("()", "()", "()", None),
}
USES = {
    "unnamed": ("", False),
    "moved": ("let moved = {name}; note(\"moved\"); drop(moved);", True),
    "kept": ("let kept = {name};", True),
    "borrowed": ("note(({name}.0).to_string());", True),
}
TYPES = """pub struct Pair { pub a: Noisy, pub b: Noisy }
pub struct Wrap<T>(pub T);
"""

for name, (pattern, ty, argument, bound) in PATTERNS.items():
    for use, (statement, needs) in USES.items():
        if needs and bound is None:
            continue
        statement = statement.format(name=bound)
        arguments = f"first: Noisy, {pattern}: {ty}, last: Noisy"
        given = f"noisy(\"first\"), {argument}, noisy(\"last\")"
        body = f"let local = noisy(\"local\"); {statement} note(\"body\");"
        head = TYPES + "#[allow(unused_mut, unused_variables)]\n@\n"
        shape(f"drops_unit_{name}_{use}", f"{head}fn f({arguments}) {{ {body} }}", f"call!(f({given}));")
        shape(f"drops_value_{name}_{use}", f"{head}fn f({arguments}) -> Result<Noisy, u8> {{ {body} Ok(last) }}", f"call!(f({given}));", fallible=True)
        shape(
            f"drops_async_{name}_{use}", f"{head}async fn f({arguments}) -> Result<u8, u8> {{ {body} pause().await; Ok(1) }}",
            f"drive!(f({given})); cancel!(f({given})); unpolled!(f({given}));", since=2018, fallible=True,
        )

# What the compiler warns of must be the same: no `allow` here.
for name, (pattern, ty, argument, bound) in PATTERNS.items():
    shape(f"warns_sync_{name}", f"{TYPES}@\nfn f({pattern}: {ty}) -> Result<u8, u8> {{ Ok(1) }}", f"call!(f({argument}));", fallible=True)
    shape(f"warns_unit_{name}", f"{TYPES}@\nfn f({pattern}: {ty}) {{ }}", f"call!(f({argument}));")
    shape(f"warns_async_{name}", f"{TYPES}@\nasync fn f({pattern}: {ty}) {{ }}", f"drive!(f({argument}));", since=2018)

# `self` of every kind.

SELVES = {
    "by_value": ("self", "It(1, noisy(\"it\"))", "self.0"),
    "by_value_mut": ("mut self", "It(1, noisy(\"it\"))", "{ self.0 += 1; self.0 }"),
    "by_ref": ("&self", "It(1, noisy(\"it\"))", "self.0"),
    "by_mut": ("&mut self", "It(1, noisy(\"it\"))", "{ self.0 += 1; self.0 }"),
    "by_lifetime": ("&'a self", "It(1, noisy(\"it\"))", "self.0"),
    "by_box": ("self: Box<Self>", "Box::new(It(1, noisy(\"it\")))", "self.0"),
    "by_rc": ("self: std::rc::Rc<Self>", "std::rc::Rc::new(It(1, noisy(\"it\")))", "self.0"),
    "by_arc": ("self: std::sync::Arc<Self>", "std::sync::Arc::new(It(1, noisy(\"it\")))", "self.0"),
    "by_pin": ("self: std::pin::Pin<&mut Self>", "std::pin::Pin::new(&mut It(1, noisy(\"it\")))", "self.0"),
    "by_ref_box": ("self: &Box<Self>", "Box::new(It(1, noisy(\"it\")))", "self.0"),
}
IT = "pub struct It(u8, Noisy);\n"

for name, (receiver, value, use) in SELVES.items():
    generics = "<'a>" if "'a" in receiver else ""
    other = "other: Noisy"
    sync = f"fn f{generics}({receiver}, {other}) -> Result<u8, String> {{ let local = noisy(\"local\"); let n = {use}; note(local.0); if n == 0 {{ return Err(\"no\".into()); }} Ok(n + other.0.len() as u8) }}"
    unit = f"fn g{generics}({receiver}, {other}) {{ let _local = noisy(\"local\"); note(({use}).to_string()); }}"
    asynchronous = f"async fn h{generics}({receiver}, {other}) -> Result<u8, String> {{ let n = {use}; pause().await; note(other.0); Ok(n) }}"
    declared = receiver.replace("mut self", "self") if receiver == "mut self" else receiver
    trait = f"pub trait Do {{ fn f{generics}({declared}, {other}) -> Result<u8, String>; }}\n"
    run = f"call!(({value}).f(noisy(\"other\")));"
    unit_run = f"call!(({value}).g(noisy(\"other\")));"
    async_run = f"drive!(({value}).h(noisy(\"other\")));"
    more = "" if name in ("by_pin", "by_ref", "by_mut", "by_lifetime", "by_ref_box", "by_rc") else f" unpolled!(({value}).h(noisy(\"other\")));"
    shape(f"self_{name}", f"{IT}impl It {{\n@\n{sync}\n}}", run, fallible=True)
    shape(f"self_{name}_unit", f"{IT}impl It {{\n@\n{unit}\n}}", unit_run)
    shape(f"self_{name}_block", f"{IT}@\nimpl It {{\n{sync}\n}}", run, fallible=True)
    shape(f"self_{name}_trait", f"{IT}{trait}impl Do for It {{\n@\n{sync}\n}}", run, fallible=True)
    shape(f"self_{name}_trait_block", f"{IT}{trait}@\nimpl Do for It {{\n{sync}\n}}", run, fallible=True)
    # A future that borrows what a temporary holds is driven at once.
    driven = f"call!(driver::block_on(({value}).h(noisy(\"other\"))));"
    shape(f"self_{name}_async", f"{IT}impl It {{\n@\n{asynchronous}\n}}", driven + more, since=2018, fallible=True)

# Types in signatures.

USE_FUTURE = "use std::{future::Future, pin::Pin};\n"
FUT = "Pin<Box<dyn Future<Output = {}> + Send + 'a>>"

shape("impl_fn", "pub struct Req { pub path: String }\n@\nfn f(p: &'static str) -> impl Fn(&Req) -> bool { move |r| r.path.starts_with(p) }", 'call!(f("/a")(&Req { path: "/ab".into() }));', without={"model_op"})
shape("impl_fn_mut", "@\nfn f(mut n: u32) -> impl FnMut(u32) -> u32 { move |m| { n += m; n } }", "call!({ let mut g = f(1); g(2) + g(3) });", without={"model_op"})
shape("impl_fn_in_tuple", "pub struct Req { pub path: String }\n@\nfn f(p: &'static str) -> (u8, impl Fn(&Req) -> bool) { (1, move |r| r.path.starts_with(p)) }", 'call!(f("/a").1(&Req { path: "/ab".into() }));', without={"model_op"})
shape("impl_fn_async", "pub struct Req { pub path: String }\n@\nasync fn f(p: &'static str) -> impl Fn(&Req) -> bool { move |r: &Req| r.path.starts_with(p) }", 'call!(driver::block_on(f("/a"))(&Req { path: "/ab".into() }));', since=2018)
shape("boxed_fn", "pub struct Req { pub path: String }\n@\nfn f(p: &'static str) -> Box<dyn Fn(&Req) -> bool> { Box::new(move |r| r.path.starts_with(p)) }", 'call!(f("/a")(&Req { path: "/ab".into() }));')
shape("boxed_closure_in_result", "type Job = Box<dyn FnOnce() -> u8 + Send + Sync>;\n@\nasync fn f(n: u8) -> Result<Job, std::io::Error> { if n == 0 { return Err(std::io::ErrorKind::Other.into()); } Ok(Box::new(move || n)) }", 'drive!(f(1)); drive!(f(0));', since=2018, fallible=True)
shape("impl_iterator", "@\nfn f(n: u8) -> impl Iterator<Item = u64> + Clone { (0..n).map(|m| m.into()) }", "call!(f(3).collect::<Vec<_>>());")
shape("impl_iterator_borrowed", "@\nfn f<'a>(list: &'a [String]) -> impl Iterator<Item = &'a str> + 'a { list.iter().map(|text| text.as_str()) }", 'call!(f(&["a".to_string(), "b".to_string()]).collect::<Vec<_>>().concat());')
shape("impl_into_result", "pub trait Reply { fn reply(self) -> String; }\nimpl Reply for Result<u8, String> { fn reply(self) -> String { format!(\"{:?}\", self) } }\n@\nfn f(n: u8) -> impl Reply { if n == 0 { return Err(\"no\".to_string()); } Ok(n) }", "call!(f(1).reply());")
shape("impl_display", "@\nfn f(n: bool) -> impl std::fmt::Display { if n { return \"yes\"; } \"no\" }", "call!(f(true).to_string());")
shape("impl_default", "@\nfn f() -> impl Default + std::fmt::Debug + PartialEq<u8> { 7u8 }", "call!(f() == 7);")
shape("impl_argument", "@\nfn f(n: impl Into<u64>, g: impl Fn(u64) -> u64) -> u64 { g(n.into()) }", "call!(f(3u8, |n| n + 1));")
shape("impl_nested", "@\nfn f(n: u8) -> Result<Option<impl Iterator<Item = u8>>, String> { if n == 0 { return Err(\"no\".into()); } Ok(Some(0..n)) }", "call!(f(0).map(|_| ())); call!(f(2).map(|found| found.map(|all| all.count())));", fallible=True)
shape("impl_future_nested", "use std::future::Future;\n@\nfn f(n: u8) -> impl Future<Output = Result<impl Iterator<Item = u8>, String>> { async move { if n == 0 { Err(\"no\".to_string())?; } Ok(0..n) } }", "drive!(f(0)); drive!(f(1));", since=2018, fallible=True)
shape("impl_future_early", "use std::future::Future;\n@\nfn f(n: u8) -> impl Future<Output = u8> { let inner = move |m| async move { pause().await; n + m }; if n == 0 { return inner(1); } inner(2) }", "drive!(f(0)); drive!(f(1)); cancel!(f(2));", since=2018)
shape("impl_future_ready", "use std::future::Future;\n@\nfn f(n: u8) -> impl Future<Output = Result<u8, String>> { std::future::ready(if n == 0 { Err(\"no\".to_string()) } else { Ok(n) }) }", "drive!(f(0)); drive!(f(1));", since=2018, fallible=True)
shape("creation_panics_impl", "use std::future::Future;\n@\nfn f(n: u8) -> impl Future<Output = u8> { assert!(n > 0, \"zero\"); async move { assert!(n > 1, \"one\"); n } }", "call!(driver::block_on(f(0))); drive!(f(1)); drive!(f(2));", since=2018, without={"own", "counted", "in_flight"})
shape("creation_panics_boxed", USE_FUTURE + "@\nfn f(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> { assert!(n > 0, \"zero\"); Box::pin(async move { assert!(n > 1, \"one\"); n }) }", "call!(driver::block_on(f(0))); drive!(f(1)); drive!(f(2));", since=2018, without={"own", "counted", "in_flight"})
shape("creation_panics_alias", USE_FUTURE + "type Fut = Pin<Box<dyn Future<Output = u8> + Send>>;\n@\nfn f(n: u8) -> Fut { if n == 0 { panic!(\"zero\"); } if n == 9 { return Box::pin(async { 9 }); } Box::pin(async move { assert!(n > 1, \"one\"); n }) }", "call!(driver::block_on(f(0))); drive!(f(1)); drive!(f(2)); drive!(f(9));", since=2018, without={"own", "counted", "in_flight"})
shape("panics_in_future", "@\nasync fn f(n: u8) -> u8 { pause().await; assert!(n > 1, \"one\"); n }", "drive!(f(1)); drive!(f(2)); cancel!(f(1)); unpolled!(f(1));", since=2018)
shape("boxed_borrowed", USE_FUTURE + "@\nfn f<'a>(text: &'a mut String, more: &'a str) -> " + FUT.format("Result<&'a str, ()>") + " { Box::pin(async move { text.push_str(more); pause().await; Ok(&text[..]) }) }", 'call!({ let mut text = "a".to_string(); driver::block_on(f(&mut text, "b")).map(str::to_owned) });', since=2018, fallible=True)
shape("boxed_generic", USE_FUTURE + "@\nfn f<'a, T: Into<String> + Send + 'a>(text: T) -> " + FUT.format("String") + " { if std::mem::size_of::<T>() == 0 { return Box::pin(async { String::new() }); } Box::pin(async move { text.into() }) }", 'drive!(f("a"));', since=2018)
shape("boxed_in_path", "@\nfn f(n: u8) -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = u8> + ::std::marker::Send>> { ::std::boxed::Box::pin(async move { n }) }", "drive!(f(1));", since=2018)
shape("boxed_sync_bound", USE_FUTURE + "@\nfn f(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send + Sync>> { if n == 0 { return Box::pin(async { 0 }); } Box::pin(async move { n }) }", "drive!(f(0)); drive!(f(1));", since=2018)
shape("boxed_into", USE_FUTURE + "type Fut<T> = Pin<Box<dyn Future<Output = T> + Send>>;\n@\nfn f(s: &'static str) -> Fut<String> { Box::pin(async move { s.into() }) }", 'drive!(f("a"));', since=2018)
shape("boxed_into_early", USE_FUTURE + "type Fut<T> = Pin<Box<dyn Future<Output = T> + Send>>;\n@\nfn f(s: &'static str) -> Fut<String> { if s.is_empty() { return Box::pin(async move { s.into() }); } Box::pin(async move { s.into() }) }", 'drive!(f("a")); drive!(f(""));', since=2018)
shape("boxed_from_macro", USE_FUTURE + "macro_rules! bail { ($text:expr) => { return Box::pin(async { Err($text.into()) }) }; }\n@\nfn f(n: u8) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> { if n == 0 { bail!(\"no\"); } Box::pin(async move { Ok(n) }) }", "drive!(f(0)); drive!(f(1));", since=2018, fallible=True)
shape("trait_boxed", USE_FUTURE + "pub struct It;\npub trait Do { fn f<'a>(&'a self, n: u8) -> " + FUT.format("u8") + "; }\n@\nimpl Do for It { fn f<'a>(&'a self, n: u8) -> " + FUT.format("u8") + " { if n == 0 { return Box::pin(async { 0 }); } Box::pin(async move { n }) } }", "drive!(It.f(0)); drive!(It.f(1));", since=2018)
shape("associated_future", USE_FUTURE + "pub struct It;\npub trait Do { type Fut: Future<Output = Result<u8, String>>; fn f(&self, n: u8) -> Self::Fut; }\nimpl Do for It { type Fut = Pin<Box<dyn Future<Output = Result<u8, String>> + Send>>;\n@\nfn f(&self, n: u8) -> Self::Fut { Box::pin(async move { if n == 0 { Err(\"no\".into()) } else { Ok(n) } }) } }", "drive!(It.f(0)); drive!(It.f(1));", since=2018, fallible=True)
shape("service_call", USE_FUTURE + "use std::task::{Context, Poll};\npub trait Service<R> { type Out; type Fut: Future<Output = Self::Out>; fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>; fn call(&mut self, r: R) -> Self::Fut; }\npub struct Add(u8);\nimpl Service<u8> for Add { type Out = Result<u8, String>; type Fut = Pin<Box<dyn Future<Output = Self::Out> + Send>>; fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> { Poll::Ready(()) }\n@\nfn call(&mut self, r: u8) -> Self::Fut { let n = self.0; let fut = async move { if r == 0 { Err(\"no\".to_string()) } else { Ok(r + n) } }; Box::pin(async move { let out = fut.await?; Ok(out) }) } }", "drive!(Add(1).call(0)); drive!(Add(1).call(1));", since=2018, fallible=True)
shape("coerces", "@\nfn f(n: bool) -> Box<dyn std::fmt::Display> { if n { return Box::new(1); } Box::new(\"one\") }", "call!(f(true).to_string()); call!(f(false).to_string());")
shape("coerces_async", "@\nasync fn f(n: bool) -> Box<dyn std::fmt::Display + Send> { if n { return Box::new(1); } Box::new(\"one\") }", "call!(driver::block_on(f(true)).to_string());", since=2018)
shape("coerces_slice", "@\nfn f(n: bool) -> &'static [u8] { if n { &[1, 2] } else { return &[3]; } }", "call!(f(true)); call!(f(false));")
shape("coerces_error", "use std::error::Error;\n@\nfn f(text: &str) -> Result<u8, Box<dyn Error>> { let n: u8 = text.parse()?; if n == 0 { return Err(\"zero\".into()); } if n == 1 { Err(\"one\")?; } Ok(n) }", 'call!(f("x").map_err(|e| e.to_string())); call!(f("0").map_err(|e| e.to_string())); call!(f("2").map_err(|e| e.to_string()));', fallible=True)
shape("coerces_fn_pointer", "@\nfn f(n: bool) -> fn(u8) -> u8 { if n { |n| n + 1 } else { |n| n } }", "call!(f(true)(1));")
shape("never", "@\nfn f(n: u8) -> ! { panic!(\"never {}\", n) }\npub fn g(n: u8) -> u8 { if n == 0 { f(n) } else { n } }", "call!(g(0));", without={"model_op"})
shape("never_async", "@\nasync fn f() -> ! { std::future::pending().await }\npub async fn g() -> u8 { f().await }", "cancel!(g());", since=2018, without={"model_op"})
shape("never_in_result", "#[derive(Debug)]\npub enum Never {}\n@\nfn f(n: u8) -> Result<Never, String> { loop { if n == 0 { return Err(\"no\".into()); } else { panic!(\"never\"); } } }", "call!(f(0)); call!(f(1));", fallible=True)
shape("unit_explicit", "@\nfn f(n: u8) -> () { if n == 0 { return; } note(\"on\"); return (); }", "call!(f(0)); call!(f(1));")
shape("unit_async", "@\nasync fn f(n: u8) { if n == 0 { return; } pause().await; note(\"on\"); }", "drive!(f(0)); drive!(f(1)); cancel!(f(1));", since=2018)
shape("reference_out", "@\nfn f<'a>(a: &'a str, _b: &str) -> &'a str { if a.is_empty() { return \"empty\"; } &a[1..] }", 'call!(f("ab", "")); call!(f("", ""));')
shape("reference_elided", "pub struct It(String);\nimpl It {\n@\nfn f(&mut self, _n: u8) -> Option<&mut String> { Some(&mut self.0) }\n}", 'call!(It("a".into()).f(1).map(|text| { text.push(\'b\'); text.clone() }));')
shape("reference_whole", "pub struct It(String);\nimpl It {\n@\nfn f(&mut self) -> &mut Self { self.0.push('x'); self }\n}", 'call!(It("a".into()).f().f().0.clone(), 2);')
shape("reference_async", "@\nasync fn f<'a>(a: &'a str, b: &str, c: &mut Vec<String>) -> &'a str { c.push(b.to_owned()); pause().await; a }", 'call!({ let mut list = Vec::new(); driver::block_on(f("a", "b", &mut list)).len() + list.len() });', since=2018)
shape("partial_move", "pub struct S { pub x: Noisy, pub y: Noisy }\n@\nfn f(s: S) -> Noisy { note(\"body\"); s.x }", 'call!(f(S { x: noisy("x"), y: noisy("y") }));')
shape("partial_borrow", "pub struct S { pub x: Noisy, pub y: Noisy }\n@\nfn f(s: S) -> usize { let x = &s.x; note(\"body\"); x.0.len() }", 'call!(f(S { x: noisy("x"), y: noisy("y") }));')
shape("partial_both", "pub struct S { pub x: Noisy, pub y: Noisy }\n@\nfn f(s: S) -> Result<Noisy, ()> { let y = &s.y; note(y.0); Ok(s.x) }", 'call!(f(S { x: noisy("x"), y: noisy("y") }));', fallible=True)
shape("partial_async", "pub struct S { pub x: Noisy, pub y: Noisy }\n@\nasync fn f(s: S) -> Noisy { pause().await; s.x }", 'drive!(f(S { x: noisy("x"), y: noisy("y") })); cancel!(f(S { x: noisy("x"), y: noisy("y") }));', since=2018)
shape("partial_self", "pub struct S { pub x: Noisy, pub y: Noisy }\nimpl S {\n@\nfn f(self, z: Noisy) -> Noisy { note(z.0); self.x }\n}", 'call!(S { x: noisy("x"), y: noisy("y") }.f(noisy("z")));')
shape("lock_guard", "use std::sync::{Mutex, MutexGuard};\npub struct Tell<'a>(&'a Mutex<u8>);\nimpl<'a> Drop for Tell<'a> { fn drop(&mut self) { note(if self.0.try_lock().is_ok() { \"released\" } else { \"held\" }); } }\n@\nfn f<'a>(done: Tell<'a>, _guard: MutexGuard<'a, u8>) { note(done.0.try_lock().is_ok().to_string()); }", "call!({ let lock = Mutex::new(1); let tell = Tell(&lock); f(tell, lock.lock().unwrap()) });")
shape("lock_guard_result", "use std::sync::{Mutex, MutexGuard};\npub struct Tell<'a>(&'a Mutex<u8>);\nimpl<'a> Drop for Tell<'a> { fn drop(&mut self) { note(if self.0.try_lock().is_ok() { \"released\" } else { \"held\" }); } }\n@\nfn f<'a>(done: Tell<'a>, _guard: MutexGuard<'a, u8>) -> Result<u8, ()> { note(done.0.try_lock().is_ok().to_string()); Ok(1) }", "call!({ let lock = Mutex::new(1); let tell = Tell(&lock); f(tell, lock.lock().unwrap()) });", fallible=True)
shape("bomb_unnamed", "@\nfn f(_: Bomb) -> Result<u8, ()> { Ok(1) }", "call!(f(Bomb));", fallible=True)
shape("bomb_unit", "@\nfn f(_bomb: Bomb, n: u8) { note(n.to_string()); }", "call!(f(Bomb, 1));", without={"own", "in_flight"})
shape("bomb_self", "pub struct It(Bomb);\nimpl It {\n@\nfn f(self) { }\n}", "call!(It(Bomb).f());")
shape("bomb_async", "@\nasync fn f(_: Bomb) -> Result<u8, ()> { pause().await; Ok(1) }", "drive!(f(Bomb));", since=2018, fallible=True)
shape("bomb_local", "@\nfn f(n: u8) -> u8 { let _bomb = Bomb; n }", "call!(f(1));")
shape("temporaries", "use std::cell::RefCell;\n@\nfn f(x: RefCell<Vec<u8>>) -> usize { x.borrow().len() }", "call!(f(RefCell::new(vec![1])));")
shape("temporaries_result", "use std::cell::RefCell;\n@\nfn f(x: RefCell<Vec<u8>>) -> Result<usize, ()> { Ok(x.borrow().len()) }", "call!(f(RefCell::new(vec![1])));", fallible=True)
shape("temporaries_match", "use std::sync::Mutex;\n@\nfn f(x: Mutex<u8>) -> Option<u8> { match *x.lock().unwrap() { 0 => None, n => Some(n) } }", "call!(f(Mutex::new(1)));")
shape("temporaries_async", "use std::cell::RefCell;\n@\nasync fn f(x: RefCell<Vec<u8>>) -> usize { x.borrow().len() }", "drive!(f(RefCell::new(vec![1])));", since=2018)
shape("temporaries_noisy", "pub fn id(n: &Noisy) -> usize { n.0.len() }\n@\nfn f(a: Noisy) -> usize { let _local = noisy(\"local\"); id(&noisy(\"temporary\")) + id(&a) }", 'call!(f(noisy("a")));')
shape("temporaries_noisy_result", "pub fn id(n: &Noisy) -> Result<usize, ()> { Ok(n.0.len()) }\n@\nfn f(a: Noisy) -> Result<usize, ()> { let _local = noisy(\"local\"); note(a.0); id(&noisy(\"temporary\")) }", 'call!(f(noisy("a")));', fallible=True)
shape("drop_flags", "@\nfn f(n: bool, a: Noisy, b: Noisy) -> u8 { if n { drop(b); } note(a.0); 1 }", 'call!(f(true, noisy("a"), noisy("b"))); call!(f(false, noisy("a"), noisy("b")));')
shape("drop_flags_async", "@\nasync fn f(n: bool, a: Noisy, b: Noisy) -> u8 { if n { drop(b); } pause().await; note(a.0); 1 }", 'drive!(f(true, noisy("a"), noisy("b"))); cancel!(f(false, noisy("a"), noisy("b")));', since=2018)
shape("returns_argument", "@\nfn f(a: Noisy, b: Noisy) -> Noisy { let _ = &b; a }", 'call!(f(noisy("a"), noisy("b")));')
shape("large_async", "@\nasync fn f(a: [u8; 1024]) -> Result<usize, u8> { pause().await; Ok(a.len()) }", "drive!(f([0; 1024]));", since=2018, fallible=True)
shape("large_async_moved", "async fn g(a: [u8; 1024]) -> usize { pause().await; a.len() }\n@\nasync fn f(a: [u8; 1024]) -> Result<usize, u8> { Ok(g(a).await) }", "drive!(f([0; 1024]));", since=2018, fallible=True)
shape("large_async_pattern", "@\nasync fn f((a, _b): ([u8; 512], [u8; 512])) -> usize { pause().await; a.len() }", "drive!(f(([0; 512], [0; 512])));", since=2018)
shape("large_async_unused", "@\nasync fn f(_: [u8; 1024]) { pause().await; }", "drive!(f([0; 1024]));", since=2018)
shape("empty_async", "@\nasync fn f() {}", "drive!(f());", since=2018)

# Generics.

shape("generic", "use std::fmt::{Debug, Display};\n@\nfn f<T, const N: usize>(value: &T) -> String where T: Debug + Display + ?Sized { format!(\"{value}{N}\") }", 'call!(f::<_, 2>("a"));', since=2018)
shape("generic_default", "@\nfn f<T: Default + std::fmt::Debug>() -> T { T::default() }", "call!(f::<u8>()); call!(f::<String>());")
shape("generic_error", "@\nfn f<E: From<String>>(n: u8) -> Result<u8, E> { if n == 0 { Err(String::from(\"no\"))?; } Ok(n) }", "call!(f::<String>(0)); call!(f::<Box<dyn std::error::Error>>(1).is_ok());", fallible=True)
shape("generic_value", "@\nfn f<T>(value: T) -> T { value }", "call!(f(1)); call!(f(\"a\"));")
shape("generic_closure", "@\nfn f<F, R>(run: F) -> R where F: FnOnce(&str) -> R { run(\"a\") }", "call!(f(|text| text.len()));")
shape("generic_closure_error", "@\nfn f<F, T, E>(mut run: F) -> Result<T, E> where F: FnMut() -> Result<T, E> { run().or_else(|_| run()) }", "call!(f(|| Err::<u8, _>(\"no\")));", fallible=True)
shape("generic_async", "@\nasync fn f<T: std::fmt::Display + 'static>(value: T, more: impl std::fmt::Display) -> String { pause().await; format!(\"{}{}\", value, more) }", 'drive!(f(1, "x"));', since=2018)
shape("generic_async_closure", "use std::future::Future;\n@\nasync fn f<F, Fut>(run: F) -> u8 where F: Fn(u8) -> Fut, Fut: Future<Output = u8> { run(1).await + run(2).await }", "drive!(f(|n| async move { pause().await; n }));", since=2018)
shape("generic_impl", "pub struct Of<T>(T);\nimpl<T: Clone> Of<T> {\n@\nfn new(value: T) -> Self { Of(value) }\npub fn get(&self) -> T { self.0.clone() }\n}", "call!(Of::new(3).get());")
shape("generic_impl_value", "pub struct Of<T>(T);\n@\nimpl<T: Clone> Of<T> {\nfn make(value: T, times: usize) -> Vec<T> { vec![value; times] }\nfn of(value: T) -> Of<T> { Of(value) }\n}", "call!(Of::make(3, 2)); call!(Of::of(3).0);")
shape("generic_impl_async", "pub struct Of<T>(T);\nimpl<T: Clone> Of<T> {\n@\nasync fn get(&self) -> T { pause().await; self.0.clone() }\n}", "call!(driver::block_on(Of(3).get()));", since=2018)
shape("const_generic", "@\nfn f<const N: usize>(list: [u8; N]) -> [u8; N] { let mut list = list; list.reverse(); list }", "call!(f([1, 2, 3]));", since=2018)
shape("hrtb", "@\nfn f<F>(run: F) -> usize where for<'a> F: Fn(&'a str) -> &'a str { run(\"ab\").len() }", "call!(f(|text| &text[1..]));")
shape("gat", "pub trait Lend { type Item<'a> where Self: 'a; fn lend<'a>(&'a mut self) -> Option<Self::Item<'a>>; }\npub struct Pop(Vec<u8>);\nimpl Lend for Pop { type Item<'a> = &'a mut u8 where Self: 'a;\n@\nfn lend<'a>(&'a mut self) -> Option<Self::Item<'a>> { self.0.last_mut() } }", "call!(Pop(vec![1]).lend().map(|n| { *n += 1; *n }));")
shape("gat_future", "use std::future::Future;\npub trait Run { type Fut<'a>: Future<Output = usize> where Self: 'a; fn run<'a>(&'a self, text: &'a str) -> Self::Fut<'a>; }\npub struct Len;\nimpl Run for Len { type Fut<'a> = futures::future::BoxFuture<'a, usize> where Self: 'a;\n@\nfn run<'a>(&'a self, text: &'a str) -> Self::Fut<'a> { Box::pin(async move { pause().await; text.len() }) } }", 'drive!(Len.run("ab"));', since=2018)
shape("where_bounds", "@\nfn f<'a: 'b, 'b, T: Into<Vec<Vec<u8>>> + 'a>(value: T, _more: &'b [u8]) -> Vec<Vec<u8>> where Vec<T>: Sized, [T; { 1 + 1 }]: Sized { value.into() }", "call!(f(vec![vec![1]], &[]));")
shape("dyn_argument", "@\nfn f(write: &mut dyn std::fmt::Write, n: u8) -> std::fmt::Result { if n == 0 { return Err(std::fmt::Error); } write!(write, \"{}\", n) }", "call!({ let mut text = String::new(); f(&mut text, 1).map(|()| text) }); call!(f(&mut String::new(), 0));", fallible=True)
shape("associated_type", "@\nfn f<I>(items: I) -> <I as IntoIterator>::Item where I: IntoIterator<Item = u8> { items.into_iter().sum() }", "call!(f(vec![1, 2]));")
shape("self_type", "#[derive(Debug, Clone, PartialEq)]\npub struct It(u8);\nimpl It {\n@\nfn f(n: u8) -> Result<Self, String> { if n == 0 { return Err(\"no\".into()); } Ok(Self(n)) }\n}", "call!(It::f(0)); call!(It::f(1));", fallible=True)
shape("self_type_option", "#[derive(Debug)]\npub struct It(u8);\n@\nimpl It {\nfn f(n: u8) -> Option<Self> { if n == 0 { None } else { Some(Self(n)) } }\nfn same(self: Box<Self>) -> Self { *self }\n}", "call!(It::f(1)); call!(Box::new(It(1)).same().0);")
shape("from_str", "#[derive(Debug)]\npub struct It(u8);\nimpl std::str::FromStr for It { type Err = String;\n@\nfn from_str(text: &str) -> Result<Self, Self::Err> { Ok(It(text.parse::<u8>().map_err(|e| e.to_string())?)) } }", 'call!("1".parse::<It>()); call!("x".parse::<It>());', fallible=True)
shape("iterator_next", "pub struct Down(u8);\nimpl Iterator for Down { type Item = u8;\n@\nfn next(&mut self) -> Option<Self::Item> { if self.0 == 0 { return None; } self.0 -= 1; Some(self.0) } }", "call!(Down(3).collect::<Vec<_>>(), 4);")
shape("deref", "pub struct It(Vec<u8>);\nimpl std::ops::Deref for It { type Target = Vec<u8>;\n@\nfn deref(&self) -> &Self::Target { &self.0 } }", "call!(It(vec![1]).len());")
shape("drop_impl", "pub struct It;\nimpl Drop for It {\n@\nfn drop(&mut self) { note(\"dropped\"); } }", "call!({ let _it = It; });", without={"model_op"})
shape("trait_default", "pub trait Do { fn n(&self) -> u8;\n@\nfn f(&self) -> u8 { self.n() + 1 }\n}\nimpl Do for u8 { fn n(&self) -> u8 { *self } }", "call!(1u8.f());")
shape("trait_default_sized", "pub trait Do: Sized {\n@\nfn f(self) -> Option<Self> { Some(self) }\n}\nimpl Do for u8 {}", "call!(1u8.f());")
shape("trait_async", "#[allow(async_fn_in_trait)]\npub trait Do { async fn f(&self, n: u8) -> Result<u8, String>; }\nimpl Do for u8 {\n@\nasync fn f(&self, n: u8) -> Result<u8, String> { pause().await; if n == 0 { return Err(\"no\".into()); } Ok(*self + n) }\n}", "drive!(1u8.f(0)); drive!(1u8.f(1));", since=2018, fallible=True)
shape("trait_async_default", "#[allow(async_fn_in_trait)]\npub trait Do { fn n(&self) -> u8;\n@\nasync fn f(&self, m: u8) -> u8 { pause().await; self.n() + m }\n}\nimpl Do for u8 { fn n(&self) -> u8 { *self } }", "drive!(1u8.f(0));", since=2018)
shape("trait_impl_future", "use std::future::Future;\npub trait Do { fn f(&self, n: u8) -> impl Future<Output = Result<u8, String>> + Send; }\nimpl Do for u8 {\n@\nasync fn f(&self, n: u8) -> Result<u8, String> { pause().await; if n == 0 { Err(\"no\")?; } Ok(*self + n) }\n}", "drive!(1u8.f(0)); drive!(1u8.f(1));", since=2018, fallible=True)
shape("recursion", "@\nfn f(n: u64) -> u64 { if n < 2 { return n; } f(n - 1) + f(n - 2) }", "call!(f(4), 9);")
shape("recursion_async", "@\nasync fn f(n: u64) -> u64 { if n == 0 { return 0; } 1 + Box::pin(f(n - 1)).await }", "drive!(f(3), 4);", since=2018)
shape("recursion_boxed", USE_FUTURE + "@\nfn f(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> { Box::pin(async move { if n == 0 { return 0; } 1 + f(n - 1).await }) }", "drive!(f(3), 4);", since=2018)

# Qualifiers, visibility, names and macros.

shape("unsafe_fn", "@\n#[allow(unsafe_code, unsafe_op_in_unsafe_fn)]\npub unsafe fn f(n: *const u8) -> Result<u8, String> { let n = *n; if n == 0 { Err(\"no\".into()) } else { Ok(n) } }", "call!(unsafe { f(&0) }); call!(unsafe { f(&1) });", fallible=True)
shape("unsafe_async", "@\n#[allow(unsafe_op_in_unsafe_fn)]\npub async unsafe fn f(n: &u8) -> u8 { let n: *const u8 = n; let n = unsafe { *n }; n }", "drive!(unsafe { f(&1) });", since=2018)
shape("extern_c", "@\npub extern \"C\" fn f(n: u8) -> u8 { n + 1 }", "call!(f(1));")
shape("extern_c_unwind", "@\npub extern \"C-unwind\" fn f(n: u8) -> u8 { if n == 0 { panic!(\"zero\"); } n }", "call!(f(0)); call!(f(1));")
shape("raw_names", "@\npub fn r#match(r#type: u8, r#fn: &str) -> usize { r#fn.len() + r#type as usize }", 'call!(r#match(1, "a"));')
shape("raw_names_async", "@\npub async fn r#loop(r#type: u8) -> u8 { r#type }", "drive!(r#loop(1));", since=2018)
shape("visible", "pub mod inner {\n@\npub(in super::super) fn f(n: u8) -> u8 { n }\n}", "call!(inner::f(1));", since=2018)
shape("nested_function", "pub fn outer(n: u8) -> u8 {\n@\nfn f(n: u8) -> u8 { n * 2 }\nf(n) }", "call!(outer(1));")
shape("shadowed_names", "@\nfn f(value: u8, guard: u8, body: u8, result: u8, __value: u8, __guard0: u8, __returns: u8, __arg1: u8) -> Result<u8, ()> { Ok(value + guard + body + result + __value + __guard0 + __returns + __arg1) }", "call!(f(1, 2, 3, 4, 5, 6, 7, 8));", fallible=True)
shape("shadowed_names_async", "@\nasync fn f(value: u8, future: u8, (a, __arg2): (u8, u8), __handle0: u8) -> u8 { value + future + a + __arg2 + __handle0 }", "drive!(f(1, 2, (3, 4), 5));", since=2018)
shape("own_labels", "@\nfn f(n: u8) -> u8 { let m = '__body: loop { break '__body n; }; '__body: loop { break '__body m; } }", "call!(f(1));")
shape("from_macro", "macro_rules! make { ($name:ident($arg:pat => $ty:ty) -> $out:ty $body:block) => {\n@\nfn $name($arg: $ty) -> $out $body\n}; }\nmake!(f((a, b) => (u8, u8)) -> Result<u8, String> { if a == 0 { return Err(\"no\".into()); } Ok(a + b) });", "call!(f((0, 1))); call!(f((1, 2)));", fallible=True)
shape("from_macro_async", "macro_rules! make { ($name:ident($arg:pat => $ty:ty) -> $out:ty $body:block) => {\n@\nasync fn $name($arg: $ty) -> $out $body\n}; }\nmake!(f(mut a => u8) -> Result<u8, String> { a += 1; if a == 1 { return Err(\"no\".into()); } Ok(a) });", "drive!(f(0)); drive!(f(1));", since=2018, fallible=True)
shape("from_macro_whole", "macro_rules! whole { ($item:item) => { $item }; }\nwhole! {\n@\nfn f(n: u8) -> u8 { n } }", "call!(f(1));")
shape("macro_type", "macro_rules! kind { ($ty:ty) => { Result<$ty, String> }; }\n@\nfn f(n: u8) -> kind!(u8) { if n == 0 { Err(\"no\".into()) } else { Ok(n) } }", "call!(f(0)); call!(f(1));", fallible=True)
shape("macro_type_braces", "macro_rules! kind { ($ty:ty) => { $ty }; }\n@\nfn f(n: kind!(u8)) -> kind! { Option<u8> } { Some(n) }", "call!(f(0));")
shape("macro_in_body", "macro_rules! ensure { ($condition:expr) => { if !$condition { return Err(stringify!($condition).into()); } }; }\n@\nfn f(n: u8) -> Result<u8, String> { ensure!(n > 0); Ok(n) }", "call!(f(0)); call!(f(1));", fallible=True)
shape("braces_in_types", "@\nfn f(list: [u8; { 1 + 1 }]) -> [u8; { if true { 3 } else { 4 } }] { [list[0], list[1], 0] }", "call!(f([1, 2]));")
shape("arrows", "@\nfn f(g: fn(u8) -> Option<u8>, n: u8) -> Box<dyn Fn(u8) -> Vec<u8> + Send> { let first = g(n); Box::new(move |m| vec![first.unwrap_or(0), m]) }", "call!(f(Some, 1)(2));")
shape("without_spaces", "#[rustfmt::skip]\n@\nfn f<T:Into<Vec<Vec<u8>>>>(value:T)->Vec<Vec<u8>>where Vec<T>:Sized{value.into()}", "call!(f(vec![vec![1]]));", since=2018)
shape("diverging_branches", "@\nfn f(n: u8) -> u8 { match n { 0 => panic!(\"zero\"), 1 => return 10, 2 => { let m: u8 = if n > 1 { 3 } else { return 4 }; m } _ => loop { break n; } } }", "call!(f(0)); call!(f(1)); call!(f(2)); call!(f(3));")
shape("returns_closure_call", "@\nfn f(n: u8) -> u8 { (|| { if n == 0 { return 1; } n })() }", "call!(f(0)); call!(f(2));")
shape("numbers_inferred", "@\nfn f(n: u8) -> Result<u64, String> { let mut total = 0; for m in 0..n { total += u64::from(m); } if total > 100 { return Err(total.to_string()); } Ok(total) }", "call!(f(3)); call!(f(200));", fallible=True)
shape("collects", "@\nfn f(list: &[&str]) -> Result<Vec<u8>, std::num::ParseIntError> { list.iter().map(|text| text.parse()).collect() }", 'call!(f(&["1"])); call!(f(&["x"]));', fallible=True)
shape("into_default", "@\nfn f(n: u8) -> Result<String, String> { if n == 0 { return Err(Default::default()); } Ok(n.to_string().into()) }", "call!(f(0)); call!(f(1));", fallible=True)
shape("io_result", "use std::io;\n@\nfn f(n: u8) -> io::Result<()> { if n == 0 { return Err(io::ErrorKind::NotFound.into()); } Ok(()) }", "call!(f(0).map_err(|e| e.kind())); call!(f(1).map_err(|e| e.kind()));", fallible=True)
shape("option_question", "@\nfn f(list: &[u8]) -> Option<u8> { let first = list.first()?; Some(*first + 1) }", "call!(f(&[])); call!(f(&[1]));")
shape("poll_result", "use std::task::Poll;\n@\nfn f(n: u8) -> Poll<Result<u8, String>> { if n == 0 { return Poll::Ready(Err(\"no\".into())); } Poll::Pending }", "call!(f(1));")
shape("control_flow", "use std::ops::ControlFlow;\n@\nfn f(n: u8) -> ControlFlow<u8, ()> { if n == 0 { return ControlFlow::Break(n); } ControlFlow::Continue(()) }", "call!(f(0)); call!(f(1));")
shape("many_arguments", "@\n#[allow(clippy::too_many_arguments)]\nfn f(a: u8, b: u16, c: u32, d: u64, e: &str, g: String, h: Option<u8>, i: [u8; 2], j: (u8, u8), k: bool) -> u64 { a as u64 + b as u64 + c as u64 + d + e.len() as u64 + g.len() as u64 + h.unwrap_or(0) as u64 + i[0] as u64 + j.1 as u64 + k as u64 }", 'call!(f(1, 2, 3, 4, "a", "b".into(), None, [1, 2], (3, 4), true));')

# Attributes.

shape("inert", "/// A function.\n#[inline]\n@\n#[deprecated]\n#[doc(hidden)]\n#[cold]\npub fn f(n: u8) -> Result<u8, ()> { Ok(n) }", "#[allow(deprecated)]\n{ call!(f(1)); }", fallible=True)
shape("inner_attributes", "@\nfn f(n: u8) -> u8 {\n    #![allow(unused_variables)]\n    let unused = n;\n    n\n}", "call!(f(1));")
shape("must_use", "@\n#[must_use]\npub fn f(n: u8) -> Result<u8, ()> { Ok(n) }\npub fn g() { f(1); }", "call!(f(1));", fallible=True)
shape("must_use_value", "@\n#[must_use = \"it is dear\"]\npub fn f(n: u8) -> u8 { n }\npub fn g() { f(1); }", "call!(f(1));")
shape("must_use_async", "@\n#[must_use]\npub async fn f(n: u8) -> u8 { pause().await; n }\npub async fn g() { f(1).await; f(2); }", "drive!(f(1));", since=2018, grows=64)
shape("must_use_above", "#[must_use]\n@\npub async fn f(n: u8) -> u8 { n }\npub async fn g() { f(1).await; }", "drive!(f(1));", since=2018, grows=64)
shape("unused_result", "@\npub fn f(n: u8) -> Result<u8, ()> { Ok(n) }\npub fn g() { f(1); }", "call!(f(1));", fallible=True)
shape("unused_future", "@\npub async fn f(n: u8) -> Result<u8, ()> { Ok(n) }\npub fn g() { f(1); }\npub async fn h() { f(1).await; }", "drive!(f(1));", since=2018, fallible=True)
shape("dead_function", "@\nfn f(n: u8) -> u8 { n }", "")
shape("dead_async", "@\nasync fn f(n: u8) -> u8 { n }", "", since=2018)
shape("dead_method", "struct It;\nimpl It {\n@\nfn f(&self) -> u8 { 1 }\n}", "let _ = It;")
shape("dead_code_inside", "@\nfn f(n: u8) -> u8 { return n; #[allow(unreachable_code)] { n + 1 } }", "call!(f(1));")
shape("unreachable_inside", "@\nfn f(n: u8) -> u8 { return n; n + 1 }", "call!(f(1));")
shape("unreachable_async", "@\nasync fn f(n: u8) -> u8 { return n; n + 1 }", "drive!(f(1));", since=2018)
shape("unused_inside", "@\nfn f(n: u8) -> u8 { let unused = n; let mut never = 1; use std::fmt; n }", "call!(f(1));")
shape("unused_assignment", "@\nfn f(mut n: u8) -> u8 { let m = n; n = 5; m }", "call!(f(1));")
shape("unused_assignment_async", "@\nasync fn f(mut n: u8) -> u8 { let m = n; n = 5; m }", "drive!(f(1));", since=2018)
shape("unused_mut", "@\nfn f(mut n: u8, mut list: Vec<u8>) -> usize { list.len() + n as usize }", "call!(f(1, vec![]));")
shape("unused_mut_async", "@\nasync fn f(mut n: u8, mut list: Vec<u8>) -> usize { list.len() + n as usize }", "drive!(f(1, vec![]));", since=2018)
shape("unused_self_mut", "pub struct It(u8);\nimpl It {\n@\nfn f(mut self) -> u8 { self.0 }\n}", "call!(It(1).f());")
shape("unused_parens", "@\nfn f(n: u8) -> u8 { if (n == 0) { return (1); } (n) }", "call!(f(1));")
shape("unused_braces", "@\nfn f(n: u8) -> u8 { { n } }", "call!(f(1));")
shape("bad_names", "@\nfn BadName(BadArgument: u8) -> u8 { let BadLocal = BadArgument; BadLocal }", "call!(BadName(1));")
shape("bad_names_async", "@\nasync fn BadName(BadArgument: u8, (A, B): (u8, u8)) -> u8 { BadArgument + A + B }", "drive!(BadName(1, (2, 3)));", since=2018)
shape("allowed_argument", "@\nfn f(#[allow(unused_variables)] n: u8, #[allow(unused_variables)] (x, y): (u8, u8)) -> u8 { 1 }", "call!(f(1, (2, 3)));")
shape("allowed_argument_async", "@\nasync fn f(#[allow(unused_variables)] n: u8, #[allow(unused_variables)] (x, y): (u8, u8)) -> u8 { 1 }", "drive!(f(1, (2, 3)));", since=2018)
shape("denied_argument", "@\nfn f(#[deny(unused_variables)] n: u8) -> u8 { n }", "call!(f(1));")
shape("expected_argument", "@\nfn f(#[expect(unused_variables)] n: u8, #[expect(unused_variables)] (x, y): (u8, u8)) -> u8 { 1 }", "call!(f(1, (2, 3)));")
shape("expected_argument_async", "@\nasync fn f(#[expect(unused_variables)] n: u8, #[expect(unused_mut)] mut m: u8) -> u8 { m }", "drive!(f(1, 2));", since=2018)
shape("expected_function", "@\n#[expect(unused_variables)]\nfn f(n: u8, (x, y): (u8, u8)) -> u8 { 1 }", "call!(f(1, (2, 3)));")
shape("expected_function_async", "@\n#[expect(unused_variables)]\nasync fn f(n: u8, (x, y): (u8, u8)) -> u8 { 1 }", "drive!(f(1, (2, 3)));", since=2018)
shape("expected_unfulfilled", "@\n#[expect(unused_variables)]\nfn f(n: u8) -> u8 { n }", "call!(f(1));")
shape("cfg_argument", "@\nfn f(a: u8, #[cfg(any())] b: Missing, #[cfg(all())] c: u8) -> u8 { a + c }", "call!(f(1, 2));")
shape("cfg_argument_async", "@\nasync fn f(a: u8, #[cfg(any())] b: Missing, #[cfg(all())] (c, _): (u8, u8)) -> u8 { a + c }", "drive!(f(1, (2, 3)));", since=2018)
shape("cfg_attr_argument", "@\nfn f(a: u8, #[cfg_attr(all(), cfg(any()))] b: Missing, #[cfg_attr(all(), allow(unused_variables))] c: u8) -> u8 { a }", "call!(f(1, 2));")
shape("cfg_attr_argument_async", "@\nasync fn f(a: u8, #[cfg_attr(all(), cfg(any()))] d: Missing, #[cfg_attr(all(), expect(unused_variables))] (c, e): (u8, u8)) -> u8 { a }", "drive!(f(1, (2, 3)));", since=2018)
shape("cfg_function", "#[cfg(any())]\n@\nfn f() -> Missing { }\n#[cfg(all())]\n@\nfn f(n: u8) -> u8 { n }", "call!(f(1));")
shape("cfg_attr_function", "#[cfg_attr(all(), inline)]\n@\n#[cfg_attr(any(), no_such_attribute)]\n#[cfg_attr(all(), allow(unused_variables))]\nasync fn f(n: u8) -> u8 { 1 }", "drive!(f(1));", since=2018)
shape("cfg_in_body", "@\nfn f(n: u8) -> u8 { #[cfg(any())] return missing; #[cfg(all())] let n = n + 1; n }", "call!(f(1));")
shape("async_trait", "#[async_trait::async_trait]\npub trait Do { async fn f(&self, n: u8) -> Result<u8, String>; }\n#[async_trait::async_trait]\nimpl Do for u8 {\n@\nasync fn f(&self, n: u8) -> Result<u8, String> { pause().await; if n == 0 { Err(\"no\")?; } Ok(*self + n) }\n}", "drive!(1u8.f(0)); drive!(1u8.f(1)); cancel!(1u8.f(1)); unpolled!(1u8.f(1));", since=2018, fallible=True)
shape("async_trait_block", "#[async_trait::async_trait]\npub trait Do { async fn f(&self, n: u8) -> Result<u8, String>; fn g(&self) -> u8; }\n#[async_trait::async_trait]\n@\nimpl Do for u8 {\nasync fn f(&self, n: u8) -> Result<u8, String> { pause().await; if n == 0 { Err(\"no\")?; } Ok(*self + n) }\nfn g(&self) -> u8 { *self }\n}", "drive!(1u8.f(0)); drive!(1u8.f(1)); call!(1u8.g());", since=2018, fallible=True)
shape("async_trait_below", "#[async_trait::async_trait]\npub trait Do { async fn f(&self, n: u8, s: &str) -> Result<usize, String>; }\n@\n#[async_trait::async_trait]\nimpl Do for u8 {\nasync fn f(&self, n: u8, s: &str) -> Result<usize, String> { pause().await; if n == 0 { Err(\"no\")?; } Ok(s.len()) }\n}", 'drive!(1u8.f(0, "a")); drive!(1u8.f(1, "a"));', since=2018, fallible=True, grows=512)
shape("async_trait_default", "#[async_trait::async_trait]\npub trait Do: Sync {\n@\nasync fn f(&self, (a, _): (u8, u8)) -> u8 { pause().await; a }\n}\nimpl Do for u8 {}", "drive!(1u8.f((1, 2)));", since=2018)
shape("async_trait_generic", "#[async_trait::async_trait]\npub trait Do<T: Send + 'static> { async fn f<'a>(&self, n: T, s: &'a str) -> (T, &'a str); }\n#[async_trait::async_trait]\nimpl<T: Send + 'static> Do<T> for u8 {\n@\nasync fn f<'a>(&self, n: T, s: &'a str) -> (T, &'a str) { pause().await; (n, s) }\n}", 'drive!(1u8.f(2u16, "a"));', since=2018)
shape("async_trait_self_value", "#[async_trait::async_trait]\npub trait Do { async fn f(self, n: Noisy) -> usize; async fn g(self: Box<Self>) -> u8; async fn h(mut self: Box<Self>) -> u8; }\npub struct It(u8);\n#[async_trait::async_trait]\n@\nimpl Do for It {\nasync fn f(self, n: Noisy) -> usize { pause().await; n.0.len() }\nasync fn g(self: Box<Self>) -> u8 { self.0 }\nasync fn h(mut self: Box<Self>) -> u8 { self.0 += 1; self.0 }\n}", 'drive!(It(1).f(noisy("a"))); drive!(Box::new(It(1)).g()); drive!(Box::new(It(1)).h());', since=2018)
shape("async_trait_not_send", "#[async_trait::async_trait(?Send)]\npub trait Do { async fn f(&self, n: std::rc::Rc<u8>) -> u8; }\n#[async_trait::async_trait(?Send)]\nimpl Do for u8 {\n@\nasync fn f(&self, n: std::rc::Rc<u8>) -> u8 { pause().await; *n }\n}", "drive!(1u8.f(std::rc::Rc::new(2)));", since=2018)
shape("async_trait_dyn", "#[async_trait::async_trait]\npub trait Do: Send + Sync { async fn f(&self, text: &str, more: &mut Vec<String>) -> usize; }\n#[async_trait::async_trait]\nimpl Do for u8 {\n@\nasync fn f(&self, text: &str, more: &mut Vec<String>) -> usize { more.push(text.into()); pause().await; more.len() }\n}", 'call!({ let it: Box<dyn Do> = Box::new(1u8); driver::block_on(it.f("a", &mut vec![])) });', since=2018)
shape("instrument_above", "#[tracing::instrument]\n@\nfn f(n: u8) -> Result<u8, String> { if n == 0 { Err(\"no\".to_owned()) } else { Ok(n) } }", "call!(f(0)); call!(f(1));", since=2018, fallible=True)
shape("instrument_below", "@\n#[tracing::instrument(err)]\nfn f(n: u8) -> Result<u8, String> { if n == 0 { Err(\"no\".to_owned()) } else { Ok(n) } }", "call!(f(0)); call!(f(1));", since=2018, fallible=True)
shape("instrument_above_async", "#[tracing::instrument(skip_all)]\n@\nasync fn f(n: u8, s: &str) -> Result<usize, String> { pause().await; if n == 0 { Err(\"no\".to_owned()) } else { Ok(s.len()) } }", 'drive!(f(0, "a")); drive!(f(1, "a"));', since=2018, fallible=True, grows=1024)
shape("instrument_below_async", "@\n#[tracing::instrument(skip(s), fields(n), err)]\nasync fn f(n: u8, s: &str) -> Result<usize, String> { pause().await; if n == 0 { Err(\"no\".to_owned()) } else { Ok(s.len()) } }", 'drive!(f(0, "a")); drive!(f(1, "a"));', since=2018, fallible=True, grows=1024)
shape("instrument_pattern", "@\n#[tracing::instrument(skip(a))]\nasync fn f((a, b): (Noisy, u8), s: String) -> usize { pause().await; a.0.len() + b as usize + s.len() }", 'drive!(f((noisy("a"), 1), "s".into()));', since=2018, grows=1024)
shape("instrument_self", "#[derive(Debug)]\npub struct It(u8);\nimpl It {\n#[tracing::instrument]\n@\npub fn f(&mut self, n: u8) -> &mut Self { self.0 += n; self }\n}", "call!(It(1).f(2).0);", since=2018)
shape("track_caller_unit", "@\n#[track_caller]\npub fn f() { note(std::panic::Location::caller().line().to_string()); }", "call!(f());", without={"model_op"})
shape("track_caller_reference", "#[track_caller]\n@\npub fn f(n: &u8) -> &u8 { note(std::panic::Location::caller().file().ends_with(\"none\").to_string()); n }", "call!(*f(&1));", without={"model_op"})

# Expressions in attributes that use the arguments.

BY = """use tallymark::{Counter, CounterHandle, Histogram, HistogramHandle, LabelSet, UpDownCounter, UpDownHandle, buckets};
#[derive(LabelSet)] pub struct Tenant<'a> { pub tenant: &'a str }
static REFUSED: Counter<Tenant<'static>> = Counter::new();
static WAITED: Histogram<Tenant<'static>> = Histogram::new(buckets![1.0]);
static OPEN: UpDownCounter<Tenant<'static>> = UpDownCounter::new();
pub struct State<T>(pub T);
fn seen(tenant: &str) -> String { format!("refused {} waited {} open {}", REFUSED.with(Tenant { tenant }).get(), WAITED.with(Tenant { tenant }).get().count(), OPEN.with(Tenant { tenant }).get()) }
"""
EXPRESSIONS = {
    "plain": ("tenant: &'static str", '"a"', "tenant"),
    "owned": ("tenant: String", '"a".to_string()', "&tenant"),
    "pattern": ("State(tenant): State<&'static str>", 'State("a")', "tenant"),
    "owned_pattern": ("State(tenant): State<String>", 'State("a".to_string())', "&tenant"),
    "nested": ("(_, State((tenant, ..))): (u8, State<(&'static str, u8)>)", '(1, State(("a", 2)))', "tenant"),
    "field": ("State { 0: tenant }: State<&'static str>", 'State("a")', "tenant"),
    "mutable": ("mut tenant: String", '"a".to_string()', "&tenant"),
}
LISTS = {
    "counted": "#[tallymark::counted(REFUSED.with(Tenant {{ tenant: {e} }}))]",
    "errors": "#[tallymark::count_errors(REFUSED.with(Tenant {{ tenant: {e} }}))]",
    "timed": "#[tallymark::timed(WAITED.with(Tenant {{ tenant: {e} }}))]",
    "open": "#[tallymark::in_flight(OPEN.with(Tenant {{ tenant: {e} }}))]",
}
FORMS = {
    "unit": ("fn f({args}) {{ {use} }}", "call!(f({given}));", 2018, False),
    "sync": ("fn f({args}) -> Result<u8, String> {{ {use} Err(\"no\".into()) }}", "call!(f({given}));", 2018, True),
    "async": ("async fn f({args}) -> Result<u8, String> {{ {use} pause().await; Err(\"no\".into()) }}", "drive!(f({given})); cancel!(f({given})); unpolled!(f({given}));", 2018, True),
    "boxed": ("fn f({args}) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {{ Box::pin(async move {{ {use} pause().await; Err(\"no\".into()) }}) }}", "drive!(f({given}));", 2018, True),
    "early": ("fn f({args}) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {{ if tenant.is_empty() {{ return Box::pin(async {{ Ok(1) }}); }} Box::pin(async move {{ {use} pause().await; Err(\"no\".into()) }}) }}", "drive!(f({given}));", 2018, True),
    "impl": ("fn f({args}) -> impl Future<Output = Result<u8, String>> {{ async move {{ {use} pause().await; Err(\"no\".into()) }} }}", "drive!(f({given}));", 2018, True),
}
for form, (text, run, since, fallible) in FORMS.items():
    for name, (arguments, given, expression) in EXPRESSIONS.items():
        lists = {key: value.format(e=expression) for key, value in LISTS.items() if fallible or key != "errors"}
        use = "note(tenant.to_string());"
        head = (USE_FUTURE if form in ("boxed", "early", "impl") else "") + BY
        unused = "#[allow(dead_code, unused_imports, unused_mut)]\n"
        code = head.replace("use tallymark::", "#[allow(unused_imports)] use tallymark::").replace("pub struct State", "#[allow(dead_code)] pub struct State").replace("fn seen", "#[allow(dead_code)] fn seen") + unused + "@\n" + text.format(args=arguments, use=use)
        args = list(lists.values()) + ["".join(lists.values()), "".join(reversed(list(lists.values()))), "#[tallymark::timed]" + "".join(lists.values()), "".join(lists.values()) + "#[tallymark::timed(in_flight)]"]
        shape(f"args_{form}_{name}", code, run.format(given=given), since=since, fallible=fallible, args=args, grows=160)

HANDLE = BY.replace("use tallymark::", "#[allow(unused_imports)] use tallymark::").replace("pub struct State", "#[allow(dead_code)] pub struct State").replace("fn seen", "#[allow(dead_code)] fn seen")
shape("args_self_field", HANDLE + "#[allow(dead_code)] pub struct It { pub c: CounterHandle, pub h: HistogramHandle, pub n: u8 }\nimpl It {\n@\nfn f(&mut self) -> Result<(), ()> { self.n += 1; Err(()) }\n}", 'call!(It { c: REFUSED.with(Tenant { tenant: "a" }), h: WAITED.with(Tenant { tenant: "a" }), n: 0 }.f());', since=2018, fallible=True, args=["#[tallymark::count_errors(self.c)]", "#[tallymark::timed(self.h)]", "#[tallymark::timed]#[tallymark::count_errors(self.c)]#[tallymark::timed(self.h)]", "#[tallymark::counted(self.c)]"])
shape("args_self_field_async", HANDLE + "#[allow(dead_code)] pub struct It { pub c: CounterHandle, pub h: HistogramHandle, pub n: u8 }\nimpl It {\n@\nasync fn f(&mut self) -> Result<(), ()> { self.n += 1; pause().await; Err(()) }\n}", 'call!(driver::block_on(It { c: REFUSED.with(Tenant { tenant: "a" }), h: WAITED.with(Tenant { tenant: "a" }), n: 0 }.f()));', since=2018, fallible=True, args=["#[tallymark::count_errors(self.c)]", "#[tallymark::timed(self.h)]", "#[tallymark::timed]#[tallymark::count_errors(self.c)]#[tallymark::timed(self.h)]"])
shape("args_handle", HANDLE + "pub struct Ext<T>(pub T);\n#[allow(unused_variables)]\n@\nfn f(Ext(latency): Ext<HistogramHandle>, errors: CounterHandle) -> Result<(), ()> { Err(()) }", 'call!(f(Ext(WAITED.with(Tenant { tenant: "a" })), REFUSED.with(Tenant { tenant: "a" })));', since=2018, fallible=True, args=["#[tallymark::timed(latency)]", "#[tallymark::count_errors(errors)]", "#[tallymark::timed(latency)]#[tallymark::timed]#[tallymark::count_errors(errors)]"])
shape("args_handle_async", HANDLE + "pub struct Ext<T>(pub T);\n#[allow(unused_variables)]\n@\nasync fn f(Ext(latency): Ext<HistogramHandle>, errors: CounterHandle) -> Result<(), ()> { pause().await; Err(()) }", 'drive!(f(Ext(WAITED.with(Tenant { tenant: "a" })), REFUSED.with(Tenant { tenant: "a" })));', since=2018, fallible=True, args=["#[tallymark::timed(latency)]", "#[tallymark::count_errors(errors)]", "#[tallymark::timed]#[tallymark::timed(latency)]#[tallymark::count_errors(errors)]"], grows=128)
shape("args_closure", HANDLE + "#[allow(unused_variables)]\n@\nfn f(State(tenant): State<&'static str>, n: u8) -> Result<u8, String> { if n == 0 { return Err(\"no\".into()); } Ok(n) }", 'call!(f(State("a"), 0)); call!(f(State("a"), 1));', since=2018, fallible=True, args=["#[tallymark::timed(error = |error: &String| format!(\"{tenant} {error}\"))]", "#[tallymark::count_errors(|_| REFUSED.with(Tenant { tenant }))]", "#[tallymark::model_op(driver::Row, insert, rows = |rows| *rows as usize + tenant.len())]"])
shape("args_closure_async", HANDLE + "#[allow(unused_variables)]\n@\nasync fn f(State(tenant): State<&'static str>, n: u8) -> Result<u8, String> { pause().await; if n == 0 { return Err(\"no\".into()); } Ok(n) }", 'drive!(f(State("a"), 0)); drive!(f(State("a"), 1));', since=2018, fallible=True, args=["#[tallymark::timed(error = |error: &String| format!(\"{tenant} {error}\"))]", "#[tallymark::count_errors(|_| REFUSED.with(Tenant { tenant }))]"], grows=96)

# Hostile surroundings.

HOSTILE = """#[allow(dead_code)] pub trait Everything { fn failed(self) -> bool where Self: Sized { true } fn finish(self) -> u8 where Self: Sized { 1 } fn error(self) -> u8 where Self: Sized { 1 } fn enter(self) -> u8 where Self: Sized { 1 } fn success(self) -> u8 where Self: Sized { 1 } fn call(self) -> u8 where Self: Sized { 1 } fn pick(self) -> u8 where Self: Sized { 1 } fn is_none(self) -> u8 where Self: Sized { 1 } fn is_some(self) -> u8 where Self: Sized { 1 } fn counted(self) -> u8 where Self: Sized { 1 } fn take(self) -> u8 where Self: Sized { 1 } fn unwrap_or(self) -> u8 where Self: Sized { 1 } fn visit(self) -> u8 where Self: Sized { 1 } fn index(self) -> u8 where Self: Sized { 1 } fn text(self) -> u8 where Self: Sized { 1 } fn get(self) -> u8 where Self: Sized { 1 } }
impl<T> Everything for T {}
"""
shape("hostile_trait", HOSTILE + "@\npub fn f(n: u8) -> Result<u8, String> { if n == 0 { return Err(String::from(\"no\")); } Ok(n) }", "call!(f(0)); call!(f(1));", fallible=True)
shape("hostile_trait_async", HOSTILE + "@\npub async fn f(n: u8) -> Result<u8, String> { pause().await; if n == 0 { return Err(String::from(\"no\")); } Ok(n) }", "drive!(f(0)); drive!(f(1));", since=2018, fallible=True)
shape("hostile_trait_boxed", HOSTILE + USE_FUTURE + "type Fut = Pin<Box<dyn Future<Output = Result<u8, String>> + Send>>;\n@\npub fn f(n: u8) -> Fut { if n == 0 { return Box::pin(async { Err(String::from(\"no\")) }); } Box::pin(async move { Ok(n) }) }", "drive!(f(0)); drive!(f(1));", since=2018, fallible=True)
shape("hostile_trait_derives", HOSTILE + "use tallymark::{LabelSet, LabelValue, StateSet};\n#[derive(LabelValue, Clone, Copy)] pub enum Kind { A, B }\n#[derive(LabelSet)] pub struct By<'a> { pub kind: Kind, pub who: &'a str, pub more: bool }\n#[derive(LabelSet)] pub struct Closed { pub kind: Kind, pub more: bool }\n#[derive(StateSet, Clone, Copy)] pub enum Phase { On, Off }\n#[derive(LabelValue, LabelSet, Clone, Copy)] pub enum Only { A, B }\nstatic C: tallymark::Counter<By<'static>> = tallymark::Counter::new();\nstatic D: tallymark::Counter<Closed> = tallymark::Counter::new();\nstatic P: tallymark::StateSet<Phase> = tallymark::StateSet::new();\nstatic O: tallymark::Counter<Only> = tallymark::Counter::new();\n@\npub fn f(n: u8) -> u8 { C.with(By { kind: Kind::A, who: \"a\", more: true }).inc(); D.with(Closed { kind: Kind::B, more: false }).inc(); P.set(Phase::Off); let _ = (Phase::On, Only::A, Kind::A); O.with(Only::B).inc(); n }", "call!(f(1));")
shape("hostile_names", "#[allow(dead_code, non_camel_case_types)] pub mod hostile { pub struct Option; pub struct Some; pub struct Result; pub struct Ok; pub struct Err; pub struct u64; pub struct usize; pub struct str; pub struct bool; pub struct Future; pub struct Box; pub fn drop() {} pub mod core {} pub mod std {} pub mod alloc {} pub mod tallymark {} pub mod linkme {} }\n#[allow(unused_imports)] use self::hostile::{alloc, bool, core, drop, linkme, std, str, tallymark, u64, usize};\n@\npub fn f(n: u8) -> Result<u8, String> { if n == 0 { return Err(String::from(\"no\")); } Ok(n) }", "call!(f(0)); call!(f(1));", fallible=True, without={"model_op", "own", "counted", "in_flight", "count_errors", "plain_path"}, features={"absolute"}, since=2018)
shape("hostile_macros", "#[allow(unused_macros)] macro_rules! line { () => { compile_error!(\"line\") }; }\n#[allow(unused_macros)] macro_rules! file { () => { compile_error!(\"file\") }; }\n#[allow(unused_macros)] macro_rules! module_path { () => { compile_error!(\"module_path\") }; }\n#[allow(unused_macros)] macro_rules! option_env { ($($t:tt)*) => { compile_error!(\"env\") }; }\n#[allow(unused_macros)] macro_rules! matches { ($($t:tt)*) => { compile_error!(\"matches\") }; }\n@\npub fn f(n: u8) -> Result<u8, String> { if n == 0 { return Err(String::from(\"no\")); } Ok(n) }", "call!(f(0)); call!(f(1));", fallible=True)
shape("hostile_lints", "#![deny(unused, missing_docs, unreachable_pub, unused_qualifications, unused_results, let_underscore_drop, single_use_lifetimes, unused_lifetimes, elided_lifetimes_in_paths, explicit_outlives_requirements, trivial_casts, trivial_numeric_casts, variant_size_differences, unsafe_code, rust_2018_idioms, nonstandard_style)]\n//! Strict.\n/// A function.\n@\n#[allow(unreachable_pub)]\npub async fn f(n: u8, (a, b): (u8, u8)) -> Result<u8, String> { if n == 0 { return Err(String::from(\"no\")); } Ok(n + a + b) }\n/// Another.\n@\n#[allow(unreachable_pub)]\npub fn g(n: u8, (a, b): (u8, u8)) -> Result<u8, String> { if n == 0 { return Err(String::from(\"no\")); } Ok(n + a + b) }", "drive!(f(0, (1, 2))); call!(g(1, (1, 2)));", since=2018, fallible=True, features={"inner"})

# Crates without the standard library: the functions are in one, what calls them is not.

NO_STD = [
    ("core_sync", "pub type Out = Result<u8, &'static str>;\n@\npub fn f(n: u8) -> Out { if n == 0 { return Err(\"no\"); } Ok(n) }", "call!(f(0)); call!(f(1));", True),
    ("core_unit", "@\npub fn f(n: &mut u8) { *n += 1; }", "call!({ let mut n = 1; f(&mut n); n });", False),
    ("core_async", "@\npub async fn f(n: u8) -> Result<u8, &'static str> { if n == 0 { Err(\"no\")?; } Ok(n) }", "drive!(f(0)); drive!(f(1));", True),
    ("core_impl", "use core::future::Future;\n@\npub fn f(n: u8) -> impl Future<Output = Result<u8, &'static str>> { async move { if n == 0 { return Err(\"no\"); } Ok(n) } }", "drive!(f(0)); drive!(f(1));", True),
    ("core_boxed", "extern crate alloc;\nuse alloc::boxed::Box;\nuse core::{future::Future, pin::Pin};\n@\npub fn f(n: u8) -> Pin<Box<dyn Future<Output = Result<u8, &'static str>> + Send>> { if n == 0 { return Box::pin(async { Err(\"no\") }); } Box::pin(async move { Ok(n) }) }", "drive!(f(0)); drive!(f(1));", True),
    ("core_method", "pub struct It(pub u8);\n@\nimpl It { pub fn f(&mut self, n: u8) -> Option<u8> { self.0 = self.0.checked_sub(n)?; Some(self.0) } }", "call!(It(1).f(2)); call!(It(2).f(1));", False),
    ("core_pattern", "@\npub fn f((a, _): (u8, u8), [b, ..]: [u8; 2]) -> u8 { a + b }", "call!(f((1, 2), [3, 4]));", False),
]
