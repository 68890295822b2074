#!/usr/bin/env bash
# Counts the crates that each package brings into a build, itself included, and compares with what README.md says.
set -euo pipefail
cd "$(dirname "$0")/../.."

count() { # PACKAGE OPTIONS...: how many crates it and its dependencies on this platform are
    cargo tree --package "$@" --edges normal,build --prefix none --no-dedupe | sort -u | wc -l
}

status=0
check() { # WHAT NUMBER LIMIT
    echo "dependencies: $1: $2"
    if ! grep -qF "| $1 | $2 |" README.md; then
        echo "dependencies: README.md says something else about \"$1\"" >&2
        status=1
    fi
    if [ "$2" -gt "$3" ]; then
        echo "dependencies: $1 are more than $3 crates" >&2
        status=1
    fi
}

# Four of them are packages of this repository: `tallymark`, its core, its macros and the rules for names; the endpoint and the bridge are two more.
check '`tallymark`, default features' "$(count tallymark)" 43
check '`tallymark`, `exporter` alone' "$(count tallymark --no-default-features --features exporter)" 31
check '`tallymark`, no features' "$(count tallymark --no-default-features)" 16
check '`tallymark-core` alone' "$(count tallymark-core)" 16
exit $status
