"""Has a VictoriaMetrics scrape the shop under traffic, as a second scraper beside Prometheus. When the shop is at rest, the last
sample that it has stored of each series is what the shop exposes and what the customers have counted, and no counter ever went down.
"""

import json
import pathlib
import shutil
import sys
import urllib.parse

from check import OURS, at_rest, check_played
from exposition import compare, key, same, show
from process import OPENER, Failure, Program, expect, free_port
from server import scraping

# What the layers below the requests count.
LAYERS = ("cache_gets_", "cache_operation_", "db_queries_", "db_query_", "db_migrations_")


def stored(url):
    """All samples of the shop by series: times and values, oldest first."""
    OPENER.open(f"{url}/internal/force_flush", timeout=60).close()
    query = urllib.parse.urlencode({"match[]": '{job="shop"}', "reduce_mem_usage": "1"})
    series = {}
    with OPENER.open(f"{url}/api/v1/export?{query}", timeout=60) as lines:
        for line in map(json.loads, lines):
            labels = line["metric"]
            name = labels.pop("__name__")
            labels.pop("job"), labels.pop("instance")
            series.setdefault(key(name, labels), []).extend(zip(line["timestamps"], line["values"]))
    return {name: sorted(samples) for name, samples in series.items()}


def check_stored(victoria, url, exposition):
    """What it has stored last is what is exposed, series by series, and there are no others."""
    prefixes = (*OURS, *LAYERS)
    wanted = exposition.starting_with(prefixes)
    last = {}

    def probe():
        found = stored(url)
        last.clear()
        last.update({series: samples[-1][1] for series, samples in found.items() if series[0].startswith(prefixes)})
        complete = all(series in last and same(value, last[series]) for series, value in wanted.items())
        return found if complete else None
    try:
        found = victoria.wait_for("VictoriaMetrics to have the final values", 60, probe)
    except Failure:
        compare("the shop against VictoriaMetrics", wanted, last)
        raise
    extra = last.keys() - wanted.keys()
    expect(not extra, f"VictoriaMetrics stores series that are not exposed: {sorted(extra)[:5]}")
    return found, len(wanted)


def check_counters(found):
    """No counter has gone down from one scrape to the next. Returns the number of samples that were looked at."""
    looked = 0
    for series, samples in found.items():
        if series[0].endswith(("_total", "_bucket", "_count")) and series[0].startswith((*OURS, *LAYERS)):
            values = [value for _, value in samples]
            expect(values == sorted(values), f"{show(series)} went down: {values}")
            looked += len(values)
    return looked


def main(shop_binary, binary, directory):
    directory = pathlib.Path(directory)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    arguments = [
        shop_binary, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--database", directory / "shop.sqlite",
        "--traffic", "--traffic-seconds", "8", "--traffic-requests", "400",
    ]
    with Program("shop", arguments, directory) as shop:
        url = shop.line("metrics: ", 60)
        config = directory / "scrape.yml"
        config.write_text(scraping("shop", url.split("/")[2]))
        address = f"127.0.0.1:{free_port()}"
        with Program("victoria", [
            binary, f"-promscrape.config={config}", f"-storageDataPath={directory / 'data'}", f"-httpListenAddr={address}",
            "-search.latencyOffset=0s", "-retentionPeriod=1d",
        ], directory) as victoria:
            played = json.loads(shop.line("traffic: ", 120))
            (_, text), (_, openmetrics) = at_rest(shop, url)
            found, count = check_stored(victoria, f"http://{address}", text)
            check_played(played, openmetrics)
            up = [value for series, samples in found.items() if series[0] == "up" for _, value in samples]
            expect(len(up) >= 5 and set(up) == {1}, f"up: {up}")
            samples = check_counters(found)
            print(f"victoria: {len(up)} scrapes: {count} series end where the shop's do; {samples} samples of counters never go down")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Failure as failure:
        sys.exit(f"victoria: {failure}")
