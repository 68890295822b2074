"""Runs the shop under traffic and turns its faults on, one by one. A Prometheus with the rules of `examples/shop/monitoring`
scrapes it, and each alert that a fault is for arrives at a webhook of an Alertmanager: firing, and resolved when the fault is off
again. Then every panel of the shop's dashboards has data, and no selector in what was generated is empty.

Windows and delays of rules are shortened, which is all that is changed in them.
"""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from expressions import of_dashboard, of_rules
from firing import Seen, end, prepare, serve, wait_for_evaluations, webhook
from guide import queries
from parity import free_port

PATIENCE = 90
WINDOWS = {"short": "12s", "long": "16s", "delay": "2s"}


def burning(objective):
    return {f"{objective}BudgetBurn{window}" for window in ("1h", "6h", "1d", "3d")}


# The alerts that each fault is for. `slow` is last: customers who had to wait make up for it when they no longer have to.
FAULTS = {
    "payments": {"PaymentFailureSpike"},
    "database": {"DatabaseErrors", "HighErrorRate"} | burning("HttpAvailability") | burning("Tasks"),
    "cache": {"LowCacheHitRate"},
    "migrations": {"UnappliedMigrations"},
    "cardinality": {"CardinalityLimit"},
    "queue": {"TasksPileUp"},
    "slow": {"HighLatency", "PoolExhausted", "PoolWait"},
}
# The shop is ended for this one.
DOWN = "TargetDown"
# What no fault of the shop brings about: it has no functions that panic, its connections are to a file, it runs out of no file
# descriptors, its collectors do not fail, its metrics have names of their own, and its target is configured. The part `firing` sees
# these.
NOT_HERE = {
    "FunctionPanics", "DatabaseConnectionErrors", "FileDescriptorsExhausted", "CollectorFailing", "MetricConflicts",
    "TargetAbsent",
}

# Families that the shop declares and has no occasion to count in, and why.
UNUSED = {
    "grpc_requests_total": "it serves no gRPC",
    "http_response_bodies_dropped_total": "its responses are too short to be left halfway",
    "http_streaming_responses_total": "its responses have a length",
    "tallymark_dropped_exemplars_total": "it has no exemplars",
    "tallymark_collectors_skipped_total": "its collectors get their turn",
    "tallymark_rejected_observations_total": "it observes nothing that is not a number",
    "tallymark_series": "it does not ask for it",
    "tallymark_uncounted_model_writes_total": "the rows that it writes are known",
    "cache_other_operations_total": "its catalog is only looked up, filled and made to forget",
}


def api(server, path, **parameters):
    url = f"http://{server}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(url, timeout=60) as reply:
            return json.load(reply)["data"]
    except urllib.error.HTTPError as error:
        sys.exit(f"shop_firing: {parameters}: {error.read().decode()}")


def wait_until(what, probe):
    deadline = time.monotonic() + PATIENCE
    while not probe():
        if time.monotonic() > deadline:
            sys.exit(f"shop_firing: after {PATIENCE} s still waiting for {what()}")
        time.sleep(0.2)


def active(server):
    """The names of the alerts that are pending or firing."""
    return {alert["labels"]["alertname"] for alert in api(server, "alerts")["alerts"]}


def leave_early(customers, target):
    """Customers who ask for what is in the database and leave at once, until the shop has counted one of them.

    While reports keep the connections to the database, there is no response that could be faster than they are.
    """
    host, port = customers.split(":")
    body = json.dumps({"user": "ada", "secret": "engine", "auth_method": "password"})
    head = f"POST /login HTTP/1.1\r\nhost: {customers}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"

    def counted():
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall((head + body).encode())
        with urllib.request.urlopen(f"http://{target}/metrics?name[]=http_requests_cancelled_total", timeout=10) as reply:
            return re.search(r'^http_requests_cancelled_total\{.*route="/login".*\} [1-9]', reply.read().decode(), re.MULTILINE)

    wait_until(lambda: "a request to be cancelled", counted)


def play(fault, alerts, shop, server, seen, customers, target):
    print(f"{fault} on", file=shop.stdin, flush=True)
    began = time.monotonic()
    wait_until(lambda: f"{sorted(alerts - seen.firing())} to fire because of {fault}", lambda: alerts <= seen.firing())
    fired = time.monotonic()
    if fault == "slow":
        # Customers who have to wait make other alerts fire as well.
        leave_early(customers, target)
    elif others := seen.firing() - alerts:
        sys.exit(f"shop_firing: {fault} is not for {sorted(others)}")
    print(f"{fault} off", file=shop.stdin, flush=True)
    wait_until(lambda: f"{sorted(seen.firing() | active(server))} to resolve", lambda: not seen.firing() | active(server))
    resolved = time.monotonic()
    print(f"  {fault}: {', '.join(sorted(alerts))}: firing after {fired - began:.0f} s, resolved after {resolved - fired:.0f} s")


def selectors(node):
    """The selectors of a parsed expression, each as text."""
    if isinstance(node, list):
        for child in node:
            yield from selectors(child)
    elif isinstance(node, dict):
        if node.get("type") in ("vectorSelector", "matrixSelector"):
            matchers = [f'{matcher["name"]}{matcher["type"]}{json.dumps(matcher["value"])}' for matcher in node["matchers"]]
            yield "{" + ", ".join(matchers) + "}"
        for child in node.values():
            yield from selectors(child)


def unused(text):
    return any(re.search(rf"\b{family}\b", text) for family in UNUSED)


def check_panels(server, directory, began):
    """Every panel's query has data, at some time since the shop was opened."""
    empty, count = [], 0
    for path in sorted(directory.glob("grafana/dashboards/*.json")):
        for title, expression in of_dashboard(path):
            expression = expression.replace("$job", ".*").replace("$instance", ".*").replace("[5m]", "[20s]")
            count += 1
            found = api(server, "query_range", query=expression, start=began, end=time.time(), step=2)["result"]
            if not found and not unused(expression):
                empty.append(f"{path.name}: {title}: {expression}")
    if empty or not count:
        sys.exit("shop_firing: no data in\n  " + "\n  ".join(empty))
    return count


def check_guide(server, began):
    """Every query of the guide has data, at some time since the shop was opened."""
    count = 0
    for where, query in queries():
        shortened = re.sub(r"\[\d+[mh]\]", "[20s]", query)
        if not api(server, "query_range", query=shortened, start=began, end=time.time(), step=2)["result"]:
            sys.exit(f"shop_firing: no data: {where}: {query}")
        count += 1
    return count


def check_selectors(server, directory, began):
    """Every selector of every rule and panel finds a series."""
    texts = set()
    files = [(path, of_rules) for path in directory.glob("prometheus/rules/*.yml")]
    files += [(path, of_dashboard) for path in directory.glob("grafana/dashboards/*.json")]
    for path, read in files:
        for _, expression in read(path):
            expression = expression.replace("$job", ".*").replace("$instance", ".*")
            texts.update(selectors(api(server, "parse_query", query=expression)))
    if len(texts) < 100:
        sys.exit(f"shop_firing: found only {len(texts)} selectors")
    empty = [
        text for text in sorted(texts)
        if not unused(text) and not api(server, "series", **{"match[]": text, "start": began, "end": time.time(), "limit": 1})
    ]
    if empty:
        sys.exit("shop_firing: nothing is selected by\n  " + "\n  ".join(empty))
    return len(texts)


def names(server):
    groups = api(server, "rules", type="alert")["groups"]
    return {rule["name"] for group in groups for rule in group["rules"]}


def alerts_of(directory):
    return {name for path in directory.glob("prometheus/rules/*-alerts.yml") for name, _ in of_rules(path)}


def check_known(every, synthetic):
    """No alert is without a fault or a test elsewhere that makes it fire."""
    expected = set().union(*FAULTS.values())
    if missing := expected - every:
        sys.exit(f"shop_firing: the shop has no alerts {sorted(missing)}")
    others = every - expected - {DOWN}
    if others != NOT_HERE:
        sys.exit(f"shop_firing: no fault is for {sorted(others - NOT_HERE)}, and {sorted(NOT_HERE - others)} are not there")
    if unknown := others - synthetic:
        sys.exit(f"shop_firing: the part `firing` does not see {sorted(unknown)} either")
    return others


def open_shop(binary, work):
    """The shop, and where it serves customers and metrics."""
    log = open(work / "shop.log", "w", encoding="utf-8")
    shop = subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--database", work / "shop.sqlite", "--fault-input",
         "--traffic", "--traffic-seconds", "600", "--traffic-requests", "12000"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
    )
    addresses = {}
    while len(addresses) < 2:
        line = shop.stdout.readline()
        if not line:
            sys.exit(f"shop_firing: the shop ended: {(work / 'shop.log').read_text()}")
        if found := re.match(r"(shop|metrics): +http://([0-9.:]+)", line):
            addresses[found[1]] = found[2]
    return shop, addresses["shop"], addresses["metrics"]


def main(binary, generated, synthetic, work, prometheus, alertmanager):
    work = pathlib.Path(work)
    shutil.rmtree(work, ignore_errors=True)
    seen = Seen()
    running = []
    try:
        manager, server = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        (work.parent / "shop_firing_data").mkdir(exist_ok=True)
        data = work.parent / "shop_firing_data"
        for file in data.iterdir():
            file.unlink()
        shop, customers, target = open_shop(binary, data)
        running.append(shop)
        prepare(pathlib.Path(generated), work, target, manager, webhook(seen), **WINDOWS)
        configuration = work / "prometheus/prometheus.yml"
        # A scrape may take a second: it asks the database, which is slow at times.
        configuration.write_text(configuration.read_text().replace('scrape_interval: "1s"', 'scrape_interval: "2s"'))
        began = time.time()
        running += serve(work, prometheus, alertmanager, server, manager)
        others = check_known(names(server), alerts_of(pathlib.Path(synthetic)))
        # While all is well, nothing fires, however often the rules are evaluated.
        wait_for_evaluations(f"http://{server}", 16)
        if seen.firing():
            sys.exit(f"shop_firing: without a fault: {sorted(seen.firing())}")
        for fault, alerts in FAULTS.items():
            play(fault, alerts, shop, server, seen, customers, target)
        panels = check_panels(server, work, began)
        found = check_selectors(server, work, began)
        written = check_guide(server, began)
        shop.terminate()
        shop.wait()
        wait_until(lambda: f"{DOWN} to fire", lambda: DOWN in seen.firing())
        if seen.unfilled:
            sys.exit(f"shop_firing: texts with holes: {seen.unfilled[0]}")
        fired = sum(map(len, FAULTS.values()))
        print(f"shop_firing: {fired} alerts have fired because of {len(FAULTS)} faults, and resolved; {DOWN} has fired")
        print(f"shop_firing: {panels} queries of panels have data, {found} selectors find series, and the {written} queries of the guide have data")
        print(f"shop_firing: no fault is for {', '.join(sorted(others))}, which the part `firing` sees")
    finally:
        end(running)


if __name__ == "__main__":
    main(*sys.argv[1:])
