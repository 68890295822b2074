"""The published packages and their features, and whether a page lists them all.

    listed.py names             prints the names of the packages
    listed.py check PAGE        exits with 1 if the page lacks a package or one of its features, or has one that is not there
"""

import json
import re
import subprocess
import sys
from pathlib import Path


def published():
    said = subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--no-deps"], text=True)
    packages = json.loads(said)["packages"]
    return {package["name"]: package for package in packages if package["publish"] != []}


def check(page):
    """Compares the rows of the page's tables, `| [`package`](…) | features | Rust | …`, with the manifests."""
    rows = {}
    for line in Path(page).read_text().splitlines():
        row = re.match(r"^\| \[?`(tallymark[\w-]*)`[^|]*\|([^|]*)\|([^|]*)\|", line)
        if row:
            rows[row[1]] = (set(re.findall(r"`([\w-]+)`", row[2])), row[3].strip())
    packages = published()
    faults = [f"{name} is not listed" for name in packages.keys() - rows.keys()]
    faults += [f"{name} is listed, and is no published package" for name in rows.keys() - packages.keys()]
    for name in packages.keys() & rows.keys():
        features = {feature for feature in packages[name]["features"] if feature != "default"}
        if features != rows[name][0]:
            faults.append(f"{name} has the features {sorted(features)}, and {sorted(rows[name][0])} are listed")
        if packages[name]["rust_version"] != rows[name][1]:
            faults.append(f"{name} declares Rust {packages[name]['rust_version']}, and {rows[name][1]} is listed")
    for fault in sorted(faults):
        print(f"published: {page}: {fault}", file=sys.stderr)
    print(f"published: {page} lists {len(rows)} packages")
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1] == "names":
        print("\n".join(sorted(published())))
    else:
        sys.exit(check(sys.argv[2]))
