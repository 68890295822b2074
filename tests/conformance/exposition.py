"""What an exposition says, as the parsers of Prometheus' Python client read it."""

import math

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from process import Failure, expect

PARSERS = {"text": parse_text, "openmetrics": parse_openmetrics}


def key(name, labels):
    """Name and labels in one form: an empty label is none, and bounds are numbers, which OpenMetrics writes as 1.0."""
    present = {label: value for label, value in labels.items() if value != ""}
    for bound in ("le", "quantile"):
        if bound in present:
            present[bound] = repr(float(present[bound]))
    return (name, tuple(sorted(present.items())))


def show(series):
    name, labels = series
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in labels) + "}"


class Exposition:
    """The samples by name and labels, and the families by name."""

    def __init__(self, text, parser):
        try:
            self.families = list(PARSERS[parser](text))
        except ValueError as error:
            raise Failure(f"the {parser} parser refuses the exposition: {error}") from error
        self.samples = {}
        for family in self.families:
            for sample in family.samples:
                series = key(sample.name, sample.labels)
                expect(series not in self.samples, f"{show(series)} is exposed twice as {parser}")
                self.samples[series] = sample.value
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        expect(
            len(lines) == len(self.samples),
            f"{len(lines)} sample lines as {parser}, of which the parser understood {len(self.samples)}",
        )

    def value(self, name, **labels):
        series = key(name, labels)
        expect(series in self.samples, f"{show(series)} is not exposed")
        return self.samples[series]

    def starting_with(self, prefixes):
        return {series: value for series, value in self.samples.items() if series[0].startswith(prefixes)}

    def buckets(self, name):
        """Upper bounds and cumulative counts, summed over all series of a histogram."""
        counts = {}
        for (sample, labels), value in self.samples.items():
            if sample == name + "_bucket":
                bound = float(dict(labels)["le"])
                counts[bound] = counts.get(bound, 0.0) + value
        return sorted(counts.items())


def same(left, right):
    """Equal but for the last digits of sums that were added up in another order."""
    return left == right or (math.isnan(left) and math.isnan(right)) or math.isclose(left, right, rel_tol=1e-9)


def compare(what, wanted, found):
    """Every series of `wanted` is in `found` and says the same."""
    wrong = [
        f"  {show(series)}: {value} wanted, {found.get(series, 'nothing')} found"
        for series, value in sorted(wanted.items())
        if series not in found or not same(value, found[series])
    ]
    expect(not wrong, f"{what}: {len(wrong)} of {len(wanted)} series differ\n" + "\n".join(wrong[:20]))


def quantile(q, buckets):
    """The quantile that lies in these cumulative buckets, by linear interpolation within one of them.

    Written from Prometheus' documentation of histogram_quantile(): a rank in the highest bucket gives the highest
    finite bound, and the lowest bucket begins at zero.
    """
    total = buckets[-1][1]
    if total == 0:
        return math.nan
    rank = q * total
    below, start = 0.0, 0.0
    for bound, count in buckets:
        if count >= rank:
            if math.isinf(bound):
                return start
            return start + (bound - start) * (rank - below) / (count - below)
        below, start = count, bound
    raise Failure("the buckets do not add up")
