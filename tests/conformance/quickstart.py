"""Makes packages of the README's programs, builds and runs them, and looks for their metrics."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from process import Failure, Program, expect, free_port, get

# Seconds that a program has on a busy machine.
PATIENCE = 60


def block(section, language):
    """The first code block in this language."""
    found = re.search(rf"^```{language}[^\n]*\n(.*?)^```", section, re.M | re.S)
    expect(found, f"a section of the README has no {language} block")
    return found[1]


def section(readme, heading):
    """What stands under a heading."""
    parts = re.split(rf"^## {re.escape(heading)}$", readme, flags=re.M)
    expect(len(parts) == 2, f"the README has no section {heading!r}")
    return re.split(r"^## ", parts[1], flags=re.M)[0]


def build(name, root, target, directory, text, change):
    """The program of a section, with tallymark from here and one thing changed. Answers its path."""
    dependencies, count = re.subn(
        r'^(tallymark = )(?:"[^"]*"$|\{ version = "[^"]*",)',
        lambda found: f'{found[1]}{{ path = "{root}"' + ("," if "{" in found[0] else " }"),
        block(text, "toml"), flags=re.M,
    )
    expect(count == 1, f"{name} does not depend on tallymark")
    manifest = f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n{dependencies}\n[workspace]\n'
    (directory / "src").mkdir(parents=True)
    (directory / "Cargo.toml").write_text(manifest)
    program = block(text, "rust")
    before, after = change
    expect(program.count(before) == 1, f"{name} has no {before}")
    (directory / "src" / "main.rs").write_text(program.replace(before, after))
    lock = root / "Cargo.lock"
    if lock.exists():
        (directory / "Cargo.lock").write_text(lock.read_text())

    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}

    def cargo(*arguments):
        done = subprocess.run(
            ["cargo", *arguments], cwd=directory, env=environment, stderr=subprocess.PIPE, text=True, check=False
        )
        expect(done.returncode == 0, f"cargo {arguments[0]} ended with {done.returncode}:\n{done.stderr}")
        return done.stderr
    # By itself, for it warns of a network that has to be asked twice.
    host = re.search(r"^host: (\S+)", subprocess.check_output(["rustc", "-vV"], text=True), re.M)
    expect(host, "rustc does not say what it is built for")
    cargo("fetch", "--target", host[1])
    said = cargo("build", "--offline")
    expect("warning" not in said, f"this is not what users want:\n{said}")
    return target / "debug" / name


def scraped(program, url, pattern):
    """The metrics, once there is a line like this."""
    def probe():
        try:
            text, _ = get(url)
        except OSError:
            return None
        return text if re.search(pattern, text, re.M) else None
    return program.wait_for("a counter that counts", PATIENCE, probe)


def families(text):
    return set(re.findall(r"^# TYPE (\S+)", text, re.M))


def quick_start(root, target, directory, text):
    # Any free port will do where something else may be running.
    path = build("quickstart", root, target, directory, text, ("127.0.0.1:9464", "127.0.0.1:0"))
    with Program("quickstart", [path], directory) as program:
        url = program.wait_for("the address", PATIENCE, lambda: address(program.said()))
        shown = families(scraped(program, url, r"^shop_orders_created_total [1-9]"))
    missing = {"shop_orders_created_total", "function_calls_total", "function_duration_seconds"} - shown
    expect(not missing, f"the quick start does not expose {missing}")
    print(f"quick start: {url} served {len(shown)} families")


def service(root, target, directory, text):
    """It says nothing, so it is given a port that was free a moment ago."""
    host = f"127.0.0.1:{free_port()}"
    path = build("service", root, target, directory, text, ("127.0.0.1:8000", host))
    with Program("service", [path], directory) as program:
        scraped(program, f"http://{host}/orders", "^1$")
        request = r'^http_requests_total\{method="GET",route="/orders",status="200"\} 1$'
        text = scraped(program, f"http://{host}/metrics", request)
    for line in [
        'model_inserts_total{model="order"} 1',
        'db_queries_total{db="main",vendor="sqlite",operation="insert"} 1',
        'db_queries_total{db="main",vendor="sqlite",operation="select"} 1',
    ]:
        expect(f"\n{line}\n" in text, f"the service of the README does not show {line}")
    print(f"service: http://{host}/metrics served {len(families(text))} families")


def address(said):
    found = re.search(r"http://\S+/metrics", said)
    return found and found[0]


def main():
    root, target = Path(sys.argv[1]), Path(sys.argv[2])
    readme = (root / "README.md").read_text()
    with tempfile.TemporaryDirectory(prefix="tallymark-") as directory:
        try:
            quick_start(root, target, Path(directory) / "quickstart", section(readme, "Quick start"))
            service(root, target, Path(directory) / "service", section(readme, "What measures itself"))
        except Failure as failure:
            print(f"programs of the README: FAILED: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
