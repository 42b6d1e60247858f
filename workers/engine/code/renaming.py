"""Which names the code gave up for others between two states, place by place.

A file's uses are laid beside each other as they stood and as they stand. Where one name was
replaced by another in the same place of the same query, and nothing else speaks, that is a rename
which the code's authors made. It counts only where no code says the old name any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from msgspec import Struct, field

from workers.engine.code.client import ClientSchema, delegate_of
from workers.engine.code.evidence import CodeUse, origin_of, seen_by
from workers.engine.code.uses import Usage, Use, ValueUse
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin

_MOST_USES = 3_000
"""Files with more uses than that are generated, and told nothing from."""

Key = TypeVar("Key")
_Name = tuple[str, str | None]
"""A model's field by both names; a model alone; an enum as `enum` with its name."""
_ENUM = "enum "


class Replaced(Struct, frozen=True):
    """A name that the code says in place of another, and where it now does."""

    old: str
    new: str
    places: tuple[Origin, ...]

    @property
    def reason(self) -> str:
        """The sentence's part that tells it as evidence."""
        count = len(self.places)
        where = "" if count == 1 else f" in {count} places"
        return f"the code says `{self.new}` where it said `{self.old}`{where}"


class Replacements(Struct, frozen=True):
    """What was replaced, by the old and the new name in the database."""

    tables: Mapping[tuple[QualifiedName, QualifiedName], Replaced] = field(default_factory=dict)
    columns: Mapping[tuple[QualifiedName, str, QualifiedName, str], Replaced] = field(
        default_factory=dict
    )
    """By the old table and column, and the new ones."""
    enums: Mapping[tuple[QualifiedName, QualifiedName], Replaced] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Whether there is anything."""
        return bool(self.tables or self.columns or self.enums)


def replacements(base: CodeUse, head: CodeUse) -> Replacements:
    """The names that the base's code says and the head's code says others for."""
    found = _only_partners(_replaced(base, head))
    if not found:
        return Replacements()
    standing = set(_still_said(base, head))
    tables, columns, enums = {}, {}, {}
    for (old, new), places in found.items():
        if old in standing:
            continue
        told = Replaced(_shown(old), _shown(new), tuple(dict.fromkeys(places)))
        (first, one), (second, other) = _database(old, base.client), _database(new, head.client)
        if old[0] == _ENUM:
            enums[first, second] = told
        elif old[1] is None:
            tables[first, second] = told
        elif one is not None and other is not None:
            columns[first, one, second, other] = told
    return Replacements(tables, columns, enums)


def _replaced(base: CodeUse, head: CodeUse) -> dict[tuple[_Name, _Name], list[Origin]]:
    """Each pair of names of which one stands in the other's place, in the files that changed."""
    before, after = _by_file(base, head), _by_file(head, base)
    found: dict[tuple[_Name, _Name], list[Origin]] = {}
    for path in before.keys() & after.keys():
        for one, other in _aligned(before[path], after[path]):
            names = _name(one), _name(other)
            if names[0] != names[1] and _is_alike(one, other):
                found.setdefault(names, []).append(origin_of(other))
    return found


def _by_file(code: CodeUse, other: CodeUse) -> dict[str, list[Use | ValueUse]]:
    """The uses in the files that both states have, and have differently."""
    here, there = code.code.names, other.code.names
    found: dict[str, list[Use | ValueUse]] = {}
    for use in _all(code.usage):
        if use.path in there and there[use.path] != here.get(use.path):
            found.setdefault(use.path, []).append(use)
    return {
        path: sorted(uses, key=lambda use: (use.start, use.end))
        for path, uses in found.items()
        if len(uses) <= _MOST_USES
    }


def _all(usage: Usage) -> Iterator[Use | ValueUse]:
    yield from usage.uses
    yield from usage.values


def _aligned(
    before: list[Use | ValueUse], after: list[Use | ValueUse]
) -> Iterator[tuple[Use | ValueUse, Use | ValueUse]]:
    """The uses that stand in each other's place: runs of the same length between equal ones."""
    matcher = SequenceMatcher(
        None, [_token(use) for use in before], [_token(use) for use in after], autojunk=False
    )
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "replace" and end - start == last - first:
            yield from zip(before[start:end], after[first:last], strict=True)


def _token(use: Use | ValueUse) -> tuple[str, str | None, str, str]:
    if isinstance(use, ValueUse):
        return f"{_ENUM}{use.enum}", use.member, "", ""
    return use.model, use.field, use.how, use.method


def _is_alike(one: Use | ValueUse, other: Use | ValueUse) -> bool:
    """Whether both do the same, so that the name alone differs."""
    if isinstance(one, ValueUse) or isinstance(other, ValueUse):
        return (
            isinstance(one, ValueUse) and isinstance(other, ValueUse) and one.member == other.member
        )
    is_model = one.field is None
    return (
        one.how == other.how
        and one.method == other.method
        and is_model == (other.field is None)
        and (is_model or one.field != other.field)
    )


def _name(use: Use | ValueUse) -> _Name:
    return (_ENUM, use.enum) if isinstance(use, ValueUse) else (use.model, use.field)


def _shown(name: _Name) -> str:
    return name[1] or delegate_of(name[0])


def _database(name: _Name, client: ClientSchema) -> tuple[QualifiedName, str | None]:
    """The table and the column, or the enum, that a client's name stands for."""
    if name[0] == _ENUM and name[1] is not None:
        return client.enums[name[1]].type, None
    model = client.models[name[0]]
    return model.table, model.fields[name[1]].column if name[1] is not None else None


def _only_partners(
    found: Mapping[tuple[Key, Key], list[Origin]],
) -> dict[tuple[Key, Key], list[Origin]]:
    """The pairs of which neither name has another partner."""
    return {
        (old, new): places
        for (old, new), places in found.items()
        if sum(one == old for one, _ in found) == 1 and sum(two == new for _, two in found) == 1
    }


def _still_said(base: CodeUse, head: CodeUse) -> Iterable[_Name]:
    """The base's names that the head's code says in places that are none of its own schema's."""
    own = {(use.path, use.start) for use in _all(head.usage)}
    for use in _all(seen_by(head.code, base)):
        if (use.path, use.start) not in own:
            yield _name(use)
