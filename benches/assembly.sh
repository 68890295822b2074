#!/bin/sh
# Prints the instructions of the hot path, and fails if there is a locked instruction or a call among those that run
# when a metric has been touched before.
#
# `FEATURES='"processes"'` builds with features: the instructions are to be the same.
#
# The functions are built with the profile a user has by default: `--release`, no link-time optimisation. The hit path
# is what lies between a function's first instruction and its first `ret`: branches to the cold path are not taken, and
# the compiler puts the cold path behind.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "hot"
version = "0.0.0"
edition = "2024"
[workspace]
[[bin]]
name = "hot"
path = "$home/benches/assembly/hot.rs"
[dependencies]
tallymark = { path = "$home", default-features = false, features = [${FEATURES:-}] }
TOML
cp "$home/Cargo.lock" "$scratch/Cargo.lock"
CARGO_TARGET_DIR="$scratch/target" cargo build --quiet --release --manifest-path "$scratch/Cargo.toml"
"$scratch/target/release/hot"
objdump --disassemble --demangle --no-show-raw-insn --disassembler-options=intel "$scratch/target/release/hot" \
    >"$scratch/all"

failed=0
for name in unlabelled handle closed histogram timed; do
    sed -n "/<hot::hot_$name\(::h[0-9a-f]*\)\?>:\$/,/^\$/p" "$scratch/all" >"$scratch/one"
    echo "== $name"
    cut -f 2- "$scratch/one"
    # Of a timed function the hit path ends at the first `ret` too, but the function itself is called on the way.
    sed '/\bret\b/q' "$scratch/one" | cut -f 2- | tail -n +2 >"$scratch/hit"
    echo "-- $name: $(wc -l <"$scratch/hit") instructions on the hit path"
    if ! grep -q '\bret\b' "$scratch/hit"; then
        echo "-- $name: not found, or it does not return" >&2
        failed=1
    fi
    if grep -E '^ *lock\b' "$scratch/hit"; then
        echo "-- $name: a locked instruction on the hit path" >&2
        failed=1
    fi
    if [ "$name" != timed ] && grep -E '\bcall\b' "$scratch/hit"; then
        echo "-- $name: a call on the hit path" >&2
        failed=1
    fi
done

# A batch counts in a register: in its loop nothing is called, and nothing is counted in memory. What adds to the counter
# is called in cold blocks, which the loop jumps to and which jump back.
name=batch
sed -n "/<hot::hot_$name\(::h[0-9a-f]*\)\?>:\$/,/^\$/p" "$scratch/all" >"$scratch/one"
echo "== $name"
cut -f 2- "$scratch/one"
if grep -E '\b(inc|add|dec|sub) +QWORD PTR' "$scratch/one"; then
    echo "-- $name: counts in memory" >&2
    failed=1
fi
if ! grep -qE '\b(inc|dec|add|sub) +r' "$scratch/one" || grep -E '^ *lock\b' "$scratch/one"; then
    echo "-- $name: not found, or a locked instruction" >&2
    failed=1
fi
exit "$failed"
