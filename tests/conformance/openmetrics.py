"""Expositions in OpenMetrics 2.0 of random families, byte by byte through the grammar of its specification.

The grammar says nothing of how lines belong together: that every series has the name of its family, and comes with it, is checked
beside it.
"""

import random
import re
import subprocess
import sys
from pathlib import Path

from abnf import ParseError, Rule

from process import expect
from suite import main, step


class Grammar(Rule):
    """The rules of the specification, beside those of RFC 5234."""


# What no parser of OpenMetrics 2.0 may take.
WRONG = [
    'm 1 # {trace_id="x"} 1\n',
    "m{count:1,sum:1,bucket:[+Inf:1]}\n",
    "m {count:1,sum:1}\n",
    "m {count:1,sum:1,bucket:[1:1]}\n",
    "m {count:1, sum:1,bucket:[+Inf:1]}\n",
    "m 1 st@\n",
    "m 1 ST@1\n",
    'm{a="b" } 1\n',
    'm{a="\n"} 1\n',
    "m.x 1\n",
    "m {count:1,sum:1,schema:0,zero_count:0}\n",
]
NAME = re.compile(r'(?:# (TYPE|UNIT|HELP) |\{(?=")|)("(?:[^"\\]|\\.)+"|[a-zA-Z_:][a-zA-Z0-9_:]*)', re.DOTALL)


def load():
    """The grammar, as it stands beside this file."""
    for line in (Path(__file__).parent / "openmetrics-2.abnf").read_text().splitlines():
        if line and not line.startswith(";"):
            Grammar.create(line)


def parses(rule, text):
    try:
        Grammar(rule).parse_all(text)
    except ParseError:
        return False
    return True


def check_lines(text, seed):
    """Each line by itself, and how they follow one another. Returns the number of series."""
    lines = text.split("\n")
    expect(lines[-2:] == ["# EOF", ""], f"seed {seed}: it ends in {lines[-2:]}")
    families, series, described = set(), 0, []
    for line in lines[:-2]:
        rule = "metric-descriptor" if line.startswith("#") else "metric"
        expect(parses(rule, f"{line}\n"), f"seed {seed}: no {rule}: {line!r}")
        what, name = NAME.match(line).groups()
        if what == "TYPE":
            expect(name not in families, f"seed {seed}: {name} is there twice")
            families.add(name)
            current, described = name, []
        elif what is None:
            series += 1
        expect(name == current, f"seed {seed}: {line!r} is not of the family {current}")
        if what:
            described.append(what)
            expect(described == [each for each in ("TYPE", "UNIT", "HELP") if each in described], described)
    return series


def expositions(fixture, seed, count):
    done = subprocess.run([fixture, "openmetrics", str(seed), str(count)], capture_output=True, check=True, timeout=120)
    rest = done.stdout
    while rest:
        length, _, rest = rest.partition(b"\n")
        yield rest[:int(length)].decode("utf-8")
        rest = rest[int(length):]


def run(options, _):
    load()
    for wrong in WRONG:
        expect(not parses("metric", wrong), f"the grammar takes {wrong!r}")
    seed = options.seed or random.randrange(1 << 32)
    series = whole = total = 0
    for at, text in enumerate(expositions(options.fixture, seed, options.count)):
        series += check_lines(text, seed + at)
        total += 1
        # The rules for families leave many ways to read one text, all of which are tried for long ones.
        if len(text) < 400:
            expect(parses("exposition", text), f"seed {seed + at}: no exposition: {text!r}")
            whole += 1
    expect(total == options.count and series > total and whole, f"{total} expositions with {series} series")
    step(f"{series} series in {total} expositions of OpenMetrics 2.0 are by its grammar, {whole} as a whole (seed {seed})")


if __name__ == "__main__":
    sys.exit(main(__doc__, run, seed=0, count=150))
