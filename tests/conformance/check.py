"""Runs the shop under traffic and has promtool, two parsers and a Prometheus judge its metrics."""

import json
import re
import subprocess
import sys
import time

from exposition import Exposition, compare, key, quantile, same
from process import Failure, Program, expect, get
from server import Prometheus, increase, scraping
from suite import main, step

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
TEXT = "text/plain; version=0.0.4"
# What only requests and customers move; the rest (process, scrapes) never stands still.
OURS = ("shop_", "http_", "function_", "model_")
SERIES = re.compile(r'([a-z_]+)(?:\{(.*)\})?')
LABEL = re.compile(r'([a-z_]+)="([^"]*)"')


def scrape(url, accept, parser):
    text, content_type = get(url, accept)
    expect(content_type.startswith(accept), f"asked for {accept}, got {content_type}")
    return text, Exposition(text, parser)


def at_rest(shop, url):
    """Both expositions, once the queues are empty and nothing moves any more."""
    def probe():
        first = scrape(url, TEXT, "text")
        if any(value for series, value in first[1].samples.items() if series[0] == "shop_task_queue_depth"):
            return None
        second = scrape(url, OPENMETRICS, "openmetrics")
        again = scrape(url, TEXT, "text")
        still = first[1].starting_with(OURS) == again[1].starting_with(OURS)
        return (again, second) if still else None
    return shop.wait_for("the shop to come to rest", 60, probe)


def check_formats(text, openmetrics):
    """Both formats say the same, but for what only one of them has."""
    wanted = {series: value for series, value in text.starting_with(OURS).items()}
    compare("text against OpenMetrics", wanted, openmetrics.samples)
    for family in openmetrics.families:
        expect(family.documentation, f"{family.name} has no help")
        expect(family.type != "unknown", f"{family.name} has no type")


def check_promtool(promtool, text):
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).strip()
    expect(done.returncode == 0 and not said, f"promtool check metrics ({done.returncode}) says:\n{said}")


def check_played(played, openmetrics):
    """What the customers counted themselves is what the shop counted."""
    wanted = {}
    for series, value in played.items():
        name, labels = SERIES.fullmatch(series).groups()
        wanted[key(name, dict(LABEL.findall(labels or "")))] = value
    compare("customers against the shop", wanted, openmetrics.samples)
    expect(len(wanted) > 40, f"only {len(wanted)} series were played")


def check_server(prometheus, openmetrics):
    """Prometheus has stored, series by series, what the shop exposes."""
    wanted = openmetrics.starting_with(OURS)
    names = "|".join(f"{prefix}.*" for prefix in OURS)
    query = f'{{__name__=~"{names}", job="shop"}}'

    def probe():
        found = prometheus.vector(query)
        return found if all(series in found and same(value, found[series]) for series, value in wanted.items()) else None
    try:
        found = prometheus.wait_for("Prometheus to have the final values", 60, probe)
    except Failure:
        compare("the shop against Prometheus", wanted, prometheus.vector(query))
        raise
    created = {series for series in found if series[0].endswith("_created")}
    extra = set(found) - set(wanted) - created
    expect(not extra, f"Prometheus stores series that are not exposed: {sorted(extra)[:5]}")
    return len(wanted)


def shopping(shop, prometheus, seconds):
    """What the customers counted, once they are through; every scrape until then has to be a good one."""
    def probe():
        complaint = prometheus.complaint()
        expect(complaint is None, f"Prometheus could not scrape the shop: {complaint}")
        return shop.heard("traffic: ")
    return json.loads(shop.wait_for("the customers to go", seconds + 60, probe))


def check_quantiles(prometheus, openmetrics):
    """histogram_quantile() over what is stored is what follows from the buckets that the shop exposes."""
    at = prometheus.last_scrape("shop")
    for name in ("http_request_duration_seconds", "shop_payment_amount_dollars", "function_duration_seconds"):
        for q in (0.5, 0.9, 0.99):
            query = f"histogram_quantile({q}, sum by (le) ({name}_bucket))"
            wanted, found = quantile(q, openmetrics.buckets(name)), prometheus.number(query, at)
            expect(same(wanted, found), f"{query} = {found}, but the buckets say {wanted}")
            if q == 0.9:
                step(f"  {query} = {found:.6g}")


def check_rates(prometheus, openmetrics, began):
    """rate() and increase() are what follows from the stored samples, and these end where the shop's counter does."""
    # What is stored is in milliseconds.
    at = round(time.time(), 3)
    seconds = int(at - began) + 5
    for name, labels in (
        ("http_requests_total", {"method": "POST", "route": "/orders", "status": "201"}),
        ("shop_orders_created_total", {"payment_provider": "stripe", "user_type": "standard"}),
        ("shop_payment_amount_dollars_sum", {}),
        ("shop_revenue_dollars_total", {}),
    ):
        selector = name + "{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "}"
        points = prometheus.points(selector, seconds, at)
        expect(len(points) >= 3, f"{selector} was scraped only {len(points)} times")
        values = [value for _, value in points]
        expect(values == sorted(values), f"{selector} went down: {values}")
        expect(values[-1] > values[0], f"{selector} never moved while it was scraped")
        expect(same(values[-1], openmetrics.value(name, **labels)), f"{selector} ends at {values[-1]}")
        wanted = increase(points, seconds, at)
        for query, factor in ((f"increase({selector}[{seconds}s])", 1), (f"rate({selector}[{seconds}s])", seconds)):
            found = prometheus.number(query, at) * factor
            expect(same(wanted, found), f"{query} makes {found}, but the samples make {wanted}")
        step(f"  increase({selector}[{seconds}s]) = {wanted:.6g} over {len(points)} scrapes, final {values[-1]:g}")


def check_metadata(prometheus, openmetrics):
    """Prometheus knows the type and the help of every family."""
    known = prometheus.api("metadata")
    for family in openmetrics.families:
        entries = known.get(family.name) or known.get(family.name + "_total") or []
        expect(entries, f"Prometheus knows nothing about {family.name}")
        expect(entries[0]["type"] == family.type, f"{family.name} is a {entries[0]['type']} to Prometheus")
        expect(entries[0]["help"] == family.documentation, f"{family.name}: {entries[0]['help']!r}")
    return len(openmetrics.families)


def run(options, directory):
    shop = Program("shop", [
        options.shop, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--database", directory / "shop.sqlite",
        "--traffic", "--traffic-seconds", options.seconds, "--traffic-requests", options.requests,
    ], directory)
    with shop:
        url = shop.line("metrics: ", 60)
        step(f"the shop serves {url}")
        began = time.time()
        configuration = scraping("shop", url.split("/")[2])
        with Prometheus(options.prometheus, configuration, directory) as prometheus:
            prometheus.ready()
            step(f"Prometheus scrapes it; customers shop for {options.seconds} s")
            played = shopping(shop, prometheus, options.seconds)
            (text, read), (_, openmetrics) = at_rest(shop, url)
            step(f"both parsers understand every line: {len(read.samples)} and {len(openmetrics.samples)} samples")
            check_formats(read, openmetrics)
            check_promtool(options.promtool, text)
            step("promtool has nothing to say")
            check_played(played, openmetrics)
            step(f"{len(played)} series agree with what the customers counted")
            step(f"Prometheus stores the same {check_server(prometheus, openmetrics)} series")
            step(f"and the same type and help of {check_metadata(prometheus, openmetrics)} families")
            check_quantiles(prometheus, openmetrics)
            check_rates(prometheus, openmetrics, began)


if __name__ == "__main__":
    sys.exit(main(__doc__, run, seconds=15, requests=1500))
