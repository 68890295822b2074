"""Has a Prometheus server scrape the shop under traffic, and compares each panel's numbers on the live page with its own.

    live.py SHOP PROMETHEUS PROMTOOL

Both sample every five seconds, but not at the same moments, and each of the two ends of a window of time is at a sample. So a number
of the page agrees if the server has it, too, for a window whose ends are not more than one interval away: if it lies within what the
server computes for the moments from one interval before to one after, over windows that are as long, one interval shorter, and one
longer. What is not over a window of time, such as requests in flight, is a matter of the very moment while there is traffic; it has
to agree once the customers have gone.

Then a second server gets the page's own samples, which the page exports, and has to compute the very same numbers.
"""

import collections
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from parity import free_port, labels_of, wait_until_ready
from shop import Shop

INTERVAL = 5
TRAFFIC = 110
# A whole window after the last customer, so that rates are seen to fall.
QUIET = 65
WINDOW = 60

# Of the moments of a line, and of all of them. A quantile of a few observations jumps by a bucket with each of them, and on a busy
# machine a scrape comes late. That the numbers are right to the last digit is shown with the page's own samples.
ENOUGH = 0.75
ENOUGH_OF_ALL = 0.98

# The page has seven digits.
TOLERANCE = 1e-6

# Two servers of samples whose moments differ extrapolate a rate differently, by up to an interval within the window.
SLACK = INTERVAL / WINDOW


def ask(url, query, start, end):
    """Returns what the server computes for each second of each series."""
    arguments = {"query": query, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": "1"}
    request = f"{url}/api/v1/query_range?{urllib.parse.urlencode(arguments)}"
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            result = json.load(reply)["data"]["result"]
    except urllib.error.HTTPError as error:
        sys.exit(f"live: {query}: {error.read().decode()}")
    series = {}
    for entry in result:
        metric = {name: value for name, value in entry["metric"].items() if name not in ("job", "instance")}
        values = {round(moment): float(value) for moment, value in entry["values"]}
        series[labels_of(metric)] = values
    return series


def windows(query):
    """Returns the query, and for one that is over a window of time the same over windows whose ends are an interval apart."""
    lengths = [WINDOW, WINDOW - INTERVAL, WINDOW + INTERVAL] if "$window" in query else [WINDOW]
    return [query.replace("$window", f"{length}s") for length in lengths]


def agrees(value, theirs, at):
    """
    Returns whether a value of the page lies within what the server has around that moment, with `theirs` for each of the windows;
    `None` if nothing can be said.
    """
    near = [values.get(round(at) + shift) for values in theirs for shift in range(-INTERVAL, INTERVAL + 1)]
    known = [number for number in near if number is not None]
    if value is None:
        # The server has seen the series a moment before or after the page has.
        return None if len(known) == len(near) and any(number == number for number in known) else True
    if not known:
        return False
    numbers = [number for number in known if number == number]
    if not numbers:
        return False
    slack = SLACK * max(abs(number) for number in numbers) + 1e-9
    return min(numbers) - slack <= value <= max(numbers) + slack


def compare(url, shop, end_of_traffic):
    wrong = []
    counts = collections.Counter()
    parts = []
    boards = shop.json("contents")["boards"]
    for slug in [board["slug"] for board in boards]:
        board = shop.json(f"board?slug={slug}&window={WINDOW}")
        times = [moment / 1000 for moment in board["times"]]
        start, end = times[0], times[-1] - 2 * INTERVAL
        for panel in (panel for row in board["rows"] for panel in row["panels"]):
            queries = [windows(query) for query in panel["queries"]]
            theirs = [[ask(url, one, start - 2 * INTERVAL, end + 2 * INTERVAL) for one in query] for query in queries]
            counts["panels"] += 1
            counts["empty"] += not panel["lines"]
            for line in panel["lines"]:
                query = queries[line["query"]][0]
                labels = labels_of(line["labels"])
                own = [series[labels] for series in theirs[line["query"]] if labels in series]
                name = f"{slug}, {panel['title']}, {line['name']}"
                if not own:
                    # A series whose values are all NaN.
                    if any(value is not None for value in line["values"]):
                        wrong.append(f"{name}: the server does not have it: {query}")
                    continue
                if re.search(r"\[\w+\]", query):
                    # What was counted before the first sample of a series is in none, and the two have different first ones.
                    first = next((at for at, value in zip(times, line["values"]) if value is not None), end)
                    since = first + WINDOW + 2 * INTERVAL
                else:
                    since = end_of_traffic + INTERVAL
                verdicts = [
                    (agrees(value, own, at), at, value)
                    for at, value in zip(times, line["values"])
                    if since <= at <= end
                ]
                verdicts = [verdict for verdict in verdicts if verdict[0] is not None]
                if not verdicts:
                    continue
                good = sum(verdict[0] for verdict in verdicts)
                counts["lines"] += 1
                counts["numbers"] += len(verdicts)
                counts["agreeing"] += good
                parts.append((good / len(verdicts), name))
                if good < ENOUGH * len(verdicts):
                    _, at, value = next(verdict for verdict in verdicts if not verdict[0])
                    near = [
                        {moment - round(at): number for moment, number in values.items() if abs(moment - at) <= INTERVAL}
                        for values in own
                    ]
                    wrong.append(f"{name}: {good} of {len(verdicts)} agree; at {at} here {value}, there {near}: {query}")
    return wrong, counts, sorted(parts)


def exactly(url, shop, times):
    """Compares numbers of the page with those of a server that has the page's samples."""
    wrong = []
    compared = 0
    # The newest moments, and some before.
    chosen = set(times[-2:] + times[:: max(1, len(times) // 5)])
    for slug in [board["slug"] for board in shop.json("contents")["boards"]]:
        board = shop.json(f"board?slug={slug}&window={WINDOW}")
        places = [(place, moment) for place, moment in enumerate(board["times"]) if moment in chosen]
        for panel in (panel for row in board["rows"] for panel in row["panels"]):
            for number, query in enumerate(panel["queries"]):
                query = query.replace("$window", f"{WINDOW}s")
                lines = [line for line in panel["lines"] if line["query"] == number]
                for place, moment in places:
                    arguments = urllib.parse.urlencode({"query": query, "time": f"{moment / 1000:.3f}"})
                    with urllib.request.urlopen(f"{url}/api/v1/query?{arguments}", timeout=60) as reply:
                        result = json.load(reply)["data"]["result"]
                    theirs = {labels_of(entry["metric"]): float(entry["value"][1]) for entry in result}
                    for line in lines:
                        own, their = line["values"][place], theirs.get(labels_of(line["labels"]))
                        compared += 1
                        if own is None or their is None:
                            # The page has neither NaN nor infinity.
                            same = own is None and (their is None or not math.isfinite(their))
                        else:
                            same = math.isclose(own, their, rel_tol=TOLERANCE, abs_tol=1e-12)
                        if not same:
                            wrong.append(f"{slug}, {panel['title']}, {line['name']}: at {moment} here {own}, there {their}: {query}")
    return wrong, compared


def serve(prometheus, work, name, config, *options):
    """Starts a server, and returns it with its address."""
    file = pathlib.Path(work, f"{name}.yml")
    file.write_text(config, encoding="utf-8")
    url = f"http://127.0.0.1:{free_port()}"
    address = url.removeprefix("http://")
    storage = f"--storage.tsdb.path={work}/{name}"
    command = [prometheus, f"--config.file={file}", storage, f"--web.listen-address={address}", "--log.level=error"]
    server = subprocess.Popen([*command, *options])
    wait_until_ready(url, server)
    return server, url


def main(program, prometheus, promtool):
    work = tempfile.mkdtemp(prefix="live-")
    shop = Shop(program, work, TRAFFIC)
    servers = []
    try:
        target = shop.origin.removeprefix("http://")
        config = (
            f"global: {{scrape_interval: {INTERVAL}s}}\n"
            f"scrape_configs: [{{job_name: shop, static_configs: [{{targets: ['{target}']}}]}}]\n"
        )
        scraper, url = serve(prometheus, work, "scraper", config)
        servers.append(scraper)
        while not shop.process.stdout.readline().startswith("the customers have gone"):
            pass
        end_of_traffic = time.time()
        # Waiting is the point here: samples come with time.
        time.sleep(QUIET)
        wrong, counts, parts = compare(url, shop, end_of_traffic)
        for line in wrong[:30]:
            print(line, file=sys.stderr)
        summary = (
            f"{counts['agreeing']} of {counts['numbers']} numbers of {counts['lines']} lines in {counts['panels']} panels "
            f"agree within one interval, {parts[0][0]:.0%} of those of {parts[0][1]}; {counts['empty']} panels have no lines"
        )
        if wrong or counts["lines"] < 100 or counts["agreeing"] < ENOUGH_OF_ALL * counts["numbers"]:
            sys.exit(f"live: {len(wrong)} lines differ; {summary}")
        print(f"live: {summary}")

        times = shop.json(f"board?slug=overview&window={WINDOW}")["times"]
        with urllib.request.urlopen(f"{shop.live}/export", timeout=60) as reply:
            pathlib.Path(work, "export.om").write_bytes(reply.read())
        blocks = [promtool, "tsdb", "create-blocks-from", "openmetrics", f"{work}/export.om", f"{work}/exported"]
        subprocess.run(blocks, check=True, stdout=subprocess.DEVNULL)
        exported, url = serve(prometheus, work, "exported", "global: {scrape_interval: 1h}\n")
        servers.append(exported)
        wrong, compared = exactly(url, shop, times)
        for line in wrong[:30]:
            print(line, file=sys.stderr)
        if wrong or compared < 1000:
            sys.exit(f"live: {len(wrong)} of {compared} numbers differ from those of the page's own samples")
        print(f"live: {compared} numbers are those of the page's own samples")
    finally:
        for server in servers:
            server.terminate()
            server.wait()
        shop.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
