#!/usr/bin/env python3
"""A real Prometheus scrapes `examples/prefork` while its workers are killed.

`prometheus.py PREFORK PROMETHEUS`: what Prometheus stores never falls, and rises between two samples by no more than was sent
in that time, so that `rate()` shows neither resets nor spikes that were not.
"""

import bisect
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

SECONDS = float(os.environ.get("TALLYMARK_KILLING_SECONDS", "12"))
# Between a sample's time, which is that of the beginning of its scrape, and what the scrape has seen.
SLACK = 1.0


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
        return response.read().decode()


def until(what, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = what()
        except (OSError, ValueError):
            found = None
        if found:
            return found
        time.sleep(0.02)
    raise SystemExit("no response")


def query(port, expression):
    text = get(port, "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
    return json.loads(text)["data"]["result"]


class Load(threading.Thread):
    """Sends requests all the time, and keeps when each was begun and when its response came."""

    def __init__(self, port):
        super().__init__()
        self.port, self.begun, self.done, self.stop = port, [], [], threading.Event()

    def run(self):
        while not self.stop.is_set():
            self.begun.append(time.time())
            try:
                get(self.port, "/")
                self.done.append(time.time())
            except OSError:
                pass  # its worker was killed
            self.stop.wait(0.005)


def main():
    prefork, prometheus = sys.argv[1:3]
    choose = random.Random(1)
    root = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory(dir=root) as directory:
        port, api = free_port(), free_port()
        config = pathlib.Path(scratch) / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n"
            f"- job_name: prefork\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
        )
        supervisor = subprocess.Popen(
            [prefork, "--workers", "4", "--port", str(port), "--directory", directory], stdout=subprocess.DEVNULL
        )
        server = subprocess.Popen(
            [prometheus, f"--config.file={config}", f"--storage.tsdb.path={scratch}/data", f"--web.listen-address=127.0.0.1:{api}"],
            stderr=subprocess.DEVNULL,
        )
        children = lambda: [
            int(pid) for pid in pathlib.Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
        ]
        try:
            until(lambda: get(port, "/"))
            until(lambda: query(api, "up") )
            load = Load(port)
            load.start()
            killed = 0
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                workers = children()
                if len(workers) > 1:
                    os.kill(choose.choice(workers), signal.SIGKILL)
                    killed += 1
                # Some moment, not one to wait for.
                time.sleep(choose.uniform(0.1, 0.5))
            load.stop.set()
            load.join()
            # The first request was this script's own, before the load.
            own = 1
            text = until(lambda: get(port, "/metrics"))
            final = next(float(line.split()[-1]) for line in text.splitlines() if line.startswith('prefork_requests_total{route="/"}'))
            until(lambda: float(query(api, 'prefork_requests_total{route="/"}')[0]["value"][1]) == final)
            series = query(api, 'prefork_requests_total{route="/"}[10m]')
            resets = query(api, 'resets(prefork_requests_total{route="/"}[10m])')
            rates = query(api, 'max_over_time(rate(prefork_requests_total{route="/"}[2s])[10m:1s])')
        finally:
            for process in (server, supervisor):
                process.terminate()
            for pid in children():
                os.kill(pid, signal.SIGKILL)
            for process in (server, supervisor):
                process.wait()
        if len(series) != 1:
            raise SystemExit(f"{len(series)} series")
        samples = [(float(at), float(value)) for at, value in series[0]["values"]]
        for (before, low), (after, high) in zip(samples, samples[1:]):
            asked = bisect.bisect_right(load.begun, after + SLACK) - bisect.bisect_left(load.begun, before - SLACK)
            if high < low or high - low > asked + own:
                raise SystemExit(f"from {low} to {high} between {before} and {after}, where {asked} requests were sent")
        if float(resets[0]["value"][1]) != 0:
            raise SystemExit("Prometheus sees resets")
        if not len(load.done) + own <= final <= len(load.begun) + own:
            raise SystemExit(f"{final} are shown of {len(load.done)} responses and {len(load.begun)} requests")
        print(
            f"{killed} workers were killed; {len(samples)} samples from {samples[0][1]:.0f} to {final:.0f} never fell; "
            f"the greatest rate was {float(rates[0]['value'][1]):.0f}/s of {len(load.begun) / SECONDS:.0f}/s sent"
        )


if __name__ == "__main__":
    main()
