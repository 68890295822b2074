"""Reads dashboards with the types of Grafana's foundation SDK, and compares what they hold with what was written: what the
types do not know is lost on the way."""

import json
import pathlib
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.models import dashboard as models


# A property of Prometheus' annotation queries, which the types leave to the data source.
OWN = {".annotations.list[0].titleFormat"}


def lost(before, after, path):
    """Yields what is in `before` and not in `after`."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key in after:
                yield from lost(value, after[key], f"{path}.{key}")
            elif f"{path}.{key}" not in OWN and value not in (None, "", [], {}, False, 0):
                yield f"{path}.{key} = {json.dumps(value)[:60]}"
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path}: {len(before)} entries became {len(after)}"
        for at, (one, other) in enumerate(zip(before, after)):
            yield from lost(one, other, f"{path}[{at}]")
    elif before != after:
        yield f"{path}: {json.dumps(before)[:60]} became {json.dumps(after)[:60]}"


def read_and_write(text):
    board = models.Dashboard.from_json(json.loads(text))
    return json.loads(JSONEncoder(sort_keys=True).encode(board))


def main(directories):
    plugins.register_default_plugins()
    # It finds what it is there to find.
    bad = {"title": "x", "panels": [{"type": "stat", "title": "y", "gridPost": {"h": 1}, "options": {"colourMode": "value"}}]}
    found = list(lost(bad, read_and_write(json.dumps(bad)), ""))
    if not any("gridPost" in line for line in found) or not any("colourMode" in line for line in found):
        sys.exit(f"dashboards: the types take what they do not know: {found}")
    count = panels = 0
    wrong = []
    uids = set()
    for directory in map(pathlib.Path, directories):
        for path in sorted(directory.glob("grafana/dashboards/*.json")):
            text = json.loads(path.read_text())
            if "tallymark-mixin" not in text.pop("_generated"):
                sys.exit(f"{path} does not say who wrote it")
            wrong += [f"{path}: {line}" for line in lost(text, read_and_write(json.dumps(text)), "")]
            identifiers = [panel["id"] for panel in text["panels"]]
            if len(identifiers) != len(set(identifiers)):
                wrong.append(f"{path}: two panels have one id")
            if (directory, text["uid"]) in uids:
                wrong.append(f"{path}: another dashboard has its uid")
            uids.add((directory, text["uid"]))
            count += 1
            panels += len(identifiers)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong or not count:
        sys.exit(f"dashboards: {len(wrong)} faults in {count} dashboards")
    print(f"dashboards: {count} with {panels} panels and rows")


if __name__ == "__main__":
    main(sys.argv[1:])
