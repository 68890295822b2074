#!/bin/bash
# Builds a plugin with a copy of this package and a program that takes it from a shared object, and looks whether each object
# says what it does not show. Linux only; needs a C library with `dlopen`, and `strip`.
#
# usage: shared_objects.sh
set -euo pipefail
core=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$core/../Cargo.lock" .
unset CARGO_TARGET_DIR

member() {
    mkdir -p "$1/src/bin"
    printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\n%s\n[dependencies]\ntallymark-core.workspace = true\n' \
        "$1" "$2" >"$1/Cargo.toml"
}
printf '[workspace]\nresolver = "3"\nmembers = ["plugin", "program", "shared"]\n' >Cargo.toml
printf '[workspace.dependencies]\ntallymark-core = { path = "%s" }\n' "$core" >>Cargo.toml
member plugin $'[lib]\ncrate-type = ["cdylib"]'
member program ''
member shared $'[lib]\ncrate-type = ["dylib"]'

cat >plugin/src/lib.rs <<'RUST'
#[unsafe(no_mangle)]
pub extern "C" fn plugin_check() {
    use tallymark_core::registry;
    println!("plugin counted: {:?}", registry::snapshot().counter("tallymark_conflicts_total", &[]));
    println!("plugin: {:?}", registry::check());
}
RUST
cat >program/src/main.rs <<'RUST'
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use tallymark_core::registry;

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(object: *mut c_void, name: *const c_char) -> *mut c_void;
}

fn main() {
    println!("before: {:?}", registry::check());
    let path = CString::new(std::env::args().nth(1).unwrap()).unwrap();
    let name: &CStr = c"plugin_check";
    // SAFETY: the plugin has such a function, and stays loaded.
    let plugin_check: extern "C" fn() = unsafe {
        let object = dlopen(path.as_ptr(), 2);
        assert!(!object.is_null());
        std::mem::transmute(dlsym(object, name.as_ptr()))
    };
    println!("after: {:?}", registry::check());
    println!("program counted: {:?}", registry::snapshot().counter("tallymark_conflicts_total", &[]));
    plugin_check();
}
RUST
echo 'pub use tallymark_core;' >shared/src/lib.rs
cat >shared/src/bin/sharing.rs <<'RUST'
use shared::tallymark_core::{
    __private_v4::{Element, FunctionMeta, FunctionSite, Place, submit},
    registry,
};

const PLACE: Place = Place { package: "sharing", module: "sharing", file: file!(), line: line!() };
static PACK: FunctionSite =
    FunctionSite::new(FunctionMeta { function: "pack", place: PLACE, is_async: false, in_flight: true });
const _: () = {
    submit!(Element::Function(&PACK));
};

fn main() {
    PACK.enter().finish(false);
    println!("sharing: {:?}", registry::check());
}
RUST

cargo build --quiet --package plugin --package program
RUSTFLAGS="-C prefer-dynamic" cargo build --quiet --package shared --target-dir dynamic
strip --strip-all -o plugin.so target/debug/libplugin.so
target/debug/program "$work/plugin.so" | tee said
LD_LIBRARY_PATH="$(rustc --print target-libdir):dynamic/debug:dynamic/debug/deps" dynamic/debug/sharing | tee -a said

expect() { grep -qF -- "$1" said || { echo "missing: $1"; exit 1; }; }
expect 'before: Ok(())'
expect "\`$work/plugin.so\` is loaded beside \`$work/target/debug/program\`"
expect 'program counted: Some(1)'
expect 'plugin counted: Some(1)'
expect "\`$work/target/debug/program\` is loaded beside \`$work/plugin.so\`"
expect "\`$work/dynamic/debug/sharing\` is loaded beside \`$work/dynamic/debug/libshared.so\`"
echo "shared objects: each says what it does not show"
