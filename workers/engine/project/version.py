"""The Prisma version that a project is locked to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from workers.engine.project.manifest import Manifest
from workers.engine.project.paths import folder_of, is_under, name_of
from workers.engine.project.texts import Texts

Version = tuple[int, int]
_PACKAGES = ("prisma", "@prisma/client", "@prisma/migrate")
LOCK_FILES = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"}
)


def prisma_version(texts: Texts, manifests: Iterable[Manifest], folder: str) -> Version | None:
    """The locked version for a folder's schema: the nearest lock file's, else the range's floor.

    None where nothing in the repository names Prisma's packages.
    """
    locks = [path for path in texts.tree.files if name_of(path) in LOCK_FILES]
    for path in sorted(_above(locks, folder), key=len, reverse=True):
        version = locked_version(name_of(path), texts.text(path))
        if version is not None:
            return version
    manifests = list(manifests)
    ranges = sorted(_above([m.path for m in manifests], folder), key=len, reverse=True)
    by_path = {manifest.path: manifest for manifest in manifests}
    for path in [*ranges, *(path for path in by_path if path not in ranges)]:
        for package in _PACKAGES:
            version = parse_version(by_path[path].dependencies.get(package, ""))
            if version is not None:
                return version
    return None


def locked_version(name: str, text: str) -> Version | None:
    """The version that a lock file of this name pins."""
    if name in ("package-lock.json", "npm-shrinkwrap.json"):
        return _from_npm(text)
    for package in _PACKAGES:
        version = _from_lines(name, package, text)
        if version is not None:
            return version
    return None


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


def _above(paths: Iterable[str], folder: str) -> Iterator[str]:
    return (path for path in paths if is_under(folder + "/x", folder_of(path)))


def _from_npm(text: str) -> Version | None:
    if '"prisma"' not in text and "prisma" not in text:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    for package in _PACKAGES:
        for section, key in (("packages", f"node_modules/{package}"), ("dependencies", package)):
            entries = data.get(section)
            entry = entries.get(key) if isinstance(entries, dict) else None
            version = entry.get("version") if isinstance(entry, dict) else None
            if isinstance(version, str):
                return parse_version(version)
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
