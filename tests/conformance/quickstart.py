"""Makes a package of the README's quick start, runs it, and looks for its metrics."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from process import Failure, Program, expect, get


def block(readme, language):
    """The first code block in this language after the heading."""
    section = readme.split("## Quick start", 1)[1]
    found = re.search(rf"^```{language}[^\n]*\n(.*?)^```", section, re.M | re.S)
    expect(found, f"the quick start has no {language} block")
    return found[1]


def run(root, target, directory):
    readme = (root / "README.md").read_text()
    dependencies, count = re.subn(
        r'^tallymark = ".*"$', f'tallymark = {{ path = "{root}" }}', block(readme, "toml"), flags=re.M
    )
    expect(count == 1, "the quick start does not depend on tallymark")
    manifest = f'[package]\nname = "quickstart"\nversion = "0.0.0"\nedition = "2024"\n\n{dependencies}\n[workspace]\n'
    (directory / "src").mkdir()
    (directory / "Cargo.toml").write_text(manifest)
    # Any free port will do where something else may be running.
    (directory / "src" / "main.rs").write_text(block(readme, "rust").replace("127.0.0.1:9464", "127.0.0.1:0"))
    lock = root / "Cargo.lock"
    if lock.exists():
        (directory / "Cargo.lock").write_text(lock.read_text())

    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    built = subprocess.run(
        ["cargo", "build"], cwd=directory, env=environment, stderr=subprocess.PIPE, text=True, check=False
    )
    expect(built.returncode == 0 and "warning" not in built.stderr, f"this is not what users want:\n{built.stderr}")

    with Program("quickstart", [target / "debug" / "quickstart"], directory) as program:
        url = program.wait_for("the address", 10, lambda: address(program.said()))

        def probe():
            try:
                text, _ = get(url)
            except OSError:
                return None
            return text if re.search(r"^shop_orders_created_total [1-9]", text, re.M) else None

        text = program.wait_for("a counter that counts", 10, probe)
    families = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    missing = {"shop_orders_created_total", "function_calls_total", "function_duration_seconds"} - families
    expect(not missing, f"the quick start does not expose {missing}")
    print(f"quick start: {url} served {len(families)} families")


def address(said):
    found = re.search(r"http://\S+/metrics", said)
    return found and found[0]


def main():
    root, target = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="tallymark-") as directory:
        try:
            run(root, target, Path(directory))
        except Failure as failure:
            print(f"quick start: FAILED: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
