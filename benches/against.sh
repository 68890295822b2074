#!/bin/sh
# Instructions of this tree beside those of another one, counted by callgrind with both built alike: 1,000 counters from start-up
# to the second exposition, a sample of an exposition, and what is done most often; of the latter also the time.
#
#     git worktree add /tmp/before 84f57d8 && benches/against.sh /tmp/before
#
# Only the core and the macros are built, with default features, so collectors of other packages take no part. What the other tree
# has as features (`OTHER_FEATURES='"exemplars"'`) is turned on by hand.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
other=$(cd "${1:?the directory of the other tree}" && pwd)
if ! command -v valgrind >/dev/null; then
    apt-get install --yes --no-install-recommends valgrind
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A thousand counters, each step in a function that callgrind knows by its name.
{
    echo 'use tallymark::{Counter, metric, registry::{Format, encode_to_string}};'
    for number in $(seq 0 999); do
        echo "/// Counts things, number $number."
        echo "#[metric] static SHOP_C${number}_TOTAL: Counter = Counter::new();"
    done
    echo "static ALL: &[&Counter] = &[$(seq -s, -f '&SHOP_C%g_TOTAL' 0 999)];"
    cat "$home/benches/against/startup.rs"
} >"$scratch/startup.rs"

build() {
    private=$(grep -oh '__private[_v0-9]*' "$2/metrics-derive/src/"*.rs | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
    mkdir -p "$scratch/$1/tallymark"
    cat >"$scratch/$1/tallymark/Cargo.toml" <<TOML
[package]
name = "tallymark"
version = "0.0.0"
edition = "2024"
[lib]
path = "lib.rs"
[dependencies]
tallymark-core = { path = "$2/metrics-core", features = [$3] }
tallymark-derive = { path = "$2/metrics-derive" }
TOML
    cat >"$scratch/$1/tallymark/lib.rs" <<RUST
pub use tallymark_core::*;
pub use tallymark_derive::*;
#[doc(hidden)]
pub use tallymark_core::$private;
RUST
    cat >"$scratch/$1/Cargo.toml" <<TOML
[package]
name = "against"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
tallymark = { path = "tallymark" }
[[bin]]
name = "startup"
path = "$scratch/startup.rs"
[[bin]]
name = "encode"
path = "$home/benches/against/encode.rs"
[[bin]]
name = "hot"
path = "$home/benches/against/hot.rs"
TOML
    cp "$2/Cargo.lock" "$scratch/$1/Cargo.lock"
    CARGO_TARGET_DIR="$scratch/$1/target" cargo build --quiet --release --manifest-path "$scratch/$1/Cargo.toml"
}

collected() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 | sed -n 's/.*Collected : //p'; }

# What more rounds take more, for each round of so many.
each() {
    few=$(collected "$1" "$2" "$3")
    many=$(collected "$1" "$2" "$4")
    awk "BEGIN { printf \"%.1f\", ($many - $few) / ($4 - $3) / $5 }"
}

build other "$other" "${OTHER_FEATURES:-}"
build this "$home" ""
printf '%-34s %10s %10s\n' "instructions" other this
row() {
    printf '%-34s' "$1"
    shift
    for tree in other this; do printf ' %10s' "$("$@" "$scratch/$tree/target/release")"; done
    echo
}
step() { collected "--toggle-collect=step_$1" "$2/startup"; }
sample() { each "$3/encode" "$1" 1 6 "$2"; }
operation() { each "$2/hot" "$1" 1000 11000 1; }
row '1,000 counters, each counts once' step count
row 'their first exposition' step first
row 'their second exposition' step second
row 'a sample of a counter' sample counters 10240
row 'a sample of a histogram' sample histograms 10220
row 'a family of one counter' sample families 4000
operations='unlabelled kept closed open gauge_open in_flight observe observe_kept'
for name in $operations; do row "$name" operation "$name"; done
printf '%-34s %10s %10s\n' "µs, the least of 40 processes" other this
least() {
    for _ in $(seq 40); do "$2/startup"; done | awk -v step="$1" 'NR == 1 || $step < least { least = $step } END { print least }'
}
row '1,000 counters, each counts once' least 1
row 'their first exposition' least 2
row 'their second exposition' least 3
printf '%-34s %10s %10s\n' "ns, the least of 15 rounds" other this
time() { "$2/hot" "$1" 2000000 15; }
for name in $operations; do row "$name" time "$name"; done
