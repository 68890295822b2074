"""What PromQL should make of the samples that a Prometheus has stored, worked out from these samples."""

import re

from exposition import key, quantile
from server import increase

UNITS = {"m": 60, "h": 3600}


def labels_of(vector):
    """The same without names: what arithmetic leaves."""
    return {series[1]: value for series, value in vector.items()}


class Stored:
    """The samples at one moment, and functions of PromQL over them."""

    def __init__(self, prometheus, at):
        self.prometheus = prometheus
        self.at = at
        self.kept = {}

    def points(self, name, window, **filters):
        """Times and values of the series of a name, by their labels; filters are whole regular expressions."""
        seconds = int(window[:-1]) * UNITS[window[-1]]
        if (name, seconds) not in self.kept:
            data = self.prometheus.api("query", query=f"{name}[{seconds}s]", time=self.at)["result"]
            series = {}
            for result in data:
                labels = dict(result["metric"])
                for added in ("__name__", "job", "instance"):
                    labels.pop(added, None)
                series[key("", labels)[1]] = [(float(time), float(value)) for time, value in result["values"]]
            self.kept[name, seconds] = series
        wanted = {label.rstrip("_"): pattern for label, pattern in filters.items()}
        return {
            labels: points for labels, points in self.kept[name, seconds].items()
            if all(re.fullmatch(pattern, dict(labels).get(label, "")) for label, pattern in wanted.items())
        }

    def last(self, name, **filters):
        return {labels: points[-1][1] for labels, points in self.points(name, "5m", **filters).items()}

    def increase(self, name, window, **filters):
        seconds = int(window[:-1]) * UNITS[window[-1]]
        return {
            labels: increase(points, seconds, self.at)
            for labels, points in self.points(name, window, **filters).items() if len(points) > 1
        }

    def rate(self, name, window="5m", **filters):
        seconds = int(window[:-1]) * UNITS[window[-1]]
        return scale(self.increase(name, window, **filters), 1 / seconds)

    def over_time(self, function, name, window):
        return {
            labels: function([value for _, value in points])
            for labels, points in self.points(name, window).items()
        }


def mean(values):
    return sum(values) / len(values)


def scale(vector, factor):
    return {labels: value * factor for labels, value in vector.items()}


def total(vector, *by):
    """The sums by these labels."""
    sums = {}
    for labels, value in vector.items():
        group = tuple((label, value) for label, value in labels if label in by)
        sums[group] = sums.get(group, 0.0) + value
    return sums


def ratio(upper, lower):
    """Of the series with the same labels."""
    return {
        labels: value / lower[labels] if lower[labels] else float("nan") if value == 0 else float("inf")
        for labels, value in upper.items() if labels in lower
    }


def plus(left, right):
    return {labels: value + right[labels] for labels, value in left.items() if labels in right}


def above(vector, limit):
    return {labels: value for labels, value in vector.items() if value > limit}


def below(vector, limit):
    return {labels: value for labels, value in vector.items() if value < limit}


def quantiles(q, buckets):
    """By the labels that buckets have beside their bounds."""
    groups = {}
    for labels, value in buckets.items():
        bound = float(dict(labels)["le"])
        rest = tuple(label for label in labels if label[0] != "le")
        groups.setdefault(rest, []).append((bound, value))
    return {labels: quantile(q, sorted(group)) for labels, group in groups.items()}
