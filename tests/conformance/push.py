"""Pushes to a real Pushgateway, over TLS and with a password too, and has a Prometheus scrape what it holds."""

import subprocess
import sys
import urllib.parse

from exposition import Exposition, key
from process import Program, expect, free_port, get, get_json
from server import Prometheus, scraping
from suite import main, step

# Values that do not fit into a path as they are, among others.
VALUES = ["9", "a/ z", "", "1+1=2&c?d#e%f:g", "\u00fc\U0001f980", ".", "..", "/", "=", "@base64", "a@base64/b"]
USER, PASSWORD = "Aladdin", "open sesame"
# What the gateway is told of the password: bcrypt with the least cost.
HASH = "$2b$04$qS7digsDUPa.iKCD7pv61u2C2SW6g1PuC2FP6GNjXeS/khF/TjPD2"


class Pushgateway(Program):
    def __init__(self, binary, directory, name, *flags):
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        super().__init__(name, [binary, f"--web.listen-address={self.address}", "--log.level=warn", *flags], directory)

    def ready(self):
        def probe():
            try:
                return get(f"{self.url}/-/ready")
            except OSError:
                return None
        self.wait_for("the Pushgateway to answer", 60, probe)

    def groups(self):
        """The counters of the check that each group has, by the labels of the group."""
        found = {}
        for group in get_json(f"{self.url}/api/v1/metrics")["data"]:
            labels = tuple(sorted(group["labels"].items()))
            expect(labels not in found, f"the group {labels} is there twice")
            found[labels] = {
                name: float(family["metrics"][0]["value"])
                for name, family in group.items() if name.startswith("check_") and name.endswith("_total")
            }
        return found


def push(fixture, succeeds=True, **options):
    """Sends one request, and gives what was said about it."""
    arguments = [f"{name}={value}" for name, value in options.items()]
    done = subprocess.run([fixture, "push", *arguments], capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    expect((done.returncode == 0) == succeeds, f"push {arguments} ended with {done.returncode}:\n{said}")
    return said


def group(**labels):
    return tuple(sorted(labels.items()))


def check_groups(fixture, gateway):
    """A group has the labels that it was given, whatever they are, and is deleted by the same."""
    for value in VALUES:
        options = {"url": gateway.url, "job": value or "empty", "group.a": value, "group.b": "b"}
        push(fixture, method="push", **options, **{"count.check_total": 1})
        wanted = {group(job=value or "empty", a=value, b="b"): {"check_total": 1.0}}
        if value == "":
            # To Prometheus an empty label is no label.
            expect(gateway.groups() in (wanted, {group(job="empty", b="b"): {"check_total": 1.0}}), gateway.groups())
        else:
            expect(gateway.groups() == wanted, f"{value!r} became {gateway.groups()}")
        push(fixture, method="delete", **options)
        expect(gateway.groups() == {}, f"{value!r} is still there: {gateway.groups()}")
    return len(VALUES)


def check_methods(fixture, gateway):
    """`push` replaces a group, `add` what it has the names of, and no other group is touched."""
    here, there = group(job="here"), group(job="here", instance="other")
    push(fixture, url=gateway.url, job="here", method="push", **{"count.check_one_total": 1, "count.check_two_total": 2})
    push(fixture, url=gateway.url, job="here", method="push", **{"count.check_one_total": 7, "group.instance": "other"})
    wanted = {here: {"check_one_total": 1, "check_two_total": 2}, there: {"check_one_total": 7}}
    expect(gateway.groups() == wanted, f"push: {gateway.groups()}")
    push(fixture, url=gateway.url, job="here", method="add", **{"count.check_two_total": 3, "count.check_three_total": 4})
    wanted[here] = {"check_one_total": 1, "check_two_total": 3, "check_three_total": 4}
    expect(gateway.groups() == wanted, f"add: {gateway.groups()}")
    push(fixture, url=gateway.url, job="here", method="push", gzip="yes", **{"count.check_three_total": 5})
    wanted[here] = {"check_three_total": 5}
    expect(gateway.groups() == wanted, f"push, compressed: {gateway.groups()}")
    push(fixture, url=gateway.url, job="here", method="push", protobuf="yes", **{"count.check_four_total": 6})
    wanted[here] = {"check_four_total": 6}
    expect(gateway.groups() == wanted, f"push, in protobuf: {gateway.groups()}")
    push(fixture, url=gateway.url, job="here", method="delete")
    push(fixture, url=gateway.url, job="here", method="delete")
    del wanted[here]
    expect(gateway.groups() == wanted, f"delete: {gateway.groups()}")


def check_job(options, gateway, directory):
    """The example ends by an error, and has pushed what it did before."""
    file = directory / "import.prom"
    done = subprocess.run(
        [options.job, gateway.url, file], capture_output=True, text=True, check=False, timeout=60,
        cwd=options.root,
    )
    expect(done.returncode == 1 and "tallymark" not in done.stderr, f"the job ended with {done.returncode}: {done.stderr}")
    text = (options.root / "exporters" / "push" / "examples" / "push.rs").read_text()
    lines = float(len(text.splitlines()))
    pushed = Exposition(get(f"{gateway.url}/metrics")[0], "text")
    labels = {"job": "import", "source": "exporters/push/examples/push.rs", "instance": ""}
    found = pushed.value("import_lines_imported_total", **labels)
    expect(found == lines, f"{found} lines were pushed, {lines} are there")
    written = file.read_text()
    found = Exposition(written, "text").value("import_lines_imported_total")
    expect(found == lines, f"{found} lines were written, {lines} are there")
    done = subprocess.run(
        [options.promtool, "check", "metrics"], input=written, capture_output=True, text=True, check=False
    )
    expect(done.returncode == 0 and not done.stdout + done.stderr, f"promtool says {done.stdout}{done.stderr}")
    return lines


def check_server(options, gateway, lines, directory):
    """Prometheus has it under the labels of the group."""
    configuration = scraping("gateway", gateway.address, "honor_labels: true")
    with Prometheus(options.prometheus, configuration, directory) as prometheus:
        prometheus.ready()
        wanted = {key("import_lines_imported_total", {"source": "exporters/push/examples/push.rs"}): lines}
        query = 'import_lines_imported_total{job="import"}'
        prometheus.wait_for(
            "Prometheus to have what was pushed", 60, lambda: prometheus.vector(query) == wanted or None
        )


def check_guarded(options, directory):
    """A gateway with a certificate and a password."""
    subprocess.run([options.fixture, "certificates", directory], check=True, timeout=60)
    configuration = directory / "web.yml"
    configuration.write_text(
        f"tls_server_config:\n  cert_file: {directory / 'server.pem'}\n  key_file: {directory / 'server.key'}\n"
        f"basic_auth_users:\n  {USER}: {HASH}\n"
    )
    with Pushgateway(
        options.pushgateway, directory, "guarded", f"--web.config.file={configuration}"
    ) as gateway:
        port = gateway.address.rpartition(":")[2]
        url = f"https://localhost:{port}"
        good = {
            "url": url, "job": "job", "method": "push", "user": USER, "password": PASSWORD,
            "ca": directory / "ca.pem", "count.check_total": 1,
        }

        def probe():
            done = subprocess.run(
                [options.fixture, "push", *(f"{name}={value}" for name, value in good.items())],
                capture_output=True, text=True, check=False, timeout=60,
            )
            if "no connection" in done.stderr:
                return None
            expect(done.returncode == 0, f"{done.stdout}{done.stderr}")
            return done
        gateway.wait_for("the guarded Pushgateway to accept", 60, probe)
        for wrong, wanted in (
            ({"password": "wrong"}, "status 401"),
            ({"user": ""}, "status 401"),
            ({"ca": ""}, "no encrypted connection"),
            ({"url": f"http://localhost:{port}"}, "status 400"),
        ):
            said = push(options.fixture, succeeds=False, **{**good, **wrong})
            expect(wanted in said and PASSWORD not in said, f"{wrong} gave {said}")


def run(options, directory):
    with Pushgateway(options.pushgateway, directory, "pushgateway") as gateway:
        gateway.ready()
        step(f"a Pushgateway listens at {urllib.parse.urlsplit(gateway.url).netloc}")
        step(f"it reads {check_groups(options.fixture, gateway)} groups as they were meant")
        check_methods(options.fixture, gateway)
        step("push, add and delete do what they should, compressed and in protobuf too")
        lines = check_job(options, gateway, directory)
        step("a job that failed has pushed, and written a file that promtool likes")
        check_server(options, gateway, lines, directory)
        step("Prometheus has it from there")
    check_guarded(options, directory)
    step("over TLS and with a password, and not without")


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
