# Functions that find or fetch the tools that judge what `tallymark-mixin` writes. Sourced, not run.

say_missing() {
    echo "monitoring: $1 is missing, and $2" >&2
    exit 1
}

# Where cargo puts what it builds.
target_directory() {
    cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# debian DIRECTORY RELEASE ARGUMENT...: apt-get with one release of Debian as its only source, and with lists and a cache of
# its own, so that the machine's are left alone.
debian() {
    local state=$1-$2 release=$2
    shift 2
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $release main" \
        > "$state/sources.list"
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 \
        -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" \
        -o APT::Get::List-Cleanup=0 "$@"
}

# debian_package DIRECTORY RELEASE PACKAGE...: unpacks packages of a release of Debian there. Those of newer releases run on
# older ones, and installing them would also set up services.
debian_package() {
    local into=$1 release=$2 new=$1.new state
    shift 2
    state=$(dirname "$into")/debian
    command -v apt-get > /dev/null || say_missing "$1" "there is no apt-get to fetch Debian's package with"
    # It is there when it is complete, so that an interrupted run leaves no half of it.
    rm -rf "$into" "$new"
    mkdir -p "$new"
    if ! (cd "$new" && debian "$state" "$release" download "$@" > /dev/null 2>&1); then
        [ "$(id -u)" = 0 ] || say_missing "$1" "only root may run apt-get update; install it, or run this as root"
        debian "$state" "$release" update
        (cd "$new" && debian "$state" "$release" download "$@" 2> /dev/null)
    fi
    for package in "$new"/*.deb; do
        dpkg-deb --extract "$package" "$new"
    done
    rm "$new"/*.deb
    mv "$new" "$into"
}

# Sets PROMETHEUS and PROMTOOL, of a Prometheus of today (3.5), and OLD_PROMTOOL, of one of 2023 (2.42).
prometheus_tools() {
    local into="$1/prometheus" old="$1/prometheus-2"
    [ -x "$into/usr/bin/promtool" ] || debian_package "$into" sid prometheus promtool
    PROMETHEUS="$into/usr/bin/prometheus"
    PROMTOOL="$into/usr/bin/promtool"
    [ -x "$old/usr/bin/promtool" ] || debian_package "$old" bookworm prometheus
    OLD_PROMTOOL="$old/usr/bin/promtool"
}

# Sets ALERTMANAGER and AMTOOL. Debian's Alertmanager reads its templates from /usr/share, so it is started where that is the
# package's.
alertmanager_tools() {
    local into="$1/alertmanager"
    [ -x "$into/usr/bin/amtool" ] || debian_package "$into" sid prometheus-alertmanager
    ALERTMANAGER="$into/alertmanager"
    cat > "$ALERTMANAGER" << END
#!/bin/sh
exec unshare --mount --map-root-user sh -c \
    'mount --bind "$into/usr/share" /usr/share && exec "$into/usr/bin/prometheus-alertmanager" "\$@"' sh "\$@"
END
    chmod +x "$ALERTMANAGER"
    AMTOOL="$into/usr/bin/amtool"
}

# Sets VICTORIA to a VictoriaMetrics of one node, or to nothing if it cannot be fetched. Debian's package is the only one that a
# registry has: the project publishes archives and images.
victoria_tools() {
    local into="$1/victoria"
    VICTORIA="$into/usr/bin/victoria-metrics"
    [ -x "$VICTORIA" ] || (debian_package "$into" sid victoria-metrics) || true
    [ -x "$VICTORIA" ] || VICTORIA=
}

# Sets NODE_MODULES to a directory with Prometheus' grammar and the types of Kubernetes and its Prometheus operator.
node_tools() {
    local into="$1/node"
    command -v npm > /dev/null || say_missing "npm" "it has to be installed first"
    if [ ! -d "$into/node_modules/@kubernetes-models/prometheus-operator" ]; then
        rm -rf "$into"
        mkdir -p "$into"
        npm install --silent --no-audit --no-fund --prefix "$into" @prometheus-io/lezer-promql@0.315.0 \
            @lezer/common @lezer/lr @kubernetes-models/prometheus-operator@6.0.0 kubernetes-models@5.1.0 > /dev/null
    fi
    NODE_MODULES="$into/node_modules"
}

# Sets PYTHON to one that has the packages of requirements.txt.
python_tools() {
    local environment="$1/python"
    command -v python3 > /dev/null || say_missing "python3" "it has to be installed first"
    if ! "$environment/bin/python" -c 'import PIL, _jsonnet, check_jsonschema, grafana_foundation_sdk, prometheus_client, selenium, yaml' 2> /dev/null; then
        rm -rf "$environment"
        python3 -m venv "$environment" 2> /dev/null || say_missing "python3-venv" "it has to be installed first"
        "$environment/bin/python" -m pip install --quiet check-jsonschema grafana-foundation-sdk jsonnet pillow prometheus-client pyyaml selenium
    fi
    PYTHON="$environment/bin/python"
}

# Installs Debian's Chromium and its driver, unless they are there: a browser needs more of a machine than can be unpacked beside it.
chromium_tools() {
    if ! command -v chromium > /dev/null || ! command -v chromedriver > /dev/null; then
        [ "$(id -u)" = 0 ] || say_missing "chromium" "only root may install it, with its driver"
        DEBIAN_FRONTEND=noninteractive apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium chromium-driver > /dev/null
    fi
}
