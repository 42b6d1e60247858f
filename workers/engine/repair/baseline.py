"""The first migration of a history that lacks it, proven by running the whole history on it.

https://www.prisma.io/docs/orm/prisma-migrate/workflows/baselining
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.fixes import script
from workers.engine.fixes.plan import parts, plan
from workers.engine.fixes.steps import House, work_of
from workers.engine.reading import ground_of
from workers.engine.repair.beginning import Beginning
from workers.engine.repair.house import house_of
from workers.engine.repair.proposal import NewFile
from workers.engine.rules.context import Context
from workers.engine.rules.history.makers import Makings
from workers.engine.schema.model import Extension, Schema
from workers.engine.settings import Settings
from workers.engine.source import SourceFile
from workers.engine.sql import split
from workers.engine.sql.replay import Failure, Migration, Replay, replay
from workers.engine.sql.split import Statement
from workers.engine.sql.text import Text

_MOST_TRIED = 40
_NAMES = ("0_init", "00000000000000_init")
"""The first is what Prisma's documentation calls it."""


def baseline_of(context: Context, settings: Settings) -> NewFile | None:
    """The migration that makes what the later ones need, where with it every one of them runs.

    Nothing where the history runs as it is, where another order is what it needs, or where what
    was there before cannot be told.
    """
    pair = context.project
    failing = context.in_name_order or context.replay
    name = _name(context)
    is_prisma = pair is not None and pair.is_prisma and context.replayed.provider == "postgresql"
    if pair is None or not is_prisma or not failing.failures or name is None:
        return None
    makings = Makings(one.source for one in context.migrations)
    beginning = Beginning(context.declared, makings)
    ground = ground_of(pair, settings, context.declaration)
    house = house_of(context)
    outcome = replay(context.migrations, ground, lenient=True)
    path = f"{context.migrations_path}/{name}/migration.sql"
    for _ in range(_MOST_TRIED):
        if not outcome.failures:
            return _checked(beginning, outcome, path, house)
        own = [one for one in outcome.failures if one.migration == name]
        learnt = [beginning.unlearn(one) for one in own] or [
            beginning.learn(one, _statement(one, context)) for one in outcome.failures
        ]
        if not any(learnt):
            return None
        first = Migration(name, SourceFile(path, _text(beginning, house)))
        outcome = replay([first, *context.migrations], ground, lenient=True)
    return None


def _checked(beginning: Beginning, outcome: Replay, path: str, house: House) -> NewFile | None:
    """The file, unless something is left of what was only supposed to have been there."""
    if not beginning.tables and not beginning.enums and not beginning.extensions:
        return None
    for table, column in beginning.invented:
        left = outcome.schema.tables.get(table)
        if left is not None and left.column(column) is not None:
            return None
    return NewFile(path, _text(beginning, house), is_first=True)


def _name(context: Context) -> str | None:
    """A name that sorts before all others."""
    names = [migration.name for migration in context.migrations]
    return next((one for one in _NAMES if names and one < min(names)), None)


def _statement(failure: Failure, context: Context) -> Statement | None:
    """The statement that was refused."""
    source = context.sources.get(failure.origin.path)
    if source is None:
        return None
    at = len(source.text[: failure.origin.span.start].encode())
    found = split.read(Text(source.path, source.text)).statements
    return next((one for one in found if one.start <= at < one.end), None)


def _text(beginning: Beginning, house: House) -> str:
    schema = beginning.schema()
    changes = tuple(_changes(beginning, schema, house))
    work = work_of(Comparison(changes, ()), schema, Schema(), house=house)
    return "\n".join(script.up(part, house) for part in parts(plan(work), work))


def _changes(beginning: Beginning, schema: Schema, house: House) -> Iterator[c.Change]:
    spaces = {name.schema for name in (*schema.tables, *schema.enums)}
    for space in sorted(spaces - {house.names.default_schema}):
        yield c.SchemaMissing(space)
    for extension in sorted(beginning.extensions):
        yield c.ExtensionMissing(Extension(extension, house.names.default_schema))
    for enum in schema.enums.values():
        yield c.EnumMissing(enum)
    for table in schema.tables.values():
        yield c.TableMissing(table)
