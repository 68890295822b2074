#!/usr/bin/env python3
"""Builds the extension, starts two workers under gunicorn, kills one of them, and compares what one scrape shows with the requests
that were sent. Needs only Python and cargo: the rest comes from PyPI.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv

HERE = pathlib.Path(__file__).resolve().parent


def environment():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "tallymark" / "gunicorn"
    if not (cache / "bin" / "gunicorn").exists():
        venv.create(cache, with_pip=True)
        packages = ["maturin", "gunicorn", "prometheus_client"]
        subprocess.run([cache / "bin" / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
    return cache


def build(cache):
    environ = os.environ | {"VIRTUAL_ENV": str(cache), "PATH": f"{cache / 'bin'}:{os.environ['PATH']}"}
    subprocess.run([cache / "bin" / "maturin", "develop", "--quiet"], cwd=HERE, env=environ, check=True)


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return response.read().decode()


def value(text, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


def wait(what, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = what()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.02)
    raise SystemExit("gunicorn does not respond")


def main():
    cache = environment()
    build(cache)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as scratch:
        directories = {"PROMETHEUS_MULTIPROC_DIR": f"{scratch}/python", "TALLYMARK_PROCESSES_DIR": f"{scratch}/rust"}
        for directory in directories.values():
            os.mkdir(directory)
        command = [cache / "bin" / "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "app:app"]
        server = subprocess.Popen(command, cwd=HERE, env=os.environ | directories)
        try:
            asked = 0
            wait(lambda: get(port, "/metrics"))

            def ask(times):
                nonlocal asked
                workers = set()
                for _ in range(times):
                    workers.add(get(port, "/job").split()[-1])
                    asked += 1
                return workers

            def check():
                text = get(port, "/metrics")
                seen = [value(text, name) for name in ("rust_jobs_total", "rust_job_size_bytes_count", 'python_requests_total{path="/"}')]
                if seen != [asked] * 3:
                    raise SystemExit(f"{asked} requests were sent, and {seen} are shown:\n{text}")
                return text

            seen = set()
            while len(seen) < 2:
                seen |= ask(20)
            check()
            os.kill(int(seen.pop()), signal.SIGKILL)
            # Requests that the killed worker had accepted fail. Those that are sent after that succeed.
            wait(lambda: get(port, "/metrics"))
            ask(20)
            text = check()
        finally:
            server.terminate()
            server.wait()
    print(f"{asked} requests of two workers, one of which was killed, counted by Rust and by Python in one exposition")
    sys.exit(0 if "# HELP python_requests_total Requests that Python has served." in text else 1)


if __name__ == "__main__":
    main()
