"""SQLite's tables while a migration runs, and what each statement makes of them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import (
    ForeignKey,
    History,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    Table,
    Trigger,
    View,
)
from workers.engine.source import Origin
from workers.engine.sql.reader import Token, split_at_commas
from workers.engine.sql.replay import Replay
from workers.engine.sql.sqlite.reader import Reader, SqliteError
from workers.engine.sql.sqlite.tables import SCHEMA, Draft, read_column, read_table

_SILENT = (
    *("INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "VALUES", "PRAGMA", "BEGIN"),
    *("COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ANALYZE", "VACUUM", "REINDEX"),
    *("EXPLAIN", "ATTACH", "DETACH"),
)
"""Statements that leave the tables as they are."""


class Database:
    """The tables while a migration runs."""

    def __init__(self, tables: dict[QualifiedName, Table], outcome: Replay) -> None:
        self.tables = tables
        self.views: dict[QualifiedName, View] = {}
        self.triggers: dict[tuple[QualifiedName, str], Trigger] = {}
        self.outcome = outcome

    def run(self, reader: Reader, origin: Origin) -> None:
        """Run one statement."""
        if reader.take("CREATE"):
            self._create(reader, origin)
        elif reader.take("DROP"):
            self._drop(reader)
        elif reader.take("ALTER", "TABLE"):
            self._alter(reader, origin)
        elif not (reader.current and reader.current.is_word(*_SILENT)):
            raise reader.unread()

    def find(self, name: str) -> Table | None:
        """The table of a name, in any case of letters."""
        exact = self.tables.get(QualifiedName(SCHEMA, name))
        if exact is not None:
            return exact
        low = name.lower()
        return next((t for key, t in self.tables.items() if key.name.lower() == low), None)

    def _need(self, name: str) -> Table:
        table = self.find(name)
        if table is None:
            raise SqliteError(f"no such table: {name}")
        return table

    def _create(self, reader: Reader, origin: Origin) -> None:
        _ = reader.take("TEMP") or reader.take("TEMPORARY")
        if reader.take("TABLE"):
            self._create_table(reader, origin)
        elif reader.take("UNIQUE", "INDEX"):
            self._create_index(reader, origin, is_unique=True)
        elif reader.take("INDEX"):
            self._create_index(reader, origin, is_unique=False)
        elif reader.take("VIEW"):
            guarded = reader.take("IF", "NOT", "EXISTS")
            view = QualifiedName(SCHEMA, reader.qualified_name())
            if not (guarded and view in self.views):
                self.views[view] = View(view, history=(origin,))
        elif reader.take("TRIGGER"):
            self._create_trigger(reader, origin)
        elif reader.take("VIRTUAL", "TABLE"):
            reader.take("IF", "NOT", "EXISTS")
            name = reader.qualified_name()
            self._unknown(name, origin, f"The virtual table `{name}` cannot be known unrun.")
        else:
            raise reader.unread()

    def _unknown(self, name: str, origin: Origin, message: str) -> None:
        subject = str(QualifiedName(SCHEMA, name))
        self.outcome.diagnostics.append(
            Diagnostic("statement-not-known", message, origin, subjects=(subject,))
        )

    def _create_table(self, reader: Reader, origin: Origin) -> None:
        guarded = reader.take("IF", "NOT", "EXISTS")
        name = reader.qualified_name()
        if self.find(name) is not None:
            if guarded:
                return
            raise SqliteError(f"table {_shown(name)} already exists")
        if reader.take("AS"):
            self._unknown(name, origin, f"The columns of `{name}` come from a query.")
            return
        table = read_table(reader, name, origin)
        self.tables[table.name] = table

    def _create_trigger(self, reader: Reader, origin: Origin) -> None:
        reader.take("IF", "NOT", "EXISTS")
        name = reader.qualified_name()
        while reader.current is not None and not reader.take("ON"):
            reader.at += 1
        table = QualifiedName(SCHEMA, reader.name())
        self.triggers[(table, name)] = Trigger(name, table, history=(origin,))

    def _create_index(self, reader: Reader, origin: Origin, *, is_unique: bool) -> None:
        guarded = reader.take("IF", "NOT", "EXISTS")
        name = reader.qualified_name()
        if not reader.take("ON"):
            raise reader.unread()
        wanted = reader.name()
        table = self.find(wanted)
        if table is None:
            raise SqliteError(f"no such table: main.{wanted}")
        if self._index_table(name) is not None:
            if guarded:
                return
            raise SqliteError(f"index {_shown(name)} already exists")
        keys = tuple(_key(part, reader, table) for part in split_at_commas(reader.group()))
        where = reader.source(reader.tokens[reader.at :]) if reader.take("WHERE") else None
        index = Index(name, keys, is_unique, where=where, history=(origin,))
        self.tables[table.name] = replace(table, indexes=(*table.indexes, index))

    def _index_table(self, name: str) -> Table | None:
        for table in self.tables.values():
            if any(index.name.lower() == name.lower() for index in table.indexes):
                return table
        return None

    def _drop(self, reader: Reader) -> None:
        kind = reader.name().upper()
        guarded = reader.take("IF", "EXISTS")
        name = reader.qualified_name()
        if kind == "TABLE":
            table = self.find(name)
            if table is not None:
                del self.tables[table.name]
                self.triggers = {k: v for k, v in self.triggers.items() if k[0] != table.name}
            elif not guarded:
                raise SqliteError(f"no such table: {name}")
        elif kind == "INDEX":
            table = self._index_table(name)
            if table is not None:
                kept = tuple(i for i in table.indexes if i.name.lower() != name.lower())
                self.tables[table.name] = replace(table, indexes=kept)
            elif not guarded:
                raise SqliteError(f"no such index: {name}")
        elif kind == "VIEW":
            self.views.pop(QualifiedName(SCHEMA, name), None)
        elif kind == "TRIGGER":
            self.triggers = {key: one for key, one in self.triggers.items() if key[1] != name}
        else:
            raise SqliteError(f'near "{kind}": syntax error')

    def _alter(self, reader: Reader, origin: Origin) -> None:
        table = self._need(reader.qualified_name())
        if reader.take("RENAME", "TO"):
            self._rename(table, reader.name(), origin)
        elif reader.take("RENAME"):
            reader.take("COLUMN")
            old = _column(table, reader.name())
            if not reader.take("TO"):
                raise reader.unread()
            self._rename_column(table, old, reader.name(), origin)
        elif reader.take("ADD"):
            reader.take("COLUMN")
            draft = Draft(table.name.name, origin)
            read_column(reader, draft)
            self._add(table, draft, origin)
        elif reader.take("DROP"):
            reader.take("COLUMN")
            name = _column(table, reader.name())
            self.tables[table.name] = replace(
                table,
                columns=tuple(column for column in table.columns if column.name != name),
                foreign_keys=tuple(key for key in table.foreign_keys if name not in key.columns),
                history=(*table.history, origin),
            )
        else:
            raise reader.unread()

    def _add(self, table: Table, draft: Draft, origin: Origin) -> None:
        column = draft.columns[0]
        if table.column(column.name) is not None:
            raise SqliteError(f"duplicate column name: {column.name}")
        self.tables[table.name] = replace(
            table,
            columns=(*table.columns, column),
            foreign_keys=(*table.foreign_keys, *draft.foreign_keys),
            checks=(*table.checks, *draft.checks),
            history=(*table.history, origin),
        )

    def _rename(self, table: Table, new: str, origin: Origin) -> None:
        if self.find(new) is not None:
            raise SqliteError(f"there is already another table or index with this name: {new}")
        old, name = table.name, QualifiedName(SCHEMA, new)
        prefix = f"sqlite_autoindex_{old.name}_"
        indexes = tuple(
            replace(index, name=f"sqlite_autoindex_{new}_{index.name.removeprefix(prefix)}")
            if index.name.startswith(prefix)
            else index
            for index in table.indexes
        )
        renamed = replace(table, name=name, indexes=indexes, history=(*table.history, origin))
        self.tables = {
            (name if key == old else key): (renamed if key == old else one)
            for key, one in self.tables.items()
        }
        low = old.name.lower()
        self._change_keys(
            lambda key: replace(key, ref_table=name) if key.ref_table.name.lower() == low else key
        )

    def _rename_column(self, table: Table, old: str, new: str, origin: Origin) -> None:
        def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if name == old else name for name in names)

        key = table.primary_key
        history: History = (*table.history, origin)
        self.tables[table.name] = replace(
            table,
            columns=tuple(
                replace(column, name=new, history=(*column.history, origin))
                if column.name == old
                else column
                for column in table.columns
            ),
            primary_key=KeyConstraint(key.name, renamed(key.columns), history=key.history)
            if key
            else None,
            indexes=tuple(
                replace(
                    index,
                    keys=tuple(
                        replace(one, column=new) if one.column == old else one for one in index.keys
                    ),
                )
                for index in table.indexes
            ),
            foreign_keys=tuple(
                replace(one, columns=renamed(one.columns)) for one in table.foreign_keys
            ),
            history=history,
        )
        low = table.name.name.lower()
        self._change_keys(
            lambda one: (
                replace(one, ref_columns=renamed(one.ref_columns))
                if one.ref_table.name.lower() == low
                else one
            )
        )

    def _change_keys(self, change: Callable[[ForeignKey], ForeignKey]) -> None:
        for name, table in self.tables.items():
            keys = tuple(change(key) for key in table.foreign_keys)
            if keys != table.foreign_keys:
                self.tables[name] = replace(table, foreign_keys=keys)


def _column(table: Table, name: str) -> str:
    low = name.lower()
    found = next((column.name for column in table.columns if column.name.lower() == low), None)
    if found is None:
        raise SqliteError(f'no such column: "{name}"')
    return found


def _key(part: list[Token], reader: Reader, table: Table) -> IndexKey:
    descending = part[-1].is_word("DESC")
    first = part[0]
    plain = len(part) == 1 or part[1].is_word("ASC", "DESC", "COLLATE")
    low = first.value.lower()
    name = next((column.name for column in table.columns if column.name.lower() == low), None)
    if plain and first.kind in ("word", "name", "string") and name is not None:
        return IndexKey(column=name, descending=descending)
    if plain and first.kind in ("word", "name"):
        raise SqliteError(f"no such column: {first.value}")
    return IndexKey(expression=reader.source(part), descending=descending)


def _shown(name: str) -> str:
    return name if name.replace("_", "a").isalnum() else f'"{name}"'
