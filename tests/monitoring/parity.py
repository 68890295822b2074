"""Has a Prometheus server evaluate the queries of all panels over the same samples, and compares the numbers."""

import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

TOLERANCE = 1e-9

# What the example never does: collectors that get no turn, exemplars with bad labels.
NEVER = ["tallymark_collectors_skipped_total", "tallymark_dropped_exemplars_total"]


def expected(path):
    """Yields (moment, query, {labels: value})."""
    current = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            kind, *fields = line.rstrip("\n").split("\t")
            if kind == "Q":
                if current:
                    yield current
                current = (int(fields[0]), fields[1], {})
            else:
                labels = frozenset(tuple(pair.split("=", 1)) for pair in fields[0].split("\x1f") if pair)
                current[2][labels] = float(fields[1].replace("inf", "Infinity"))
    if current:
        yield current


def labels_of(metric):
    labels = {name: value for name, value in metric.items() if name != "__name__"}
    if "le" in labels:
        # A server writes whole numbers as 1.0.
        labels["le"] = "+Inf" if labels["le"] == "+Inf" else number(float(labels["le"]))
    return frozenset(labels.items())


def number(value):
    return str(int(value)) if value == int(value) else repr(value)


def same(one, other):
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_ready(url, server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"parity: prometheus ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url + "/-/ready", timeout=5) as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    sys.exit("parity: prometheus is not ready after a minute")


def main(directory, prometheus, promtool):
    data = tempfile.mkdtemp(prefix="parity-")
    server = None
    try:
        subprocess.run(
            [promtool, "tsdb", "create-blocks-from", "openmetrics", os.path.join(directory, "history.om"), data],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        config = os.path.join(data, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("global:\n  scrape_interval: 1h\n")
        url = f"http://127.0.0.1:{free_port()}"
        server = subprocess.Popen(
            [
                prometheus,
                f"--config.file={config}",
                f"--storage.tsdb.path={data}",
                "--storage.tsdb.retention.time=100y",
                f"--web.listen-address={url.removeprefix('http://')}",
                "--log.level=error",
            ]
        )
        wait_until_ready(url, server)
        queries = series = 0
        wrong = []
        empty = set()
        answered = set()
        for moment, query, values in expected(os.path.join(directory, "expected.tsv")):
            arguments = urllib.parse.urlencode({"query": query, "time": f"{moment / 1000:.3f}"})
            try:
                with urllib.request.urlopen(f"{url}/api/v1/query?{arguments}", timeout=60) as reply:
                    result = json.load(reply)["data"]["result"]
            except urllib.error.HTTPError as error:
                sys.exit(f"parity: {query}: {error.read().decode()}")
            got = {labels_of(entry["metric"]): float(entry["value"][1]) for entry in result}
            queries += 1
            series += len(values)
            (answered if got else empty).add(query)
            if got.keys() != values.keys():
                wrong.append(f"{moment} {query}\n  here {sorted(map(sorted, values))}\n  there {sorted(map(sorted, got))}")
                continue
            for labels, value in values.items():
                if not same(value, got[labels]):
                    wrong.append(f"{moment} {query} {sorted(labels)}: here {value}, there {got[labels]}")
        for line in wrong[:20]:
            print(line, file=sys.stderr)
        if wrong or not series:
            sys.exit(f"parity: {len(wrong)} of {queries} results differ")
        # An alert's condition has no data while all is well.
        silent = sorted(
            query
            for query in empty - answered
            if not any(name in query for name in NEVER) and not re.search(r" [<>] [0-9.]+( and .*)?$", query)
        )
        if silent:
            sys.exit("parity: these have no data at any time:\n  " + "\n  ".join(silent))
        print(f"parity: {queries} results with {series} series are the same")
    finally:
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
