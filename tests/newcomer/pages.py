"""The code blocks of a page of Markdown, or of a crate's first page of documentation."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    attributes: tuple
    text: str
    line: int
    """The number of its first line of text, counted from 1."""


def blocks(page):
    """Yields the fenced blocks of a page in their order, with the lines between them as `Prose`."""
    lines = page.splitlines()
    at = 0
    while at < len(lines):
        opened = re.match(r"^(`{3,})(\S*)\s*$", lines[at])
        if not opened:
            at += 1
            continue
        fence, info = opened[1], opened[2].split(",")
        end = at + 1
        while end < len(lines) and lines[end].rstrip() != fence:
            end += 1
        language = info[0] or "rust"
        if language in ("no_run", "ignore", "should_panic", "compile_fail"):
            language, info = "rust", ["rust", *info]
        yield Block(language, tuple(info[1:]), "\n".join(lines[at + 1:end]) + "\n", at + 2)
        at = end + 1


def crate_page(source: Path):
    """The text of a crate's own documentation: its leading `//!` lines, in place, so that line numbers are right."""
    lines = []
    for line in source.read_text().splitlines():
        if line.startswith("//!"):
            lines.append(line[3:].removeprefix(" "))
        elif line.startswith(("#![", "//", "    ", ")]")) or not line.strip():
            lines.append("")
        else:
            break
    return "\n".join(lines)


def first(page, language):
    """The first block in a language, or None."""
    return next((block for block in blocks(page) if block.language == language), None)


def sections(page):
    """Pairs of a second-level heading and what is under it."""
    parts = re.split(r"^## (.*)$", page, flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))
