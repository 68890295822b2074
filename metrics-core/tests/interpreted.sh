#!/bin/bash
# Runs the tests of cells, series and removal under Miri, and says which finished: with many seeds, under Tree Borrows, for
# a 32-bit and for a big-endian target; then the models under loom and the stress tests under ThreadSanitizer.
#
# Last runs, 2026-11-30, each without a report: under Miri `cell:: label:: series:: family:: function::` (31 tests),
# `come_and_go`, `cell:: family::` under Tree Borrows (21 tests) and for i686 (21 tests); `lying_impls`, `levels_stay` and nine tests of
# `series`; under ThreadSanitizer `come_and_go`, `one_reading` and `series`. Not yet: s390x, many seeds.
# Since texts are copied word by word and a gauge's fence is asked of the system: `cell:: series:: family::` under Tree Borrows
# (25 tests) and the models under loom (10). Miri and loom pass fences where the system would be asked.
#
# TALLYMARK_SEEDS sets how many seeds are tried.
# TALLYMARK_INTERPRETED_LIB and _TESTS select other tests: 'cell::' and 'come_and_go' for instance.
#
# usage: interpreted.sh [plain|seeds|trees|i686|s390x|loom|threads]...   all of them unless some are named
set -uo pipefail
cd "$(dirname "$0")/../.."
export MIRIFLAGS=-Zmiri-disable-isolation
# What follows a weak memory order, and what frees or moves: not what is only long.
lib=${TALLYMARK_INTERPRETED_LIB:-cell:: series:: family:: native::table}
tests=()
for name in ${TALLYMARK_INTERPRETED_TESTS:-come_and_go lying_impls levels_stay series}; do
    tests+=(--test "$name")
done
failed=0

run() {
    local name=$1
    shift
    local start=$SECONDS
    if "$@" >"/tmp/interpreted-$name.log" 2>&1; then
        echo "finished: $name ($((SECONDS - start)) s, $(grep -c '^test .* ok$' "/tmp/interpreted-$name.log") tests)"
    else
        echo "FAILED: $name, see /tmp/interpreted-$name.log"
        failed=1
    fi
}

miri() {
    # shellcheck disable=SC2086
    rustup run nightly cargo miri test -p tallymark-core --all-features "$@" --lib -- $lib &&
        rustup run nightly cargo miri test -p tallymark-core --all-features "$@" "${tests[@]}"
}

[ $# -gt 0 ] || set -- plain seeds trees i686 s390x loom threads
for what in "$@"; do
    case $what in
    plain) run plain miri ;;
    seeds)
        MIRIFLAGS="$MIRIFLAGS -Zmiri-many-seeds=0..${TALLYMARK_SEEDS:-16}" run seeds \
            rustup run nightly cargo miri test -p tallymark-core --all-features --test come_and_go -- from_nothing handles_may
        ;;
    trees) MIRIFLAGS="$MIRIFLAGS -Zmiri-tree-borrows" run trees miri ;;
    i686) run i686 miri --target i686-unknown-linux-gnu ;;
    s390x) run s390x miri --target s390x-unknown-linux-gnu ;;
    loom)
        RUSTFLAGS="--cfg loom" run loom cargo test -p tallymark-core --release --lib loom
        ;;
    threads)
        RUSTFLAGS=-Zsanitizer=thread run threads rustup run nightly cargo test -p tallymark-core --all-features \
            -Zbuild-std --target x86_64-unknown-linux-gnu --test come_and_go --test one_reading --test series
        ;;
    *)
        echo "unknown: $what" >&2
        exit 2
        ;;
    esac
done
exit "$failed"
