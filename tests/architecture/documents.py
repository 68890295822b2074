"""Fails if a document links to a file that is not there, or names a path that is not.

    documents.py [ROOT]

It reads all Markdown files of the repository except those of test cases: their relative links, and, in the documents that say where
things are, everything between backticks that looks like a path. Paths are relative to the repository, to the document, or to a
source directory that the document is about.
"""

import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`([\w.-]+(?:/[\w.*-]+)+)`|`([\w-]+\.(?:rs|py|sh|md|toml))`")
# The documents that say where things are. In those that explain, a path may be a user's own.
MAPS = {"ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/rules-of-core.md"}


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    tracked = subprocess.check_output(["git", "ls-files"], cwd=root, text=True).splitlines()
    everything = {f"/{path}" for path in tracked}
    for path in tracked:
        everything.update(f"/{parent}" for parent in Path(path).parents if str(parent) != ".")
    documents = [path for path in tracked if path.endswith(".md") and "/ui/" not in path]
    failures, links, paths = [], 0, 0
    for document in documents:
        text = (root / document).read_text()
        # What is between fences is a program's, not the document's.
        text = re.sub(r"^```.*?^```", lambda fenced: "\n" * fenced.group().count("\n"), text, flags=re.M | re.S)
        for number, line in enumerate(text.splitlines(), 1):
            for target in LINK.findall(line):
                if "://" in target or target.startswith(("mailto:", "crate::", "macro@", "derive@")) or "::" in target:
                    continue
                links += 1
                # Links between items of rustdoc have no dot and no slash.
                if "/" not in target and "." not in target:
                    continue
                if not (root / document).parent.joinpath(target).exists():
                    failures.append(f"{document}:{number}: the link `{target}` leads nowhere")
            if document not in MAPS:
                continue
            for found in PATH.findall(line):
                path = (found[0] or found[1]).rstrip("/")
                if "*" in path or "NAME" in path or "LAYER" in path:
                    continue
                paths += 1
                if not any(known.endswith(f"/{path}") for known in everything):
                    failures.append(f"{document}:{number}: there is no `{path}`")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"documents: {len(documents)}, {links} links, {paths} paths, {len(failures)} that lead nowhere")
    return 1 if failures or not links or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
