#!/usr/bin/env bash
# Groups of processes beside Python's, and before a real Prometheus. Tools are fetched when they are missing. With
# `TALLYMARK_CRASHES` so many workers are killed first; `TALLYMARK_PYTHON_GROUPS` says how many groups of Python's are compared for
# each version of its client.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh

target=$(target_directory)
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$target/processes}
tools="$target/conformance"
mkdir -p "$tools" "$XDG_CACHE_HOME"
prometheus_tools "$tools"
# The selection of the other steps of CI, which are not built again.
cargo build --quiet --workspace --all-features --bins
# Workers are killed by a test of the package, 200 of them. More by name.
if [ -n "${TALLYMARK_CRASHES:-}" ]; then
    cargo test --quiet --workspace --all-features --test crash
fi
python3 -B tests/processes/python_group.py "$target/debug/processes-tests" "${TALLYMARK_PYTHON_GROUPS:-4}"
python3 -B tests/processes/prometheus.py "$target/debug/prefork" "$PROMETHEUS"
echo "processes: passed"
