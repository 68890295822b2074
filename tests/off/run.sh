#!/bin/sh
# Builds a program with all kinds of metrics twice, as it is and with `--cfg tallymark_off`, and runs both. Without metrics it
# must count nothing and serve an empty exposition, and its instructions must be those of a program that never had any:
# functions that only count are a single `ret`, and annotated ones are as long as the bare ones beside them.
set -eu
home=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "off"
version = "0.0.0"
edition = "2024"
[workspace]
[[bin]]
name = "off"
path = "$home/tests/off/off.rs"
[dependencies]
tallymark = { path = "$home", default-features = false, features = ["exporter"] }
[lints.rust]
unexpected_cfgs = { level = "warn", check-cfg = ["cfg(tallymark_off)"] }
[profile.release]
panic = "${PANIC:-unwind}"
TOML
cp "$home/Cargo.lock" "$scratch/Cargo.lock"

host=$(rustc --version --verbose | sed -n 's/^host: //p')
# With a target, flags are for the program and not for what runs while it is compiled.
build() {
    CARGO_TARGET_DIR="$scratch/$1" RUSTFLAGS="${RUSTFLAGS:-} $2" \
        cargo build --quiet --release --target "$host" --manifest-path "$scratch/Cargo.toml"
    "$scratch/$1/$host/release/off"
}
build on "" >/dev/null
# Functions are where the linker has put them.
build off "--cfg tallymark_off -C relocation-model=static" >"$scratch/functions"

if [ "$(uname -m)" != x86_64 ] || ! command -v objdump >/dev/null; then
    echo "The instructions are looked at on x86-64, with objdump." >&2
    exit 0
fi
binary="$scratch/off/$host/release/off"

# Prints the instructions of a function up to its first `ret`, without addresses.
instructions() {
    address=$(sed -n "s/^$1 //p" "$scratch/functions")
    objdump --disassemble --no-show-raw-insn --disassembler-options=intel --start-address="0x$address" \
        --stop-address="$((0x$address + 512))" "$binary" | sed -n '/^ .*:\t/p' | cut -f 2- |
        sed '/^ret/q'
}

failed=0
for name in $(sed -n 's/^\(off_[a-z_]*\) .*/\1/p' "$scratch/functions"); do
    case $name in
    off_timed | off_stacked) expected=$(instructions bare_fallible) ;;
    off_timed_infallible) expected=$(instructions bare_infallible) ;;
    *) expected=ret ;;
    esac
    found=$(instructions "$name")
    if [ "$(echo $found)" = "$(echo $expected)" ]; then
        echo "$name: $(echo "$found" | wc -l) instructions, as without metrics"
    else
        printf '%s is not as it should be:\n%s\n-- but:\n%s\n' "$name" "$expected" "$found" >&2
        failed=1
    fi
done
exit "$failed"
