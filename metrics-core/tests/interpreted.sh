#!/bin/bash
# Runs the tests of cells, series and removal under Miri, and says which finished: with many seeds, under Tree Borrows, for
# a 32-bit and for a big-endian target; then the models under loom and the stress tests under ThreadSanitizer.
#
# When each part ran last, and what it tried, is in docs/rules-of-core.md under "What was interpreted".
#
# TALLYMARK_SEEDS sets how many seeds are tried, TALLYMARK_SECONDS after how long a part is ended: it then counts as failed, and its
# log says which tests it had finished. TALLYMARK_INTERPRETED_LIB and _TESTS select other tests: 'cell::' and 'come_and_go' for instance.
#
# usage: interpreted.sh [plain|workers|seeds|trees|i686|s390x|loom|threads]...   all of them unless some are named
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh
target=$(target_directory)
logs=$target/interpreted
mkdir -p "$logs"
export MIRIFLAGS=-Zmiri-disable-isolation
# What follows a weak memory order, and what frees or moves: not what is only long.
lib=${TALLYMARK_INTERPRETED_LIB:-cell:: series:: family:: function:: native::table}
tests=()
for name in ${TALLYMARK_INTERPRETED_TESTS:-come_and_go lying_impls levels_stay allocator batch series many_threads}; do
    tests+=(--test "$name")
done
# Of those, what several threads race in: each seed is another order of theirs, and other values of what they load.
raced_lib='cell:: series:: family::expire function::calls'
raced=(--test come_and_go --test batch --test levels_stay)
failed=0

run() {
    local name=$1
    shift
    local start=$SECONDS
    if timeout "${TALLYMARK_SECONDS:-0}" "$@" >"$logs/$name.log" 2>&1; then
        echo "finished: $name ($((SECONDS - start)) s, $(grep -c '^test .* ok$' "$logs/$name.log") tests)"
    else
        echo "FAILED: $name ($((SECONDS - start)) s), see $logs/$name.log"
        failed=1
    fi
}

miri_lib() { # NAME FILTERS OPTIONS...
    local name=$1 filters=$2
    shift 2
    # shellcheck disable=SC2086
    run "$name-lib" rustup run nightly cargo miri test -p tallymark-core --all-features "$@" --lib -- $filters
}

miri_tests() { # NAME OPTIONS...
    local name=$1
    shift
    run "$name" rustup run nightly cargo miri test -p tallymark-core --all-features "$@"
}

[ $# -gt 0 ] || set -- plain workers seeds trees i686 s390x loom threads
for what in "$@"; do
    # Miri and ThreadSanitizer build with flags of their own.
    export CARGO_TARGET_DIR=$target/interpreted/$what
    case $what in
    plain | i686 | s390x)
        export CARGO_TARGET_DIR=$target/interpreted/miri
        triple=()
        [ "$what" = plain ] || triple=(--target "$what-unknown-linux-gnu")
        miri_lib "$what" "$lib" "${triple[@]}"
        miri_tests "$what" "${triple[@]}" "${tests[@]}"
        ;;
    workers)
        # Threads that wait for collectors are there until the process ends, which Miri takes for a leak.
        export CARGO_TARGET_DIR=$target/interpreted/miri
        MIRIFLAGS="$MIRIFLAGS -Zmiri-ignore-leaks" miri_tests workers --test hostile_metrics
        ;;
    trees)
        export CARGO_TARGET_DIR=$target/interpreted/miri
        MIRIFLAGS="$MIRIFLAGS -Zmiri-tree-borrows" miri_lib trees "$lib"
        MIRIFLAGS="$MIRIFLAGS -Zmiri-tree-borrows" miri_tests trees "${tests[@]}"
        ;;
    seeds)
        export CARGO_TARGET_DIR=$target/interpreted/miri
        many="-Zmiri-many-seeds=0..${TALLYMARK_SEEDS:-16}"
        MIRIFLAGS="$MIRIFLAGS $many" miri_lib seeds "$raced_lib"
        MIRIFLAGS="$MIRIFLAGS $many" miri_tests seeds "${raced[@]}"
        ;;
    loom)
        RUSTFLAGS="--cfg loom" run loom cargo test -p tallymark-core --release --lib loom
        ;;
    threads)
        RUSTFLAGS=-Zsanitizer=thread run threads rustup run nightly cargo test -p tallymark-core --all-features \
            -Zbuild-std --target x86_64-unknown-linux-gnu --test come_and_go --test one_reading --test series --test batch --test many_threads
        ;;
    *)
        echo "unknown: $what" >&2
        exit 2
        ;;
    esac
done
exit "$failed"
