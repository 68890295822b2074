"""Does what the README tells a newcomer to do, in a fresh clone, with nothing built before.

    readme.py ROOT

- The commands in its `sh` blocks are read out of it, and each must be one that this script, or a step of `.ci/run` named here, runs.
  The one that starts the shop is run as it is: until the shop has printed its addresses, what it says to try has been tried, and
  a scrape shows the order.
- Each `rust` block is built in a package outside of the clone, with the `toml` block before it; then it is run, the `curl` of
  the prose after it is done, and the lines of the `text` block that follows have to be part of what comes.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from outside import Outside
from pages import blocks, sections
from process import Failure, Program, expect, free_port, get, until

# Seconds that a program has on a busy machine, once it is built, and that building has.
PATIENCE = 60
BUILDING = 900

# Commands that other steps of `.ci/run` read out of the README and run, since they take longer than a newcomer's first minutes.
ELSEWHERE = {"cargo test --workspace --all-features": "tests", "bash .ci/run": "all"}


def shop(clone, command):
    """Starts the shop as the README does, tries what it prints, and returns the seconds until it answered."""
    began = time.monotonic()
    log = clone / "shop.log"
    environment = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
    with log.open("w") as output:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=clone, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )
        try:
            def said():
                text = log.read_text()
                expect(process.poll() is None, f"`{command}` ended with {process.returncode}:\n{text[-6000:]}")
                return text if "Ctrl-c closes the shop" in text else None

            welcome = until("the shop's addresses", BUILDING, said)
            metrics = re.search(r"^metrics: (http\S+)$", welcome, re.M)[1]
            get(re.search(r"^shop: +(http\S+)$", welcome, re.M)[1] + "/products")
            seconds = time.monotonic() - began
            tried = re.search(r"^Try:\n(.*?)^Ctrl-c", welcome, re.M | re.S)[1]
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", tried], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={**environment, "NO_PROXY": "*", "no_proxy": "*"}, timeout=PATIENCE, check=False,
            )
            expect(done.returncode == 0, f"what the shop says to try ended with {done.returncode}:\n{tried}\n{done.stderr}")
            text, _ = get(metrics)
            orders = re.search(r"^shop_orders_created_total\S* 1$", text, re.M)
            expect(orders, "after one order the scrape does not show `shop_orders_created_total … 1`")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                try:
                    process.wait(timeout=PATIENCE)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
    expect(process.returncode == 0, f"the shop, interrupted, ended with {process.returncode}:\n{log.read_text()[-2000:]}")
    return seconds


def is_part(expected, text):
    """Returns the lines of `expected` that `text` lacks. Numbers of samples may differ, if they are not zero in both."""
    lacking = []
    for line in filter(None, expected.splitlines()):
        pattern = re.escape(line)
        if not line.startswith("#"):
            name, _, _ = line.rpartition(" ")
            pattern = re.escape(name) + r" (?!0$)\S+"
        if not re.search(rf"^{pattern}$", text, re.M):
            lacking.append(line)
    return lacking


def elsewhere(text, address):
    """The text with another port in the place of that of `address`, if somebody listens there."""
    import socket
    host, port = address.split(":")
    with socket.socket() as probe:
        if probe.connect_ex((host, int(port))) != 0:
            return text, address
    other = f"{host}:{free_port()}"
    return text.replace(address, other), other


def program(outside, heading, section):
    """Builds and runs the programs of one section. Yields what each showed."""
    found = list(blocks(section))
    for number, block in enumerate(found):
        if block.language != "rust":
            continue
        name = re.sub(r"\W+", "-", heading.lower()).strip("-") + f"-{number}"
        page = f"README.md, section {heading!r}"
        dependencies = [earlier for earlier in found[:number] if earlier.language == "toml"]
        expect(dependencies, f"{page}: there are no manifest lines before a program")
        home = outside.package(name, dependencies[-1].text, block.text, page)
        outside.cargo(home, page, "build")
        after = "\n".join(section.splitlines()[block.line + block.text.count("\n"):])
        curled = re.search(r"curl (http://([\d.:]+)(/\S*?))`", after)
        if not curled:
            expect("no_run" not in block.attributes, f"{page}: nothing says how to see that a program works")
            outside.cargo(home, page, "run")
            yield f"{name}: ran"
            continue
        url, address = curled[1], curled[2]
        text, other = elsewhere(block.text, address)
        if other != address:
            (home / "src" / "main.rs").write_text(text)
            outside.cargo(home, page, "build")
        # Requests that the prose makes before the scrape.
        before = re.findall(r"curl (http://[\d.:]+/\S*?)`", after)
        expected = next((later for later in found[number + 1:] if later.language == "text"), None)
        expect(expected, f"{page}: there is no `text` block to compare what `{url}` shows with")
        with Program(name, [outside.target / "debug" / name], home) as running:
            def probe():
                try:
                    for each in before[:-1]:
                        get(each.replace(address, other))
                    shown, _ = get(before[-1].replace(address, other))
                except OSError:
                    return None
                return shown if not is_part(expected.text, shown) else None
            try:
                shown = running.wait_for(f"{url} to show what {page} says", PATIENCE, probe)
            except Failure as failure:
                try:
                    lacking = is_part(expected.text, get(before[-1].replace(address, other))[0])
                except OSError as error:
                    lacking = error
                raise Failure(f"{failure}; lacking: {lacking}") from None
        count = len(re.findall(r"^# TYPE", shown, re.M))
        yield f"{name}: {url} shows {count} families, and what the README says"


def main():
    root = Path(sys.argv[1]).resolve()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tallymark-newcomer-") as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--local", "--no-hardlinks", str(root), str(clone)], check=True)
        readme = (clone / "README.md").read_text()
        try:
            commands = [
                line.split(" #")[0].strip()
                for block in blocks(readme) if block.language in ("sh", "bash", "console")
                for line in block.text.splitlines() if line.strip() and not line.lstrip().startswith("#")
            ]
            expect(any("shop" in command for command in commands), "no command of the README starts the shop")
            for command in commands:
                if command.startswith("cargo run") and "shop" in command:
                    seconds = shop(clone, command)
                    print(f"newcomer: `{command}`: the shop answered after {seconds:.0f} s, cold", flush=True)
                else:
                    expect(command in ELSEWHERE, f"nothing runs the README's command `{command}`")
                    print(f"newcomer: `{command}`: run by the step {ELSEWHERE[command]}", flush=True)
            # What the shop has built serves the others: one clone, one target directory, as a newcomer would have.
            outside = Outside(clone, Path(scratch) / "outside", clone / "target")
            count = 0
            for heading, section in sections(readme):
                for shown in program(outside, heading, section):
                    print(f"newcomer: {shown}", flush=True)
                    count += 1
            expect(count >= 2, f"the README has {count} programs")
        except Failure as failure:
            print(f"newcomer: FAILED: {failure}", file=sys.stderr)
            return 1
    print(f"newcomer: {time.monotonic() - began:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
