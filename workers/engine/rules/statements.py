"""What the rules on locks and lost data are handed: the effects of migrations under review.

Under review are the migrations that the base does not have. Without a base it is the newest one
alone: the others have long been applied, and their locks are past. A table that the same pull
request makes is empty when it is deployed, so what happens to it is nobody's concern.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from workers.engine.reading import ground_of
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.settings import Settings
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effect_reader import effects_of
from workers.engine.sql.effects import Effect
from workers.engine.sql.postgres import Parsed
from workers.engine.sql.replay import Failure, Ground, Migration, replay
from workers.engine.sql.state import State


class StatementEffect(Struct, frozen=True):
    """One effect on a table that is older than the pull request, and what goes on around it.

    `earlier` and `later` are the other effects of the same migration, in order; `before` those of
    the pull request's earlier migrations.
    """

    effect: Effect
    migration: Migration
    earlier: tuple[Effect, ...] = ()
    later: tuple[Effect, ...] = ()
    before: tuple[Effect, ...] = ()

    def is_backfilled(self, column: str) -> bool:
        """Whether an UPDATE of the pull request has filled the column already."""
        table = _table_of(self.effect)
        return any(
            isinstance(other, effects.RowsWritten)
            and other.table.name == table
            and column in other.columns
            for other in (*self.before, *self.earlier)
        )

    def is_copied(self, column: str) -> bool:
        """Whether the pull request has written the column's values somewhere else before."""
        return any(
            isinstance(other, effects.RowsWritten) and column in other.reads
            for other in (*self.before, *self.earlier)
        )

    def is_added_here(self, column: str) -> bool:
        """Whether the pull request has added the column, so that no row has a value in it."""
        table = _table_of(self.effect)
        return any(
            isinstance(other, effects.ColumnAdded)
            and other.table.name == table
            and other.column == column
            for other in (*self.before, *self.earlier)
        )


def _table_of(effect: Effect) -> QualifiedName | None:
    table = getattr(effect, "table", None)
    return table.name if table is not None else None


class _Watcher(Struct):
    """Collects the effects of the wanted migrations while they are replayed."""

    wanted: frozenset[str]
    made: set[QualifiedName] = field(default_factory=set)
    found: dict[str, list[Effect]] = field(default_factory=dict)
    _tables: frozenset[QualifiedName] = frozenset()

    def wants(self, migration: Migration) -> bool:
        """Whether this is a migration under review."""
        return migration.source.path in self.wanted

    def start(self, migration: Migration) -> None:
        """The file is run, perhaps for the second time."""
        self.found.pop(migration.source.path, None)

    def before(self, migration: Migration, statement: Parsed, origin: Origin, state: State) -> None:
        """Read the effects while the state is as the statement will find it."""
        self._tables = frozenset(state.schema.tables)
        for effect in effects_of(statement, origin, state):
            table = _table_of(effect)
            if table is None or table not in self.made:
                self.found.setdefault(migration.source.path, []).append(effect)

    def after(
        self,
        migration: Migration,
        statement: Parsed,
        origin: Origin,
        state: State,
        failure: Failure | None,
    ) -> None:
        """Remember which tables the pull request makes, and follow their new names."""
        if failure is not None:
            return
        tables = frozenset(state.schema.tables)
        if statement.kind in ("RenameStmt", "AlterObjectSchemaStmt"):
            gone = self._tables - tables
            if gone & self.made:
                self.made |= tables - self._tables
        else:
            self.made |= tables - self._tables


def statement_subjects(context: Context) -> Iterator[StatementEffect]:
    """The effects of every migration under review, in the order in which they run."""
    if context.replayed.provider != "postgresql" or not context.migrations:
        return
    wanted = frozenset(_under_review(context))
    if not wanted:
        return
    migrations = _in_order(context)
    watcher = _Watcher(wanted)
    known = context.replay if context.in_name_order is None else None
    replay(migrations, _ground(context), watch=watcher, start=known)
    before: list[Effect] = []
    for migration in migrations:
        found = watcher.found.get(migration.source.path, [])
        for number, effect in enumerate(found):
            around = (tuple(found[:number]), tuple(found[number + 1 :]), tuple(before))
            yield StatementEffect(effect, migration, *around)
        before += found
    yield from _lost_enum_values(context, before)


def _ground(context: Context) -> Ground:
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    return ground_of(context.project, settings) if context.project is not None else Ground()


def _in_order(context: Context) -> tuple[Migration, ...]:
    if context.order is None:
        return context.migrations
    place = {name: number for number, name in enumerate(context.order)}
    return tuple(sorted(context.migrations, key=lambda one: place.get(one.name, len(place))))


def _lost_enum_values(context: Context, seen: list[Effect]) -> Iterator[StatementEffect]:
    if context.base is None:
        return
    renamed = {(one.enum, one.value) for one in seen if isinstance(one, effects.EnumValueRenamed)}
    for name, lost in lost_values(context.base.replayed, context.replayed).items():
        values = tuple(value for value in lost if (name, value) not in renamed)
        if not values:
            continue
        origin = context.place(context.replayed.enums[name].history)
        migration = context.migration_of(origin)
        if migration is not None:
            yield StatementEffect(effects.EnumValueRemoved(name, origin, values), migration)


def _under_review(context: Context) -> Iterator[str]:
    if context.is_base:
        return
    if context.base is None:
        yield context.migrations[-1].source.path
        return
    known = {migration.name for migration in context.base.migrations}
    for migration in context.migrations:
        if migration.name not in known:
            yield migration.source.path


def lost_values(before: Schema, after: Schema) -> dict[QualifiedName, tuple[str, ...]]:
    """The values that each enum of `before` no longer has in `after`."""
    lost = {}
    for name, enum in before.enums.items():
        now = after.enums.get(name)
        if now is None:
            continue
        kept = {value.name for value in now.values}
        gone = tuple(value.name for value in enum.values if value.name not in kept)
        if gone:
            lost[name] = gone
    return lost
