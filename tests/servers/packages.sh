# Finds the programs of the servers, or fetches Debian's packages and unpacks them. Sourced, not run.

# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh

say_no_server() {
    echo "servers: $1 is missing, and $2" >&2
    exit 1
}

# Prints where packages are unpacked. They outlive a run.
packages_root() {
    echo "$(dirname "$SERVERS_STATE")/packages"
}

# program NAME PACKAGE: prints the path of a program, from the machine or from the package that has it.
program() {
    local name=$1 package=$2 root found
    root=$(packages_root)
    found=$(look_up "$name" "$root")
    if [ -z "$found" ]; then
        fetch_package "$package" "$root" >&2
        found=$(look_up "$name" "$root")
    fi
    [ -n "$found" ] || say_no_server "$name" "the package $package does not have it"
    echo "$found"
}

# Debian keeps some servers off the search path.
look_up() {
    local name=$1 root=$2 place
    for place in "$root"/*/usr/{bin,sbin} "$root"/*/usr/lib/postgresql/*/bin \
        /usr/lib/postgresql/*/bin /usr/sbin /usr/bin; do
        if [ -x "$place/$name" ]; then
            echo "$place/$name"
            return
        fi
    done
    command -v "$name" || true
}

# Unpacks a package, and those it needs that the machine does not have, into a directory of its name. That is there when
# it is complete, so that one who is interrupted leaves no half of it.
fetch_package() {
    local package=$1 root=$2 needed
    command -v apt-get > /dev/null || say_no_server "$package" "there is no apt-get to fetch it with"
    mkdir -p "$root"
    (
        # Two tests may want the same package at once.
        exec 9> "$root/lock"
        flock 9
        [ ! -d "$root/$package" ] || exit 0
        rm -rf "$root/new"
        mkdir -p "$root/new/archives"
        needed=$(packages_needed "$package")
        cd "$root/new/archives"
        # shellcheck disable=SC2086
        if [ -z "$needed" ] || ! debian download $needed > /dev/null 2>&1; then
            [ "$(id -u)" = 0 ] || say_no_server "$package" \
                "only root may run apt-get update; install it, or run this as root"
            debian update
            needed=$(packages_needed "$package")
            # shellcheck disable=SC2086
            debian download $needed > /dev/null
        fi
        for archive in *.deb; do
            dpkg-deb --extract "$archive" "$root/new"
        done
        rm -r "$root/new/archives"
        mv "$root/new" "$root/$package"
    )
}

# What installing a package would add to the machine, without what it would only renew.
packages_needed() {
    apt-get install --simulate --no-install-recommends "$1" 2> /dev/null |
        sed -n 's/^Inst \([^ ]*\) (.*/\1/p'
}

# Libraries that came with the packages.
library_path() {
    local root
    root=$(packages_root)
    printf '%s:' "$root"/*/usr/lib/*-linux-* "$root"/*/usr/lib
}
