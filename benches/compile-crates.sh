#!/bin/sh
# Prints the processor time that each crate takes in a cold release build of tallymark-core and tallymark-derive, which
# unlike the time on the clock says something on a busy machine, too; and what the core's code grows from, if
# `cargo llvm-lines` is installed. With an argument, that of what is named there: 'prometheus-client = "=0.25.2"'.
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
if [ $# = 0 ] && cargo llvm-lines --version >/dev/null 2>&1; then
    cd "$home"
    CARGO_TARGET_DIR="$scratch/target" cargo llvm-lines --release --package tallymark-core --lib 2>/dev/null | head -n 40
fi
