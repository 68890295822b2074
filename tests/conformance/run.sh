#!/usr/bin/env bash
# Builds the shop, lets customers in, and has real tools judge what it exposes: promtool, the parsers of Prometheus'
# Python client, and a Prometheus that scrapes it. Exits with 1 on the first mismatch, and says which.
#
# The tools are fetched when they are missing, into the target directory: nothing is installed on the machine and no
# service is started.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh

target=$(target_directory)
tools="$target/conformance"
mkdir -p "$tools"
prometheus_tools "$tools"
python_tools "$tools"

(cd tests/conformance && "$PYTHON" -B -m unittest --quiet test_judges)
cargo build --quiet -p shop
exec "$PYTHON" -B tests/conformance/check.py --shop "$target/debug/shop" \
    --prometheus "$PROMETHEUS" --promtool "$PROMTOOL" "$@"
