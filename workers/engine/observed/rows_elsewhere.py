"""What the rows of a MySQL or SQLite database let a migration do, as far as their number tells.

As for PostgreSQL (`rows`), no row is read. What each statement asks of the rows is seen by the
tables before and after it; where it moves rows from one table to another, as Prisma does on SQLite
to change a table, by its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from workers.engine.observed import conditions as said
from workers.engine.observed.conditions import Condition
from workers.engine.observed.dialect_rows import Dialect, Filling, MySql, Refusal, Sqlite
from workers.engine.observed.moving import Move, read_move, renamed_columns, renamed_tables, target
from workers.engine.observed.observation import Observation, Size
from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.onlooker import Tables
from workers.engine.sql.reader import Reader
from workers.engine.sql.replay import Failure, Migration

Uniques = frozenset[frozenset[str]]


class ElsewhereWatcher(Struct):
    """Looks on while migrations run, and keeps what the rows refuse and what they must satisfy."""

    sizes: dict[QualifiedName, Size]
    dialect: Dialect
    checks_keys: bool
    """Whether rows have to have their partners: not while FOREIGN_KEY_CHECKS is 0, nor in SQLite's
    migrations, which look for partners at their end at most."""
    refusals: dict[str, Failure] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    _filling: dict[tuple[QualifiedName, str], Filling] = field(default_factory=dict)
    """What columns that were added here hold."""
    _written: set[tuple[QualifiedName, str]] = field(default_factory=set)
    """Columns that these migrations have written."""
    _kept: dict[QualifiedName, Uniques] = field(default_factory=dict)
    """Columns in which the rows that were moved into a table are known to differ."""

    @classmethod
    def of(cls, observation: Observation) -> ElsewhereWatcher:
        """For a database as it was seen."""
        is_mysql = observation.provider == "mysql"
        dialect: Dialect = MySql(frozenset(observation.modes)) if is_mysql else Sqlite()
        sizes = {name: size for name, size in observation.sizes.items() if size.rows}
        return cls(sizes, dialect, checks_keys=is_mysql)

    def ran(
        self, migration: Migration, origin: Origin, statement: Reader, before: Tables, after: Tables
    ) -> None:
        """Judge one statement, and follow what it does to the rows."""
        asked = _Asked(migration, origin, self)
        verb = statement.tokens[0].value.upper() if statement.tokens else ""
        if verb in ("INSERT", "REPLACE"):
            self._move(asked, read_move(statement), after)
        elif verb in ("UPDATE", "DELETE", "TRUNCATE"):
            self._change(verb, statement, after)
        elif verb == "SET":
            self._set(statement)
        elif verb in ("CREATE", "ALTER", "DROP", "RENAME"):
            self._tables(asked, statement, before, after)

    def _set(self, statement: Reader) -> None:
        words = [token.value.lower() for token in statement.tokens]
        if "foreign_key_checks" in words[:-1]:
            self.checks_keys = words[-1] not in ("0", "off", "false")

    def _change(self, verb: str, statement: Reader, tables: Tables) -> None:
        found = target(statement)
        table = _find(tables, found.table)
        if table is None:
            return
        if verb == "TRUNCATE" or (verb == "DELETE" and not found.is_partial):
            self.sizes.pop(table.name, None)
        elif verb == "UPDATE":
            self._written |= {
                (table.name, column.name)
                for column in table.columns
                if column.name.lower() in found.columns
            }

    def _tables(self, asked: _Asked, statement: Reader, before: Tables, after: Tables) -> None:
        old_names = self._follow_names(renamed_tables(statement), before, after)
        columns = renamed_columns(statement)
        for name, table in after.items():
            old = before.get(old_names.get(name, name))
            if old is not None and old is not table and self._rows(name):
                self._compare(asked, old, table, columns)
        for name in before.keys() - after.keys() - set(old_names.values()):
            self._forget(name)

    def _rows(self, name: QualifiedName) -> int:
        size = self.sizes.get(name)
        return (size.rows or 0) if size is not None else 0

    def _may_lack(self, table: QualifiedName, column: str) -> bool:
        """Whether rows may have nothing in a column that may be empty."""
        key = (table, column)
        return key not in self._written and self._filling.get(key, "null") == "null"

    def _forget(self, name: QualifiedName) -> None:
        self.sizes.pop(name, None)
        self._kept.pop(name, None)
        self._written = {one for one in self._written if one[0] != name}
        self._filling = {key: one for key, one in self._filling.items() if key[0] != name}

    def _follow_names(
        self, renamed: Mapping[str, str], before: Tables, after: Tables
    ) -> dict[QualifiedName, QualifiedName]:
        """The old name of each table that was renamed; what is known of it goes with it."""
        found: dict[QualifiedName, QualifiedName] = {}
        for old_word, new_word in renamed.items():
            old, new = _find(before, old_word), _find(after, new_word)
            if old is None or new is None:
                continue
            found[new.name] = old.name
            size, kept = self.sizes.pop(old.name, None), self._kept.pop(old.name, None)
            if size is not None:
                self.sizes[new.name] = size
            if kept is not None:
                self._kept[new.name] = kept
            self._written |= {(new.name, c) for t, c in self._written if t == old.name}
            for (table, column), filling in list(self._filling.items()):
                if table == old.name:
                    self._filling[new.name, column] = filling
        return found

    def _compare(self, asked: _Asked, old: Table, new: Table, renamed: Mapping[str, str]) -> None:
        """What a changed table asks of its rows."""
        for column in new.columns:
            was = old.column(renamed.get(column.name.lower(), column.name))
            key = (new.name, column.name)
            if was is None:
                self._filling[key] = self.dialect.fills(column)
                asked.refuse(self.dialect.refuses(new, column))
            elif column.not_null and not was.not_null and self._may_lack(*key):
                asked.want(said.filled(new.name.name, column.name))
        names = {old_name: new_name for new_name, old_name in renamed.items()}
        known = {
            frozenset(names.get(one.lower(), one).lower() for one in columns)
            for columns in _uniques(old)
        } | self._kept.get(new.name, frozenset())
        for index, columns in _indexes(new):
            self._distinct(asked, new, columns, index, known)
        self._constraints(asked, old, new)

    def _distinct(
        self,
        asked: _Asked,
        table: Table,
        columns: tuple[str, ...],
        index: str,
        known: Iterable[frozenset[str]],
    ) -> None:
        low = frozenset(one.lower() for one in columns)
        if any(one <= low for one in known):
            return
        if any((table.name, one) in self._written for one in columns):
            return
        fillings = {self._filling.get((table.name, one)) for one in columns}
        if fillings & {"null", "each"}:
            return
        if fillings == {"same"}:
            if self._rows(table.name) > 1:
                asked.refuse(self.dialect.repeats(table, columns, index))
            return
        asked.want(
            said.distinct(
                table.name.name,
                [one for one in columns if self._filling.get((table.name, one)) is None],
            )
        )

    def _constraints(self, asked: _Asked, old: Table, new: Table) -> None:
        before = {(key.columns, key.ref_table) for key in old.foreign_keys}
        for key in new.foreign_keys if self.checks_keys else ():
            fillings = {self._filling.get((new.name, one)) for one in key.columns}
            is_written = any((new.name, one) in self._written for one in key.columns)
            is_new = (key.columns, key.ref_table) not in before
            if is_new and not is_written and "null" not in fillings:
                asked.want(said.partnered(new.name.name, key.ref_table.name, key.columns))
        checked = {check.definition for check in old.checks}
        for check in new.checks:
            if check.definition not in checked:
                asked.want(said.satisfying(new.name.name, check.name or check.definition))

    def _move(self, asked: _Asked, move: Move, tables: Tables) -> None:
        """Rows that go into a table: written out, or all that another holds."""
        table, source = _find(tables, move.into), _find(tables, move.source)
        if table is None:
            return
        if self.dialect.asks_before and move.columns and not move.is_lax:
            self._demand(asked, table, move)
        if not move.source:
            self.sizes.setdefault(table.name, Size(1, 0))
            return
        if source is None or move.is_partial or not self._rows(source.name):
            return
        self.sizes.setdefault(table.name, self.sizes[source.name])
        if not move.columns:
            return
        origins = dict(zip((one.lower() for one in move.columns), move.origins, strict=False))
        for column in table.columns:
            wanted = origins.get(column.name.lower())
            if column.name.lower() not in origins:
                self._filling[table.name, column.name] = self.dialect.fills(column)
                continue
            found = source.column(_spelled(source, wanted)) if wanted else None
            if found is None:
                self._written.add((table.name, column.name))
            elif (
                self.dialect.needs(table, column)
                and not found.not_null
                and self._may_lack(source.name, found.name)
            ):
                asked.want(said.filled(source.name.name, found.name))
        self._demand(asked, table, move)
        self._moved_uniques(asked, table, source, origins)

    def _demand(self, asked: _Asked, table: Table, move: Move) -> None:
        """Refuse an INSERT that leaves out what a row must have."""
        given = {one.lower() for one in move.columns}
        for column in table.columns:
            if column.name.lower() not in given and self.dialect.needs(table, column):
                asked.refuse(self.dialect.lacks(table, column))

    def _moved_uniques(
        self, asked: _Asked, table: Table, source: Table, origins: Mapping[str, str]
    ) -> None:
        back = {origin.lower(): column for column, origin in origins.items() if origin}
        known = {*_uniques(source), *self._kept.get(source.name, frozenset())}
        kept = frozenset(
            frozenset(back[one.lower()] for one in columns)
            for columns in known
            if all(one.lower() in back for one in columns)
        )
        self._kept[table.name] = kept
        for index, columns in _indexes(table):
            self._distinct(asked, table, columns, index, kept)
        checked = {check.definition for check in source.checks}
        for check in table.checks:
            if check.definition not in checked:
                asked.want(said.satisfying(source.name.name, check.name or check.definition))


class _Asked(Struct, frozen=True):
    """What one statement asks of the rows."""

    migration: Migration
    origin: Origin
    watcher: ElsewhereWatcher

    def want(self, text: str) -> None:
        self.watcher.conditions.append(Condition(self.migration.name, self.origin, text))

    def refuse(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            failure = Failure(self.migration.name, self.origin, *refusal)
            self.watcher.refusals.setdefault(self.migration.name, failure)


def _find(tables: Tables, name: str) -> Table | None:
    low = name.lower()
    return next((one for key, one in tables.items() if key.name.lower() == low), None)


def _spelled(table: Table, name: str) -> str:
    low = name.lower()
    return next((one.name for one in table.columns if one.name.lower() == low), name)


def _indexes(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each unique index over whole columns and all rows, and the primary key."""
    for index in table.indexes:
        if index.is_unique and index.columns and index.where is None:
            yield index.name, index.columns
    if table.primary_key is not None:
        yield "PRIMARY", table.primary_key.columns


def _uniques(table: Table) -> set[frozenset[str]]:
    return {frozenset(one.lower() for one in columns) for _, columns in _indexes(table)}
