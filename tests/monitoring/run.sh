#!/usr/bin/env bash
# Has real tools judge what `tallymark-mixin` writes and what `tallymark-panels` computes. Exits with 1 on the first mismatch,
# and says which. `run.sh PART...` runs only these parts, and prints the seconds of each:
#
#   directory   what is compared, written and left alone; a second
#   doctor      what it finds; a second
#   rules       promtool and amtool; minutes, since objectives have windows of days
#   grammar     Prometheus' own, for every expression; seconds
#   dashboards  types of Grafana's foundation SDK; seconds
#   objects     Kubernetes, its Prometheus operator, Jsonnet, Compose; seconds
#   parity      a Prometheus server evaluates every panel's queries over the same samples
#   guide       the blocks of docs/guide, but for its programs, which are documentation tests; seconds
#   victoria    a VictoriaMetrics scrapes the shop, and stores what it exposes; half a minute
#   live        a Prometheus server scrapes the shop, and has the numbers of the live page; three minutes, since samples come with time
#   page        a browser uses the live page of the shop; a minute or two
#   firing      every alert arrives at a webhook of an Alertmanager, and resolves; minutes, since alerts take their time
#   shop_firing the same for the shop under traffic, whose faults are turned on one by one; and the panels' and the guide's queries
#               have data; three minutes
#
# Rules, grammar, dashboards and objects also judge `examples/shop/monitoring` as it is checked in; that it is what the shop
# declares is a test of the shop.
#
# The tools are fetched when they are missing, into the target directory: nothing is installed on the machine but a browser, and no
# service is started. The first time, that takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/monitoring/tools.sh
source tests/monitoring/tools.sh

target=$(target_directory)
tools="$target/monitoring"
work="$tools/work"
mkdir -p "$tools"
prometheus_tools "$tools"
alertmanager_tools "$tools"
node_tools "$tools"
python_tools "$tools"
export NODE_MODULES

# The selection of the other steps of CI: a smaller one would build hundreds of crates again, with other features.
cargo build --quiet --workspace --all-features --bins --examples
rm -rf "$work"
mkdir -p "$work"
"$target/debug/examples/monitored" monitoring "$work/shop"
"$target/debug/examples/monitored" django "$work/django"
"$target/debug/examples/annotated" "$work/annotated"
# A copy, since what a person adds is written into it.
cp -r examples/shop/monitoring "$work/example"
generated=("$work/shop" "$work/django" "$work/annotated" "$work/example")

# test_rules passes|fails PROMTOOL DIRECTORY: has promtool run the unit tests of a directory.
test_rules() {
    local wanted=$1 promtool=$2 directory=$3 result=passes
    "$promtool" test rules "$directory"/tests/*.yml > "$directory/output" 2>&1 || result=fails
    if [ "$result" != "$wanted" ]; then
        tail -n 40 "$directory/output" >&2
        echo "rules: $promtool test rules $directory/tests/*.yml: $result" >&2
        return 1
    fi
}
export -f test_rules

# changed DIRECTORY NAME EXPRESSION: a copy of its rules with what sed changes in the alerts, which are still rules.
changed() {
    local copy="$work/changed-$(basename "$1")-$2"
    cp -r "$1/prometheus" "$copy"
    sed -i "$3" "$copy"/rules/*-alerts.yml
    if cmp --quiet "$1"/prometheus/rules/*-alerts.yml "$copy"/rules/*-alerts.yml; then
        echo "rules: $1 has no limits" >&2
        return 1
    fi
    "$PROMTOOL" check rules "$copy"/rules/*.yml > /dev/null
    echo "fails $PROMTOOL $copy"
}

rules() {
    local tests="$work/tests" directory
    : > "$tests"
    for directory in "${generated[@]}"; do
        # What a person writes.
        mkdir -p "$directory/prometheus/secrets"
        touch "$directory/prometheus/secrets/"{metrics_token,ca.pem}
        "$PROMTOOL" check config "$directory/prometheus/prometheus.yml" > /dev/null
        "$PROMTOOL" check rules --lint=all --lint-fatal "$directory"/prometheus/rules/*.yml > /dev/null
        "$OLD_PROMTOOL" check config "$directory/prometheus/prometheus.yml" > /dev/null
        "$AMTOOL" check-config "$directory/alertmanager/alertmanager.yml" > /dev/null
        printf 'passes %s\n' "$PROMTOOL $directory/prometheus" "$OLD_PROMTOOL $directory/prometheus" >> "$tests"
    done
    # The unit tests find rules that never fire, and such that always do.
    for directory in "$work/shop" "$work/django" "$work/example"; do
        changed "$directory" never 's/ > \([0-9.]*\)/ > 1e9/' >> "$tests"
        changed "$directory" always 's/ > \([0-9.]*\)/ > -1/' >> "$tests"
    done
    # Each takes a processor for a while, since every test evaluates all rules over the windows of the objectives.
    xargs -P "$(nproc)" -L 1 bash -c 'test_rules "$@"' - < "$tests"
    echo "rules: promtool, old and new, and amtool take them"
}

grammar() {
    "$PYTHON" -B tests/monitoring/expressions.py "${generated[@]}" | node tests/monitoring/grammar.mjs
}

dashboards() {
    "$PYTHON" -B tests/monitoring/dashboards.py "${generated[@]}"
}

objects() {
    "$PYTHON" -B tests/monitoring/objects.py "${generated[@]}" > "$work/objects.json"
    node tests/monitoring/kubernetes.mjs ConfigMap Deployment NetworkPolicy PodMonitor PrometheusRule Service ServiceMonitor \
        < "$work/objects.json"
    for directory in "${generated[@]}"; do
        "$(dirname "$PYTHON")/check-jsonschema" --builtin-schema vendor.compose-spec "$directory"/compose*.yml > /dev/null
    done
    echo "objects: Compose's schema takes them"
}

parity() {
    "$target/debug/examples/parity" "$work/parity"
    "$PYTHON" -B tests/monitoring/parity.py "$work/parity" "$PROMETHEUS" "$PROMTOOL"
}

directory() {
    local directory="$work/checked" example="$target/debug/examples/monitored"
    if "$example" check "$directory" 2> "$work/difference"; then
        echo "directory: an empty one passes" >&2
        exit 1
    fi
    grep -q BLESS=1 "$work/difference"
    BLESS=1 "$example" check "$directory"
    "$example" check "$directory"
    sed -i 's/severity: critical/severity: warning/' "$directory/prometheus/rules/shop-alerts.yml"
    for bless in 0 1; do
        if BLESS=$bless "$example" check "$directory" 2> "$work/difference"; then
            echo "directory: a changed one passes" >&2
            exit 1
        fi
        grep -q '^[+ ].*severity: critical' "$work/difference"
    done
    grep -q 'severity: warning' "$directory/prometheus/rules/shop-alerts.yml"
    echo "directory: differences are shown, and what was changed by hand is left alone"
}

doctor() {
    "$target/debug/examples/monitored" doctor > "$work/doctor"
    for found in '`shop_campaign_visits_total` has more label sets' 'monitoring/mixin/examples/monitored/families.rs:' \
        '`shop_order_processing_duration_seconds` was given' ' errors, '; do
        grep -qF "$found" "$work/doctor"
    done
    echo "doctor: it names what is wrong, and where"
}

live() {
    "$PYTHON" -B tests/monitoring/live.py "$target/debug/shop" "$PROMETHEUS" "$PROMTOOL"
}

# Screenshots are written beside what else is generated. Those in docs/ are of a shop that was open for a while:
# live_page.py SHOP docs 15
page() {
    chromium_tools
    "$PYTHON" -B tests/monitoring/live_page.py "$target/debug/shop" "$work/page"
}

firing() {
    "$PYTHON" -B tests/monitoring/firing.py "$target/debug/examples/monitored" "$work/shop" "$work/firing" \
        "$PROMETHEUS" "$ALERTMANAGER"
}

shop_firing() {
    "$PYTHON" -B tests/monitoring/shop_firing.py "$target/debug/shop" "$work/example" "$work/shop" "$work/shop_firing" \
        "$PROMETHEUS" "$ALERTMANAGER"
}

guide() {
    "$PYTHON" -B tests/monitoring/guide.py "$work/guide" "$PROMTOOL" "$AMTOOL" "$(dirname "$PYTHON")/check-jsonschema"
    node tests/monitoring/grammar.mjs < "$work/guide/expressions"
    node tests/monitoring/kubernetes.mjs Deployment ServiceMonitor < "$work/guide/objects.json"
}

victoria() {
    victoria_tools "$tools"
    if [ -z "$VICTORIA" ]; then
        echo "victoria: SKIPPED: Debian's package victoria-metrics cannot be fetched here"
        return
    fi
    zcat "$tools/victoria/usr/share/doc/victoria-metrics/changelog.Debian.gz" | sed -n '1s/^\([^)]*)\).*/victoria: \1/p'
    PYTHONPATH=tests/conformance "$PYTHON" -B tests/monitoring/victoria.py "$target/debug/shop" "$VICTORIA" "$work/victoria"
}

parts=(directory doctor rules grammar dashboards objects parity guide victoria page)
# These wait for samples and alerts for most of their time, so they run beside the others.
waiting=(live firing shop_firing)
if [ $# != 0 ]; then
    parts=("$@")
    waiting=()
fi
declare -A process
trap 'kill "${process[@]}" 2> /dev/null || true' EXIT
for part in "${waiting[@]}"; do
    (
        "$part"
        echo "$part: $SECONDS s after the beginning"
    ) > "$work/$part.log" 2>&1 &
    process[$part]=$!
done
for part in "${parts[@]}"; do
    since=$SECONDS
    "$part"
    echo "$part: $((SECONDS - since)) s"
done
failed=0
for part in "${waiting[@]}"; do
    wait "${process[$part]}" || failed=1
    unset "process[$part]"
    cat "$work/$part.log"
done
[ "$failed" = 0 ] || { echo "monitoring: failed" >&2; exit 1; }
echo "monitoring: passed"
