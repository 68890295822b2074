"""A Prometheus that scrapes what it is told to once a second."""

import time
import urllib.parse

from exposition import key
from process import Program, expect, free_port, get_json

CONFIGURATION = """\
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
"""


def scraping(job, target, *settings):
    """The configuration of a Prometheus that scrapes one target, with further lines for its job."""
    lines = [f"- job_name: {job}", *(f"  {line}" for line in settings)]
    lines += ["  static_configs:", f'  - targets: ["{target}"]']
    return CONFIGURATION + "".join(f"  {line}\n" for line in lines)


class Prometheus(Program):
    def __init__(self, binary, configuration, directory, *flags):
        """`configuration` is its text, `flags` are further ones."""
        file = directory / "prometheus.yml"
        file.write_text(configuration)
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}"
        super().__init__("prometheus", [
            binary, f"--config.file={file}", f"--storage.tsdb.path={directory / 'data'}",
            f"--web.listen-address={address}", "--log.level=warn", *flags,
        ], directory)

    def api(self, path, **parameters):
        answer = get_json(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        expect(answer["status"] == "success", f"{path} {parameters}: {answer}")
        return answer["data"]

    def ready(self):
        def probe():
            try:
                return self.api("query", query="vector(1)")
            except OSError:
                return None
        self.wait_for("Prometheus to answer", 60, probe)

    def vector(self, query, at=None):
        """The series of an instant query, without the labels that the scrape added, and their values."""
        data = self.api("query", query=query, **({"time": at} if at is not None else {}))
        found = {}
        for result in data["result"]:
            labels = result["metric"]
            name = labels.pop("__name__", "")
            labels.pop("job", None), labels.pop("instance", None)
            found[key(name, labels)] = float(result["value"][1])
        return found

    def number(self, query, at=None):
        found = list(self.vector(query, at).values())
        expect(len(found) == 1, f"{query} gives {len(found)} series, not one")
        return found[0]

    def points(self, selector, seconds, at):
        """Time and value of each stored sample of one series in the `seconds` before `at`."""
        data = self.api("query", query=f"{selector}[{seconds}s]", time=at)["result"]
        expect(len(data) == 1, f"{selector} is {len(data)} series, not one")
        return [(float(time), float(value)) for time, value in data[0]["values"]]

    def last_scrape(self, job):
        """When a job was last scraped with success.

        One that a busy machine is too slow for ends all series until the next, so that they are asked for as of then.
        """
        scrapes = self.points(f'up{{job="{job}"}}', 300, round(time.time(), 3))
        good = [when for when, up in scrapes if up == 1]
        expect(good, f"{job} was never scraped with success")
        return good[-1]

    def complaint(self):
        """Why the last scrape failed, if it did for another reason than a machine too busy to answer in time."""
        for target in self.api("targets")["activeTargets"]:
            error = target["lastError"]
            if error and "deadline exceeded" not in error:
                return error
        return None


def increase(points, seconds, at):
    """The increase over the window, extrapolated to its ends.

    Written from what Prometheus documents of increase(): resets are added back; the window is extended to its ends if
    these are near, otherwise by half the average distance of two samples, and never to below zero. Times are whole
    milliseconds, as they are stored.
    """
    times = [round(time * 1000) for time, _ in points]
    values = [value for _, value in points]
    gained = sum(now - before if now >= before else now for before, now in zip(values, values[1:]))
    sampled = times[-1] - times[0]
    to_start, to_end = times[0] - (round(at * 1000) - seconds * 1000), round(at * 1000) - times[-1]
    if gained > 0 and values[0] >= 0:
        to_start = min(to_start, sampled * values[0] / gained)
    spacing = sampled / (len(points) - 1)
    extent = sampled + sum(end if end < spacing * 1.1 else spacing / 2 for end in (to_start, to_end))
    return gained * extent / sampled
