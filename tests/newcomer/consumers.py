"""Builds, outside of the repository, what the page of each published package tells its user to write, and runs it.

    consumers.py ROOT [PACKAGE...]

For each package: the first block of manifest lines and the first program of its page, word by word; then the same program with
each further feature of the package, one at a time. Nothing is unified with `--all-features`; warnings are errors. Then programs
that lack a feature, whose errors have to name it.
"""

import sys
import tempfile
import time
from pathlib import Path

import missing
from outside import Outside, published
from pages import crate_page, first
from process import Failure, expect

# Packages that a user does not write down: others bring them along.
BROUGHT_ALONG = {"tallymark-core", "tallymark-derive", "tallymark-rules"}


def with_feature(dependencies, package, feature):
    """The manifest lines with one more feature of a package, or None where they name it already."""
    lines = []
    for line in dependencies.splitlines():
        if line.split("=")[0].strip() == package:
            value = line.split("=", 1)[1].strip()
            if f'"{feature}"' in value:
                return None
            if value.startswith('"'):
                value = f'{{ version = {value}, features = ["{feature}"] }}'
            elif "features = [" in value:
                value = value.replace("features = [", f'features = ["{feature}", ')
            else:
                value = value.replace(" }", f', features = ["{feature}"] }}')
            line = f"{package} = {value}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def consumer(outside, name, package):
    """Builds and runs the page of one package. Yields what was done, and in how many seconds."""
    source = Path(package["manifest_path"]).parent / "src" / "lib.rs"
    page = str(source.relative_to(outside.root))
    text = crate_page(source)
    dependencies, program = first(text, "toml"), first(text, "rust")
    expect(dependencies, f"{page}: the page shows no manifest lines")
    expect(program, f"{page}: the page shows no program")
    expect("fn main" in program.text, f"{page}:{program.line}: the first program has no `main`")
    expect(
        not any(line.lstrip().startswith("# ") for line in program.text.splitlines()),
        f"{page}:{program.line}: the first program hides lines from its reader",
    )
    home = outside.package(f"consumer-{name}", dependencies.text, program.text, page)
    command = "build" if "no_run" in program.attributes else "run"
    began = time.monotonic()
    outside.cargo(home, f"{page}:{program.line}", command)
    yield command, time.monotonic() - began

    for feature in sorted(package["features"]):
        if feature == "default" or feature.startswith("_"):
            continue
        more = with_feature(dependencies.text, name, feature)
        if more is None:
            continue
        home = outside.package(f"consumer-{name}-with-{feature}", more, program.text, page)
        began = time.monotonic()
        outside.cargo(home, f"{page}:{program.line}, feature {feature}", "check")
        yield f"check, feature {feature}", time.monotonic() - began


def main():
    root, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:]
    failures, count = [], 0
    with tempfile.TemporaryDirectory(prefix="tallymark-consumers-") as scratch:
        outside = Outside(root, Path(scratch), Path(scratch) / "target")
        packages = {
            name: package for name, package in sorted(published(outside.packages).items())
            if name not in BROUGHT_ALONG and (not wanted or name in wanted)
        }
        expect(packages or wanted == ["missing"], f"none of {wanted} is a published package")
        for name, package in packages.items():
            try:
                for what, seconds in consumer(outside, name, package):
                    print(f"consumer: {name}: {what}: {seconds:.1f} s", flush=True)
                    count += 1
            except Failure as failure:
                print(f"consumer: {name}: FAILED: {failure}", file=sys.stderr, flush=True)
                failures.append(name)
        if not wanted or "missing" in wanted:
            try:
                for what, seconds in missing.check(outside):
                    print(f"missing: {what}: named by the error, {seconds:.1f} s", flush=True)
                    count += 1
            except Failure as failure:
                print(f"missing: FAILED: {failure}", file=sys.stderr, flush=True)
                failures.append("missing")
    print(f"consumers: {count} passed, {len(failures)} failed {failures or ''}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
