#!/bin/sh
# Memory by threads, far beyond the cores: resident pages of threads that are alive together and touch a few, or all, of 100,000
# counters, and how long the first increment of a thread takes; then what an increment takes on a thread that has no memory of its own.
# Nothing fails: it prints what it has measured.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "threads"
version = "0.0.0"
edition = "2024"
[workspace]
[[bin]]
name = "threads"
path = "$home/benches/threads/threads.rs"
[dependencies]
tallymark-core = { path = "$home/metrics-core" }
TOML
cp "$home/Cargo.lock" "$scratch/Cargo.lock"
CARGO_TARGET_DIR="$scratch/target" cargo build --quiet --release --manifest-path "$scratch/Cargo.toml"
for counters in 1000 100000; do
    for run in 'none 512' 'few 4' 'few 512' 'all 1' 'all 4' 'all 64'; do
        # Each in a process of its own: what was resident once may stay so.
        # shellcheck disable=SC2086
        "$scratch/target/release/threads" "$counters" $run
    done
done
"$scratch/target/release/threads" cost
