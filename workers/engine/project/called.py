"""Which other scripts a command runs: those of package.json, by name, and shell files, by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from workers.engine.project.paths import folder_of, is_under, join, name_of
from workers.engine.project.scripts import Script
from workers.engine.source import SourceFile
from workers.engine.syntax import json_strings

_MANAGERS = frozenset({"npm", "yarn", "pnpm", "bun"})
_IN_TURN = frozenset({"run-s", "run-p", "npm-run-all", "npm-run-all2"})
_PACKAGES = ("-w", "--workspace", "workspace", "--filter", "-F")
_FOLDERS = ("--prefix", "--cwd", "-C", "--dir")
_EVERYWHERE = frozenset({"-r", "--recursive", "-ws", "--workspaces"})
_VERBS = frozenset({"run", "run-script", "exec", "--"})
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "exec", ".", "source"})


class Called:
    """The scripts of a repository, to be found by those that call them."""

    def __init__(self, sources: Iterable[SourceFile], scripts: Iterable[Script]) -> None:
        self._packages: dict[tuple[str, str], Script] = {}
        self._files: dict[str, Script] = {}
        for script in scripts:
            if script.is_package:
                self._packages[script.path, script.name] = script
            elif script.name == name_of(script.path):
                self._files[script.path] = script
        self._sources = [s for s in sources if name_of(s.path) == "package.json"]
        self._folders: dict[str, list[str]] | None = None

    def by(self, words: tuple[str, ...], caller: Script) -> Iterator[Script]:
        """The scripts that a command runs, each once."""
        seen: set[tuple[str, str]] = set()
        for script in (*self._named(words, caller), *self._filed(words, caller)):
            key = (script.path, script.name)
            if key not in seen:
                seen.add(key)
                yield script

    def _named(self, words: tuple[str, ...], caller: Script) -> Iterator[Script]:
        program, *rest = words
        here = folder_of(caller.path)
        if program in _IN_TURN:
            for word in rest:
                if not word.startswith("-"):
                    yield from self._of_package(here, word)
        elif program == "turbo":
            yield from self._of_tasks(rest)
        elif program == "concurrently":
            for word in rest:
                manager, colon, name = word.partition(":")
                if colon and manager in _MANAGERS:
                    yield from self._of_package(here, name)
        elif program in _MANAGERS:
            yield from self._of_manager(rest, here)

    def _of_manager(self, words: list[str], here: str) -> Iterator[Script]:
        folders: list[str] | None = [here]
        at, name = 0, ""
        while at < len(words):
            option, equals, value = words[at].partition("=")
            takes = option in _PACKAGES or option in _FOLDERS
            if takes and not equals:
                at += 1
                value = words[at] if at < len(words) else ""
            if option in _FOLDERS:
                folders = [join(here, value) or ""]
            elif option in _PACKAGES:
                folders = self._of_name(value, here)
            elif option in _EVERYWHERE:
                folders = None
            elif not name and not option.startswith("-") and option not in _VERBS:
                name = words[at]
            at += 1
        if name and folders is None:
            yield from self._everywhere(name)
        for folder in folders or ():
            yield from self._of_package(folder, name)

    def _of_tasks(self, words: list[str]) -> Iterator[Script]:
        """`turbo run a b --filter=web`: in every package that has a script of the name."""
        filters = [word.partition("=")[2] for word in words if word.startswith("--filter=")]
        folders = [folder for one in filters for folder in self._of_name(one, "")]
        for word in words:
            if word == "--":
                break
            if word.startswith("-") or word in _VERBS:
                continue
            package, mark, task = word.rpartition("#")
            if mark:
                for folder in self._of_name(package, ""):
                    yield from self._of_package(folder, task)
            elif filters:
                for folder in folders:
                    yield from self._of_package(folder, word)
            else:
                yield from self._everywhere(word)

    def _of_package(self, folder: str, name: str) -> Iterator[Script]:
        """A script of the nearest package.json; `db:*` is several."""
        own = f"{folder}/package.json" if folder else "package.json"
        for path in (own, "package.json"):
            if (path, name) in self._packages:
                yield self._packages[path, name]
                return
        if "*" in name:
            for (path, other), script in self._packages.items():
                if path == own and fnmatchcase(other, name):
                    yield script

    def _everywhere(self, name: str) -> Iterator[Script]:
        for (_, other), script in self._packages.items():
            if other == name:
                yield script

    def _of_name(self, name: str, here: str) -> list[str]:
        """The folder of a workspace, told by the package's name or by its path; of several
        packages of one name the one below the caller."""
        if self._folders is None:
            self._folders = {}
            for source in self._sources:
                for found in json_strings(source.text):
                    if found.path == ("name",):
                        folders = self._folders.setdefault(found.value.text, [])
                        folders.append(folder_of(source.path))
        known = self._folders.get(name) or self._folders.get(name.strip(".^{}[]!"))
        if known is not None:
            below = [folder for folder in known if is_under(folder, here)] if here else known
            return below if len(below) == 1 else known if len(known) == 1 else []
        path = join(here, name.strip("{}").removesuffix("...").rstrip("*"))
        return [path] if path else []

    def _filed(self, words: tuple[str, ...], caller: Script) -> Iterator[Script]:
        """A shell file: by its path from here or the root, in a container by its name alone."""
        told = next((word for word in words if word not in _SHELLS), "")
        if not told.endswith((".sh", ".bash")):
            return
        for path in (join(folder_of(caller.path), told), join("", told)):
            if path in self._files and path is not None:
                yield self._files[path]
                return
        same = [script for path, script in self._files.items() if name_of(path) == name_of(told)]
        if len(same) == 1:
            yield same[0]
