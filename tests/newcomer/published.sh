#!/usr/bin/env bash
# Packs every package as a release would, without warnings, and builds the pages as they will be published: with all features, and
# a mark at what needs one. Each published package has to have its page, and `docs/packages.md` has to list it and its features.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/conformance/tools.sh
source tests/conformance/tools.sh
target=$(target_directory)
said=$(mktemp)
trap 'rm -f "$said"' EXIT

mapfile -t packages < <(python3 -B tests/newcomer/listed.py names)
# Not built: the steps before have built what is in them.
cargo package "${packages[@]/#/--package=}" --no-verify --allow-dirty > "$said" 2>&1 || { cat "$said" >&2; exit 1; }
if grep -A3 '^warning' "$said" >&2; then
    echo "published: packing warns" >&2
    exit 1
fi
echo "published: $(grep -c '^ *Packaged' "$said") packages packed"

if ! rustup run nightly rustdoc --version > /dev/null 2>&1; then
    echo "SKIPPED: there is no nightly toolchain here, so the pages are not built as they will be published"
    exit 0
fi
RUSTDOCFLAGS="--cfg docsrs -Dwarnings" CARGO_TARGET_DIR="$target/published" \
    rustup run nightly cargo doc --quiet --all-features --no-deps "${packages[@]/#/--package=}"
for package in "${packages[@]}"; do
    if [ ! -f "$target/published/doc/${package//-/_}/index.html" ]; then
        echo "published: $package has no page" >&2
        exit 1
    fi
done
echo "published: ${#packages[@]} pages"
python3 -B tests/newcomer/listed.py check docs/packages.md
