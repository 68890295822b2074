"""Has the alerts, panels and queries that are written for django-prometheus work on our families, unchanged."""

import json
import subprocess
import sys
import time
from pathlib import Path

from exposition import compare, key, same
from families import FAMILIES
from process import Program, expect, get
from server import Prometheus, scraping
from stored import Stored, above, below, labels_of, mean, plus, quantiles, ratio, scale, total
from suite import main, step

RULES = Path(__file__).with_name("alerts.yml")
OURS = ("django_", "myapp_")

STATUS = "django_http_responses_total_by_status_total"
METHOD = "django_http_requests_total_by_method_total"
LATENCY = "django_http_requests_latency_including_middlewares_seconds"
VIEWS = "django_http_requests_latency_seconds_by_view_method"
EXECUTE = "django_db_execute_total"
QUERY = "django_db_query_duration_seconds"
ERRORS = "django_db_errors_total"
GETS = "django_cache_get_total"
HITS = "django_cache_get_hits_total"
UNAPPLIED = "django_migrations_unapplied_total"
FAILED = "myapp_payments_failed_total"
CREATED = "myapp_orders_created_total"
PENDING = "myapp_orders_pending"
DEPTH = "myapp_task_queue_depth"


def errors(s):
    return ratio(total(s.rate(STATUS, status="5..")), total(s.rate(METHOD)))


# What it is for, the query, and what follows from the stored samples.
ALERTS = [
    ("HighErrorRate", f'sum(rate({STATUS}{{status=~"5.."}}[5m])) / sum(rate({METHOD}[5m])) > 0.01',
     lambda s: above(errors(s), 0.01)),
    ("HighLatency", f"histogram_quantile(0.95, rate({LATENCY}_bucket[5m])) > 2.0",
     lambda s: above(quantiles(0.95, s.rate(f"{LATENCY}_bucket")), 2.0)),
    ("UnappliedMigrations", f"{UNAPPLIED} > 0", lambda s: above(s.last(UNAPPLIED), 0)),
    ("DatabaseErrors", f"rate({ERRORS}[5m]) > 0.1", lambda s: above(s.rate(ERRORS), 0.1)),
    ("LowCacheHitRate", f"rate({HITS}[10m]) / rate({GETS}[10m]) < 0.5",
     lambda s: below(ratio(s.rate(HITS, "10m"), s.rate(GETS, "10m")), 0.5)),
    ("PaymentFailureSpike", f"rate({FAILED}[5m]) > 0.5", lambda s: above(s.rate(FAILED), 0.5)),
]
PANELS = [
    ("request rate", f"sum(rate({METHOD}[5m]))", lambda s: total(s.rate(METHOD))),
    ("error rate", f'sum(rate({STATUS}{{status=~"5.."}}[5m])) / sum(rate({METHOD}[5m])) * 100',
     lambda s: scale(errors(s), 100)),
    ("95th percentile", f"histogram_quantile(0.95, rate({LATENCY}_bucket[5m])) * 1000",
     lambda s: scale(quantiles(0.95, s.rate(f"{LATENCY}_bucket")), 1000)),
    ("statements", f'rate({EXECUTE}{{alias="default"}}[5m])', lambda s: s.rate(EXECUTE, alias="default")),
    ("cache hits", f"rate({HITS}[5m]) / rate({GETS}[5m]) * 100", lambda s: scale(ratio(s.rate(HITS), s.rate(GETS)), 100)),
    ("memory", 'process_resident_memory_bytes{job="django"} / 1024 / 1024',
     lambda s: scale(s.last("process_resident_memory_bytes"), 1 / 1024 / 1024)),
    ("by status", f"sum by (status) (rate({STATUS}[5m]))", lambda s: total(s.rate(STATUS), "status")),
    ("unapplied migrations", UNAPPLIED, lambda s: s.last(UNAPPLIED)),
    ("pending orders", PENDING, lambda s: s.last(PENDING)),
    ("processor", "rate(process_cpu_seconds_total[5m])", lambda s: s.rate("process_cpu_seconds_total")),
    ("orders by model", "rate(django_model_inserts_total[5m])", lambda s: s.rate("django_model_inserts_total")),
]
QUERIES = [
    ("responses", f'{STATUS}{{status="200"}}', lambda s: s.last(STATUS, status="200")),
    ("requests", f"rate({METHOD}[5m])", lambda s: s.rate(METHOD)),
    ("errors", f'rate({STATUS}{{status="500"}}[5m])', lambda s: s.rate(STATUS, status="500")),
    ("in an hour", f"increase({METHOD}[1h])", lambda s: s.increase(METHOD, "1h")),
    ("orders in a day", f"increase({CREATED}[24h])", lambda s: s.increase(CREATED, "24h")),
    ("by method", f"sum by (method) (rate({METHOD}[5m]))", lambda s: total(s.rate(METHOD), "method")),
    ("all errors", f'sum(rate({STATUS}{{status=~"5.."}}[5m]))', lambda s: total(s.rate(STATUS, status="5.."))),
    ("99th percentile by view", f"histogram_quantile(0.99, sum by (view, le) (rate({VIEWS}_bucket[5m])))",
     lambda s: quantiles(0.99, total(s.rate(f"{VIEWS}_bucket"), "view", "le"))),
    ("median", f"histogram_quantile(0.50, rate({LATENCY}_bucket[5m]))",
     lambda s: quantiles(0.5, s.rate(f"{LATENCY}_bucket"))),
    ("mean of pending orders", f"avg_over_time({PENDING}[1h])", lambda s: s.over_time(mean, PENDING, "1h")),
    ("deepest queue", f"max_over_time({DEPTH}[15m])", lambda s: s.over_time(max, DEPTH, "15m")),
    ("satisfied", f'(sum(rate({LATENCY}_bucket{{le="0.5"}}[5m]))) / sum(rate({LATENCY}_count[5m]))',
     lambda s: ratio(total(s.rate(f"{LATENCY}_bucket", le="0.5")), total(s.rate(f"{LATENCY}_count")))),
    ("failing statements", f"rate({ERRORS}[5m])", lambda s: s.rate(ERRORS)),
    ("mean duration", f"rate({QUERY}_sum[5m]) / rate({QUERY}_count[5m])",
     lambda s: ratio(s.rate(f"{QUERY}_sum"), s.rate(f"{QUERY}_count"))),
    ("orders a minute", f"sum(increase({CREATED}[1m]))", lambda s: total(s.increase(CREATED, "1m"))),
    # Both sides have labels of their own, so only their sums can be set against each other.
    ("failing payments", f"sum(rate({FAILED}[5m])) / (sum(rate({FAILED}[5m])) + sum(rate({CREATED}[5m]))) * 100",
     lambda s: scale(ratio(total(s.rate(FAILED)), plus(total(s.rate(FAILED)), total(s.rate(CREATED)))), 100)),
]


def snapshot_of(site):
    """The samples that the site's own snapshot has, without those that never stand still."""
    samples = json.loads(site.heard("snapshot: "))
    found = {key(name, labels): float(value) for name, labels, value in samples}
    return {series: value for series, value in found.items() if series[0].startswith(OURS)}


def check_families(text):
    """Every family of django-prometheus is there, with its type and its help."""
    lines = set(text.splitlines())
    for name, kind, documentation in FAMILIES:
        for line in (f"# HELP {name} {documentation}", f"# TYPE {name} {kind}"):
            expect(line in lines, f"there is no line {line!r}")
    ours = {line.split()[2] for line in lines if line.startswith("# TYPE django_")}
    extra = ours - {name for name, _, _ in FAMILIES}
    expect(not extra, f"django-prometheus has no {sorted(extra)}")


def trading(site, prometheus):
    """Waits until the site's traffic is over; every scrape until then has to be a good one."""
    def probe():
        complaint = prometheus.complaint()
        expect(complaint is None, f"Prometheus could not scrape the site: {complaint}")
        return site.heard("snapshot: ")
    site.wait_for("the traffic to end", 120, probe)


def check_stored(prometheus, wanted):
    """Prometheus has stored what the snapshot says, and nothing else of these names."""
    query = '{__name__=~"' + "|".join(f"{prefix}.*" for prefix in OURS) + '", job="django"}'

    def probe():
        found = prometheus.vector(query)
        complete = found.keys() == wanted.keys()
        return found if complete and all(same(value, found[series]) for series, value in wanted.items()) else None
    try:
        prometheus.wait_for("Prometheus to have the final values", 60, probe)
    except Exception:
        found = prometheus.vector(query)
        compare("the snapshot against Prometheus", wanted, found)
        expect(found.keys() == wanted.keys(), f"not in the snapshot: {sorted(found.keys() - wanted.keys())[:5]}")
        raise


def check_queries(prometheus, queries):
    """Each query gives something, and that is what follows from the samples."""
    stored = Stored(prometheus, prometheus.last_scrape("django"))
    for what, query, expected in queries:
        wanted, found = expected(stored), labels_of(prometheus.vector(query, stored.at))
        expect(wanted, f"{what}: nothing is expected of {query}")
        expect(
            wanted.keys() == found.keys() and all(same(value, found[labels]) for labels, value in wanted.items()),
            f"{what}: {query} gives {found}, but the samples make {wanted}",
        )


def check_evaluated(prometheus, since):
    """Prometheus evaluates the rule file, and every alert is on its way."""
    def probe():
        groups = prometheus.api("rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        expect(len(rules) == len(ALERTS), f"{len(rules)} rules are loaded")
        for rule in rules:
            expect(rule["health"] != "err", f"{rule['name']}: {rule.get('lastError')}")
        late = [rule for rule in rules if rule["health"] != "ok" or not rule["alerts"]]
        return rules if not late or time.time() - since > 130 else None
    rules = prometheus.wait_for("the rules to be evaluated", 150, probe)
    for rule in rules:
        expect(rule["state"] in ("pending", "firing"), f"{rule['name']} is {rule['state']}, though it holds")


def series_text(series):
    name, labels = series
    return name + "{" + ",".join(f"{label}={json.dumps(value)}" for label, value in labels) + "}"


def check_rules(promtool, samples, directory):
    """promtool accepts the rule file; what happened in this run every minute fires all alerts, and standstill none."""
    def run(*arguments):
        done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"promtool {arguments[0]} {arguments[1]}:\n{done.stdout}{done.stderr}")
    run("check", "rules", RULES)
    names = sorted(name for name, _, _ in ALERTS)
    gauges = (UNAPPLIED, PENDING, DEPTH)

    def test(values, firing):
        fired = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in firing]
        return {
            "interval": "1m",
            "input_series": [
                {"series": series_text(series), "values": values(series[0], value)}
                for series, value in sorted(samples.items())
            ],
            "promql_expr_test": [
                {"expr": 'group by (alertname) (ALERTS{alertstate="firing"})', "eval_time": "30m", "exp_samples": fired}
            ],
        }
    tests = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            test(lambda name, value: f"{value}+0x40" if name in gauges else f"0+{value}x40", names),
            test(lambda name, value: f"{0 if name in gauges else value}+0x40", []),
        ],
    }
    file = directory / "tests.yml"
    # What is JSON is YAML too.
    file.write_text(json.dumps(tests))
    run("test", "rules", file)


def run(options, directory):
    with Program("site", [options.fixture, "django"], directory) as site:
        url = site.line("metrics: ", 60)
        step(f"a site with the names of django-prometheus serves {url}")
        configuration = scraping("django", url.split("/")[2]) + f"rule_files:\n  - {RULES}\n"
        with Prometheus(options.prometheus, configuration, directory) as prometheus:
            prometheus.ready()
            trading(site, prometheus)
            ended = time.time()
            check_families(get(url, "text/plain; version=0.0.4")[0])
            step(f"all {len(FAMILIES)} families of django-prometheus are there, with type and help")
            samples = snapshot_of(site)
            check_stored(prometheus, samples)
            step(f"Prometheus stores the {len(samples)} samples of the snapshot, and no others")
            for what, queries in (("alerts", ALERTS), ("panels", PANELS), ("queries", QUERIES)):
                check_queries(prometheus, queries)
                step(f"{len(queries)} {what} of the guide give what the samples make")
            check_rules(options.promtool, samples, directory)
            step("promtool accepts the rule file; all alerts fire where they should, and none where not")
            check_evaluated(prometheus, ended)
            step("Prometheus evaluates the rule file, and all alerts are on their way")


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
