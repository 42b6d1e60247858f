"""What the rules on locks and lost data are handed: the effects of migrations under review.

Under review are the migrations that the base does not have. Without a base it is the newest one
alone: the others have long been applied, and their locks are past. A table that the same pull
request makes is empty when it is deployed, so what happens to it is nobody's concern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from workers.engine.findings import Finding, Fix, Severity
from workers.engine.project.version import SPLIT_SINCE
from workers.engine.reading import ground_of
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.schema.model import EnumType, QualifiedName, Table
from workers.engine.settings import Settings
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effect_reader import effects_of
from workers.engine.sql.effects import Effect
from workers.engine.sql.postgres import Parsed
from workers.engine.sql.replay import Failure, Ground, Migration, Replay, replay
from workers.engine.sql.state import State


class StatementEffect(Struct, frozen=True):
    """One effect on a table that is older than the pull request, and what goes on around it.

    `here` holds all effects of the same migration in order, this one at `number`; `before` those
    of the pull request's earlier migrations.
    """

    effect: Effect
    migration: Migration
    here: tuple[Effect, ...] = ()
    number: int = 0
    before: tuple[Effect, ...] = ()

    @property
    def earlier(self) -> tuple[Effect, ...]:
        """The effects of the same migration before this one."""
        return self.here[: self.number]

    @property
    def later(self) -> tuple[Effect, ...]:
        """The effects of the same migration after this one."""
        return self.here[self.number + 1 :]

    def told(
        self,
        rule: Rule,
        *,
        message: str,
        remedy: str,
        part: str = "",
        severity: Severity | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding at the statement, about its table or a `part` of it, for this migration."""
        table = _table_of(self.effect)
        return rule.finding(
            subject=".".join(name for name in (str(table), part) if name),
            detail=self.migration.name,
            origin=self.effect.origin,
            message=message,
            remedy=remedy,
            severity=severity,
            fix=fix,
        )

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

    def is_added_filled(self, column: str) -> bool:
        """Whether the pull request has added the column with a default, a value in each row."""
        table = _table_of(self.effect)
        return any(
            isinstance(other, effects.ColumnAdded)
            and other.table.name == table
            and other.column == column
            and other.default != "none"
            for other in (*self.before, *self.earlier)
        )


def is_one_transaction(context: Context) -> bool:
    """Whether a migration is one transaction: not with Prisma from 7.4 on."""
    pair = context.project
    is_prisma = pair is not None and pair.is_prisma
    return not is_prisma or context.prisma_version < SPLIT_SINCE


def _table_of(effect: Effect) -> QualifiedName | None:
    table = getattr(effect, "table", None)
    return table.name if table is not None else None


class MigrationEffects(Struct, frozen=True):
    """All that one migration under review does to what was there before the pull request."""

    migration: Migration
    effects: tuple[Effect, ...]
    is_whole: bool = True
    """Whether every statement was reached: none was refused, and cut the rest off."""


_MAKERS = frozenset(
    {
        "CreateStmt",
        "CreateTableAsStmt",
        "CreateForeignTableStmt",
        "CreateSchemaStmt",
        "DoStmt",
        "SelectStmt",
        "ViewStmt",
        "RenameStmt",
        "AlterObjectSchemaStmt",
        "ImportForeignSchemaStmt",
    }
)
"""The statements after which there may be a table that was not there."""


class _Watcher(Struct):
    """Collects the effects of the wanted migrations while they are replayed."""

    wanted: frozenset[str]
    made: set[QualifiedName] = field(default_factory=set)
    found: dict[str, list[Effect]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    """The paths of those of which a statement was refused."""
    enums: dict[QualifiedName, EnumType] | None = None
    """The enums as the first wanted migration found them."""
    _relations: frozenset[QualifiedName] = frozenset()
    _tables: dict[QualifiedName, Table] = field(default_factory=dict)
    looks_inside: bool = True
    _length: int = 0
    """How many effects were found before the statement that was shown last."""

    def wants(self, migration: Migration) -> bool:
        """Whether this is a migration under review."""
        return migration.source.path in self.wanted

    def start(self, migration: Migration) -> None:
        """The file is run, perhaps for the second time."""
        self.found.pop(migration.source.path, None)
        self.refused.discard(migration.source.path)

    def before(self, migration: Migration, statement: Parsed, origin: Origin, state: State) -> None:
        """Read the effects while the state is as the statement will find it."""
        if self.enums is None:
            self.enums = dict(state.schema.enums)
        if statement.kind in _MAKERS:
            self._relations = _relations(state)
        self._length = len(self.found.get(migration.source.path, ()))
        cascades = statement.fields.get("behavior") == "DROP_CASCADE"
        self._tables = dict(state.schema.tables) if cascades else {}
        for effect in effects_of(statement, origin, state):
            name = _relation_of(effect)
            if name is None or name not in self.made:
                self.found.setdefault(migration.source.path, []).append(effect)

    def withdrawn(self, migration: Migration) -> None:
        """What a refused statement in a block would have done is not done."""
        del self.found.get(migration.source.path, [])[self._length :]
        self._tables = {}

    def after(
        self,
        migration: Migration,
        statement: Parsed,
        origin: Origin,
        state: State,
        failure: Failure | None,
    ) -> None:
        """Remember which tables and views the pull request makes, and follow their new names."""
        if failure is None:
            self._note_cascade(migration, origin, state)
        else:
            self.refused.add(migration.source.path)
        if failure is not None or statement.kind not in _MAKERS:
            return
        relations = _relations(state)
        is_renamed = statement.kind in ("RenameStmt", "AlterObjectSchemaStmt")
        if not is_renamed or (self._relations - relations) & self.made:
            self.made |= relations - self._relations

    def _note_cascade(self, migration: Migration, origin: Origin, state: State) -> None:
        """The columns that fell with a type, a domain or an extension."""
        found = self.found.setdefault(migration.source.path, [])
        told = {
            (one.table.name, one.column.name)
            for one in found
            if isinstance(one, effects.ColumnDropped) and one.origin == origin
        }
        for name, table in self._tables.items():
            after = state.schema.tables.get(name)
            if after is None or after is table or name in self.made:
                continue
            for column in table.columns:
                if after.column(column.name) is None and (name, column.name) not in told:
                    found.append(effects.ColumnDropped(table, origin, column))
        self._tables = {}


def _relations(state: State) -> frozenset[QualifiedName]:
    return frozenset((*state.schema.tables, *state.schema.views))


def _relation_of(effect: Effect) -> QualifiedName | None:
    return effect.view if isinstance(effect, effects.ViewRefreshed) else _table_of(effect)


def statement_subjects(context: Context) -> Iterator[StatementEffect | MigrationEffects]:
    """The effects of every migration under review, in the order in which they run."""
    if context.replayed.provider != "postgresql" or not context.migrations:
        return
    wanted = frozenset(_under_review(context))
    if not wanted:
        return
    migrations = _in_order(context)
    watcher = _Watcher(wanted)
    known, is_lenient = _start(context)
    replay(migrations, _ground(context), watch=watcher, start=known, lenient=is_lenient)
    before: tuple[Effect, ...] = ()
    for migration in migrations:
        found = tuple(watcher.found.get(migration.source.path, ()))
        for number, effect in enumerate(found):
            yield StatementEffect(effect, migration, found, number, before)
        if found:
            is_whole = is_lenient or migration.source.path not in watcher.refused
            yield MigrationEffects(migration, found, is_whole)
        before += found
    yield from _lost_enum_values(context, watcher, before)


def _start(context: Context) -> tuple[Replay | None, bool]:
    """The run to begin from, and whether refused statements are left out as they were there.

    A history that does not run on an empty database has run somewhere: what a migration does
    behind a statement that is refused here is done all the same.
    """
    if context.order is not None:
        return None, False
    kept = context.replay.tail
    if context.in_name_order is not None and kept and kept[-1][0] == len(context.migrations):
        return context.replay, True
    return context.in_name_order or context.replay, False


def _ground(context: Context) -> Ground:
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    return ground_of(context.project, settings) if context.project is not None else Ground()


def _in_order(context: Context) -> tuple[Migration, ...]:
    if context.order is None:
        return context.migrations
    place = {name: number for number, name in enumerate(context.order)}
    return tuple(sorted(context.migrations, key=lambda one: place.get(one.name, len(place))))


def _lost_enum_values(
    context: Context, watcher: _Watcher, seen: tuple[Effect, ...]
) -> Iterator[StatementEffect]:
    enums = watcher.enums if context.base is None else context.base.replayed.enums
    renamed = {(one.enum, one.value) for one in seen if isinstance(one, effects.EnumValueRenamed)}
    for name, lost in lost_values(enums or {}, context.replayed.enums).items():
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


def lost_values(
    before: Mapping[QualifiedName, EnumType], after: Mapping[QualifiedName, EnumType]
) -> dict[QualifiedName, tuple[str, ...]]:
    """The values that each enum of `before` no longer has in `after`."""
    lost = {}
    for name, enum in before.items():
        now = after.get(name)
        if now is None or now is enum:
            continue
        kept = {value.name for value in now.values}
        gone = tuple(value.name for value in enum.values if value.name not in kept)
        if gone:
            lost[name] = gone
    return lost
