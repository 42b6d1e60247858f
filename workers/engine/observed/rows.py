"""What the rows that a database holds let a migration do, as far as their number tells.

No row is read. That a table has rows is known from the catalogue's estimates; what is in them is
not, so that all but the certain refusals become conditions.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from workers.engine.observed import conditions as said
from workers.engine.observed.conditions import Condition
from workers.engine.observed.observation import Observation, Size
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effect_reader import effects_of
from workers.engine.sql.effects import Effect
from workers.engine.sql.postgres import Parsed
from workers.engine.sql.replay import Failure, Migration
from workers.engine.sql.state import State

_OF_TRANSACTIONS = frozenset(("25001", "55P04"))
"""What does not run in a transaction block, and a new enum value that is used in its own."""


class RowWatcher(Struct):
    """Looks on while migrations are run on a database as it is, and keeps what its rows refuse.

    `sizes` are those of the tables; it is changed as the migrations empty, rename and drop them.
    """

    sizes: dict[QualifiedName, Size]
    refusals: dict[str, Failure] = field(default_factory=dict)
    """The first certain refusal of each migration, by its name."""
    together: dict[str, Failure] = field(default_factory=dict)
    """What each migration is refused with where it is sent as one text."""
    conditions: list[Condition] = field(default_factory=list)
    looks_inside: bool = True
    _before: tuple[int, dict[str, Failure]] = (0, {})
    """How much was known before the statement last shown."""
    _filled: set[tuple[QualifiedName, str]] = field(default_factory=set)
    """Columns that these migrations have made or written themselves."""

    databases: frozenset[str] = frozenset()
    """Those of the server, where they are known."""

    @classmethod
    def of(cls, observation: Observation) -> RowWatcher:
        """For a database as it was seen."""
        sizes = {name: size for name, size in observation.sizes.items() if size.rows}
        return cls(sizes, databases=frozenset(observation.databases))

    def wants(self, migration: Migration) -> bool:
        """All that wait."""
        return bool(migration.name)

    def start(self, migration: Migration) -> None:
        """The file begins, perhaps for the second time."""
        self.refusals.pop(migration.name, None)
        self.conditions = [one for one in self.conditions if one.migration != migration.name]

    def before(self, migration: Migration, statement: Parsed, origin: Origin, state: State) -> None:
        """Judge the statement by the tables as it will find them."""
        self._before = len(self.conditions), dict(self.refusals)
        missing = self._missing_database(statement)
        if missing:
            failure = Failure(
                migration.name, origin, "3D000", f'database "{missing}" does not exist'
            )
            self.refusals.setdefault(migration.name, failure)
        for effect in effects_of(statement, origin, state):
            table = getattr(effect, "table", None)
            size = self.sizes.get(table.name) if table is not None else None
            if table is None or size is None:
                continue
            refusal = _refusal(effect, size)
            if refusal is not None:
                failure = Failure(migration.name, effect.origin, "23502", refusal)
                self.refusals.setdefault(migration.name, failure)
            self.conditions += (
                Condition(migration.name, effect.origin, text)
                for text in self._conditions(effect, size)
            )
            self._follow(effect)

    def after(
        self,
        migration: Migration,
        statement: Parsed,
        origin: Origin,
        state: State,
        failure: Failure | None,
    ) -> None:
        """Keep what is refused within the transaction of a whole file alone."""
        del statement, origin, state
        if failure is not None and failure.sqlstate in _OF_TRANSACTIONS:
            self.together.setdefault(migration.name, failure)

    def withdrawn(self, migration: Migration) -> None:
        """The block around the last statement goes on without it."""
        count, self.refusals = self._before
        del self.conditions[count:]

    def _missing_database(self, statement: Parsed) -> str:
        """The first database that a GRANT or REVOKE names and the server has not."""
        if statement.kind != "GrantStmt" or not self.databases:
            return ""
        if statement.fields.get("objtype") != "OBJECT_DATABASE":
            return ""
        names = [one.get("String", {}).get("sval", "") for one in statement.fields["objects"]]
        return next((name for name in names if name and name not in self.databases), "")

    def _conditions(self, effect: Effect, size: Size) -> Iterator[str]:
        match effect:
            case effects.NotNullSet(table=table, column=column, is_proven=False):
                if not column.not_null and (table.name, column.name) not in self._filled:
                    yield said.filled(table.name.name, column.name)
            case effects.IndexCreated(is_unique=True):
                yield from self._unique(effect.table.name, effect.columns)
            case effects.ConstraintAdded(is_valid=True, uses_index=False):
                yield from self._constraint(effect)
            case _:
                return

    def _constraint(self, effect: effects.ConstraintAdded) -> Iterator[str]:
        table = effect.table.name
        if effect.kind in ("unique", "primary key"):
            yield from self._unique(table, effect.columns)
        elif effect.columns and all((table, one) in self._filled for one in effect.columns):
            return
        elif effect.kind == "foreign key" and effect.referenced is not None:
            yield said.partnered(table.name, effect.referenced.name, effect.columns)
        elif effect.kind in ("check", "exclusion"):
            yield said.satisfying(table.name, effect.name or effect.kind)

    def _unique(self, table: QualifiedName, columns: tuple[str, ...]) -> Iterator[str]:
        if columns and not any((table, one) in self._filled for one in columns):
            yield said.distinct(table.name, columns)

    def _follow(self, effect: Effect) -> None:
        match effect:
            case effects.TableDropped() | effects.TableTruncated():
                self.sizes.pop(effect.table.name, None)
                if isinstance(effect, effects.TableTruncated) and effect.cascades:
                    self.sizes.clear()
            case effects.RowsWritten(verb="DELETE", is_partial=False):
                self.sizes.pop(effect.table.name, None)
            case effects.RowsWritten():
                self._filled |= {(effect.table.name, one) for one in effect.columns}
            case effects.TableRenamed():
                self.sizes[effect.name] = self.sizes.pop(effect.table.name)
                self._filled |= {
                    (effect.name, column)
                    for table, column in self._filled
                    if table == effect.table.name
                }
            case effects.ColumnAdded():
                self._filled.add((effect.table.name, effect.column))
            case _:
                return


def _refusal(effect: Effect, size: Size) -> str | None:
    """What PostgreSQL says where a table of any rows cannot take this."""
    if not isinstance(effect, effects.ColumnAdded) or not effect.is_required:
        return None
    if effect.default != "none" or effect.is_generated or effect.is_identity:
        return None
    name = effect.table.name.name
    return f'column "{effect.column}" of relation "{name}" contains null values'
