"""Kinds that few clients have: quantiles of a summary, beside those of all that was observed, and gauge histograms, beside the one that
Prometheus' Python client makes of the same numbers. That client reads them in text and OpenMetrics, the grammar of OpenMetrics 2.0 that
version, and promtool has nothing to say.
"""

import math
import random
import subprocess
import sys

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeHistogramMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest

from exposition import Exposition
from openmetrics import check_lines, load
from process import expect
from suite import main, step

BOUNDS = (-100.0, 0.0, 1.0, 1e3, math.inf)
QUANTILES = (0, 0.25, 0.5, 0.9, 0.99, 0.999, 1)
ERROR = 0.01
# Closer to zero than this, a value is taken for zero.
LEAST = 1e-9


def expositions(fixture, observed):
    lines = "".join(f"{value!r}\n" for value in observed)
    done = subprocess.run([fixture, "kinds"], input=lines.encode(), capture_output=True, check=True, timeout=120)
    rest = done.stdout
    while rest:
        length, _, rest = rest.partition(b"\n")
        yield rest[:int(length)].decode("utf-8")
        rest = rest[int(length):]


def check_quantiles(exposition, observed, is_open):
    ordered = sorted(observed)
    for quantile in QUANTILES:
        exact = ordered[int(quantile * (len(ordered) - 1))]
        if is_open and exact < -LEAST:
            # OpenMetrics has no such values.
            continue
        found = exposition.value("reply_bytes", route='a"b', quantile=repr(float(quantile)))
        most = abs(exact) * ERROR * (1 + 1e-9) + LEAST
        expect(abs(found - exact) <= most, f"the {quantile}-quantile is {found} and not {exact}, of {len(ordered)}")
    family = next(family for family in exposition.families if family.name == "reply_bytes")
    expect("cannot be aggregated" in family.documentation, f"the help text is {family.documentation!r}")


def check_levels(exposition, name, observed, suffixes):
    labels = {"queue": 'a"b'}
    for bound in BOUNDS:
        found = exposition.value(f"{name}_bucket", le=repr(bound), **labels)
        expected = sum(value <= bound for value in observed)
        expect(found == expected, f"up to {bound} there are {expected}, and not {found}")
    total, count = (exposition.value(f"{name}{suffix}", **labels) for suffix in suffixes)
    expect(count == len(observed), f"{count} is not the number of {len(observed)}")
    expect(math.isclose(total, math.fsum(observed), rel_tol=1e-9, abs_tol=1e-6), f"{total} is not their sum")


class Held:
    """The same numbers in a collector of the client."""

    def __init__(self, observed):
        self.observed = observed

    def collect(self):
        buckets = [(f"{bound}" if bound < math.inf else "+Inf", sum(value <= bound for value in self.observed)) for bound in BOUNDS]
        family = GaugeHistogramMetricFamily("held_bytes", "What is held.", labels=["queue"], unit="bytes")
        family.add_metric(['a"b'], buckets, math.fsum(self.observed))
        yield family


def check_same(exposition, observed):
    registry = CollectorRegistry()
    registry.register(Held(observed))
    theirs = Exposition(generate_latest(registry).decode("utf-8"), "openmetrics")
    head = ("name", "documentation", "type", "unit")
    [expected] = [{field: getattr(family, field) for field in head} for family in theirs.families]
    [found] = [
        {field: getattr(family, field) for field in head} for family in exposition.families if family.name == "held_bytes"
    ]
    expect(found == expected, f"the client writes {expected}, and not {found}")
    ours = exposition.starting_with("held_bytes")
    expect(ours.keys() == theirs.samples.keys(), f"the samples are {ours.keys()}, and those of the client {theirs.samples.keys()}")
    for series, value in theirs.samples.items():
        same = math.isclose(ours[series], value, rel_tol=1e-12, abs_tol=1e-9)
        expect(same, f"{series} is {ours[series]}, and {value} as the client writes it")


def samples(generator):
    """Numbers as they come, and as they should not."""
    count = generator.randrange(1, 3000)
    kind = generator.randrange(4)
    draw = (
        lambda: generator.expovariate(1 / 250),
        lambda: generator.lognormvariate(0, 4),
        lambda: generator.choice((0.0, 1.0, 1e3, -100.0, 5e-324, 42.0)),
        lambda: generator.uniform(-500, 500),
    )[kind]
    return [draw() for _ in range(count)]


def run(options, _):
    load()
    seed = options.seed or random.randrange(1 << 32)
    generator = random.Random(seed)
    total = 0
    for at in range(options.count):
        observed = samples(generator)
        total += len(observed)
        text, openmetrics, composite = expositions(options.fixture, observed)
        readings = (("text", text, ("_sum", "_count")), ("openmetrics", openmetrics, ("_gsum", "_gcount")))
        for parser, written, suffixes in readings:
            exposition = Exposition(written, parser)
            check_quantiles(exposition, observed, parser == "openmetrics")
            for name in ("waiting_bytes", "held_bytes"):
                check_levels(exposition, name, observed, suffixes)
        check_same(exposition, observed)
        kinds = {family.name: family.type for family in exposition.families}
        expected = {"held_bytes": "gaugehistogram", "reply_bytes": "summary", "waiting_bytes": "gaugehistogram"}
        expect(kinds == expected, f"the types are {kinds}")
        expect(check_lines(composite, seed) == 3, f"three series are in {composite!r}")
        said = subprocess.run([options.promtool, "check", "metrics"], input=text.encode(), capture_output=True, timeout=60)
        expect(said.returncode == 0 and not said.stdout + said.stderr, f"promtool says {said.stdout + said.stderr}")
    step(f"quantiles and levels of {total} numbers in {options.count} expositions are theirs (seed {seed})")


if __name__ == "__main__":
    sys.exit(main(__doc__, run, seed=0, count=20))
