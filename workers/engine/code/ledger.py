"""What each file of code was found to do, kept with all that it depends on.

A later state is surveyed against it: looked at again is only a file that changed, that imports
resolve differently for, or that takes something from such a file, however far away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from workers.engine.code.facts import FORMAT, Facts
from workers.engine.code.modules import Modules
from workers.engine.code.uses import Usage

if TYPE_CHECKING:
    from workers.engine.code.codebase import CodeBase

ByPair = dict[str, Usage]
_NOTHING = Facts()


class Entry(Struct, frozen=True, array_like=True):
    """One file: its blob, the file behind each of its imports, and what it does.

    `links` changes with what other files may take from it.
    """

    blob: str
    targets: dict[str, str]
    links: bytes
    usage: ByPair = {}


class Ledger(Struct, frozen=True, array_like=True):
    """The entries of one state; `settled` is what holds for all of them, as a digest."""

    settled: bytes
    entries: dict[str, Entry]

    def standing(self, code: CodeBase) -> dict[str, ByPair]:
        """What still holds in another state's files."""
        modules = code.modules
        assert modules is not None
        targets = {path: _targets(path, file, modules) for path, file in code.files.items()}
        again = self._again(code, targets, modules)
        return {
            path: self.entries[path].usage
            for path in code.files
            if path in self.entries and path not in again
        }

    def _again(
        self, code: CodeBase, targets: Mapping[str, Mapping[str, str]], modules: Modules
    ) -> set[str]:
        """The files to look at again."""
        again: set[str] = set()
        spreading: list[str] = []
        for path, aims in targets.items():
            entry = self.entries.get(path)
            if entry is not None and entry.blob == code.names.get(path) and entry.targets == aims:
                continue
            again.add(path)
            is_alike = entry is not None and entry.targets == aims
            if not (is_alike and entry and entry.links == _links(code.files[path])):
                spreading.append(path)
        spreading += self._changed_elsewhere(code, modules)
        users = _users(targets, self.entries)
        while spreading:
            for user in users.get(spreading.pop(), ()):
                if user not in again:
                    again.add(user)
                    spreading.append(user)
        return again

    def _changed_elsewhere(self, code: CodeBase, modules: Modules) -> Iterator[str]:
        """Files that do not mention the database now, and are not what they were."""
        for path, entry in self.entries.items():
            if path in code.files:
                continue
            aims = {module: modules.file(path, module) or "" for module in entry.targets}
            if entry.blob != code.names.get(path, "") or entry.targets != aims:
                yield path


def settled_by(schemas: Iterable[object], modules: Modules) -> bytes:
    """A digest of what the findings in every file rest on: the schemas, how imports resolve."""
    text = msgspec.json.encode([FORMAT, list(schemas), modules.signature()], order="sorted")
    return blake2b(text, digest_size=16).digest()


def written(
    code: CodeBase, settled: bytes, found: Mapping[str, ByPair], before: Ledger | None
) -> Ledger:
    """The ledger of a state; what is as it was is taken over from the one before."""
    modules = code.modules
    assert modules is not None
    known = before.entries if before is not None else {}
    read = {**{path: file or _NOTHING for path, file in code.others.items()}, **code.files}
    entries = {}
    for path, file in read.items():
        entry, usage = known.get(path), found.get(path, {})
        if entry is None or entry.blob != code.names.get(path) or entry.usage is not usage:
            aims = _targets(path, file, modules)
            entry = Entry(code.names.get(path, ""), aims, _links(file), usage)
        entries[path] = entry
    for path, entry in known.items():
        if path in code.names and path not in entries:
            entries[path] = entry  # read by what was not looked at again
    return Ledger(settled, entries)


def memo_key(settled: bytes) -> str:
    """Under what a ledger is remembered."""
    return f"code:ledger:{settled.hex()}"


def recalled(data: bytes | None) -> Ledger | None:
    """A ledger as it was remembered; None where there is none, or it cannot be read."""
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=Ledger)
    except msgspec.DecodeError:
        return None


def _targets(path: str, file: Facts, modules: Modules) -> dict[str, str]:
    return {module: modules.file(path, module) or "" for module in file.modules}


def _links(file: Facts) -> bytes:
    """A digest of what other files may take from a file."""
    text = msgspec.json.encode((file.exports, file.stars, file.tops, file.values, file.shapes))
    return blake2b(text, digest_size=8).digest()


def _users(
    targets: Mapping[str, Mapping[str, str]], entries: Mapping[str, Entry]
) -> dict[str, list[str]]:
    """The files that import a file, by its path."""
    users: dict[str, list[str]] = {}
    for path, aims in targets.items():
        for aim in aims.values():
            users.setdefault(aim, []).append(path)
    for path, entry in entries.items():
        for aim in entry.targets.values() if path not in targets else ():
            users.setdefault(aim, []).append(path)
    return users
