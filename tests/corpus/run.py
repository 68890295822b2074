#!/usr/bin/env python3
"""What compiles bare compiles with the attributes, does the same and is measured once: the proof.

Each shape of function in `shapes.py` is compiled and run without attributes, with each attribute, and with stacks of
attributes in both orders, in every edition that has it; README.md beside this file has the results. Compared with the bare run are: what the calls return, what is
dropped when, sizes of futures, and the compiler's warnings; what the attributes counted is compared with what happened.

    tests/corpus/run.py                      a part that takes minutes: every shape, not in every edition and stack
    tests/corpus/run.py --all                everything
    tests/corpus/run.py --editions 2021,2024 --variants timed,stack --shapes REGEX

It writes packages into the target directory, one for each edition and list of attributes, so that the compiler runs as few
times as possible; prints a table of differences; and returns 1 if there is one. `CORPUS_TALLYMARK` names another directory
of the package `tallymark`.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import shapes

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TALLYMARK = pathlib.Path(os.environ.get("CORPUS_TALLYMARK", ROOT))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()

ATTRIBUTES = {
    "timed": "tallymark::timed",
    "own": "tallymark::timed(driver::OWN_DURATION_SECONDS)",
    "counted": "tallymark::counted(driver::CALLS_TOTAL)",
    "in_flight": "tallymark::in_flight(driver::RUNNING)",
    "count_errors": "tallymark::count_errors(driver::ERRORS_TOTAL)",
    "model_op": "tallymark::model_op(driver::Row, insert)",
}
STACK = list(ATTRIBUTES)
VARIANTS = {"bare": [], **{name: [name] for name in ATTRIBUTES}, "stack": STACK, "stack_reversed": STACK[::-1]}
# Editions differ in captures, drops of temporaries and paths; the newest and the one before it are tried with everything.
EDITIONS = {
    2015: ["bare", "timed", "stack"],
    2018: ["bare", "timed", "stack", "stack_reversed"],
    2021: list(VARIANTS),
    2024: list(VARIANTS),
}
# What a change is tried with before it lands: all shapes, in the newest edition with what covers most, and in the oldest, whose
# paths and prelude are others, with the attribute that does most.
PART = {2015: ["bare", "timed"], 2024: ["bare", "timed", "stack", "arguments"]}
# What a layer may add to a future: its guard, and what is kept for it.
LAYER_BYTES = 56
LINTS = """#![warn(unused, nonstandard_style, rust_2018_idioms, let_underscore_drop, unreachable_pub, unused_qualifications)]
#![warn(unused_lifetimes, explicit_outlives_requirements, unsafe_op_in_unsafe_fn)]
#![warn(rust_2021_incompatible_closure_captures, impl_trait_overcaptures, async_fn_in_trait, redundant_lifetimes)]
"""
PRELUDE = "#[allow(unused_imports, unused_qualifications)] use driver::{Bomb, Noisy, noisy, note, pause};"


def written(attributes, absolute):
    """The attributes as source, on one line, so that all lines keep their numbers."""
    return "".join(f"#[{'::' if absolute else ''}{ATTRIBUTES[name]}]" for name in attributes)


class Case:
    """A shape in one package."""

    def __init__(self, shape, attributes, text, module):
        self.shape, self.attributes, self.text, self.module = shape, attributes, text, module

    def source(self):
        lines = self.shape.code.split("\n")
        code = "\n".join(self.text if line.strip() == "@" else line for line in lines)
        inner, rest = "", code
        if "inner" in self.shape.features:
            count = sum(line.startswith(("#![", "//!")) for line in lines)
            inner, rest = "\n".join(lines[:count]) + "\n", "\n".join(code.split("\n")[count:])
        return f"{inner}{PRELUDE}\n{rest}\n#[allow(warnings)] pub(crate) fn run() {{\n{self.shape.run}\n}}\n"


def cases(edition, variant, chosen):
    for shape in chosen:
        if not shape.since <= edition <= shape.until:
            continue
        wanted = VARIANTS[variant] if variant != "arguments" else []
        if variant == "arguments":
            for at, text in enumerate(shape.args):
                yield Case(shape, None, text, f"{shape.name}__{at}")
            continue
        attributes = [name for name in wanted if name not in shape.without and (name != "count_errors" or shape.fallible)]
        if wanted and not attributes:
            continue
        if variant != "bare" and shape.args and variant.startswith("stack"):
            continue
        yield Case(shape, attributes, written(attributes, "absolute" in shape.features and edition > 2015), shape.name)


class Package:
    def __init__(self, name, edition, variant, chosen):
        self.name, self.edition, self.variant = name, edition, variant
        self.cases = list(cases(edition, variant, chosen))
        self.broken = collections.OrderedDict()
        self.warnings = collections.defaultdict(collections.Counter)
        self.lines = collections.defaultdict(list)

    def write(self, directory):
        root = directory / self.name
        (root / "src").mkdir(parents=True, exist_ok=True)
        put(root / "Cargo.toml", f'[package]\nname = "{self.name}"\nversion = "0.0.0"\nedition = "{self.edition}"\n[dependencies]\ndriver = {{ path = "../driver" }}\ntallymark = {{ path = "{TALLYMARK}", default-features = false }}\nfutures = {{ version = "0.3", default-features = false, features = ["std"] }}\nasync-trait = "0.1"\ntracing = {{ version = "0.1", features = ["attributes"] }}\n')
        main = LINTS + "#[macro_use] extern crate driver;\n#[allow(unused_extern_crates)] extern crate tallymark;\n"
        runs = ""
        for case in self.cases:
            if case.module in self.broken:
                continue
            put(root / "src" / f"{case.module}.rs", case.source())
            main += f"mod {case.module};\n"
            attributes = ",".join(case.attributes or [])
            checked = "true" if case.attributes is not None else "false"
            runs += f'    driver::shape("{case.module}", "{attributes}", {checked}, {case.module}::run);\n'
        put(root / "src" / "main.rs", f"{main}fn main() {{\n    driver::quiet();\n{runs}}}\n")


def put(path, text):
    """Writes a file unless it is there already, so that nothing is compiled again for nothing."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def no_std(directory, variants):
    """Packages whose functions are in a crate without the standard library."""
    packages = []
    for variant in variants:
        name = f"core_{variant}"
        library, main, runs = "#![no_std]\n", "#[macro_use] extern crate driver;\n", ""
        root = directory / name
        (root / "src").mkdir(parents=True, exist_ok=True)
        for module, code, run, fallible in shapes.NO_STD:
            attributes = [one for one in VARIANTS[variant] if one != "count_errors" or fallible]
            text = "\n".join(written(attributes, True) if line == "@" else line for line in code.split("\n"))
            put(root / "src" / f"{module}.rs", text + "\n")
            library += f"pub mod {module};\n"
            main += f"mod run_{module} {{ #[allow(warnings)] pub(crate) fn run() {{ use {name}::{module}::*; {run} }} }}\n"
            runs += f'    driver::shape("{module}", "{",".join(attributes)}", true, run_{module}::run);\n'
        put(root / "src" / "lib.rs", library)
        put(root / "src" / "main.rs", f"{main}fn main() {{\n    driver::quiet();\n{runs}}}\n")
        put(root / "Cargo.toml", f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\ndriver = {{ path = "../driver" }}\ntallymark = {{ path = "{TALLYMARK}", default-features = false }}\n')
        package = Package(name, 2021, variant, [])
        package.edition = "no_std"
        packages.append(package)
    return packages


def build(directory, packages):
    """Compiles everything. A shape that does not compile is taken out, and the rest is compiled again."""
    by_name = {package.name: package for package in packages}
    for _ in range(12):
        again = False
        arguments = ["cargo", "build", "--workspace", "--keep-going", "--message-format=json", "--quiet"]
        for package in packages:
            package.warnings.clear()
        process = subprocess.run(arguments, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stdout.splitlines():
            message = json.loads(line) if line.startswith("{") else {}
            if message.get("reason") != "compiler-message":
                continue
            package = by_name.get(message["target"]["name"])
            report = message["message"]
            if package is None:
                continue
            module = module_of(report)
            if report["level"] == "error" and module:
                known = {case.module for case in package.cases} | {name for name, *_ in shapes.NO_STD}
                if module in known and module not in package.broken:
                    package.broken[module] = report["rendered"]
                    again = True
            elif report["level"] == "warning" and module:
                code = (report["code"] or {}).get("code")
                # Without the line: what is rewritten with a signature is shown at the attribute above it.
                # Whether a path is written out depends on what else is in the crate.
                text = report["message"].replace("std::result::Result", "Result")
                package.warnings[module].update([f"{code}: {text}"])
        if process.returncode == 0:
            return
        if not again:
            sys.exit(process.stdout[-2000:] + process.stderr[-8000:])
        for package in packages:
            if package.broken and not package.name.startswith("core_"):
                package.write(directory)


def module_of(report):
    """The shape that a message is about."""
    for span in sorted(report["spans"], key=lambda span: not span["is_primary"]):
        while span:
            name = pathlib.Path(span["file_name"])
            if name.parent.name == "src" and name.stem not in ("main", "lib"):
                return name.stem
            span = (span.get("expansion") or {}).get("span")
    return None


def run(directory, package):
    binary = TARGET / "corpus" / "debug" / package.name
    process = subprocess.run([binary], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    for line in process.stdout.splitlines():
        module, _, text = line.partition("\t")
        package.lines[module].append(text)
    if process.returncode != 0:
        package.lines["main"].append(f"!! {package.name} ended with {process.returncode}: {process.stderr[-500:]}")


def differences(bare, package, case):
    """What differs between a shape with attributes and the same shape bare."""
    found = []
    if case.module in package.broken:
        return ["does not compile: " + package.broken[case.module].strip()]
    before, now = bare.lines.get(case.shape.name, []), package.lines.get(case.module, [])
    layers = len(case.attributes) if case.attributes is not None else case.text.count("#[")
    allowed = layers * LAYER_BYTES + case.shape.grows
    for at in range(max(len(before), len(now))):
        one = before[at] if at < len(before) else "nothing"
        two = now[at] if at < len(now) else "nothing"
        if one.startswith("size ") and two.startswith("size "):
            grown = int(two[5:]) - int(one[5:])
            if grown > allowed:
                found.append(f"future grows by {grown} bytes, from {one[5:]}")
        elif one != two:
            found.append(f"bare: {one}; with attributes: {two}")
            if not two.startswith("!!"):
                break
            now.pop(at)
            now.append("")
    nothing = collections.Counter()
    before, now = bare.warnings.get(case.shape.name, nothing), package.warnings.get(case.module, nothing)
    found += [f"warning is gone: {text}" for text in sorted(before - now)]
    found += [f"warning is new: {text}" for text in sorted(now - before)]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="all editions and lists of attributes")
    parser.add_argument("--editions", default="")
    parser.add_argument("--variants", default="")
    parser.add_argument("--shapes", default="")
    parser.add_argument("--most", type=int, default=60, help="differences to print in full")
    options = parser.parse_args()
    whole = options.all or options.editions or options.variants
    table = {edition: EDITIONS[edition] + (["arguments"] if edition >= 2021 else []) for edition in EDITIONS} if whole else PART
    editions = [int(edition) for edition in options.editions.split(",")] if options.editions else list(table)
    chosen = [shape for shape in shapes.SHAPES if re.search(options.shapes, shape.name)]
    only = set(options.variants.split(",")) - {""}
    directory = TARGET / "corpus-packages"
    directory.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()

    packages = []
    for edition in editions:
        for variant in table[edition]:
            if not only or variant in only or variant == "bare":
                packages.append(Package(f"e{edition}_{variant}", edition, variant, chosen))
    for package in packages:
        package.write(directory)
    cores = [] if options.shapes else no_std(directory, ["bare", "timed"] + (["stack", "stack_reversed"] if whole else []))
    (directory / "driver" / "src").mkdir(parents=True, exist_ok=True)
    put(directory / "driver" / "src" / "lib.rs", (HERE / "driver.rs").read_text())
    put(directory / "driver" / "Cargo.toml", f'[package]\nname = "driver"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\ntallymark = {{ path = "{TALLYMARK}", default-features = false }}\n')
    members = ", ".join(f'"{package.name}"' for package in packages + cores)
    put(directory / "Cargo.toml", f'[workspace]\nresolver = "2"\nmembers = ["driver", {members}]\n[profile.dev]\ndebug = false\nincremental = false\n')
    if (TALLYMARK / "Cargo.lock").exists() and not (directory / "Cargo.lock").exists():
        put(directory / "Cargo.lock", (TALLYMARK / "Cargo.lock").read_text())
    os.environ["CARGO_TARGET_DIR"] = str(TARGET / "corpus")

    build(directory, packages + cores)
    for package in packages + cores:
        run(directory, package)

    total, details = 0, []
    print(f"{'edition':8} {'attributes':16} {'shapes':>7} {'differences':>12}")
    for edition in editions:
        mine = {package.variant: package for package in packages if package.edition == edition}
        bare = mine["bare"]
        broken = [(name, "bare", [f"does not compile bare: {text}"]) for name, text in bare.broken.items()]
        faults = [(case.shape.name, "bare", [line]) for case in bare.cases for line in bare.lines.get(case.module, []) if line.startswith("!!")]
        faults += [("main", "bare", bare.lines["main"])] if bare.lines.get("main") else []
        total += len(broken) + len(faults)
        details += [(edition, *one) for one in broken + faults]
        print(f"{edition:<8} {'bare':16} {len(bare.cases):7} {len(broken) + len(faults):12}")
        for variant, package in mine.items():
            if variant == "bare":
                continue
            count = 0
            for case in package.cases:
                if case.shape.name in bare.broken:
                    continue
                found = differences(bare, package, case)
                count += len(found)
                if found:
                    details.append((edition, case.module, variant, found))
            if package.lines.get("main"):
                count += 1
                details.append((edition, "main", variant, package.lines["main"]))
            total += count
            print(f"{edition:<8} {variant:16} {len(package.cases):7} {count:12}")
    if cores:
        bare = cores[0]
        for package in cores[1:]:
            count = 0
            for module, code, run_, fallible in shapes.NO_STD:
                shape = shapes.Shape(module, code, run_, fallible=fallible)
                found = differences(bare, package, Case(shape, VARIANTS[package.variant], "", module))
                count += len(found)
                if found:
                    details.append(("no_std", module, package.variant, found))
            total += count
            print(f"{'no_std':8} {package.variant:16} {len(shapes.NO_STD):7} {count:12}")
    by_shape = collections.Counter()
    for edition, name, variant, found in details:
        by_shape[name] += len(found)
    if details:
        print(f"\n{len(by_shape)} shapes differ:")
    for edition, name, variant, found in details[: options.most]:
        print(f"\n{edition} {name} [{variant}]")
        for text in found[:4]:
            print("    " + text.replace("\n", "\n    "))
    if len(details) > options.most:
        print(f"\n… and {len(details) - options.most} more")
    kinds = len(chosen) + (len(shapes.NO_STD) if cores else 0)
    print(f"\n{kinds} shapes, {total} differences, {time.monotonic() - started:.0f} s")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
