#!/usr/bin/env bash
# Starts PostgreSQL, MariaDB, Redis and memcached on free ports of the loopback address, runs the tests that need them,
# and stops everything again.
#
#   bash tests/servers/run.sh                 runs tests/*servers*/ of all packages below layers/, and the shop's
#   bash tests/servers/run.sh sqlx redis      runs those of some packages, by their directories below layers/
#   bash tests/servers/run.sh shell           starts a shell with the variables below set; leaving it stops the servers
#   bash tests/servers/run.sh print           prints the variables, and serves until its input ends or it is interrupted
#   bash tests/servers/run.sh exec COMMAND…   runs one command with the variables set
#
#   TALLYMARK_TEST_POSTGRES    postgres://…         an empty database of a user who may do anything
#   TALLYMARK_TEST_MYSQL       mysql://…            the same
#   TALLYMARK_TEST_REDIS       redis://…
#   TALLYMARK_TEST_MEMCACHED   tcp HOST:PORT
#   TALLYMARK_TEST_SERVERS     the path of control.sh: for tests that want a server of their own to kill. See there.
#
# Servers that are not on the machine are fetched as Debian packages and unpacked into the target directory: nothing is
# installed and no service is started. They keep their data there too, and run as `nobody` if this is run by root.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh
# shellcheck source=tests/servers/instance.sh
source tests/servers/instance.sh

SERVERS_STATE=$(servers_state)
export SERVERS_STATE
prepare_state
trap 'stop_all; rm -rf "$SERVERS_STATE"' EXIT
trap 'exit 130' INT TERM

variables=()
start_main() { # KIND VARIABLE
    local name url
    read -r name url < <(create_instance "$1")
    [ -n "$url" ] || exit 1
    export "$2=$url"
    variables+=("$2")
    echo "servers: $name is up" >&2
}
start_main postgres TALLYMARK_TEST_POSTGRES
start_main mysql TALLYMARK_TEST_MYSQL
start_main redis TALLYMARK_TEST_REDIS
start_main memcached TALLYMARK_TEST_MEMCACHED
export TALLYMARK_TEST_SERVERS="$PWD/tests/servers/control.sh"
variables+=(TALLYMARK_TEST_SERVERS SERVERS_STATE)

case "${1:-}" in
    shell)
        echo "servers: ${variables[*]} are set; leave this shell to stop the servers" >&2
        "${SHELL:-bash}" || true
        ;;
    print)
        for variable in "${variables[@]}"; do
            printf 'export %s=%q\n' "$variable" "${!variable}"
        done
        cat > /dev/null
        ;;
    exec)
        shift
        "$@"
        ;;
    *)
        packages=("$@")
        if [ ${#packages[@]} = 0 ]; then
            mapfile -t packages < <(
                for crate in layers/*/tests/*servers*/main.rs; do
                    basename "${crate%/tests/*}"
                done | sort -u
            )
            packages+=(shop)
        fi
        for package in "${packages[@]}"; do
            if [ "$package" = shop ]; then
                cargo test -p shop --test shop_servers -- --ignored
                continue
            fi
            targets=()
            for crate in "layers/$package"/tests/*servers*/main.rs; do
                [ ! -f "$crate" ] || targets+=(--test "$(basename "$(dirname "$crate")")")
            done
            if [ ${#targets[@]} = 0 ]; then
                echo "servers: there are no tests in layers/$package/tests/*servers*/" >&2
                exit 1
            fi
            cargo test -p "tallymark-$package" --all-features "${targets[@]}" -- --ignored
        done
        ;;
esac
