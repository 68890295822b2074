"""A service whose crates count with the `metrics` façade, with `prometheus` and with tallymark: one endpoint shows all of it, no name twice,
and promtool has nothing to say.
"""

import sys
from collections import Counter

from check import OPENMETRICS, TEXT, check_promtool, scrape
from exposition import key
from process import Program, expect, get
from suite import main, step

ORDERS = range(1, 11)
REQUEST = {"endpoint": "/orders/{order}", "method": "GET", "code": "200"}


def names(text):
    """What `# TYPE` names, as often as it is named."""
    return Counter(line.split()[2] for line in text.splitlines() if line.startswith("# TYPE "))


def run(options, directory):
    arguments = [options.neighbours, "127.0.0.1:0", "127.0.0.1:0"]
    with Program("neighbours", arguments, directory) as service:
        orders = service.line("orders: ", 30)
        metrics = service.line("metrics: ", 30)
        for order in ORDERS:
            get(orders.replace("/7", f"/{order}"))

        def complete():
            # A request is counted at the end of its response, which the client may see first.
            found = scrape(metrics, TEXT, "text")
            return found if found[1].samples.get(key("http_requests_total", REQUEST)) == len(ORDERS) else None
        text, exposition = service.wait_for("all requests to be counted", 30, complete)
        opened, open_exposition = scrape(metrics, OPENMETRICS, "openmetrics")

    asked = len(ORDERS)
    for shown in (exposition, open_exposition):
        expect(shown.value("http_requests_total", **REQUEST) == asked, "the façade counted other requests")
        expect(shown.value("http_response_size_bytes_bucket", le="64.0", **REQUEST) == asked, "responses are short")
        expect(shown.value("billing_charges_total", size="small") == 6, "`prometheus` counted other charges")
        expect(shown.value("billing_charges_total", size="large") == 4, "`prometheus` counted other charges")
        expect(shown.value("orders_viewed_total") == asked, "`#[metric]` counted other orders")
        find = {"module": "neighbours::orders", "function": "find", "outcome": "ok"}
        expect(shown.value("function_calls_total", **find) == asked, "`#[timed]` counted other calls")
        expect(shown.value("tokio_workers", runtime="main") >= 1, "the runtime has no workers")
        expect(shown.value("tallymark_conflicts_total") == 0, "there are conflicts")
    for named in (names(text), names(opened)):
        twice = [name for name, times in named.items() if times > 1]
        expect(not twice, f"{twice} are there twice")
    check_promtool(options.promtool, text)
    step(f"neighbours: {len(exposition.families)} families of four ways to count, no name twice, and promtool is silent")


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
