#!/usr/bin/env bash
# Two versions of the core crate in one program would each hold half of its metrics, so cargo has to refuse them.
# Builds nothing: it makes a scratch package that asks for two versions, and expects the resolver to say no.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch/core" "$scratch/program/src"
cp -r metrics-core/src metrics-core/build.rs "$scratch/core/"
core_manifest() { # VERSION: the core's manifest as another workspace would have it
    python3 - "$root" "$1" << 'PYTHON'
import re, sys
root, version = sys.argv[1:]
shared = dict(re.findall(r'^(\S+) = (".*")$', open(f"{root}/Cargo.toml").read().split("[workspace.package]")[1].split("[workspace.dependencies]")[0], re.M))
shared["version"] = f'"{version}"'
shared["tallymark-rules"] = f'{{ path = "{root}/metrics-rules" }}'
text = open(f"{root}/metrics-core/Cargo.toml").read()
text = re.sub(r"^(\S+)\.workspace = true$", lambda field: f"{field[1]} = {shared[field[1]]}", text, flags=re.M)
print(re.sub(r"\[lints\]\nworkspace = true\n?", "", text) + "\n[workspace]")
PYTHON
}
core_manifest 99.0.0 > "$scratch/core/Cargo.toml"
program_manifest() { # PATH: a program that asks for this core beside ours
    cat << TOML
[package]
name = "two-cores"
version = "0.0.0"
edition = "2024"

[dependencies]
ours = { package = "tallymark-core", path = "$root/metrics-core" }
other = { package = "tallymark-core", path = "$1" }

[workspace]
TOML
}
echo 'fn main() {}' > "$scratch/program/src/main.rs"
cp Cargo.lock "$scratch/program/" 2> /dev/null || true

# Offline, and so without what only other platforms need: no build has fetched that.
host=$(rustc -vV | sed -n 's/^host: //p')
resolve() {
    cargo metadata --offline --filter-platform "$host" --format-version 1 \
        --manifest-path "$scratch/program/Cargo.toml" > /dev/null
}
program_manifest "$scratch/core" > "$scratch/program/Cargo.toml"
if resolve 2> "$scratch/said"; then
    echo "links: cargo accepts two versions of tallymark-core in one program" >&2
    exit 1
fi
if ! grep -q 'links to the native library `tallymark`' "$scratch/said"; then
    echo "links: cargo refuses two versions of tallymark-core, but for another reason:" >&2
    cat "$scratch/said" >&2
    exit 1
fi

# The same program with one core resolves, so the refusal is about the two.
sed -i '/^other = /d' "$scratch/program/Cargo.toml"
resolve
echo "links: two versions of tallymark-core do not resolve"
