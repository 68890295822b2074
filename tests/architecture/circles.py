#!/usr/bin/env python3
"""Finds circles of imports among the files of a package.

    circles.py [DIR...]        packages to look at; all of the repository unless some are named
    circles.py -v [DIR...]     also lists the imports within each circle

An import is a path in a `use` or in code that leads to an item of another file. A name that a `mod.rs` only re-exports is
an import of the file that defines it. A re-export that its own file does not use is a signpost and no import. Tests
(`#[cfg(test)]`, files called `tests.rs`) may import what they like.

Exits with 1 if a circle is found that `allowed.txt`, beside this file, does not name. Only files of one folder can be named
there: a type and its builder, say.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def plain(text):
    """The code without comments, and without what is in strings and character literals."""
    out, at, end = [], 0, len(text)
    while at < end:
        two = text[at : at + 2]
        if two == "//":
            stop = text.find("\n", at)
            at = end if stop < 0 else stop
        elif two == "/*":
            depth, at = 1, at + 2
            while at < end and depth:
                if text.startswith("/*", at):
                    depth, at = depth + 1, at + 2
                elif text.startswith("*/", at):
                    depth, at = depth - 1, at + 2
                else:
                    at += 1
        elif text[at] == '"' or (m := re.compile(r'[bc]?r(#*)"').match(text, at)) and not out_is_word(out):
            if text[at] == '"':
                stop = at + 1
                while stop < end and text[stop] != '"':
                    stop += 2 if text[stop] == "\\" else 1
                stop += 1
            else:
                close = '"' + m.group(1)
                stop = text.find(close, m.end())
                stop = end if stop < 0 else stop + len(close)
            # The paths in attributes are the only strings that matter.
            out.append(text[at:stop] if "".join(out[-8:]).rstrip().endswith("path =") else '""')
            at = stop
        elif text[at] == "'" and (m := re.compile(r"'(\\.[^']*|[^\\'])'").match(text, at)):
            out.append("' '")
            at = m.end()
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def out_is_word(out):
    return bool(out) and (out[-1].isalnum() or out[-1] == "_")


def closing(code, at):
    """The place behind the bracket that closes the one at `at`."""
    pairs = {"{": "}", "(": ")", "[": "]"}
    opened, closed, depth = code[at], pairs[code[at]], 0
    for place in range(at, len(code)):
        if code[place] == opened:
            depth += 1
        elif code[place] == closed:
            depth -= 1
            if not depth:
                return place + 1
    return len(code)


ATTRIBUTE = re.compile(r"#\s*\[")
TEST = re.compile(r"\bcfg\s*\(\s*(?:test\b|all\s*\((?:[^()]|\([^()]*\))*\btest\b)")


def attributes_at(code, at):
    """The attributes that begin at `at`, and the place of the item behind them."""
    found = []
    while m := ATTRIBUTE.match(code, at):
        stop = closing(code, m.end() - 1)
        found.append(code[at:stop])
        at = stop
        while at < len(code) and code[at].isspace():
            at += 1
    return found, at


def item_end(code, at):
    """The place behind the item that begins at `at`."""
    while at < len(code):
        if code[at] in "([":
            at = closing(code, at)
        elif code[at] == "{":
            at = closing(code, at)
            # `use a::{b};` goes on to its semicolon.
            m = re.compile(r"\s*;").match(code, at)
            return m.end() if m else at
        elif code[at] == ";":
            return at + 1
        else:
            at += 1
    return at


def without_tests(code):
    """Blanks items that only tests have."""
    at = 0
    while m := ATTRIBUTE.search(code, at):
        found, item = attributes_at(code, m.start())
        if any(TEST.search(attribute) for attribute in found):
            stop = item_end(code, item)
            code = code[: m.start()] + re.sub(r"[^\n]", " ", code[m.start() : stop]) + code[stop:]
            at = stop
        else:
            at = item
    return code


class Module:
    def __init__(self, path, parent):
        self.path, self.parent = path, parent
        self.children, self.items, self.names, self.globs = {}, {}, {}, []
        self.values = set()  # items that no path goes on from: functions, constants, statics
        self.pieces = []  # file, code without nested modules


USE = re.compile(r"(?:\b(pub(?:\s*\([^)]*\))?)\s+)?\buse\s+([^;]+);")
ITEM = re.compile(
    r"\b(?:fn|struct|enum|union|trait|type|const|static|macro_rules\s*!)\s+(?:mut\s+|unsafe\s+|fn\s+)?(r#)?([A-Za-z_]\w*)"
)
MOD = re.compile(r"\bmod\s+([A-Za-z_]\w*)\s*([;{])")
PATH = re.compile(r"(?<![\w:$.])(?:r#)?([A-Za-z_]\w*)((?:\s*::\s*[A-Za-z_]\w*)+)")


def leaves(tree, before=()):
    """The leaves of a `use` tree: path and the name it gets."""
    tree = tree.strip()
    depth, parts, start = 0, [], 0
    for at, sign in enumerate(tree):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and not depth:
            parts.append(tree[start:at])
            start = at + 1
    parts.append(tree[start:])
    if len(parts) > 1:
        for part in parts:
            if part.strip():
                yield from leaves(part, before)
        return
    brace = tree.find("{")
    if brace >= 0:
        head = [part.strip() for part in tree[:brace].split("::") if part.strip()]
        yield from leaves(tree[brace + 1 : tree.rfind("}")], (*before, *head))
        return
    m = re.match(r"(.*?)\s+as\s+(\w+)$", tree, re.S)
    path, name = (m.group(1), m.group(2)) if m else (tree, None)
    segments = (*before, *[part.strip() for part in path.split("::") if part.strip()])
    if segments and segments[-1] == "self":
        segments = segments[:-1] if len(segments) > 1 else segments
    if segments:
        yield segments, name or segments[-1]


class Package:
    def __init__(self, directory):
        self.directory = Path(directory).resolve()
        self.src = self.directory / "src"
        self.files, self.uses, self.edges = [], [], {}
        self.roots = []
        for name in ("lib.rs", "main.rs"):
            if (self.src / name).is_file():
                root = Module((), None)
                self.roots.append(root)
                self.read(self.src / name, root, self.src)
        binaries = self.src / "bin"
        if binaries.is_dir():
            for file in sorted(binaries.glob("*.rs")):
                root = Module((), None)
                self.roots.append(root)
                self.read(file, root, binaries)
            for file in sorted(binaries.glob("*/main.rs")):
                root = Module((), None)
                self.roots.append(root)
                self.read(file, root, file.parent)
        for root in self.roots:
            self.connect(root, root)

    def read(self, file, module, folder):
        """Reads a file as a module, whose children lie in `folder`."""
        if file in self.files:
            return
        self.files.append(file)
        self.split(without_tests(plain(file.read_text())), file, module, folder)

    def split(self, code, file, module, folder):
        rest, at = [], 0
        for m in MOD.finditer(code):
            if m.start() < at:
                continue
            name = m.group(1)
            child = module.children.setdefault(name, Module((*module.path, name), module))
            rest.append(code[at : m.start()])
            if m.group(2) == "{":
                stop = closing(code, m.end() - 1)
                self.split(code[m.end() : stop - 1], file, child, folder / name)
                at = stop
                continue
            at = m.end()
            begin = max(code.rfind(sign, 0, m.start()) for sign in ";}")
            paths = re.findall(r'path\s*=\s*"([^"]+)"', code[begin + 1 : m.start()])
            beside = file.parent
            found = [folder / f"{name}.rs", folder / name / "mod.rs"]
            if re.search(r"#\s*\[\s*path\b", code[begin + 1 : m.start()]):
                found = []
            # With `cfg_attr` there are several, of which each build has one.
            found += [beside / path for path in paths]
            for path in found:
                if path.is_file() and path.stem not in ("tests", "loom_tests"):
                    inner = path.parent if path.name == "mod.rs" else path.parent / path.stem
                    self.read(path, child, inner)
        rest.append(code[at:])
        module.pieces.append((file, "".join(rest)))
        body = "".join(rest)
        exported = re.compile(r"#\s*\[\s*macro_export\s*\]")
        for m in ITEM.finditer(body):
            owner = module
            if "macro_rules" in m.group(0) and exported.search(body[max(0, m.start() - 200) : m.start()]):
                while owner.parent:
                    owner = owner.parent
            owner.items.setdefault(m.group(2), file)
            if re.match(r"fn|const|static", m.group(0)):
                owner.values.add(m.group(2))
        for m in USE.finditer(body):
            for path, name in leaves(m.group(2)):
                if name == "*":
                    module.globs.append((path[:-1], bool(m.group(1))))
                else:
                    module.names.setdefault(name, path)

    def resolve(self, root, module, path, seen=()):
        """The file or module that a path leads to from within a module; `None` if that is outside of the package."""
        key = (id(module), path)
        if key in seen or not path:
            return None
        seen = (*seen, key)
        first, rest = path[0], path[1:]
        if first == "crate":
            return self.walk(root, root, rest, seen)
        if first == "self":
            return self.walk(root, module, rest, seen)
        if first == "super":
            return self.walk(root, module.parent, rest, seen) if module.parent else None
        return self.walk(root, module, path, seen, own=True)

    def walk(self, root, module, path, seen, own=False):
        if not path:
            return module
        first, rest = path[0], path[1:]
        if first == "super":
            return self.walk(root, module.parent, rest, seen) if module.parent else None
        if first in module.children:
            return self.walk(root, module.children[first], rest, seen)
        # In `name::rest`, `name` is no function of this module but what a `use` brought in under the same name.
        imported = bool(rest) and first in module.values and first in module.names
        if first in module.items and not imported:
            return module.items[first]
        if first in module.names and module.names[first] != path[:1]:
            target = self.resolve(root, module, module.names[first], seen)
            if isinstance(target, Module):
                return self.walk(root, target, rest, seen)
            return target
        for glob, _ in module.globs:
            target = self.resolve(root, module, glob, seen)
            if isinstance(target, Module):
                found = self.walk(root, target, path, (*seen, (id(target), path)))
                if found and (id(target), path) not in seen:
                    return found
        # A name that a macro makes: it is there, in a file of this module.
        if not own and module.pieces:
            return module.pieces[0][0]
        return None

    def connect(self, root, module):
        for file, code in module.pieces:
            body = USE.sub(" ", code)
            for m in USE.finditer(code):
                for path, name in leaves(m.group(2)):
                    if m.group(1) and not re.search(rf"\b{re.escape(name)}\b", body):
                        continue
                    if name == "*":
                        path = path[:-1]
                    target = self.resolve(root, module, path)
                    if name == "*" and isinstance(target, Module):
                        for piece, _ in target.pieces:
                            self.edge(file, piece, "::".join(path) + "::*")
                    elif target and not isinstance(target, Module):
                        self.edge(file, target, "::".join(path))
            for m in PATH.finditer(body):
                path = (m.group(1), *[part.strip() for part in m.group(2).split("::") if part.strip()])
                target = self.resolve(root, module, path)
                if target and not isinstance(target, Module):
                    self.edge(file, target, "::".join(path))
        for child in module.children.values():
            self.connect(root, child)

    def edge(self, file, target, why):
        if file != target:
            self.edges.setdefault(file, {}).setdefault(target, why)

    def circles(self):
        """Strongly connected components of more than one file (Tarjan)."""
        index, low, stack, on, found = {}, {}, [], set(), []

        def visit(node):
            index[node] = low[node] = len(index)
            stack.append(node)
            on.add(node)
            for target in self.edges.get(node, ()):
                if target not in index:
                    visit(target)
                    low[node] = min(low[node], low[target])
                elif target in on:
                    low[node] = min(low[node], index[target])
            if low[node] == index[node]:
                part = []
                while True:
                    last = stack.pop()
                    on.discard(last)
                    part.append(last)
                    if last == node:
                        break
                if len(part) > 1:
                    found.append(sorted(part))

        sys.setrecursionlimit(10_000)
        for file in self.files:
            if file not in index:
                visit(file)
        return sorted(found)

    def short(self, file):
        return str(file.relative_to(self.src))


def folder_of(name):
    """The folder that a file makes up or lies in: `a/b.rs` and `a/b/c.rs` are both of `a/b`."""
    return name.removesuffix("/mod.rs").removesuffix(".rs")


def in_one_folder(names):
    parents = {str(Path(name).parent) for name in names}
    if len(parents) == 1:
        return True
    return any(all(folder_of(name) == own or name.startswith(own + "/") for name in names) for own in map(folder_of, names))


def allowed():
    """Sets of files by package name, each with a reason."""
    file = HERE / "allowed.txt"
    found = {}
    for line in file.read_text().splitlines() if file.is_file() else ():
        line, _, reason = line.partition("#")
        if not line.strip():
            continue
        package, *names = line.split()
        if not reason.strip():
            sys.exit(f"{file}: `{line.strip()}` needs a reason: `package file file... # reason`")
        if not in_one_folder(names):
            sys.exit(f"{file}: `{line.strip()}` names files of several folders")
        found.setdefault(package, []).append(set(names))
    return found


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "-v"]
    verbose = "-v" in sys.argv[1:]
    directories = [Path(argument) for argument in arguments] or [
        manifest.parent
        for manifest in sorted(ROOT.glob("**/Cargo.toml"))
        if (manifest.parent / "src").is_dir() and "target" not in manifest.parts
    ]
    known, bad = allowed(), False
    for directory in directories:
        package = Package(directory)
        named = re.search(r'^name = "([^"]+)"', (package.directory / "Cargo.toml").read_text(), re.M)
        name = named.group(1) if named else package.directory.name
        circles = package.circles()
        count = sum(map(len, circles))
        print(f"{name}: {len(package.files)} files, {count} in {len(circles)} circles")
        for circle in circles:
            names = [package.short(file) for file in circle]
            fine = any(set(names) <= files for files in known.get(name, ()))
            bad = bad or not fine
            print(f"  {'allowed' if fine else 'CIRCLE'}: {' '.join(names)}")
            if verbose:
                for file in circle:
                    for target, why in sorted(package.edges.get(file, {}).items()):
                        if target in circle:
                            print(f"    {package.short(file)} -> {package.short(target)}  ({why})")
    sys.exit(bad)


if __name__ == "__main__":
    main()
