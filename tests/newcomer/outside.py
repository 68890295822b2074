"""Packages outside of the repository, that know of it only what a page shows.

The packages of the repository are not published where these look for them, so a `[patch]` says where they are. Nothing else is
added to what the page shows: features, versions and upstream crates are the page's.
"""

import json
import os
import re
import subprocess
from pathlib import Path

from process import expect


def workspace(root: Path):
    """The packages of the repository, by name."""
    said = subprocess.check_output(
        ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"], cwd=root, text=True
    )
    return {package["name"]: package for package in json.loads(said)["packages"]}


def published(packages):
    """Those that are published, by name."""
    return {name: package for name, package in packages.items() if package["publish"] != []}


class Outside:
    """Where packages are made, and the target directory that they share."""

    def __init__(self, root: Path, scratch: Path, target: Path):
        self.root, self.scratch, self.target = root, scratch, target
        self.packages = workspace(root)

    def package(self, name, dependencies, program, page):
        """Writes a package of a page's manifest lines and program. `page` says where these come from."""
        home = self.scratch / name
        (home / "src").mkdir(parents=True)
        named = re.findall(r"^(tallymark[\w-]*)\s*=", dependencies, re.M)
        expect(named, f"{page}: the manifest lines name no package of ours")
        unknown = set(named) - set(published(self.packages))
        expect(not unknown, f"{page}: the manifest lines name {unknown}, which are not published")
        places = "".join(
            f'{name} = {{ path = "{Path(package["manifest_path"]).parent}" }}\n'
            for name, package in sorted(published(self.packages).items())
        )
        manifest = (
            f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n{dependencies}\n'
            f'[lints.rust]\nwarnings = "deny"\n\n[patch.crates-io]\n{places}\n[workspace]\n'
        )
        (home / "Cargo.toml").write_text(manifest)
        (home / "src" / "main.rs").write_text(program)
        # The versions that everything else is tested with; what the lock file does not have is added to the copy.
        lock = self.root / "Cargo.lock"
        if lock.exists():
            (home / "Cargo.lock").write_text(lock.read_text())
        return home

    def cargo(self, home: Path, page, *arguments):
        """Runs cargo there. A failure names the page, the manifest and the command."""
        # Nobody steps through these programs, and without debug information they are built in less time.
        environment = {
            **os.environ, "CARGO_TARGET_DIR": str(self.target), "CARGO_TERM_COLOR": "never", "CARGO_PROFILE_DEV_DEBUG": "0",
        }
        done = subprocess.run(
            ["cargo", *arguments], cwd=home, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )
        # A patch that this package does not use is no news.
        said = re.sub(r"^warning: patch `.*(\n.*was not used.*)?\n", "", done.stdout, flags=re.M)
        manifest = (home / "Cargo.toml").read_text().split("[lints.rust]")[0].split("[dependencies]")[-1]
        expect(
            done.returncode == 0,
            f"{page}\nmanifest lines:\n[dependencies]{manifest}\ncommand: cargo {' '.join(arguments)}\n{said[-6000:]}",
        )
        return said
