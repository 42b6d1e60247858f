"""Which file an import means: relative paths, TypeScript's path aliases, workspace packages.

https://www.typescriptlang.org/docs/handbook/modules/reference.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workers.engine.project.paths import folder_of, join, name_of

EXTENSIONS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx")
_CONDITIONS = ("types", "source", "development", "import", "module", "node", "require", "default")
_BUILT = ("dist/", "build/", "lib/", "out/", "dist/src/")

_MAINS = ("source", "types", "typings", "module", "main")
_ENTRIES = ("exports", *_MAINS)

Aliases = tuple[str, dict[str, tuple[str, ...]], str]
"""A tsconfig's base folder (empty where none is said), its paths, and what it extends."""


def read_aliases(text: str) -> Aliases:
    """What a tsconfig or jsconfig says of paths; comments and trailing commas are allowed."""
    from workers.engine.syntax import json_strings

    base, extends = "", ""
    paths: dict[str, list[str]] = {}
    for one in json_strings(text):
        if one.path == ("compilerOptions", "baseUrl"):
            base = one.value.text or "."
        elif one.path == ("extends",):
            extends = one.value.text
        elif one.path[:2] == ("compilerOptions", "paths") and len(one.path) == 4:
            paths.setdefault(one.path[2], []).append(one.value.text)
    return base, {pattern: tuple(targets) for pattern, targets in paths.items()}, extends


class Modules:
    """Finds the files that imports mean, in one tree."""

    def __init__(
        self,
        paths: frozenset[str],
        manifests: Mapping[str, bytes],
        configs: Mapping[str, Aliases],
    ) -> None:
        self.paths = paths
        self.configs = configs
        self._packages = dict(_packages(manifests))
        self._files: dict[tuple[str, str], str | None] = {}
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._aliases: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {}

    def signature(self) -> tuple[object, ...]:
        """What decides how imports resolve, apart from which files there are."""
        packages = {
            name: (folder, {key: manifest.get(key) for key in _ENTRIES})
            for name, (folder, manifest) in self._packages.items()
        }
        return self.configs, packages

    def file(self, importer: str, module: str) -> str | None:
        """The file that an import means; None for a package, and for what is generated."""
        key = folder_of(importer), module
        if key not in self._files:
            places = self.places(importer, module)
            found = (self._file_at(place) for place in places)
            self._files[key] = next((one for one in found if one is not None), None)
        return self._files[key]

    def places(self, importer: str, module: str) -> tuple[str, ...]:
        """Every path that an import may mean, without extension, the likeliest first."""
        folder = folder_of(importer)
        known = self._found.get((folder, module))
        if known is None:
            known = self._found[folder, module] = tuple(self._places(folder, module))
        return known

    def _places(self, folder: str, module: str) -> Iterator[str]:
        if module.startswith("."):
            joined = join(folder, module)
            if joined is not None:
                yield joined
            return
        base, paths = self._aliases_of(folder)
        for pattern, targets in paths.items():
            rest = _matched(pattern, module)
            for target in targets if rest is not None else ():
                joined = join(base, target.replace("*", rest or ""))
                if joined is not None:
                    yield joined
        yield from self._of_package(module)
        if base or paths:
            joined = join(base, module)
            if joined is not None:
                yield joined

    def _of_package(self, module: str) -> Iterator[str]:
        parts = module.split("/")
        size = 2 if module.startswith("@") else 1
        found = self._packages.get("/".join(parts[:size]))
        if found is None:
            return
        folder, manifest = found
        rest = "/".join(parts[size:])
        for target in _targets(manifest, rest):
            joined = join(folder, target)
            if joined is not None:
                yield joined
                for built in _BUILT:
                    if target.removeprefix("./").startswith(built):
                        inner = target.removeprefix("./").removeprefix(built)
                        yield f"{folder}/src/{inner}".lstrip("/")
                        yield f"{folder}/{inner}".lstrip("/")
        for inner in (rest, f"src/{rest}") if rest else ("src/index", "index"):
            yield f"{folder}/{inner}".lstrip("/")

    def _file_at(self, place: str) -> str | None:
        if place in self.paths and name_of(place).endswith(EXTENSIONS):
            return place
        stem = place
        for script in _SCRIPTS:
            if place.endswith(script):
                stem = place.removesuffix(script)
        for base in dict.fromkeys((place, stem, f"{place}/index")):
            for extension in EXTENSIONS:
                if base + extension in self.paths:
                    return base + extension
        if place.endswith(".d"):
            return None
        return None

    def _aliases_of(self, folder: str) -> tuple[str, dict[str, tuple[str, ...]]]:
        """The base folder and the paths that hold in a folder, from the nearest tsconfig."""
        known = self._aliases.get(folder)
        if known is not None:
            return known
        found: tuple[str, dict[str, tuple[str, ...]]] = ("", {})
        for name in ("tsconfig.json", "jsconfig.json", "tsconfig.base.json"):
            path = f"{folder}/{name}".lstrip("/")
            if path in self.configs:
                found = self._read(path, 0)
                break
        else:
            if folder:
                found = self._aliases_of(folder_of(folder))
        if not found[1] and folder and not found[0]:
            found = self._aliases_of(folder_of(folder))
        self._aliases[folder] = found
        return found

    def _read(self, path: str, depth: int) -> tuple[str, dict[str, tuple[str, ...]]]:
        base, paths, extends = self.configs[path]
        folder = folder_of(path)
        if paths or base:
            return join(folder, base or ".") or "", paths
        if extends and depth < 8:
            for place in self._extended(folder, extends):
                if place in self.configs:
                    return self._read(place, depth + 1)
        return "", {}

    def _extended(self, folder: str, extends: str) -> Iterator[str]:
        if extends.startswith("."):
            joined = join(folder, extends) or ""
            yield from (joined, f"{joined}.json", f"{joined}/tsconfig.json")
        else:
            for place in self._of_package(extends):
                yield from (place, f"{place}.json", f"{place}/tsconfig.json")


def _matched(pattern: str, module: str) -> str | None:
    """What the star of a pattern stands for, empty where it has none; None if it does not fit."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if module == pattern else None
    fits = module.startswith(before) and module.endswith(after)
    if not fits or len(module) < len(before) + len(after):
        return None
    return module[len(before) : len(module) - len(after)]


def _packages(manifests: Mapping[str, bytes]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for path, data in manifests.items():
        try:
            manifest = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(manifest, dict) and isinstance(manifest.get("name"), str):
            yield manifest["name"], (folder_of(path), manifest)


def _targets(manifest: dict[str, Any], rest: str) -> Iterator[str]:
    """Where a package's manifest sends an import of it, or of a path in it."""
    exports = manifest.get("exports")
    wanted = f"./{rest}" if rest else "."
    if isinstance(exports, str) and not rest:
        yield exports
    elif isinstance(exports, dict):
        if wanted in exports:
            yield from _conditions(exports[wanted], 0)
        elif not rest and not any(key.startswith(".") for key in exports):
            yield from _conditions(exports, 0)
        for pattern, target in exports.items():
            star = _matched(pattern, wanted) if "*" in pattern else None
            for one in _conditions(target, 0) if star is not None else ():
                yield one.replace("*", star or "")
    if not rest:
        for key in _MAINS:
            value = manifest.get(key)
            if isinstance(value, str):
                yield value


def _conditions(target: Any, depth: int) -> Iterator[str]:
    if isinstance(target, str):
        yield target
    elif isinstance(target, dict) and depth < 6:
        for key in _CONDITIONS:
            if key in target:
                yield from _conditions(target[key], depth + 1)
    elif isinstance(target, list) and depth < 6:
        for one in target:
            yield from _conditions(one, depth + 1)
