"""Remote Write to a real Prometheus, and to a VictoriaMetrics: what they have stored is what the program has.

Between the sender and Prometheus is a proxy. It reads each request with a decoder of its own, and compares how much is in it with
what the response says was written.
"""

import http.server
import json
import math
import re
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

from exposition import compare, key, same, show
from native import buckets_of
from process import OPENER, Program, expect, free_port
from server import CONFIGURATION, Prometheus
from suite import main, step

WRITTEN = {name: f"X-Prometheus-Remote-Write-{name}-Written" for name in ("Samples", "Histograms", "Exemplars")}
V1, V2 = "prometheus.WriteRequest", "io.prometheus.write.v2.Request"
# What is compared: the program's own metrics, which nothing counts any more.
OURS = ("check_", "check.")


def unsnap(block):
    """The content of a block of snappy. Source: snappy, `format_description.txt`."""
    size, at = varint(block, 0)
    out = bytearray()
    while at < len(block):
        tag = block[at]
        at += 1
        if tag & 3 == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(block[at:at + extra], "little")
                at += extra
            out += block[at:at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | block[at]
            at += 1
        else:
            extra = 2 if tag & 3 == 2 else 4
            length, offset = (tag >> 2) + 1, int.from_bytes(block[at:at + extra], "little")
            at += extra
        expect(0 < offset <= len(out), "a copy from before the beginning")
        for _ in range(length):
            out.append(out[-offset])
    expect(len(out) == size, f"the block has {len(out)} bytes, and says {size}")
    return bytes(out)


def snap(content):
    """The content as a block of snappy that holds it as it is."""
    expect(len(content) < 1 << 16, "only short contents are needed here")
    return encoded(len(content)) + bytes([61 << 2]) + (len(content) - 1).to_bytes(2, "little") + content


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def encoded(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def fields(message):
    """The fields of a message of protobuf: numbers and values."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        if tag & 7 == 0:
            value, at = varint(message, at)
        elif tag & 7 == 1:
            value, at = struct.unpack_from("<d", message, at)[0], at + 8
        else:
            expect(tag & 7 == 2, f"a field of the wire type {tag & 7}")
            length, at = varint(message, at)
            value, at = message[at:at + length], at + length
        yield tag >> 3, value


def parts(message, number):
    return [value for found, value in fields(message) if found == number]


def sent(body, version):
    """How many elements of each kind are in a request."""
    message = unsnap(body)
    counts = dict.fromkeys(WRITTEN, 0)
    for series in parts(message, 5 if version == V2 else 1):
        counts["Samples"] += len(parts(series, 2))
        if version == V2:
            counts["Histograms"] += len(parts(series, 3))
            counts["Exemplars"] += len(parts(series, 4))
    return counts


class Proxied:
    """A request that went through the proxy, and its response."""

    def __init__(self, version, counts, status, headers):
        self.version, self.counts, self.status = version, counts, status
        self.written = {name: int(headers[header]) for name, header in WRITTEN.items() if header in headers}


@contextmanager
def proxy(to):
    """A URL that leads to another one, and the requests that went there."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            version = V2 if V2 in self.headers["Content-Type"] else V1
            number = {V1: "0.1.0", V2: "2.0.0"}[version]
            expect(self.headers["X-Prometheus-Remote-Write-Version"] == number, dict(self.headers))
            headers = {name: value for name, value in self.headers.items() if name not in ("Host", "Connection")}
            status, response, answer = post(to, body, headers)
            seen.append(Proxied(version, sent(body, version), status, response))
            self.send_response(status)
            for name, value in response.items():
                if name.startswith("X-") or name == "Retry-After":
                    self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if status != 204:
                self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v1/write", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(url, body, headers):
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with OPENER.open(request, timeout=60) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Sent:
    """What the program says that it has sent."""

    def __init__(self, fixture, succeeds=True, **options):
        arguments = [f"{name}={value}" for name, value in options.items()]
        done = subprocess.run(
            [fixture, "remote", *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        expect(
            (done.returncode == 0) == succeeds,
            f"remote {arguments} ended with {done.returncode}:\n{done.stdout[-500:]}{done.stderr}",
        )
        lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
        self.flush = lines["flush"]
        self.meters = json.loads(lines["meters"])
        self.natives = json.loads(lines["native"])
        of_natives = {native["name"] for native in self.natives}
        samples = {}
        for name, labels, value in json.loads(lines["snapshot"]):
            if name.startswith(OURS):
                samples[key(name, labels)] = float(value.replace("inf", "Inf"))
        self.everything = samples
        # Those that have native buckets alone have no other series in version 2.0.
        only = of_natives - {"check_size_bytes"}
        self.samples = {
            series: value for series, value in samples.items() if series[0].rsplit("_", 1)[0] not in only
        }


def instant(prometheus, instance, at=None):
    """The program's series: numbers, and native histograms."""
    parameters = {"query": f'{{job="remote", instance="{instance}"}}', **({"time": at} if at else {})}
    numbers, natives = {}, {}
    for result in prometheus.api("query", **parameters)["result"]:
        labels = result["metric"]
        name = labels.pop("__name__")
        labels.pop("job"), labels.pop("instance")
        if name.startswith(OURS):
            series = key(name, labels)
            if "histogram" in result:
                natives[series] = result["histogram"][1]
            else:
                numbers[series] = float(result["value"][1])
    return numbers, natives


def check_stored(what, wanted, found):
    """Every series is stored with its value, and there are no others."""
    compare(what, wanted, found)
    extra = found.keys() - wanted.keys()
    expect(not extra, f"{what}: stored and not sent: {[show(series) for series in sorted(extra)[:5]]}")


def check_natives(natives, found):
    expect(len(natives) == len(found), f"{len(found)} native histograms are stored, not {len(natives)}")
    for native in natives:
        stored = found[key(native["name"], native["labels"])]
        expect(float(stored["count"]) == native["count"], f"{native['name']} counts {stored['count']}")
        expect(same(float(stored["sum"]), native["sum"]), f"{native['name']} sums up to {stored['sum']}")
        buckets = sorted((float(low), float(high), float(count)) for _, low, high, count in stored["buckets"])
        wanted = buckets_of(native)
        expect(len(buckets) == len(wanted), f"{native['name']} has {len(buckets)} buckets, not {len(wanted)}")
        for left, right in zip(wanted, buckets):
            expect(all(same(a, b) for a, b in zip(left, right)), f"{native['name']}: {right} should be {left}")


def check_headers(seen, meters):
    """What the responses say was written is what was sent, and the sender counts it so."""
    totals = dict.fromkeys(WRITTEN, 0)
    for request in seen:
        expect(request.status == 204 and request.version == V2, f"{request.status} for {request.version}")
        expect(request.written == request.counts, f"{request.written} was written of {request.counts}")
        for name, count in request.written.items():
            totals[name] += count
    for name, element in (("Samples", "sample"), ("Histograms", "histogram"), ("Exemplars", "exemplar")):
        found = meters[f"written/{element}"]
        expect(found == totals[name] > 0, f"{found} {name} were written as the sender has it, {totals[name]} are")
    wrong = {name: value for name, value in meters.items() if name.startswith("dropped") and value}
    expect(not wrong, f"the sender says {wrong}")
    return totals


def check_exemplars(prometheus):
    found = {}
    now = time.time()
    for series in prometheus.api("query_exemplars", query='{job="remote"}', start=now - 300, end=now + 1):
        for exemplar in series["exemplars"]:
            found[exemplar["labels"]["trace_id"]] = (
                series["seriesLabels"]["__name__"], series["seriesLabels"].get("le"), float(exemplar["value"])
            )
    wanted = {
        "4bf92f3577b34da6": ("check_orders_total", None, 2.0),
        "00f067aa0ba902b7": ("check_queue_seconds_bucket", "1.0", 0.75),
    }
    expect(found == wanted, f"exemplars are stored as {found}")


def check_rejected(options, prometheus, url):
    """A receiver that writes a request in part says how much, and the sender counts the rest."""
    with proxy(url) as (through, seen):
        # A sample of the future, beside which the program's is out of order.
        labels = {
            "__name__": "check_rows_bytes_sum", "instance": "rejected", "job": "remote",
        }
        series = b"".join(
            message(1, message(1, name.encode()) + message(2, value.encode())) for name, value in labels.items()
        )
        at = int((time.time() + 120) * 1000)
        series += message(2, encoded(1 << 3 | 1) + struct.pack("<d", 1.0) + encoded(2 << 3) + encoded(at))
        status, _, answer = post(url, snap(message(1, series)), {
            "Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        })
        expect(status == 204, f"the sample of the future: {status} {answer}")
        result = Sent(options.fixture, succeeds=False, url=through, instance="rejected")
    partial = [request for request in seen if request.status == 400]
    expect(partial and "values are missing" in result.flush, f"{[request.status for request in seen]} {result.flush}")
    expect(partial[0].written["Samples"] == partial[0].counts["Samples"] - 1, vars(partial[0]))
    expect(result.meters["dropped/sample/rejected"] == 1, result.meters)
    expect(result.meters["requests/partial"] == 1, result.meters)
    numbers, natives = instant(prometheus, "rejected")
    wanted = dict(result.samples)
    del wanted[key("check_rows_bytes_sum", {})]
    numbers.pop(key("check_rows_bytes_sum", {}), None)
    check_stored("what was not rejected", wanted, numbers)
    check_natives(result.natives, natives)


def message(number, content):
    return encoded(number << 3 | 2) + encoded(len(content)) + content


def accepting(options, directory, *messages):
    directory.mkdir()
    flags = ["--web.enable-remote-write-receiver", "--enable-feature=native-histograms,exemplar-storage"]
    flags += [f"--web.remote-write-receiver.accepted-protobuf-messages={name}" for name in messages]
    configuration = CONFIGURATION.replace("scrape_configs:\n", "") + "scrape_configs: []\n"
    return Prometheus(options.modern, configuration, directory, *flags)


def escaped(samples):
    """The samples as version 1.0 has them, whose names are plain."""
    return {(re.sub("[^a-zA-Z0-9_:]", "_", name), labels): value for (name, labels), value in samples.items()}


def check_version_2(options, directory):
    with accepting(options, directory / "2", V2, V1) as prometheus:
        prometheus.ready()
        url = f"{prometheus.url}/api/v1/write"
        with proxy(url) as (through, seen):
            result = Sent(options.fixture, url=through, instance="one")
            expect(result.flush == "written", result.flush)
            # The last sampling, at the end of the program, is not in what the program says before.
            written = seen[:int(result.meters["requests/written"])]
            totals = check_headers(written, result.meters)
        numbers, natives = instant(prometheus, "one")
        check_stored("the snapshot against Prometheus, by 2.0", result.samples, numbers)
        check_natives(result.natives, natives)
        step(f"Prometheus has stored {len(numbers)} samples and {len(natives)} native histograms as they are; of "
             f"{', '.join(f'{count} {name.lower()}' for name, count in totals.items())} it says so in its headers")
        check_exemplars(prometheus)
        check_rejected(options, prometheus, url)
        step("it has the exemplars, and of a request that it writes in part the sender counts the rest")
        began = time.time()
        result = Sent(options.fixture, url=url, instance="stale", stale="yes")
        numbers, natives = instant(prometheus, "stale")
        expect(not numbers and not natives, f"{len(numbers)} series are still there after the end")
        found = prometheus.api("query", query='last_over_time({__name__=~"check_orders_total", instance="stale"}[1m])')
        expect(len(found["result"]) == 2, f"{found} after the end, {time.time() - began} s ago")
        step("with the program its series end")


def check_version_1(options, directory):
    with accepting(options, directory / "1", V1) as prometheus:
        prometheus.ready()
        with proxy(f"{prometheus.url}/api/v1/write") as (through, seen):
            result = Sent(options.fixture, url=through, instance="old")
        expect(result.flush == "written", result.flush)
        found = [(request.version, request.status) for request in seen]
        expect(found[0] == (V2, 415) and set(found[1:]) == {(V1, 204)}, found)
        numbers, _ = instant(prometheus, "old")
        check_stored("the snapshot against Prometheus, by 1.0", escaped(result.everything), {
            series: value for series, value in numbers.items() if series[0] != "check.load.average"
        })
        step(f"one that knows 1.0 only responds with 415, and has stored {len(numbers)} samples")


def exported(url):
    """The last value of each of the program's series that a VictoriaMetrics has stored."""
    OPENER.open(f"{url}/internal/force_flush", timeout=20).close()
    query = urllib.parse.urlencode({"match[]": '{job="remote"}', "reduce_mem_usage": "1"})
    found = {}
    with OPENER.open(f"{url}/api/v1/export?{query}", timeout=20) as lines:
        for line in map(json.loads, lines):
            labels = line["metric"]
            name = labels.pop("__name__")
            labels.pop("job"), labels.pop("instance")
            if name.startswith(OURS) and line["values"][-1] is not None:
                found[key(name, labels)] = float(line["values"][-1])
    return found


def check_victoria(options, directory):
    if options.victoria is None:
        step("  there is no VictoriaMetrics here to write to")
        return
    place = directory / "victoria"
    place.mkdir()
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}"
    with Program("victoria", [
        options.victoria, f"-storageDataPath={place / 'data'}", f"-httpListenAddr={address}",
        "-search.latencyOffset=0s", "-retentionPeriod=1d",
    ], directory) as victoria:
        def probe():
            try:
                return OPENER.open(f"{url}/health", timeout=5).close() or True
            except OSError:
                return None
        victoria.wait_for("VictoriaMetrics to answer", 30, probe)
        result = Sent(options.fixture, url=f"{url}/api/v1/write", instance="old")
        expect(result.flush == "written" and result.meters["requests/unsupported"] == 1, result.meters)
        # It stores nothing for what is not a number, and decimals in place of the smallest numbers.
        wanted = {
            series: value for series, value in escaped(result.everything).items()
            if not math.isnan(value) and not 0 < abs(value) < 1e-300
        }

        def visible():
            found = exported(url)
            return found if wanted.keys() <= found.keys() else None
        found = victoria.wait_for("VictoriaMetrics to show what it has", 20, visible)
        found = {series: value for series, value in found.items() if series in wanted or value != 0}
        check_stored("the snapshot against VictoriaMetrics", wanted, found)
        step(f"a VictoriaMetrics has stored {len(found)} samples, by 1.0")


def run(options, directory):
    check_version_2(options, directory)
    check_version_1(options, directory)
    check_victoria(options, directory)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
