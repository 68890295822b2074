"""A WSGI application whose requests are counted by prometheus_client, and whose jobs are counted in Rust.

`PROMETHEUS_MULTIPROC_DIR` and `TALLYMARK_PROCESSES_DIR` name two directories: the exposition has what is in both.
"""

import os

import rust_jobs
from prometheus_client import Counter

REQUESTS = Counter("python_requests", "Requests that Python has served.", ["path"])


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/metrics":
        body = rust_jobs.exposition().encode()
    else:
        body = f"{rust_jobs.measure(path)} bytes, by worker {os.getpid()}\n".encode()
        REQUESTS.labels("/").inc()
    start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4"), ("Content-Length", str(len(body)))])
    return [body]
