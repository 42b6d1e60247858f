"""Values across files: constants that are referred to, spreads, and choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workers.engine.code import facts
from workers.engine.code.facts import Ref, Value
from workers.engine.code.linking import Linker

_DEEPEST = 12


class Placed(NamedTuple):
    """A value and the file that it is written in."""

    value: Value
    path: str
    is_sure: bool = True
    """Whether it is this value in any case, whatever else the code decides."""


class Property(NamedTuple):
    """One property of an object: its name, where that stands, and its value."""

    name: str
    start: int
    end: int
    value: Placed
    is_sure: bool


class Follower:
    """Finds what is behind references, in any file."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.modules = linker.modules

    def options(self, placed: Placed, depth: int = 0) -> Iterator[Placed]:
        """The values that something may be, references followed; `Opaque` where it is unknown."""
        value = placed.value
        if depth > _DEEPEST:
            yield Placed(facts.Opaque(), placed.path)
        elif isinstance(value, facts.Reference):
            found = self._behind(value.ref, placed.path, 0)
            if found is None:
                yield placed
            else:
                yield from self.options(found._replace(is_sure=placed.is_sure), depth + 1)
        elif isinstance(value, facts.Choice):
            for one in value.options:
                yield from self.options(Placed(one, placed.path, False), depth + 1)
        else:
            yield placed

    def _behind(self, ref: Ref, path: str, depth: int) -> Placed | None:
        if depth > _DEEPEST:
            return None
        if isinstance(ref, facts.Top):
            file = self.linker.loaded(path)
            found = file.values.get(ref.name) if file is not None else None
            if found is None and file is not None and ref.name in file.tops:
                return self._behind(file.tops[ref.name], path, depth + 1)
            return Placed(found, path) if found is not None else None
        if isinstance(ref, facts.Imported):
            target = self.modules.file(path, ref.module)
            return self._exported(target, ref.name, depth + 1) if target is not None else None
        if isinstance(ref, facts.Member):
            base = self._behind(ref.base, path, depth + 1)
            if base is None:
                return self._in_module(ref, path, depth)
            for option in self.options(base, depth + 1):
                if isinstance(option.value, facts.Object):
                    for entry in option.value.entries:
                        if entry.name == ref.name:
                            return Placed(entry.value, option.path)
        return None

    def _in_module(self, ref: facts.Member, path: str, depth: int) -> Placed | None:
        """`selects.user` after `import * as selects`."""
        base = ref.base
        if isinstance(base, facts.Imported) and base.name == "*":
            target = self.modules.file(path, base.module)
            if target is not None:
                return self._exported(target, ref.name, depth + 1)
        return None

    def _exported(self, path: str, name: str, depth: int) -> Placed | None:
        file = self.linker.loaded(path)
        if file is None or depth > _DEEPEST:
            return None
        ref = file.exports.get(name)
        if ref is not None:
            return self._behind(ref, path, depth + 1)
        for module in file.stars:
            target = self.modules.file(path, module)
            found = self._exported(target, name, depth + 1) if target is not None else None
            if found is not None:
                return found
        return None

    def properties(self, placed: Placed) -> tuple[list[Property], bool]:
        """All properties that an object may have, and whether there may be more."""
        found: list[Property] = []
        is_open = self._collect(placed, found, placed.is_sure, 0)
        return found, is_open

    def _collect(self, placed: Placed, found: list[Property], is_sure: bool, depth: int) -> bool:
        value = placed.value
        if not isinstance(value, facts.Object) or depth > _DEEPEST:
            return not _is_nothing(value)
        is_open = value.is_open
        for entry in value.entries:
            inner = Placed(entry.value, placed.path, is_sure)
            if entry.name is not None:
                found.append(Property(entry.name, entry.start, entry.end, inner, is_sure))
                continue
            options = list(self.options(inner))
            for option in options:
                sure = is_sure and len(options) == 1
                is_open = self._collect(option, found, sure, depth + 1) or is_open
        return is_open


def _is_nothing(value: Value) -> bool:
    return isinstance(value, facts.Constant) and value.text in ("undefined", "null", "false")
