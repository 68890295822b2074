#!/usr/bin/env python3
"""Checks that each test that `tests/reports.md` names exists. Prints those that do not, and exits with 1 if there are any."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "corpus"))

TEST = re.compile(r"#\[(?:tokio::|actix_web::)?test\b[^\n]*\n(?:\s*(?:#\[[^\n]*|//[^\n]*)\n)*\s*(?:async )?fn (\w+)")
SKIPPED = {"target", ".git"}
# Fewer would not be the reports that were replayed.
LEAST_TESTS = 60


def packages():
    """The directories of all packages, by name."""
    found = {}
    for manifest in ROOT.rglob("Cargo.toml"):
        if SKIPPED & set(manifest.relative_to(ROOT).parts):
            continue
        name = re.search(r'^\[package\]\s*name = "([^"]+)"', manifest.read_text(), re.M)
        if name:
            found[name[1]] = manifest.parent
    return found


def tests_of(directory, others):
    """The names of all tests below a directory, without those of packages within it."""
    names = set()
    for folder in ("src", "tests"):
        for file in (directory / folder).rglob("*.rs"):
            if not any(other != directory and directory in other.parents and other in file.parents for other in others):
                names.update(TEST.findall(file.read_text()))
    return names


def shapes():
    import shapes as corpus

    return {shape.name for shape in corpus.SHAPES} | {name for name, *_ in corpus.NO_STD}


def main():
    text = (ROOT / "tests" / "reports.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith(("| [", "| *own*"))]
    directories = packages()
    known = {"corpus": shapes()}
    known["mistakes"] = {file.stem for file in (ROOT / "tests" / "mistakes" / "tests" / "ui").glob("*/*.rs")}
    known["fuzz"] = {file.stem for file in (ROOT / "fuzz" / "fuzz_targets").glob("*.rs")}
    missing, found = [], set()
    for row in rows:
        names = re.findall(r"`([\w-]+)::([\w-]+)`", row)
        if not names:
            missing.append(f"no test in the row: {row}")
        for package, test in names:
            if package not in known and package in directories:
                known[package] = tests_of(directories[package], directories.values())
            if test in known.get(package, ()):
                found.add((package, test))
            else:
                missing.append(f"there is no `{package}::{test}`")
    for sentence in missing:
        print(f"reports: {sentence}", file=sys.stderr)
    reports = len(re.findall(r"\]\(https://github\.com/", text))
    print(f"{reports} reports, {len(rows)} rules, {len(found)} tests, {len(missing)} missing")
    return 1 if missing or len(found) < LEAST_TESTS else 0


if __name__ == "__main__":
    sys.exit(main())
