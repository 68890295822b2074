"""Compares what is exported over OTLP with what a scrape says at the same moment, for random registries and a receiver
that fails; and ends programs in the middle of it.

    python check.py SUBJECT [--registries 1000] [--ends 60] [--seed 1]

SUBJECT is the program `otlp_subject`: `cargo build -p tallymark-otlp --example otlp_subject`. The rest of what it needs is
in `requirements.txt`. Messages are read with the `opentelemetry-proto` of PyPI and scrapes with `prometheus_client`, neither
of which has anything to do with this repository.
"""

import argparse
import collections
import hashlib
import math
import pathlib
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service
from opentelemetry.proto.metrics.v1 import metrics_pb2
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import native

CUMULATIVE = metrics_pb2.AGGREGATION_TEMPORALITY_CUMULATIVE
DELTA = metrics_pb2.AGGREGATION_TEMPORALITY_DELTA
UNITS = {"seconds": "s", "bytes": "By", "ratio": "1", "wares": "{wares}", "": ""}

# Taken: the points count as received. The others have to be sent again.
FAULTS = {
    "ok": 30,
    "slow": 4,
    "too slow": 1,
    "reset": 4,
    "taken, then reset": 4,
    "half a head": 4,
    "half a body": 4,
    "429": 4,
    "429 for a second": 0.2,
    "503": 4,
    "502": 2,
    "504": 2,
    "partial": 4,
    "refused": 3,
}


class Received:
    """One request that was taken, or of which some points were rejected."""

    def __init__(self, message, rejected):
        self.message = message
        self.rejected = rejected


class Receiver:
    """Takes requests, and fails as often as `FAULTS` says, the same way each time."""

    def __init__(self, seed, faults=True, may_drop=True):
        self.seed = seed
        self.faults = faults
        self.may_drop = may_drop
        self.lock = threading.Lock()
        self.by_registry = collections.defaultdict(list)
        self.bodies = collections.defaultdict(set)
        self.numbers = collections.Counter()
        self.injected = collections.Counter()
        self.dropped = collections.Counter()
        self.broken = 0
        self.cut = 0
        self.arrived = threading.Event()
        self.hang = threading.Event()
        self.hanging = False
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.endpoint = "http://127.0.0.1:%d/v1/metrics" % self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            reader = connection.makefile("rb")
            try:
                while self._one(connection, reader):
                    pass
            except OSError:
                pass

    def _fault(self, registry):
        if not self.faults:
            return "ok"
        with self.lock:
            number = self.numbers[registry]
            self.numbers[registry] += 1
        digest = hashlib.sha256(f"{self.seed} {registry} {number}".encode()).digest()
        names = [name for name in FAULTS if self.may_drop or name not in ("partial", "refused")]
        fault = random.Random(digest).choices(names, [FAULTS[name] for name in names])[0]
        with self.lock:
            self.injected[fault] += 1
        return fault

    def _one(self, connection, reader):
        line = reader.readline()
        if not line:
            return False
        headers = {}
        while True:
            header = reader.readline()
            if not header:
                return False
            if header == b"\r\n":
                break
            name, value = header.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        if not line.startswith(b"POST /v1/metrics HTTP/1.1") or headers["content-type"] != "application/x-protobuf":
            self.broken += 1
            return False
        self.arrived.set()
        registry = int(headers.get("x-registry", "-1"))
        fault = self._fault(registry)
        if fault == "reset":
            # Whatever was sent and not read makes this a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        length = int(headers["content-length"])
        body = reader.read(length)
        if len(body) < length:
            with self.lock:
                self.cut += 1
            return False
        if fault in ("429", "503", "502", "504", "429 for a second"):
            after = {"429": "Retry-After: 0\r\n", "429 for a second": "Retry-After: 1\r\n"}.get(fault, "")
            connection.sendall(f"HTTP/1.1 {fault[:3]} No\r\n{after}Content-Length: 0\r\n\r\n".encode())
            return True
        try:
            message = service.ExportMetricsServiceRequest.FromString(body)
        except Exception:  # Whatever it is, it is not what was announced.
            self.broken += 1
            return False
        if fault == "refused":
            with self.lock:
                self.dropped["refused"] += sum(1 for _ in points(message))
            connection.sendall(b"HTTP/1.1 400 No\r\nContent-Length: 4\r\n\r\nnope")
            return True
        rejected = 3 if fault == "partial" else 0
        with self.lock:
            self.by_registry[registry].append(Received(message, rejected))
            self.bodies[registry].add(body)
            self.dropped["rejected"] += rejected
        if self.hanging:
            self.hang.wait()
            return False
        if fault == "taken, then reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if fault == "half a head":
            connection.sendall(b"HTTP/1.1 200 O")
            return False
        reply = b""
        if rejected:
            partial = service.ExportMetricsPartialSuccess(rejected_data_points=rejected, error_message="no room")
            reply = service.ExportMetricsServiceResponse(partial_success=partial).SerializeToString()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: %d\r\n\r\n"
        if fault == "half a body":
            connection.sendall(head % 100 + b"\x0a")
            return False
        if fault == "slow":
            time.sleep(0.02)
        if fault == "too slow":
            time.sleep(0.8)
        connection.sendall(head % len(reply) + reply)
        return True


def points(message):
    """Every point with its metric and its kind."""
    for resource in message.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                for point in getattr(metric, kind).data_points:
                    yield metric, kind, point


def attributes(point):
    pairs = {}
    for attribute in point.attributes:
        assert attribute.value.WhichOneof("value") == "string_value", attribute
        assert attribute.key not in pairs, attribute
        pairs[attribute.key] = attribute.value.string_value
    return frozenset(pairs.items())


def value(point):
    return point.as_int if point.WhichOneof("value") == "as_int" else point.as_double


class Native:
    """The buckets of an exponential histogram, by the number of a native one."""

    def __init__(self, point):
        self.scale = point.scale
        self.zero = point.zero_count
        self.threshold = point.zero_threshold
        self.sides = [
            {
                side.offset + at + 1: count
                for at, count in enumerate(side.bucket_counts)
                if count
            }
            for side in (point.positive, point.negative)
        ]

    def at(self, scale):
        """The same at a coarser scale, by the definition of buckets: k becomes the k/2 that is not below it."""
        sides = self.sides
        for _ in range(self.scale - scale):
            halved = []
            for side in sides:
                new = collections.Counter()
                for key, count in side.items():
                    new[math.ceil(key / 2)] += count
                halved.append(dict(new))
            sides = halved
        return sides

    def add(self, other):
        scale = min(self.scale, other.scale)
        mine, theirs = self.at(scale), other.at(scale)
        self.sides = [dict(collections.Counter(a) + collections.Counter(b)) for a, b in zip(mine, theirs)]
        self.scale, self.zero = scale, self.zero + other.zero


class Series:
    """All that was received of one series."""

    def __init__(self, metric, kind):
        self.metric = metric
        self.kind = kind
        self.windows = {}
        self.exemplars = set()

    def add(self, point):
        window = (point.start_time_unix_nano, point.time_unix_nano)
        known = self.windows.setdefault(window, point)
        # A request that is sent again is the same to the last bit.
        assert known.SerializeToString() == point.SerializeToString(), (known, point)
        if hasattr(point, "exemplars"):
            for exemplar in point.exemplars:
                labels = dict(
                    (attribute.key, attribute.value.string_value) for attribute in exemplar.filtered_attributes
                )
                if exemplar.trace_id:
                    labels["trace_id"] = exemplar.trace_id.hex()
                self.exemplars.add((frozenset(labels.items()), exemplar.as_double))

    def ordered(self):
        return [self.windows[window] for window in sorted(self.windows, key=lambda window: (window[1], window[0]))]


def same(a, b, exact=True):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or (not exact and math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-9))


class Comparison:
    """One registry: what was received of it, and its scrape."""

    def __init__(self, received, scrape, protobuf, delta):
        self.delta = delta
        self.series = {}
        self.last = 0
        self.rejected = 0
        for request in received:
            self.rejected += request.rejected
            for metric, kind, point in points(request.message):
                key = (metric.name, kind, attributes(point))
                if key not in self.series:
                    self.series[key] = Series(metric, kind)
                self.series[key].add(point)
                self.last = max(self.last, point.time_unix_nano)
        self.by_labels = collections.defaultdict(list)
        for (name, _, labels), series in self.series.items():
            self.by_labels[name, labels].append(series)
        self.families = list(text_string_to_metric_families(scrape))
        self.natives = native.histograms(protobuf)
        self.compared = 0

    def totals(self, series):
        """What a backend has of a series after all windows: its points, and its last."""
        ordered = series.ordered()
        for earlier, later in zip(ordered, ordered[1:]):
            temporal = series.kind in ("sum", "histogram", "exponential_histogram")
            if temporal and getattr(series.metric, series.kind).aggregation_temporality == DELTA:
                assert later.start_time_unix_nano >= earlier.time_unix_nano, (earlier, later)
            fell = self.count(series, later) < self.count(series, earlier)
            if fell and not self.delta:
                # It began anew, and says so.
                assert later.start_time_unix_nano >= earlier.time_unix_nano, (earlier, later)
        return ordered

    def count(self, series, point):
        """What never falls while a series counts; nothing of what may."""
        if series.kind == "sum" and series.metric.sum.is_monotonic:
            return value(point)
        return 0 if series.kind in ("gauge", "sum") else point.count

    def expected(self):
        """The samples that a scrape has to have, and what it may have beside them."""
        samples, natives, metas = {}, {}, {}
        for (name, kind, labels), series in self.series.items():
            if name.startswith("tallymark_"):
                continue
            ordered = self.totals(series)
            last = ordered[-1]
            summed = kind != "gauge" and kind != "summary"
            temporality = getattr(series.metric, kind).aggregation_temporality if summed else None
            if temporality == DELTA:
                assert self.delta and not (kind == "sum" and not series.metric.sum.is_monotonic)
            elif last.time_unix_nano != self.last:
                # A series of an earlier export that is gone by now.
                raise AssertionError(f"{name}{set(labels)} is missing in the last export")
            if temporality != DELTA:
                ordered = [last]
            metas[name] = series.metric
            for point in ordered:
                assert point.time_unix_nano >= point.start_time_unix_nano
                assert kind == "gauge" or point.start_time_unix_nano > 0
            if kind in ("gauge", "sum"):
                samples[name, labels] = sum(value(point) for point in ordered)
            elif kind == "summary":
                samples[name + "_count", labels] = last.count
                samples[name + "_sum", labels] = last.sum
                for quantile in last.quantile_values:
                    samples[name, labels | {("quantile", str(quantile.quantile))}] = quantile.value
            else:
                count = sum(point.count for point in ordered)
                samples[name + "_count", labels] = count
                samples[name + "_sum", labels] = sum(point.sum for point in ordered)
                samples[name + "_bucket", labels | {("le", "+Inf")}] = count
                if kind == "histogram":
                    buckets = [sum(counts) for counts in zip(*(point.bucket_counts for point in ordered))]
                    assert sum(buckets) == count
                    cumulated = 0
                    for bound, bucket in zip(last.explicit_bounds, buckets):
                        cumulated += bucket
                        samples[name + "_bucket", labels | {("le", bound)}] = cumulated
                else:
                    total = Native(ordered[0])
                    for point in ordered[1:]:
                        total.add(Native(point))
                    everything = sum(sum(side.values()) for side in total.sides) + total.zero
                    assert everything == count, (everything, count)
                    natives[name, labels] = total
        return samples, natives, metas

    def run(self):
        samples, natives, metas = self.expected()
        exponential = {name for name, _ in natives}
        scraped = {}
        for family in self.families:
            if family.name.startswith("tallymark_"):
                continue
            for sample in family.samples:
                labels = dict(sample.labels)
                if sample.name.endswith("_created"):
                    self.created(family, sample)
                    continue
                name = sample.name
                if "le" in labels and labels["le"] != "+Inf":
                    if family.name in exponential:
                        # Only its native buckets are sent.
                        continue
                    labels["le"] = float(labels["le"])
                key = (name, frozenset(labels.items()))
                assert key not in scraped, key
                scraped[key] = sample.value
                if sample.exemplar:
                    self.exemplar(family, sample)
            self.meta(family, metas)
        missing = [key for key in scraped if key not in samples]
        surplus = [key for key in samples if key not in scraped]
        assert not missing and not surplus, f"only in the scrape: {missing[:5]}; only received: {surplus[:5]}"
        for key, scraped_value in scraped.items():
            exact = not self.delta or float(scraped_value).is_integer()
            assert same(scraped_value, samples[key], exact), (key, scraped_value, samples[key])
        for (name, labels), total in natives.items():
            expected = self.natives[name, labels]
            assert expected.zero == total.zero and expected.threshold == total.threshold, (name, labels)
            scale = min(expected.scale, total.scale)
            assert expected.at(scale) == total.at(scale), name
            # Where nothing was observed since the resolution was halved, there was no difference to send.
            coarser = self.delta and total.scale > expected.scale
            assert coarser or total.scale == expected.scale, (name, total.scale, expected.scale)
        self.compared = len(scraped) + sum(len(side) for total in natives.values() for side in total.sides)

    def meta(self, family, metas):
        name = {"counter": "_total", "info": "_info"}.get(family.type, "")
        metric = metas.get(family.name + name) or metas.get(family.name)
        if metric is None:
            assert not family.samples, family.name
            return
        assert metric.description == family.documentation, (metric.description, family.documentation)
        assert metric.unit == UNITS[family.unit], (family.name, metric.unit, family.unit)
        kinds = {attribute.key: attribute.value.string_value for attribute in metric.metadata}
        kind = metric.WhichOneof("data")
        expected = {
            "counter": "sum",
            "summary": "summary",
            "histogram": kind if kind.endswith("histogram") else "histogram",
            "gauge": "sum" if family.name == "declared_jobs" else "gauge",
        }.get(family.type, "gauge")
        assert kind == expected, (family.name, family.type, kind)
        if kind == "sum":
            assert metric.sum.is_monotonic == (family.type == "counter"), family.name
        declared = kinds.get("prometheus.type")
        assert declared == (family.type if family.type in ("info", "stateset", "unknown") else None), family.name

    def of(self, family, sample):
        labels = {key: text for key, text in sample.labels.items() if key not in ("le", "quantile")}
        for name in (family.name, family.name + "_total"):
            yield from self.by_labels[name, frozenset(labels.items())]

    def created(self, family, sample):
        for series in self.of(family, sample):
            starts = {point.start_time_unix_nano for point in series.windows.values()}
            if self.delta:
                assert min(starts) == round(sample.value * 1e9) or abs(min(starts) / 1e9 - sample.value) < 1e-6
            else:
                assert all(abs(start / 1e9 - sample.value) < 1e-6 for start in starts), (family.name, starts, sample)

    def exemplar(self, family, sample):
        labels = frozenset(sample.exemplar.labels.items())
        known = [series.exemplars for series in self.of(family, sample)]
        assert any((labels, sample.exemplar.value) in exemplars for exemplars in known), (family.name, sample)


def dropped(families):
    for family in families:
        if family.name == "tallymark_otlp_dropped_points":
            return {sample.labels["reason"]: int(sample.value) for sample in family.samples}
    raise AssertionError("no metric about dropped points")


def registries(subject, seed, count, delta, at_a_time=50):
    """Compares that many registries. Returns how many samples were compared."""
    compared = requests = 0
    injected = collections.Counter()
    for first in range(seed, seed + count, at_a_time):
        number = min(at_a_time, seed + count - first)
        # What is refused is lost where only differences are sent, so that nothing could be compared.
        receiver = Receiver(f"{first} {delta}", may_drop=not delta)
        with tempfile.TemporaryDirectory() as directory:
            kind = "delta" if delta else "cumulative"
            command = [subject, "registries", receiver.endpoint, directory, str(first), str(number), kind]
            subprocess.run(command, check=True, timeout=500)
            for registry in range(first, first + number):
                files = [pathlib.Path(directory, f"{registry}.{kind}") for kind in ("openmetrics", "protobuf")]
                received = receiver.by_registry[registry]
                requests += len(received)
                comparison = Comparison(received, files[0].read_text("utf-8"), files[1].read_bytes(), delta)
                try:
                    comparison.run()
                except AssertionError as error:
                    raise AssertionError(f"registry {registry} ({kind}): {error}") from error
                compared += comparison.compared
            # The last scrape knows what was dropped over all, and so does the receiver.
            own = dropped(comparison.families)
            for reason in ("rejected", "refused"):
                assert own[reason] == receiver.dropped[reason], (reason, own, receiver.dropped)
            assert own["unreachable"] == own["unavailable"] == own["expired"] == 0, own
        assert receiver.broken == 0
        injected += receiver.injected
        receiver.socket.close()
    faults = sum(injected.values()) - injected["ok"]
    print(f"{count} registries, {'delta' if delta else 'cumulative'}: {compared} samples and buckets equal the scrape, "
          f"{requests} requests taken, {faults} faults injected: {dict(sorted(injected.items()))}", flush=True)
    return compared


def total(received):
    """The last value of the counter, over all that was received; it never falls."""
    last = 0
    for request in received:
        for metric, _, point in points(request.message):
            if metric.name == "counting_things_total":
                assert point.as_int >= last, "a counter fell"
                last = point.as_int
    return last


def ends(subject, seed, count):
    """Kills programs while they export, and has others end while the receiver does what it likes."""
    chance = random.Random(seed)
    killed = ended = cut = hung = 0
    for number in range(count):
        how = ("kill", "end", "hang")[number % 3]
        receiver = Receiver(f"{seed} {number}", faults=how == "kill" or number % 2 == 0, may_drop=False)
        shutdown = 400 if how == "hang" else 20_000
        # Where it is long, the last export is most of what there is.
        interval = 500 if how == "end" and number % 2 else 2
        exports = 1 if interval > 2 else chance.randrange(1, 30)
        program = subprocess.Popen([subject, "counting", receiver.endpoint, str(interval), str(shutdown)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(exports):
            receiver.arrived.wait(60)
            receiver.arrived.clear()
        if how == "kill":
            program.kill()
            program.wait(60)
            # Nothing that came is half of something, and what came before is whole.
            assert receiver.broken == 0
            assert total(receiver.by_registry[-1]) >= 0
            killed += 1
            cut += receiver.cut
            continue
        receiver.hanging = how == "hang"
        # The end of its input is the end of the program; that it comes to one is what this is about.
        output, _ = program.communicate(timeout=60)
        assert program.returncode == 0, program.returncode
        counted = int(output.split()[1])
        received = total(receiver.by_registry[-1])
        if how == "end":
            assert received == counted, f"{received} received of {counted} counted"
            ended += 1
        else:
            assert received <= counted
            hung += 1
        receiver.hang.set()
        receiver.socket.close()
    print(f"{killed} programs killed in mid-flush ({cut} requests cut off), {ended} ended with everything received, "
          f"{hung} ended in time although the receiver hung", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subject")
    parser.add_argument("--registries", type=int, default=1000)
    parser.add_argument("--ends", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    half = arguments.registries // 2
    compared = registries(arguments.subject, arguments.seed, arguments.registries - half, delta=False)
    compared += registries(arguments.subject, arguments.seed + 100_000, half, delta=True)
    assert compared > arguments.registries, "almost nothing was compared"
    ends(arguments.subject, arguments.seed, arguments.ends)
    print(f"{arguments.registries + arguments.ends} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
