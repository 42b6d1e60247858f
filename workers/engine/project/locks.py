"""What lock files pin: the version of Prisma that a folder of the repository gets.

A workspace of a monorepo can have a version of its own, so the folder is asked for: its nearest
own entry counts, then the root's. An alias (`"prisma": "npm:other@1"`) pins another package.
https://docs.npmjs.com/cli/configuring-npm/package-lock-json
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise

from workers.engine.project.paths import folder_of

Version = tuple[int, int]
PACKAGES = ("prisma", "@prisma/client", "@prisma/migrate")
LOCK_FILES = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"}
)
NO_RANGES: Mapping[str, str] = {}


def locked_version(
    name: str, text: str, folder: str = "", ranges: Mapping[str, str] = NO_RANGES
) -> Version | None:
    """The version that a lock file of this name pins for a folder, given from the lock file's own.

    `ranges` is what the folder's package.json asks for, by package: yarn keys its entries by it.
    """
    if name in ("package-lock.json", "npm-shrinkwrap.json"):
        return _from_npm(text, folder)
    found = _from_importers(text, folder) if name == "pnpm-lock.yaml" else None
    for package in PACKAGES:
        asked = ranges.get(package)
        if found is None and asked and name == "yarn.lock":
            found = _from_yarn(package, asked, text)
    for package in PACKAGES:
        found = found or _from_lines(name, package, text)
    return found


def parse_version(text: str) -> Version | None:
    """The first `major.minor` in a version or a range; a lone major is its `.0`."""
    numbers: list[int] = []
    current = ""
    for sign in text.lstrip("^~>=v <") + ".":
        if sign.isascii() and sign.isdigit():
            current += sign
            continue
        if not current:
            return None
        numbers.append(int(current[:6]))
        current = ""
        if sign != "." or len(numbers) == 2:
            break
    if not numbers:
        return None
    return numbers[0], numbers[1] if len(numbers) > 1 else 0


def _upwards(folder: str) -> Iterator[str]:
    """The folder and those above it, the root ("") last."""
    while folder:
        yield folder
        folder = folder_of(folder)
    yield ""


def _from_npm(text: str, folder: str) -> Version | None:
    """An entry alone is decoded: the whole file can have megabytes."""
    if "prisma" not in text:
        return None
    for above in _upwards(folder):
        for package in PACKAGES:
            path = f"{above}/node_modules/{package}" if above else f"node_modules/{package}"
            version = _npm_entry(text, path, package)
            if version is not None:
                return version
    for package in PACKAGES:
        version = _npm_entry(text, package, package)
        if version is not None:
            return version
    return None


def _npm_entry(text: str, key: str, package: str) -> Version | None:
    written = json.dumps(key, ensure_ascii=False)
    decoder = json.JSONDecoder()
    at = text.find(written)
    while at >= 0:
        value = text[at + len(written) : at + len(written) + 40].lstrip(" \t\r\n:")
        if value.startswith("{"):
            start = text.index("{", at + len(written))
            try:
                entry, _ = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):
                return None
            version = entry.get("version")
            if isinstance(version, str) and entry.get("name", package) == package:
                return parse_version(version)
        at = text.find(written, at + 1)
    return None


def _from_importers(text: str, folder: str) -> Version | None:
    """The `importers` of pnpm: a workspace's folder, its packages, and the version of each."""
    pinned = dict(_importers(text))
    for above in _upwards(folder):
        for package in PACKAGES:
            version = parse_version(pinned.get((above or ".", package), ""))
            if version is not None:
                return version
    return None


def _importers(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    importer = package = ""
    is_inside = False
    for line in text.splitlines():
        words = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if not words:
            continue
        if depth == 0:
            if is_inside:
                return
            is_inside = words == "importers:"
        elif is_inside:
            key, _, value = words.partition(": ")
            key = key.rstrip(":").strip("'\"")
            if depth == 2:
                importer = key
            elif depth == 6:
                package = key
                if value:  # lock files before version 6 have no specifier beside it
                    yield (importer, package), value
            elif depth == 8 and key == "version":
                yield (importer, package), value


def _from_yarn(package: str, asked: str, text: str) -> Version | None:
    """The entry of the very range that is asked for: `prisma@^5.0.0` or `prisma@npm:^5.0.0`."""
    wanted = {f"{package}@{asked}", f"{package}@npm:{asked}"}
    lines = text.splitlines()
    for line, following in pairwise(lines):
        if package not in line or not line.endswith(":") or line.startswith(" "):
            continue
        if wanted & {one.strip().strip('"') for one in line.rstrip(":").strip('"').split(",")}:
            return parse_version(following.strip().removeprefix("version").strip(' :"'))
    return None


def _from_lines(name: str, package: str, text: str) -> Version | None:
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if package not in line:
            continue
        entry = line.strip().strip("\"':")
        if name == "yarn.lock":
            if entry.startswith(package + "@") and at + 1 < len(lines):
                return parse_version(lines[at + 1].strip().removeprefix("version").strip(' :"'))
        elif name == "bun.lock":
            pinned = f'"{package}": ["{package}@'
            if pinned in line:
                return parse_version(line.partition(pinned)[2])
        else:
            for prefix in (f"/{package}@", f"/{package}/", f"{package}@"):
                if entry.startswith(prefix):
                    version = parse_version(entry.removeprefix(prefix))
                    if version is not None:
                        return version
    return None
