"""Checks every package without features, with its default ones, and with each feature alone; warnings are errors.

What nobody turned on must not be needed, and what somebody left out must leave nothing unused behind.
"""

import json
import subprocess
import sys

# cacache does not compile without one of its runtimes, nor moka without one of its kinds of cache; so their layers do not.
NEEDS_A_FEATURE = {"tallymark-cacache", "tallymark-moka"}


def main():
    said = subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--no-deps"], text=True)
    count = 0
    for package in sorted(json.loads(said)["packages"], key=lambda package: package["name"]):
        features = sorted(name for name in package["features"] if name != "default")
        if package["publish"] == [] or not features:
            continue
        for selection in features if package["name"] in NEEDS_A_FEATURE else [None, *features]:
            chosen = ["--features", selection] if selection else []
            done = subprocess.run(
                ["cargo", "rustc", "--quiet", "--lib", "--profile", "check", "--package", package["name"],
                 "--no-default-features", *chosen, "--", "-D", "warnings"], check=False,
            )
            label = f"{package['name']}, {selection or 'no features'}"
            if done.returncode != 0:
                print(f"features: {label}: FAILED", file=sys.stderr)
                return 1
            print(f"features: {label}", flush=True)
            count += 1
    print(f"features: {count} selections")
    return 0


if __name__ == "__main__":
    sys.exit(main())
