"""Prints every PromQL expression of generated directories, one in a line of JSON: where it is, and what it says."""

import json
import pathlib
import sys

import yaml


def of_rules(path):
    for group in yaml.safe_load(path.read_text())["groups"]:
        for rule in group["rules"]:
            yield rule.get("alert") or rule["record"], rule["expr"]


def of_dashboard(path):
    dashboard = json.loads(path.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


def of_markdown(path):
    inside = False
    for line in path.read_text().splitlines():
        if line.startswith("```"):
            inside = line == "```promql"
        elif inside and line and not line.startswith("#"):
            yield "text", line


def main(directories):
    for directory in map(pathlib.Path, directories):
        found = [(path, of_rules) for path in sorted(directory.glob("prometheus/rules/*.yml"))]
        found += [(path, of_dashboard) for path in sorted(directory.glob("grafana/dashboards/*.json"))]
        found += [(path, of_markdown) for path in sorted(directory.glob("PROMQL.md"))]
        if len(found) < 4:
            sys.exit(f"{directory} holds too little")
        for path, read in found:
            for name, expression in read(path):
                print(json.dumps({"where": f"{path}: {name}", "expr": expression}))


if __name__ == "__main__":
    main(sys.argv[1:])
