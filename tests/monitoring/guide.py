"""Checks the blocks of `docs/guide` that are no Rust, whose programs are documentation tests: expositions, rules and configurations
by Prometheus' own tools, manifests, commands, names of families, and links. Queries and Kubernetes objects are written to files, for
the grammar and the types.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import yaml

GUIDE = pathlib.Path("docs/guide")
SHOP = pathlib.Path("examples/shop/monitoring")
FAMILY = re.compile(r"\b(?:http|db|cache|model|function|process|tallymark)_[a-z0-9_]*[a-z0-9]\b")
# What else is written in this way: packages, functions, and a bad name.
OTHER_NAMES = {
    "tallymark_axum", "tallymark_mixin", "tallymark_moka", "tallymark_push", "tallymark_sqlx",
    "http_requests_by_method_total", "model_op", "http_latency",
}


def blocks(path):
    """Line, words after the fence, and text of each block."""
    begin, words, lines = None, None, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif begin is None:
            begin, words, lines = number, re.split("[ ,]+", line[3:]), []
        else:
            yield begin, words, "\n".join(lines) + "\n"
            begin, lines = None, []
    if begin is not None:
        sys.exit(f"{path}:{begin}: the block has no end")


def queries():
    """Where each query is, and its text on one line."""
    for path in sorted(GUIDE.glob("*.md")):
        for line, words, text in blocks(path):
            if words == ["promql"]:
                kept = [part.strip() for part in text.splitlines() if not part.startswith("#")]
                yield f"{path}:{line}", " ".join(kept)


class Checker:
    def __init__(self, work, promtool, amtool, schema):
        self.work, self.promtool, self.amtool, self.schema = pathlib.Path(work), promtool, amtool, schema
        self.work.mkdir(parents=True, exist_ok=True)
        # What configurations name.
        for file in ("metrics_token", "ca.pem", "client.pem", "client.key"):
            (self.work / file).touch()
        (self.work / "rules").mkdir(exist_ok=True)
        self.objects = []
        self.counts = {}

    def run(self, where, arguments, **more):
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, **more)
        if done.returncode:
            sys.exit(f"{where}: {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
        return done

    def check(self, where, words, text):
        kind = words[0]
        checks = {
            "rust": lambda *_: None, "promql": lambda *_: None, "text": self.text, "yaml": self.yaml, "toml": self.toml,
            "sh": self.sh, "nginx": self.nginx,
        }
        if kind not in checks:
            sys.exit(f"{where}: nothing checks a block of \"{kind}\"")
        checks[kind](where, words, text)
        label = "commands not run" if kind == "sh" and "not-run" in words else kind
        self.counts[label] = self.counts.get(label, 0) + 1

    def text(self, where, words, text):
        if "exposition" in words:
            done = self.run(where, [self.promtool, "check", "metrics"], input=text)
            if said := done.stdout + done.stderr:
                sys.exit(f"{where}: {said}")

    def yaml(self, where, _, text):
        file = self.work / "block.yml"
        file.write_text(text.replace("/etc/prometheus/secrets", str(self.work)))
        value = yaml.safe_load(text)
        if "scrape_configs" in value:
            self.run(where, [self.promtool, "check", "config", file])
        elif "groups" in value:
            self.run(where, [self.promtool, "check", "rules", "--lint=all", "--lint-fatal", file])
        elif "route" in value:
            self.run(where, [self.amtool, "check-config", file])
        elif "services" in value:
            self.run(where, [self.schema, "--builtin-schema", "vendor.compose-spec", file])
        elif "apiVersion" in value:
            self.objects.append([where, value])
        else:
            sys.exit(f"{where}: nothing reads a YAML of {sorted(value)}")

    def toml(self, where, _, text):
        known = tomllib.loads(pathlib.Path("Cargo.toml").read_text())["workspace"]["dependencies"]
        for name, wanted in tomllib.loads(text)["dependencies"].items():
            if not name.startswith("tallymark"):
                continue
            manifest = tomllib.loads((pathlib.Path(known[name]["path"]) / "Cargo.toml").read_text())
            wanted = wanted if isinstance(wanted, dict) else {"version": wanted}
            if not known[name]["version"].startswith(f"={wanted['version']}."):
                sys.exit(f"{where}: {name} has the version {known[name]['version']}")
            if missing := set(wanted.get("features", ())) - manifest.get("features", {}).keys():
                sys.exit(f"{where}: {name} has no features {sorted(missing)}")

    def sh(self, where, words, text):
        self.run(where, ["bash", "-n"], input=text)
        if "not-run" not in words:
            self.run(where, ["bash", "-euo", "pipefail", "-c", text], timeout=500)

    def nginx(self, where, _, text):
        there = (SHOP / "nginx/metrics.conf").read_text()
        for line in filter(None, text.splitlines()):
            if line.strip() not in there:
                sys.exit(f"{where}: not in the generated file: {line}")


def check_names(path):
    """Families that are named between backquotes are those of the shop."""
    declared = (SHOP / "METRICS.md").read_text()
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL))
    for name in {name for text in inline for name in FAMILY.findall(text)} - OTHER_NAMES:
        family = re.sub("_(bucket|sum|count)$", "", name)
        if not re.search(rf"\b{family}\b", declared):
            sys.exit(f"{path}: the shop has no family {name}")


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def check_links(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("http"):
            continue
        file, _, wanted = target.partition("#")
        there = path.parent / file if file else path
        if not there.exists():
            sys.exit(f"{path}: there is no {target}")
        if wanted and wanted not in map(anchor, re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)):
            sys.exit(f"{path}: there is no heading for {target}")


def main(work, promtool, amtool, schema):
    checker = Checker(work, promtool, amtool, schema)
    os.environ["CARGO_TERM_COLOR"] = "never"
    for path in sorted(GUIDE.glob("*.md")):
        check_names(path)
        check_links(path)
        for line, words, text in blocks(path):
            checker.check(f"{path}:{line}", words, text)
    (checker.work / "objects.json").write_text(json.dumps(checker.objects))
    expressions = [json.dumps({"where": where, "expr": text}) for where, text in queries()]
    (checker.work / "expressions").write_text("\n".join(expressions) + "\n")
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(checker.counts.items()))
    print(f"guide: blocks: {counts}")


if __name__ == "__main__":
    main(*sys.argv[1:])
