"""Programs that are started, watched and ended, and HTTP on this machine."""

import json
import random
import socket
import subprocess
import time
import urllib.request
from pathlib import Path


# Everything is on this machine, whatever proxy the environment names.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failure(Exception):
    """What was checked and is not so."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def until(what, seconds, probe):
    """Asks `probe` again and again until it gives something other than None."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found is not None:
            return found
        expect(time.monotonic() < end, f"after {seconds} s still waiting for {what}")
        time.sleep(0.05)


def get(url, accept=None):
    """The body and the content type."""
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    with OPENER.open(request, timeout=60) as response:
        return response.read().decode("utf-8"), response.headers["Content-Type"]


def get_json(url):
    return json.loads(get(url)[0])


def free_port():
    """A port that nobody listens on, below those that the system gives to clients."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Program:
    """A program whose output goes to a file; ended when the block is left."""

    def __init__(self, name, arguments, directory: Path):
        self.name = name
        self.log = directory / f"{name}.log"
        self.output = self.log.open("w")
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT, cwd=directory,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()

    def said(self):
        return self.log.read_text()

    def wait_for(self, what, seconds, probe):
        """Like `until`, but also fails when the program has ended."""
        def alive():
            found = probe()
            if found is None:
                code = self.process.poll()
                expect(code is None, f"{self.name} ended with {code}:\n{self.said()}")
            return found
        return until(what, seconds, alive)

    def heard(self, prefix):
        """The rest of the first line that begins like this, if there is one."""
        for line in self.said().splitlines(keepends=True):
            if line.startswith(prefix) and line.endswith("\n"):
                return line[len(prefix):].strip()
        return None

    def line(self, prefix, seconds):
        """The same, waited for."""
        return self.wait_for(f"{self.name} to say {prefix!r}", seconds, lambda: self.heard(prefix))
