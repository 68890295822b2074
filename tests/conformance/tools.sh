# Functions that find or fetch the tools the conformance check needs. Sourced, not run.

say_missing() {
    echo "conformance: $1 is missing, and $2" >&2
    exit 1
}

# Where cargo puts what it builds.
target_directory() {
    cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# debian COMMAND...: apt-get, where the network is bad as well.
debian() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 "$@"
}

# debian_package DIRECTORY PACKAGE: unpacks Debian's package there. Installing it would also set up a service.
debian_package() {
    local into=$1 package=$2 new=$1.new
    command -v apt-get > /dev/null || say_missing "$package" "there is no apt-get to fetch Debian's package with"
    # It is there when it is complete, so that one who is interrupted leaves no half of it.
    rm -rf "$into" "$new"
    mkdir -p "$new"
    if ! (cd "$new" && debian download "$package" > /dev/null 2>&1); then
        [ "$(id -u)" = 0 ] || say_missing "$package" \
            "only root may run apt-get update; install the package, or run this as root"
        debian update
        (cd "$new" && debian download "$package" 2> /dev/null)
    fi
    dpkg-deb --extract "$new/${package}"_*.deb "$new"
    mv "$new" "$into"
}

# Sets PROMETHEUS and PROMTOOL.
prometheus_tools() {
    local into="$1/prometheus"
    if command -v prometheus > /dev/null && command -v promtool > /dev/null; then
        PROMETHEUS=$(command -v prometheus)
        PROMTOOL=$(command -v promtool)
        return
    fi
    [ -x "$into/usr/bin/promtool" ] || debian_package "$into" prometheus
    PROMETHEUS="$into/usr/bin/prometheus"
    PROMTOOL="$into/usr/bin/promtool"
}

# Sets PUSHGATEWAY.
pushgateway_tools() {
    local into="$1/pushgateway"
    if command -v prometheus-pushgateway > /dev/null; then
        PUSHGATEWAY=$(command -v prometheus-pushgateway)
        return
    fi
    [ -x "$into/usr/bin/prometheus-pushgateway" ] || debian_package "$into" prometheus-pushgateway
    PUSHGATEWAY="$into/usr/bin/prometheus-pushgateway"
}

# Sets PYTHON to one that has the packages abnf and prometheus-client.
python_tools() {
    local environment="$1/python"
    command -v python3 > /dev/null || say_missing "python3" "it has to be installed first"
    if ! "$environment/bin/python" -c 'import abnf, prometheus_client' 2> /dev/null; then
        rm -rf "$environment"
        if ! python3 -m venv "$environment" 2> /dev/null; then
            if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
                say_missing "python3-venv" "it takes root and apt-get to install it"
            fi
            debian update
            debian install -y --no-install-recommends python3-venv > /dev/null
            rm -rf "$environment"
            python3 -m venv "$environment"
        fi
        "$environment/bin/python" -m pip install --quiet abnf prometheus-client
    fi
    PYTHON="$environment/bin/python"
}
