#!/bin/sh
# Counts instructions for each operation with callgrind; installs valgrind from Debian if it is missing.
set -eu
cd "$(dirname "$0")/.."
if ! command -v valgrind >/dev/null; then
    apt-get install --yes --no-install-recommends valgrind
fi
exec cargo run --package tallymark-benches --release -- instructions "$@"
