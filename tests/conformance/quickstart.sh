#!/usr/bin/env bash
# Follows the README's quick start and its service word by word, in packages outside of the repository: compiles, runs, scrapes.
# Only the version in Cargo.toml is replaced, by the path of this repository, and the port, by any free one.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh
exec python3 -B tests/conformance/quickstart.py "$PWD" "$(target_directory)"
