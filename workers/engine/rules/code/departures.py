"""What a pull request takes away, and the code that still asks for it: after, and meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct

from workers.engine.code.client import ClientSchema
from workers.engine.code.evidence import CodeUse, origin_of, seen_by
from workers.engine.code.places import is_past, is_test
from workers.engine.code.uses import Use, ValueUse
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin


class DroppedUsed(Struct, frozen=True):
    """One file's uses of a model, field or enum value that this change takes out of the schema."""

    what: str
    subject: str
    places: tuple[Origin, ...]
    near: str = ""
    """What the schema declares instead, by its likeness."""


class DroppedRunning(Struct, frozen=True):
    """A table or column that a migration takes away while the code of the base still uses it."""

    what: str
    subject: str
    at: Origin
    named: tuple[Use, ...]
    whole: tuple[Use, ...]
    model: str


def departures(context: Context, code: CodeUse) -> Iterator[DroppedUsed | DroppedRunning]:
    """Everything that is taken away and used, at the head and at the base."""
    base = context.base
    if base is None or base.code is None:
        return
    yield from _still_used(code, base.code)
    yield from _running(context, base, base.code)


def _still_used(code: CodeUse, base: CodeUse) -> Iterator[DroppedUsed]:
    gone = _gone(base.client, code.client)
    if not gone:
        return
    usage = seen_by(code.code, base)
    same: list[Use | ValueUse] = [*code.usage.uses, *code.usage.values]
    fine = {(use.path, use.start) for use in same}
    asked = (use for use in usage.uses if use.is_by_client)
    uses: list[Use | ValueUse] = [*asked, *usage.values]
    found = [
        (name, use)
        for use in uses
        if (name := _name(use)) in gone
        and (use.path, use.start) not in fine
        and not is_past(use.path)
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].path, pair[1].start))
    for (name, _), pairs in groupby(found, key=lambda pair: (pair[0], pair[1].path)):
        places = tuple(dict.fromkeys(origin_of(use) for _, use in pairs))
        yield DroppedUsed(gone[name], name, places)


def _name(use: Use | ValueUse) -> str:
    if isinstance(use, ValueUse):
        return f"{use.enum}.{use.member}"
    return use.model if use.field is None else f"{use.model}.{use.field}"


def _gone(before: ClientSchema, after: ClientSchema) -> dict[str, str]:
    """What the base's client has and the head's has not: its name, and what it is."""
    gone: dict[str, str] = {}
    for name, model in before.models.items():
        now = after.models.get(name)
        if now is None:
            gone[name] = f"the model `{name}`"
            continue
        for field in model.fields.keys() - now.fields.keys():
            gone[f"{name}.{field}"] = f"`{name}.{field}`"
    for name, enum in before.enums.items():
        now_enum = after.enums.get(name)
        for member in enum.members.keys() - (now_enum.members.keys() if now_enum else set()):
            gone[f"{name}.{member}"] = f"the enum value `{name}.{member}`"
    return gone


def _running(context: Context, base: Context, code: CodeUse) -> Iterator[DroppedRunning]:
    for name, table in base.replayed.tables.items():
        now = context.replayed.tables.get(name)
        if now is None:
            if name in context.replayed.views:
                continue
            uses = tuple(use for use in code.of_table(name) if not is_test(use.path))
            at = _statement(context, str(name))
            if uses and at is not None:
                what = f"the table `{_shown(name)}`"
                yield DroppedRunning(what, str(name), at, uses, (), uses[0].model)
            continue
        columns = {column.name for column in now.columns}
        for column in table.columns:
            if column.name not in columns:
                yield from _column(context, code, name, column.name)


def _column(
    context: Context, code: CodeUse, table: QualifiedName, column: str
) -> Iterator[DroppedRunning]:
    named = tuple(u for u in code.of_column(table, column) if not is_test(u.path))
    fields = [
        model
        for model in code.client.models.values()
        if model.table == table and any(f.column == column for f in model.fields.values())
    ]
    if not fields:
        return  # the client of the base does not know the column any more
    whole = tuple(u for u in code.whole(table, column) if not is_test(u.path))
    at = _statement(context, f"{table}.{column}")
    if (named or whole) and at is not None:
        what = f"the column `{_shown(table)}.{column}`"
        yield DroppedRunning(what, f"{table}.{column}", at, named, whole, fields[0].name)


def _statement(context: Context, key: str) -> Origin | None:
    """The last statement that takes an object away."""
    found = [step.origin for step in context.replay.steps if key in step.drops]
    return found[-1] if found else None


def _shown(name: QualifiedName) -> str:
    return name.name if name.schema == "public" else str(name)
