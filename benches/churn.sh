#!/bin/sh
# Ten million label sets that come and go, 100 alive at a time, counted by four threads while two others scrape. Prints a
# table and writes results/sweep_churn.tsv and plots/sweep_churn.svg; with a smaller number of label sets it only prints.
# Fails if a count is lost, a living series is missing from a scrape, anything overflows, or what is allocated or resident grows.
# Cells, words and texts are no part of what is allocated, as they come from the system; they are part of what is resident.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "churn"
version = "0.0.0"
edition = "2024"
[workspace]
[[bin]]
name = "churn"
path = "$home/benches/churn/churn.rs"
[dependencies]
tallymark-core = { path = "$home/metrics-core" }
TOML
cp "$home/Cargo.lock" "$scratch/Cargo.lock"
CARGO_TARGET_DIR="${CHURN_TARGET_DIR:-$scratch/target}" cargo build --quiet --release --manifest-path "$scratch/Cargo.toml"
target="${CHURN_TARGET_DIR:-$scratch/target}"
if [ $# -gt 0 ]; then
    "$target/release/churn" "$1"
else
    "$target/release/churn" 10000000 "$home/benches"
fi
