#!/usr/bin/env bash
# Runs the fuzz targets, each for some seconds, from what is kept in `corpus/`. A finding ends it.
#
#   bash fuzz/run.sh                       each target for 10 seconds
#   bash fuzz/run.sh 600 accept query      some of them, for ten minutes each
#   bash fuzz/run.sh minimise              replaces `corpus/` by the fewest of its inputs, and of those found by runs, that reach
#                                          every edge that all of them reach. Inputs with names of their own are findings, and stay.
#
# What is found on the way is kept in the target directory, so that a longer run goes on where the last one was; what fails,
# in `artifacts/`. It takes a nightly compiler, but not cargo-fuzz: the flags are the ones that cargo-fuzz sets.
set -euo pipefail
cd "$(dirname "$0")"

if ! rustup run nightly rustc --version > /dev/null 2>&1 &&
    ! rustup toolchain install nightly --profile minimal > /dev/null 2>&1; then
    echo "SKIPPED: there is no nightly toolchain here, and none could be installed"
    exit 0
fi
if ! command -v c++ > /dev/null; then
    echo "SKIPPED: libFuzzer takes a C++ compiler, and there is none here"
    exit 0
fi

seconds=10
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
minimise=false
if [ "${1:-}" = minimise ]; then
    minimise=true
    shift
fi
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for file in fuzz_targets/*.rs; do
        targets+=("$(basename "$file" .rs)")
    done
fi

host=$(rustup run nightly rustc --version --verbose | sed -n 's/^host: //p')
target=${CARGO_TARGET_DIR:-$PWD/../target}/fuzz
flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Zsanitizer=address"
# With a target named, build scripts and macros are built without the flags.
CARGO_TARGET_DIR=$target RUSTFLAGS=$flags rustup run nightly cargo build --quiet --release --target "$host" "${targets[@]/#/--bin=}"

for name in "${targets[@]}"; do
    binary=$target/$host/release/$name
    found=$target/corpus/$name
    mkdir -p "corpus/$name" "artifacts/$name" "$found"
    if $minimise; then
        kept=$(mktemp -d)
        find "corpus/$name" -type f -regextype posix-extended ! -regex '.*/[0-9a-f]{40}' -exec cp -t "$kept" {} +
        # Without counters, edges are all that is covered: how often each is taken is left to the run.
        "$binary" -set_cover_merge=1 -use_counters=0 -max_len=512 "$kept" "corpus/$name" "$found" 2> "$found.log" ||
            { tail -n 30 "$found.log" >&2; exit 1; }
        rm -rf "corpus/$name"
        mv "$kept" "corpus/$name"
        chmod 755 "corpus/$name"
        echo "$name: keeps $(find "corpus/$name" -type f | wc -l) inputs"
        continue
    fi
    # The length of inputs is not led up to slowly, because a run is short.
    if ! "$binary" "$found" "corpus/$name" -max_total_time="$seconds" -len_control=0 -max_len=4096 -timeout=20 \
        -rss_limit_mb=4096 -artifact_prefix="artifacts/$name/" -print_final_stats=1 2> "$found.log"; then
        tail -n 60 "$found.log" >&2
        echo "$name: see fuzz/artifacts/$name" >&2
        exit 1
    fi
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") inputs in $seconds s"
done
