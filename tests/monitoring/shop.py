"""The shop, under traffic."""

import json
import subprocess
import sys
import urllib.request


class Shop:
    """A shop on free ports with a database of its own; customers come 40 times a second for so many seconds."""

    def __init__(self, program, directory, seconds=3600):
        command = [program, "--listen=127.0.0.1:0", "--metrics=127.0.0.1:0", f"--database={directory}/shop.sqlite"]
        traffic = ["--traffic", f"--traffic-seconds={seconds}", f"--traffic-requests={40 * seconds}"]
        self.process = subprocess.Popen(command + traffic, stdout=subprocess.PIPE, text=True)
        name, self.live = self.process.stdout.readline().split()
        if name != "live:":
            sys.exit(f"shop: the address of the live page comes first, not {name}")
        self.origin = self.live.removesuffix("/live")

    def json(self, path):
        with urllib.request.urlopen(f"{self.live}/{path}", timeout=60) as reply:
            return json.load(reply)

    def stop(self):
        self.process.terminate()
        self.process.wait()
