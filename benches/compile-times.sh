#!/bin/sh
# Times cold release builds of tallymark and its peers, and of a thousand metrics and timed functions.
set -eu
cd "$(dirname "$0")/.."
exec cargo run --package tallymark-benches --release -- build "$@"
