#!/usr/bin/env bash
# Checks what the packages declare of compilers and systems with these compilers and for these systems:
# - each package that declares Rust 1.85 is checked by it, and core, macros and façade are tested by it;
# - `tallymark` with its default features is checked for Windows and macOS;
# - the core and the macros are checked for WebAssembly, where metrics are registered by hand;
# - the core is built for other systems with Linux: one with system calls in assembly and another C library, one of 32 bits, one that
#   is big-endian.
# What cannot be fetched is skipped, and said to be.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh
target=$(target_directory)
oldest=1.85.0

if rustup run "$oldest" rustc --version > /dev/null 2>&1 ||
    rustup toolchain install "$oldest" --profile minimal > /dev/null 2>&1; then
    mapfile -t packages < <(cargo metadata --format-version 1 --no-deps | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["rust_version"] == "1.85" and package["publish"] != []:
        print(package["name"])')
    echo "compilers: $(rustup run "$oldest" rustc --version) checks ${packages[*]}"
    CARGO_TARGET_DIR="$target/$oldest" rustup run "$oldest" cargo check --quiet "${packages[@]/#/--package=}"
    CARGO_TARGET_DIR="$target/$oldest" rustup run "$oldest" cargo test --quiet \
        --package tallymark-core --package tallymark-derive --package tallymark-rules --package tallymark
else
    echo "SKIPPED: Rust $oldest is not here and could not be installed"
fi

for_system() { # COMMAND TRIPLE OPTIONS...
    local command=$1 triple=$2
    shift 2
    if ! rustup target add "$triple" > /dev/null 2>&1 &&
        [ ! -d "$(rustc --print sysroot)/lib/rustlib/$triple/lib" ]; then
        echo "SKIPPED: the standard library for $triple could not be installed"
        return
    fi
    CARGO_TARGET_DIR="$target/systems" cargo "$command" --quiet --target "$triple" "$@"
    echo "compilers: $command $* for $triple"
}
for_system check x86_64-pc-windows-gnu --package tallymark
for_system check aarch64-apple-darwin --package tallymark
for_system check wasm32-unknown-unknown --package tallymark-core --package tallymark-derive --package tallymark-rules
# Instructions in `asm!` are read when code is generated. A library needs no linker.
for triple in aarch64-unknown-linux-musl i686-unknown-linux-gnu s390x-unknown-linux-gnu; do
    for_system build "$triple" --lib --package tallymark-core --all-features
done
