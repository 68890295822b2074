"""Captures what a real Prometheus and curl send, which has to be in the corpus that the endpoint's tests answer."""

import http.server
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager

from process import expect, until
from server import Prometheus, scraping
from suite import main, step

CORPUS = "exporters/endpoint/tests/exporter/scrapers.tsv"
# The headers that decide about an answer.
HEADERS = ("Accept", "Accept-Encoding")


def corpus(text):
    """For each scraper, what it is known to send: the values of `HEADERS`, None where one is not sent."""
    known = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            scraper, _versions, _configuration, _seen, *sent = line.split("\t")
            values = tuple(None if value == "-" else value for value in sent[:len(HEADERS)])
            known.setdefault(scraper, set()).add(values)
    return known


def check(known, scraper, how, heads):
    """Whatever was sent is known of that scraper."""
    for head in heads:
        sent = tuple(head[name] for name in HEADERS)
        expect(
            sent in known.get(scraper, ()),
            f"{scraper} ({head['User-Agent']}, {how}) sends {dict(zip(HEADERS, sent))}, which is not in {CORPUS}",
        )


def say(how, head):
    step(f"  {head['User-Agent']}, {how}: {head['Accept']}")


@contextmanager
def listener():
    """A port, and the heads of the requests that come to it."""
    heads = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heads.append(self.headers)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(b"nothing 0\n")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, heads
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def version(prometheus):
    said = subprocess.run([prometheus, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"version (\d+)\.(\d+)", said.stdout + said.stderr)
    expect(found, f"{prometheus} does not tell its version")
    return tuple(int(part) for part in found.groups())


def configurations(version):
    """How it is configured, in words, with flags and with settings of the job."""
    yield "default", [], []
    # Later ones ignore the flag, and earlier ones refuse the setting.
    if version < (3, 8):
        yield "native histograms", ["--enable-feature=native-histograms"], []
    else:
        yield "native histograms", [], ["scrape_native_histograms: true"]


def run(options, directory):
    known = corpus((options.root / CORPUS).read_text())
    for number, (how, flags, settings) in enumerate(configurations(version(options.prometheus))):
        place = directory / str(number)
        place.mkdir()
        with listener() as (port, heads):
            configuration = scraping("heads", f"127.0.0.1:{port}", *settings)
            with Prometheus(options.prometheus, configuration, place, *flags) as prometheus:
                prometheus.wait_for("Prometheus to scrape", 60, lambda: heads or None)
            check(known, "Prometheus", how, heads)
            say(how, heads[0])
    curl = shutil.which("curl")
    if curl is None:
        step("  there is no curl here to ask")
        return
    for flags in ([], ["--compressed"], ["--header", "Accept: application/openmetrics-text"]):
        with listener() as (port, heads):
            subprocess.run([curl, "--silent", "--noproxy", "*", *flags, f"http://127.0.0.1:{port}/metrics"],
                           stdout=subprocess.DEVNULL, timeout=60, check=True)
            until("curl's request", 60, lambda: heads or None)
            how = " ".join(flags) or "default"
            check(known, "curl", how, heads)
            say(how, heads[0])


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
