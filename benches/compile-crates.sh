#!/bin/sh
# Prints the processor time that each crate takes in a cold release build of tallymark-core and tallymark-derive, which
# unlike the time on the clock says something on a busy machine, too; how much code the core hands to LLVM, which is the
# same on every machine; and what that grows from, if `cargo llvm-lines` is installed. With an argument, the time of what is
# named there: 'prometheus-client = "=0.25.2"'.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
depends=${1:-"tallymark-core = { path = \"$home/metrics-core\" }
tallymark-derive = { path = \"$home/metrics-derive\" }"}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/src"
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "scratch"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
$depends
TOML
echo 'fn main() {}' >"$scratch/src/main.rs"
cp "$home/Cargo.lock" "$scratch/Cargo.lock"
# Stands between cargo and the compiler, and notes what `times` says about the compiler when it is done.
cat >"$scratch/noted" <<'SH'
#!/bin/bash
"$@"
status=$?
name=$(printf '%s\n' "$@" | grep -A 1 -x -- --crate-name | tail -n 1)
times >"$NOTES.$$"
tail -n 1 "$NOTES.$$" | sed "s/^/$name /" >>"$NOTES"
exit $status
SH
chmod +x "$scratch/noted"
cd "$scratch"
NOTES="$scratch/notes" RUSTC_WRAPPER="$scratch/noted" CARGO_TARGET_DIR="$scratch/target" cargo build --quiet --release
echo 'crate, user, system'
sort "$scratch/notes" | grep -v '^ \|^___'
awk '{ for (i = NF - 1; i <= NF; i++) { split($i, t, /[ms]/); sum += 60 * t[1] + t[2] } } END { printf "all of them, seconds: %.1f\n", sum }' "$scratch/notes"
if [ $# = 0 ]; then
    cd "$home"
    export CARGO_TARGET_DIR="$scratch/target"
    for features in '' exemplars,native-histograms,protobuf; do
        touch metrics-core/src/lib.rs
        cargo rustc --quiet --release --package tallymark-core --features "$features" -- \
            --emit=llvm-ir -C no-prepopulate-passes -C codegen-units=1
        cat "$scratch"/target/release/deps/tallymark_core-*.ll |
            awk -v features="${features:-none}" '/^define / { inside = 1; functions++; next } /^}/ { inside = 0 } inside { lines++ }
                END { printf "the core, features %s: %d functions, %d lines for LLVM\n", features, functions, lines }'
        rm "$scratch"/target/release/deps/tallymark_core-*.ll
    done
    if cargo llvm-lines --version >/dev/null 2>&1; then
        cargo llvm-lines --release --package tallymark-core --lib 2>/dev/null | head -n 40
    fi
fi
