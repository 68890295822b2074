#!/usr/bin/env python3
"""Compares what tallymark shows of Python's processes with what prometheus_client's own collector shows.

`python_group.py SCRAPER [GROUPS]`: SCRAPER is `processes-tests`. For each of three versions of prometheus_client, random groups
of writers, of which each is a process, count in one directory, with a gauge of each mode that the version has. Some are marked as
dead, and processes in Rust set levels beside them. The families of both expositions have to be the same, line by line, once labels
and lines are sorted, and what the processes in Rust have set has to be there as well.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import venv

VERSIONS = ["0.15.0", "0.17.1", ""]

WRITER = """
import json, sys
from prometheus_client import Counter, Gauge, Histogram, Summary
metrics = {}
for kind, name, labels, mode, operations in json.loads(sys.argv[1]):
    if kind == "gauge":
        metric = Gauge(name, "Help of " + name + ".", list(labels), multiprocess_mode=mode)
    else:
        kinds = {"counter": Counter, "histogram": Histogram, "summary": Summary}
        metric = kinds[kind](name, 'Help "of" ' + name + ".", list(labels))
    for values, amount in operations:
        one = metric.labels(*values) if labels else metric
        if kind == "counter":
            one.inc(amount)
        elif kind == "gauge":
            one.set(amount)
        else:
            one.observe(amount)
"""

MARK = "import sys; from prometheus_client import multiprocess; multiprocess.mark_process_dead(int(sys.argv[1]))"

COLLECTOR = """
import sys
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
registry = CollectorRegistry()
multiprocess.MultiProcessCollector(registry)
sys.stdout.buffer.write(generate_latest(registry))
"""

PARSER = """
import sys
from prometheus_client.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        labels = {k: repr(float(v)) if k == "le" else v for k, v in sample.labels.items()}
        print(family.name, family.type, repr(family.documentation), sample.name, sorted(labels.items()), repr(float(sample.value)))
"""

MODES = ["all", "liveall", "min", "livemin", "max", "livemax", "sum", "livesum"]
RECENT = ["mostrecent", "livemostrecent"]
TEXTS = ["", "a", "b c", 'quo"te', "back\\slash", "line\nfeed", "ä😀"]


def environment(root, version):
    directory = root / (version or "newest")
    python = directory / "bin" / "python"
    if not python.exists():
        venv.create(directory, with_pip=True)
        package = f"prometheus_client=={version}" if version else "prometheus_client"
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
    return python


def families(choose, modes):
    """Families of a program, which all of its processes have."""
    found = []
    for number in range(choose.randrange(1, 12)):
        kind = choose.choice(["counter", "gauge", "gauge", "histogram", "summary"])
        labels = choose.sample(["zone", "kind", "le_el", "pod"], choose.randrange(0, 3))
        found.append((kind, f"py_{kind}_{number}", labels, choose.choice(modes)))
    # One of each mode, whatever else there is.
    found += [("gauge", f"py_{mode}", choose.sample(["zone", "kind"], choose.randrange(0, 2)), mode) for mode in modes]
    return found


def set_levels(scraper, directory, levels):
    """Has a process in Rust for each level set it, and end."""
    for level in levels:
        with subprocess.Popen(
            [scraper, "level", str(directory), str(level), str(level)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout.readline() == b"ready\n"


def operations(choose, kind, labels):
    amounts = [0.0, 1.0, 0.5, 3.25, 1e9] + ([-2.5, float("inf")] if kind == "gauge" else [])
    return [([choose.choice(TEXTS) for _ in labels], choose.choice(amounts)) for _ in range(choose.randrange(0, 8))]


def lines(python, text):
    parsed = subprocess.run([python, "-c", PARSER], input=text, stdout=subprocess.PIPE, check=True)
    return sorted(parsed.stdout.decode().splitlines())


def heads(text):
    """The lines of HELP and TYPE."""
    return sorted(line for line in text.decode().splitlines() if line.startswith(("# HELP py_", "# TYPE py_")))


def main():
    scraper = sys.argv[1]
    groups = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "tallymark" / "python"
    cache.mkdir(parents=True, exist_ok=True)
    checked, names = 0, []
    for version in VERSIONS:
        python = environment(cache, version)
        newest = environment(cache, "")
        of = "from importlib.metadata import version; print(version('prometheus_client'))"
        installed = subprocess.run([python, "-c", of], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
        assert not version or installed == version, installed
        has_recent = version != "0.15.0" and version != "0.17.1"
        for seed in range(groups):
            choose = random.Random(f"{version} {seed}")
            with tempfile.TemporaryDirectory() as scratch:
                scratch = pathlib.Path(scratch)
                (scratch / "python").mkdir()
                (scratch / "rust").mkdir()
                variables = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(scratch / "python")}
                modes = MODES + (RECENT if has_recent else [])
                declared = families(choose, modes)
                for _ in range(choose.randrange(1, 5)):
                    plan = [
                        (kind, name, labels, mode, operations(choose, kind, labels)) for kind, name, labels, mode in declared
                    ]
                    writer = subprocess.Popen([python, "-c", WRITER, json.dumps(plan)], env=variables)
                    assert writer.wait() == 0
                    if choose.random() < 0.3:
                        subprocess.run([python, "-c", MARK, str(writer.pid)], env=variables, check=True)
                levels = [choose.randrange(1, 100) for _ in range(choose.randrange(0, 3))]
                set_levels(scraper, scratch / "rust", levels)
                theirs = subprocess.run([python, "-c", COLLECTOR], env=variables, stdout=subprocess.PIPE, check=True).stdout
                ours = subprocess.run(
                    [scraper, "text", str(scratch / "rust")], env=variables, stdout=subprocess.PIPE, check=True
                ).stdout
                expected = lines(newest, theirs)
                shown = [line for line in lines(newest, ours) if line.startswith("py_")]
                if expected != shown or heads(theirs) != heads(ours):
                    print(f"prometheus_client {version or 'newest'}, seed {seed}: they differ", file=sys.stderr)
                    for line in sorted(set(expected) ^ set(shown)) + sorted(set(heads(theirs)) ^ set(heads(ours))):
                        print(("- " if line in expected or line in heads(theirs) else "+ ") + line, file=sys.stderr)
                    return 1
                if f"\ntests_left_open {sum(levels)}\n".encode() not in ours:
                    print(f"{levels} of processes in Rust are not there", file=sys.stderr)
                    return 1
                checked += len(shown)
        names.append(f"{installed} with {len(modes)} modes")
    print(f"{checked} samples of prometheus_client {', '.join(names)}, as its own collector has them")
    return 0 if checked else 1


if __name__ == "__main__":
    sys.exit(main())
