"""Native histograms: scraped by a real Prometheus over TLS, with a token and with a certificate."""

import json
import math
import ssl
import sys
import urllib.error
import urllib.request

from exposition import compare, key, same
from process import Program, expect
from server import CONFIGURATION, Prometheus
from suite import main, step

TOKEN = "a-token-for-this-check"


def configuration(addresses, directory):
    """Two jobs: one with the token, one with the certificate."""
    ca = f"ca_file: {directory / 'ca.pem'}"
    client = f"cert_file: {directory / 'client.pem'}, key_file: {directory / 'client.key'}"
    lines = []
    for job, guard in (
        ("token", [f"authorization: {{credentials: {TOKEN}}}", f"tls_config: {{{ca}}}"]),
        ("mutual", [f"tls_config: {{{ca}, {client}}}"]),
    ):
        lines += [f"- job_name: {job}", "  scheme: https", *(f"  {line}" for line in guard)]
        lines += ["  static_configs:", f'  - targets: ["{addresses[job]}"]']
    return CONFIGURATION + "".join(f"  {line}\n" for line in lines)


def refused(url, directory, client=False, headers=()):
    """Why a GET was refused."""
    context = ssl.create_default_context(cafile=directory / "ca.pem")
    if client:
        context.load_cert_chain(directory / "client.pem", directory / "client.key")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(urllib.request.Request(url, headers=dict(headers)), timeout=60) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        return f"no connection: {error}"


def check_guards(addresses, directory):
    """Who has neither token nor certificate sees nothing."""
    token, mutual = (f"https://{addresses[job]}/metrics" for job in ("token", "mutual"))
    good = [("Authorization", f"Bearer {TOKEN}")]
    wrong = [("Authorization", f"Bearer {TOKEN}x")]
    for what, found, wanted in (
        ("no token", refused(token, directory), 401),
        ("a wrong token", refused(token, directory, headers=wrong), 401),
        ("the token", refused(token, directory, headers=good), 200),
        ("no certificate", refused(mutual, directory)[:13], "no connection"),
        ("the certificate", refused(mutual, directory, client=True), 200),
    ):
        expect(found == wanted, f"{what} gives {found}, not {wanted}")


def buckets_of(native):
    """Bounds and counts as Prometheus shows them, from the lowest to the highest."""
    base = 2.0 ** (2.0 ** -native["schema"])
    found = [(-base ** index, -base ** (index - 1), count) for index, count in native["negative"]]
    if native["zero_count"]:
        found.append((-native["zero_threshold"], native["zero_threshold"], native["zero_count"]))
    found += [(base ** (index - 1), base ** index, count) for index, count in native["positive"]]
    return sorted(found)


def quantile(q, buckets, count):
    """By linear interpolation in the bucket, as Prometheus 2 documents it for native histograms."""
    rank = q * count
    for low, high, inside in buckets:
        if inside >= rank:
            return low + (high - low) * rank / inside
        rank -= inside
    return math.nan


def check_native(prometheus, job, natives):
    """Prometheus has stored every native histogram, bucket by bucket."""
    query = f'{{__name__=~"check_.*", job="{job}"}}'

    def probe():
        found = {}
        for result in prometheus.api("query", query=query)["result"]:
            if "histogram" in result:
                labels = {name: value for name, value in result["metric"].items() if name not in ("job", "instance")}
                found[key(labels.pop("__name__"), labels)] = result["histogram"][1]
        return found if len(found) == len(natives) else None
    found = prometheus.wait_for(f"Prometheus to have {len(natives)} native histograms of {job}", 60, probe)
    for native in natives:
        series = key(native["name"], native["labels"])
        expect(series in found, f"{series} is not stored as a native histogram")
        histogram = found[series]
        expect(float(histogram["count"]) == native["count"], f"{series} counts {histogram['count']}")
        expect(same(float(histogram["sum"]), native["sum"]), f"{series} sums up to {histogram['sum']}")
        wanted = buckets_of(native)
        stored = sorted((float(low), float(high), float(count)) for _, low, high, count in histogram["buckets"])
        expect(len(wanted) == len(stored), f"{series} has {len(stored)} buckets, not {len(wanted)}")
        for left, right in zip(wanted, stored):
            expect(all(same(a, b) for a, b in zip(left, right)), f"{series}: the bucket {right} should be {left}")
    return sum(len(buckets_of(native)) for native in natives)


def check_functions(prometheus, natives):
    """histogram_count(), histogram_sum() and histogram_quantile() give what the buckets make."""
    at = prometheus.last_scrape("token")
    for native in natives:
        labels = "".join(f',{name}="{value}"' for name, value in native["labels"].items())
        selector = f'{native["name"]}{{job="token"{labels}}}'
        buckets = buckets_of(native)
        expected = [("histogram_count", native["count"]), ("histogram_sum", native["sum"])]
        expected += [(f"histogram_quantile({q},", quantile(q, buckets, native["count"])) for q in (0.5, 0.9, 0.99)]
        for function, wanted in expected:
            query = f"{function} {selector})" if "(" in function else f"{function}({selector})"
            found = prometheus.number(query, at)
            expect(same(wanted, found), f"{query} = {found}, but the buckets say {wanted}")


def check_classic(prometheus, samples, natives):
    """What has no native buckets is scraped in protobuf as it always was."""
    of_natives = {native["name"] for native in natives}
    wanted = {
        series: value for series, value in samples.items()
        if series[0].startswith("check_") and series[0].rsplit("_", 1)[0] not in of_natives
    }
    expect(wanted, "there is nothing classic to compare")
    found = prometheus.vector('{__name__=~"check_(answer|queue|rows)_.*", job="token"}', prometheus.last_scrape("token"))
    compare("the snapshot against Prometheus", wanted, found)


def run(options, directory):
    with Program("natives", [options.fixture, "native", directory], directory) as natives:
        addresses = {"mutual": natives.line("mutual: ", 60), "token": natives.line("token: ", 60)}
        found = json.loads(natives.heard("native: "))
        samples = {key(name, labels): float(value) for name, labels, value in json.loads(natives.heard("snapshot: "))}
        check_guards(addresses, directory)
        step("who has neither token nor certificate is refused")
        with Prometheus(
            options.prometheus, configuration(addresses, directory), directory, "--enable-feature=native-histograms"
        ) as prometheus:
            prometheus.ready()
            for job in addresses:
                buckets = check_native(prometheus, job, found)
                step(f"Prometheus has {buckets} native buckets of {len(found)} histograms, with the {job} guard")
            check_functions(prometheus, found)
            check_classic(prometheus, samples, found)
            step("its functions give what the buckets make, and classic histograms are as they were")


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
