"""How each part of the check is called, and how it says what is wrong."""

import argparse
import sys
import tempfile
from pathlib import Path

from process import Failure


def step(text):
    print(f"conformance: {text}", flush=True)


def main(description, run, **numbers):
    """Runs one part in a directory of its own. `numbers` are further options and their defaults."""
    parser = argparse.ArgumentParser(description=description)
    for program in ("shop", "fixture", "neighbours", "job", "prometheus", "promtool", "pushgateway"):
        parser.add_argument(f"--{program}", type=Path, required=True)
    # Of today, where the part needs more than Debian's stable release has; and what not every machine can fetch.
    parser.add_argument("--modern", type=Path)
    parser.add_argument("--victoria", type=Path)
    parser.add_argument("--root", type=Path, default=Path.cwd())
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tallymark-") as directory:
        try:
            run(options, Path(directory))
        except Failure as failure:
            print(f"conformance: FAILED: {failure}", file=sys.stderr)
            for log in sorted(Path(directory).glob("*.log")):
                last = log.read_text().splitlines()[-5:]
                print(f"--- the end of {log.name}", *(line[:500] for line in last), sep="\n", file=sys.stderr)
            return 1
    return 0
