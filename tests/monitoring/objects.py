"""Checks what belongs together in generated directories, and prints their Kubernetes objects as JSON."""

import json
import pathlib
import sys

import _jsonnet
import yaml


def rules(directory, kind):
    (path,) = directory.glob(f"prometheus/rules/*-{kind}.yml")
    return yaml.safe_load(path.read_text())["groups"]


def main(directories):
    objects = []
    for directory in map(pathlib.Path, directories):
        mixin = json.loads(
            _jsonnet.evaluate_snippet(
                str(directory / "check.jsonnet"),
                "local mixin = import 'mixin.libsonnet'; { dashboards: mixin.grafanaDashboards, "
                "alerts: mixin.prometheusAlerts, rules: mixin.prometheusRules }",
            )
        )
        dashboards = {path.name: json.loads(path.read_text()) for path in directory.glob("grafana/dashboards/*.json")}
        if mixin["dashboards"] != dashboards:
            sys.exit(f"{directory}: mixin.libsonnet has other dashboards")
        alerts, recordings = rules(directory, "alerts"), rules(directory, "recordings")
        if mixin["alerts"]["groups"] != alerts or mixin["rules"]["groups"] != recordings:
            sys.exit(f"{directory}: mixin.libsonnet has other rules")
        kustomization = yaml.safe_load((directory / "kubernetes/kustomization.yaml").read_text())
        present = {path.name for path in directory.glob("kubernetes/*.yaml")}
        if set(kustomization["resources"]) != present - {"kustomization.yaml", "podmonitor.yaml"}:
            sys.exit(f"{directory}: kustomization.yaml lists other files")
        for name in sorted(present - {"kustomization.yaml"}):
            path = directory / "kubernetes" / name
            item = yaml.safe_load(path.read_text())
            objects.append([str(path), item])
            if item["kind"] == "PrometheusRule" and item["spec"]["groups"] != recordings + alerts:
                sys.exit(f"{path} has other rules")
            if item["kind"] == "ConfigMap":
                ((file, text),) = item["data"].items()
                if json.loads(text) != dashboards[file]:
                    sys.exit(f"{path} has another dashboard")
    json.dump(objects, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
