"""Has a program with faults scraped by a Prometheus server with its generated rules, and sees each alert arrive at a webhook of a
real Alertmanager with its generated routes: firing when the faults are on, and resolved when they are off again.

Windows and delays of rules are shortened, which is all that is changed in them.
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

from parity import free_port, wait_until_ready

# A process does not forget a conflict: this one is over when the program has ended.
CONFLICTS = "MetricConflicts"
# The program is ended for this one,
DOWN = "TargetDown"
# and taken out of the configuration for this one.
ABSENT = "TargetAbsent"
PATIENCE = 150


class Seen:
    """Alerts that have arrived, by state and name; with the receivers they came to."""

    def __init__(self):
        self.changed = threading.Condition()
        self.names = {"firing": {}, "resolved": {}}
        self.now = {}
        self.unfilled = []

    def add(self, receiver, alert):
        with self.changed:
            name = alert["labels"]["alertname"]
            self.now[alert["fingerprint"]] = (name, alert["status"])
            self.names[alert["status"]].setdefault(name, set()).add((receiver, alert["labels"]["severity"]))
            texts = list(alert["annotations"].values())
            if not texts or any("{{" in text or "no value" in text or not text for text in texts):
                self.unfilled.append(alert)
            self.changed.notify_all()

    def firing(self):
        """The names of the alerts that have arrived and are not resolved."""
        with self.changed:
            return {name for name, state in self.now.values() if state == "firing"}

    def wait_for(self, state, names):
        with self.changed:
            if not self.changed.wait_for(lambda: names <= self.names[state].keys(), PATIENCE):
                sys.exit(f"firing: not {state}: {sorted(names - self.names[state].keys())}")


def webhook(seen):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for alert in message["alerts"]:
                seen.add(message["receiver"], alert)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def shorten(text, short="8s", long="16s", delay="1s"):
    """Windows of minutes become seconds."""
    text = re.sub(r"\[(?:5|10|15)m\]", f"[{short}]", text)
    text = re.sub(r"\[(?:30m|1h|2h|6h|1d|3d)\]", f"[{long}]", text)
    return re.sub(r'for: "[^"]*"', f'for: "{delay}"', text)


def wait_for_evaluations(url, times):
    """Waits until each group of rules was evaluated so often."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as reply:
            text = reply.read().decode()
        groups = re.findall(r"^prometheus_rule_group_iterations_total\{.*\} (\S+)$", text, re.MULTILINE)
        if groups and all(float(count) >= times for count in groups):
            return
        time.sleep(0.5)
    sys.exit("firing: rules are not evaluated")


def configure(config, text, server):
    """Has a running Prometheus read another configuration."""
    config.write_text(text)
    server.send_signal(signal.SIGHUP)


def prepare(generated, work, target, alertmanager, hook, **windows):
    shutil.copytree(generated, work)
    for path in work.glob("prometheus/rules/*.yml"):
        path.write_text(shorten(path.read_text(), **windows))
    config = work / "prometheus/prometheus.yml"
    text = config.read_text()
    # The program of the test serves in plain text, and asks for nothing.
    text = re.sub(r"    scheme: https\n    tls_config:\n.*\n    authorization:\n.*\n.*\n", "", text)
    text = text.replace("alertmanager:9093", alertmanager).replace("shop:9464", target)
    text = text.replace('_interval: "15s"', '_interval: "1s"')
    config.write_text(text)
    routes = work / "alertmanager/alertmanager.yml"
    text = routes.read_text().replace("/etc/alertmanager/secrets", str(work / "alertmanager"))
    text = re.sub(r'group_wait: "\w+"', 'group_wait: "0s"', text)
    text = text.replace('group_interval: "5m"', 'group_interval: "1s"')
    # What is inhibited is not sent; that is looked at by `amtool`.
    text = re.sub(r"inhibit_rules:\n(?:  .*\n)*", "", text)
    routes.write_text(text)
    for severity in ("critical", "warning"):
        (work / f"alertmanager/{severity}_url").write_text(hook)


def serve(work, prometheus, alertmanager, server, manager):
    """Starts both servers, which are ready when this returns."""
    log = open(work / "log", "w", encoding="utf-8")
    running = []
    for address, arguments in (
        (manager, [alertmanager, f"--config.file={work}/alertmanager/alertmanager.yml", f"--storage.path={work}/am",
                   f"--web.listen-address={manager}", "--cluster.listen-address="]),
        (server, [prometheus, f"--config.file={work}/prometheus/prometheus.yml", f"--storage.tsdb.path={work}/data",
                  f"--web.listen-address={server}"]),
    ):
        running.append(subprocess.Popen(arguments, stdout=log, stderr=log))
        try:
            wait_until_ready(f"http://{address}", running[-1])
        except SystemExit:
            end(running)
            raise
    return running


def end(running):
    for process in running:
        if process.poll() is None:
            process.terminate()
            process.wait()


def main(example, generated, work, prometheus, alertmanager):
    work = pathlib.Path(work)
    shutil.rmtree(work, ignore_errors=True)
    seen = Seen()
    running = []
    try:
        shop = subprocess.Popen([example, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        running.append(shop)
        target = shop.stdout.readline().strip()
        manager, server = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        prepare(pathlib.Path(generated), work, target, manager, webhook(seen))
        running += serve(work, prometheus, alertmanager, server, manager)
        with urllib.request.urlopen(f"http://{server}/api/v1/rules?type=alert", timeout=10) as reply:
            groups = json.load(reply)["data"]["groups"]
        every = {rule["name"] for group in groups for rule in group["rules"]}
        later = {DOWN, ABSENT}
        expected = every - later
        if not later | {CONFLICTS} <= every or len(expected) < 15:
            sys.exit(f"firing: there are only {sorted(every)}")
        # While all is well, nothing fires, however often the rules are evaluated.
        wait_for_evaluations(f"http://{server}", 12)
        if seen.names["firing"]:
            sys.exit(f"firing without a fault: {sorted(seen.names['firing'])}")
        print("on", file=shop.stdin, flush=True)
        seen.wait_for("firing", expected)
        print("off", file=shop.stdin, flush=True)
        seen.wait_for("resolved", expected - {CONFLICTS})
        shop.stdin.close()
        shop.wait()
        seen.wait_for("firing", {DOWN})
        seen.wait_for("resolved", {CONFLICTS})
        config = work / "prometheus/prometheus.yml"
        text = config.read_text()
        configure(config, text.replace(f'          - "{target}"\n', ""), running[-1])
        seen.wait_for("firing", {ABSENT})
        seen.wait_for("resolved", {DOWN})
        # A target that is down is not absent.
        configure(config, text, running[-1])
        seen.wait_for("resolved", {ABSENT})
        for name, routes in seen.names["firing"].items():
            if any(receiver != severity for receiver, severity in routes):
                sys.exit(f"firing: {name} went to {routes}")
        if seen.unfilled:
            sys.exit(f"firing: texts with holes: {seen.unfilled[0]}")
        print(f"firing: all {len(every)} alerts have fired and resolved")
    finally:
        end(running)


if __name__ == "__main__":
    main(*sys.argv[1:])
