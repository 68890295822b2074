#!/usr/bin/env python3
"""How long a scrape of several processes takes, beside prometheus_client's multiprocess collector on the same series; and how
long an increment takes in a group and by itself.

`python3 -B benches/processes.py [--smoke]`, which builds what it needs. Writes benches/PROCESSES.md, benches/processes.svg
and benches/processes-dead.svg. `--increments` writes what an increment takes, and
leaves the rest of the page as it is.
"""

import datetime
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "processes"))
from python_group import environment  # noqa: E402

SMOKE = "--smoke" in sys.argv
SERIES = 100 if SMOKE else 10_000
PROCESSES = [1, 2] if SMOKE else [1, 8, 64]
DEAD = 20 if SMOKE else 10_000

WRITER = """
import sys
from prometheus_client import Counter
items = Counter("tests_items", "Items, by number.", ["item"])
for number in range(int(sys.argv[1])):
    items.labels(str(number)).inc(number + 1)
"""

COLLECTOR = """
import sys, time
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
registry = CollectorRegistry()
multiprocess.MultiProcessCollector(registry)
times = []
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    length = len(generate_latest(registry))
    times.append((time.perf_counter() - start) * 1e3)
times.sort()
print(times[len(times) // 2], length)
"""


def build():
    environ = os.environ | {"CARGO_TERM_COLOR": "never"}
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "processes-tests"], cwd=ROOT, env=environ, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "processes-tests"


def fill(worker, directory, series):
    child = subprocess.Popen([worker, "fill", directory, str(series)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n"
    return child


def end(child):
    child.stdin.close()
    child.wait()


def timed(worker, directory, rounds, *series):
    """Milliseconds of the first scrape and the median of the others, and the most memory of the process, in MiB. With a
    number of series, the process counts in so many itself."""
    command = [worker, "time", directory, str(rounds), *map(str, series)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    first, median, _, memory = output.split()
    return float(first), float(median), int(memory) / 1024


def disk(directory):
    files = list(pathlib.Path(directory).iterdir())
    return len(files), sum(file.stat().st_blocks * 512 for file in files)


def plot(rows):
    """Two lines, both axes logarithmic."""
    import math

    width, height, left, bottom = 560, 320, 70, 50
    ys = [value for _, ours, theirs in rows for value in (ours, theirs)]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    least, most = math.log10(rows[0][0]), math.log10(rows[-1][0])
    x = lambda n: left + (math.log10(n) - least) / ((most - least) or 1) * (width - left - 20)
    y = lambda v: height - bottom - (math.log10(v) - low) / ((high - low) or 1) * (height - bottom - 20)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{width}" height="{height}" fill="white"/>')
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<line x1="{left}" y1="{at}" x2="{width - 20}" y2="{at}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{at + 4}" text-anchor="end">{10**power:g} ms</text>')
    for count, _, _ in rows:
        parts.append(f'<text x="{x(count)}" y="{height - bottom + 18}" text-anchor="middle">{count}</text>')
    parts.append(f'<text x="{width / 2}" y="{height - 10}" text-anchor="middle">processes of {SERIES} series each</text>')
    for name, color, values in [
        ("tallymark", "#1f77b4", [(n, ours) for n, ours, _ in rows]),
        ("prometheus_client", "#d62728", [(n, theirs) for n, _, theirs in rows]),
    ]:
        points = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in values)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        n, v = values[-1]
        parts.append(f'<text x="{x(n)}" y="{y(v) - 8}" text-anchor="end" fill="{color}">{name}</text>')
    return "\n".join(parts + ["</svg>\n"])


def plot_dead(samples):
    """Three panels, from zero: what a scrape and the directory cost by the number of processes that were killed."""
    width, height, left, bottom = 300, 220, 60, 40
    most = samples[-1][0]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * width}" height="{height}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{3 * width}" height="{height}" fill="white"/>')
    for panel, title in enumerate(["milliseconds for a scrape", "MiB of memory of its process", "KiB in the directory"]):
        values = [sample[panel + 1] for sample in samples]
        top = max(values) * 1.25
        x = lambda n: panel * width + left + n / most * (width - left - 20)
        y = lambda v: height - bottom - v / top * (height - bottom - 30)
        parts.append(f'<text x="{panel * width + left}" y="18">{title}</text>')
        for value in (0, max(values)):
            parts.append(f'<line x1="{x(0)}" y1="{y(value)}" x2="{x(most)}" y2="{y(value)}" stroke="#ddd"/>')
            parts.append(f'<text x="{x(0) - 6}" y="{y(value) + 4}" text-anchor="end">{value:.4g}</text>')
        points = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in zip((sample[0] for sample in samples), values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="#1f77b4" stroke-width="1.5"/>')
        parts.append(f'<text x="{x(most)}" y="{height - 12}" text-anchor="end">{most} processes that were killed</text>')
    return "\n".join(parts + ["</svg>\n"])


def increments(worker):
    """Nanoseconds for increments in a group and alone: pairs of the least of runs that take turns, by name."""
    taken = {}
    root = "/dev/shm" if os.path.isdir("/dev/shm") else None
    for turn in range(3 if SMOKE else 11):
        # The first of a turn is once the one and once the other.
        for alone in [bool(turn % 2), not turn % 2]:
            with tempfile.TemporaryDirectory(dir=root) as directory:
                command = [worker, "increment", directory] + (["alone"] if alone else [])
                for line in subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines():
                    name, nanoseconds = line.split("\t")
                    taken.setdefault(name, ([], []))[alone].append(float(nanoseconds))
    return {name: tuple(min(some) for some in both) for name, both in taken.items()}


def instructions():
    """The instructions of the hot paths, as `assembly.sh` shows them, without and with the feature.

    Addresses and the places of thread-locals differ, and are left out.
    """
    built = []
    for features in ["", '"processes"']:
        environ = os.environ | {"FEATURES": features}
        output = subprocess.run(["sh", ROOT / "benches" / "assembly.sh"], env=environ, stdout=subprocess.PIPE, check=True)
        paths, name = {}, None
        for line in output.stdout.decode().splitlines():
            if line.startswith("== "):
                name = line[3:]
                paths[name] = []
            elif name and not line.startswith("--"):
                paths[name].append(re.sub(r"\b[0-9a-f]{4,}\b.*|\b0xf{8}[0-9a-f]{8}\b|#.*|\[rip.*|fs:.*", "", line).strip())
        # Up to the first return: behind it is what is not taken.
        for name, lines in paths.items():
            ends = [at for at, line in enumerate(lines) if re.search(r"\bret\b", line)]
            paths[name] = lines[: ends[0] + 1] if ends else lines
        built.append(paths)
    return {name: (len(lines), lines == built[1].get(name)) for name, lines in built[0].items()}


def increments_page(worker, on, day):
    """The part of the page about increments."""
    counted = "\n".join(
        f"| {name} | {alone:.2f} | {grouped:.2f} | {grouped / alone:.2f} |"
        for name, (grouped, alone) in increments(worker).items()
    )
    same = {} if SMOKE else instructions()
    hot = ", ".join(f"`{name}` ({count})" for name, (count, is_same) in same.items() if is_same)
    others = ", ".join(f"`{name}`" for name, (_, is_same) in same.items() if not is_same)
    return f"""
`python3 -B benches/processes.py --increments` on {day}, on {on}.
Nanoseconds of processor time for one, on one thread, in the same program: the least of 11 runs that take
turns, since other programs on the machine make some of them half as long again.

| | alone | in a group | ratio |
|---|---|---|---|
{counted}

Up to its return, with the feature `processes` and without it, `sh benches/assembly.sh` shows the same instructions, addresses aside,
for: {hot}.{" Not for: " + others + "." if others else ""}
"""


def machine():
    """The processors, and how busy they are."""
    info = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), os.uname().machine)
    return f"{os.cpu_count()} processors ({model}), load average {os.getloadavg()[2]:.1f} over the 15 minutes before"


def main():
    on, day = machine(), datetime.date.today()
    worker = build()
    page = ROOT / "benches" / "PROCESSES.md"
    head = "\n# Increments in a group and alone\n"
    known, _, rest = page.read_text().partition(head)
    if "--increments" in sys.argv or SMOKE:
        rest = increments_page(worker, on, day)
        print(rest)
    if "--increments" in sys.argv:
        page.write_text(known + head + rest)
        return
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "tallymark" / "python"
    cache.mkdir(parents=True, exist_ok=True)
    python = environment(cache, "")
    root = "/dev/shm" if os.path.isdir("/dev/shm") else None
    rows, lines = [], []
    for count in PROCESSES:
        with tempfile.TemporaryDirectory(dir=root) as ours, tempfile.TemporaryDirectory(dir=root) as theirs:
            children = [fill(worker, ours, SERIES) for _ in range(count)]
            first, median, memory = timed(worker, ours, 201)
            # One of them is scraped, and not a process beside them.
            end(children.pop())
            _, own, _ = timed(worker, ours, 201, SERIES)
            for child in children:
                end(child)
            environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": theirs}
            for _ in range(count):
                subprocess.run([python, "-c", WRITER, str(SERIES)], env=environ, check=True)
            rounds = "1" if count > 8 else "3"
            output = subprocess.run([python, "-c", COLLECTOR, rounds], env=environ, stdout=subprocess.PIPE, check=True).stdout
            python_median = float(output.split()[0])
            rows.append((count, median, python_median))
            lines.append(
                f"| {count} | {first:.1f} | {median:.2f} | {own:.2f} | {python_median:.0f} | {python_median / median:.0f}"
                f" | {memory:.1f} |"
            )
            print(lines[-1], flush=True)
    with tempfile.TemporaryDirectory(dir=root) as ours:
        alive = fill(worker, ours, SERIES)
        before = timed(worker, ours, 15)
        size_before = disk(ours)
        start = time.perf_counter()
        batch = 50
        samples = []
        for number in range(0, DEAD, batch):
            children = [fill(worker, ours, 10) for _ in range(min(batch, DEAD - number))]
            for child in children:
                child.kill()
                child.wait()
            _, median, memory = timed(worker, ours, 1)
            samples.append((min(number + batch, DEAD), median, memory, disk(ours)[1] / 1024))
        took = time.perf_counter() - start
        after = timed(worker, ours, 15)
        size_after = disk(ours)
        end(alive)
    dead = (
        f"After {DEAD} processes that were killed (in {took:.0f} s, with a scrape after each {batch}), beside one living with"
        f" {SERIES} series: a scrape takes {after[1]:.2f} ms, {before[1]:.2f} ms before; its process takes {after[2]:.1f} MiB of"
        f" memory, {before[2]:.1f} MiB before; there are {size_after[0]} files of"
        f" {size_after[1] // 1024} KiB, {size_before[0]} of {size_before[1] // 1024} KiB before."
    )
    print(dead)
    if SMOKE:
        return
    version = subprocess.run(
        [python, "-c", "from importlib.metadata import version; print(version('prometheus_client'))"],
        stdout=subprocess.PIPE, check=True,
    ).stdout.decode().strip()
    (ROOT / "benches" / "processes.svg").write_text(plot(rows))
    (ROOT / "benches" / "processes-dead.svg").write_text(plot_dead(samples))
    page.write_text(
        f"""# Scrapes of several processes

`python3 -B benches/processes.py` on {day}, on {on}, beside
`prometheus_client` {version} in one run. Each process has counted in {SERIES} series, the same in each. Milliseconds for one
exposition in text format 0.0.4, encoded: the first one of a process beside them, which reads all directories, and the median of
those after it; the median where one of them is scraped; and that of `prometheus_client`, in a process beside them. The memory is
all that the process beside them has used at most.

| processes | first | tallymark | one of them | prometheus_client | times as fast | MiB |
|---|---|---|---|---|---|---|
"""
        + "\n".join(lines)
        + f"\n\n![](processes.svg)\n\n{dead} The axes begin at zero.\n\n![](processes-dead.svg)\n"
        + head
        + rest
    )


if __name__ == "__main__":
    main()
