#!/usr/bin/env bash
# Compares exports over OTLP with scrapes: see `check.py`, whose arguments this takes.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
target=${CARGO_TARGET_DIR:-target}
venv=$target/otlp-receiver-venv
if ! [ -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
fi
"$venv/bin/pip" --quiet --disable-pip-version-check install -r exporters/otlp/tests/receiver/requirements.txt
# As the tests are built, so that nothing is built twice.
cargo build --quiet --workspace --all-features --example otlp_subject
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" exporters/otlp/tests/receiver/check.py "$target/debug/examples/otlp_subject" "$@"
