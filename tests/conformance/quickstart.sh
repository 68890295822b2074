#!/usr/bin/env bash
# Follows the README's quick start word by word in a package outside of the repository: compiles it, runs it, scrapes it.
# Only the version in Cargo.toml is replaced, by the path of this repository, and the port, by any free one.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh
exec python3 -B tests/conformance/quickstart.py "$PWD" "$(target_directory)"
