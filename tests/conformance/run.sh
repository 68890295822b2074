#!/usr/bin/env bash
# Has real tools judge what the project exposes: promtool, the parsers of Prometheus' Python client, a Pushgateway, and a
# Prometheus that scrapes. Exits with 1 on the first mismatch, and says which. `run.sh PART...` runs only these parts:
# scrapers (what Prometheus and curl send), check (the shop under traffic), neighbours (a service whose crates count in
# different ways), push, remote (Remote Write), openmetrics
# (version 2.0, by its grammar), kinds (quantiles and gauge histograms), native (histograms, over TLS), guide (alerts, panels and queries written for django-prometheus).
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
pushgateway_tools "$tools"
python_tools "$tools"

(cd tests/conformance && "$PYTHON" -B -m unittest --quiet test_judges test_native test_scrapers test_stored)
# As the tests are built, so that nothing is built twice.
cargo build --quiet --workspace --all-features --bin shop --bin conformance-fixture --bin neighbours --example push
parts=(scrapers check neighbours push remote openmetrics kinds native guide)
[ $# = 0 ] || parts=("$@")
modern=()
case " ${parts[*]} " in *" remote "*)
    # What `tests/monitoring` has fetched or will.
    mapfile -t found < <(
        # shellcheck source=tests/monitoring/tools.sh
        source tests/monitoring/tools.sh
        mkdir -p "$target/monitoring"
        prometheus_tools "$target/monitoring" >&2
        victoria_tools "$target/monitoring" >&2
        printf '%s\n' "$PROMETHEUS" "$VICTORIA"
    )
    modern=(--modern "${found[0]}")
    [ -z "${found[1]}" ] || modern+=(--victoria "${found[1]}")
    ;;
esac
for part in "${parts[@]}"; do
    "$PYTHON" -B "tests/conformance/$part.py" --shop "$target/debug/shop" \
        --fixture "$target/debug/conformance-fixture" --neighbours "$target/debug/neighbours" --job "$target/debug/examples/push" \
        --prometheus "$PROMETHEUS" --promtool "$PROMTOOL" --pushgateway "$PUSHGATEWAY" \
        "${modern[@]}"
done
echo "conformance: passed"
