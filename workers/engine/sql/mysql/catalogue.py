"""The tables, views and triggers of a MySQL database while migrations run."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.errors import Diagnostic, Effect
from workers.engine.schema.model import ForeignKey, QualifiedName, Schema, Table, Trigger
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.create import SCHEMA
from workers.engine.sql.mysql.draft import Draft
from workers.engine.sql.mysql.keys import Tables
from workers.engine.sql.reader import UnreadStatement


class Catalogue:
    """What is there by name; `tell` takes what is to be said of the migrations."""

    def __init__(self, schema: Schema, tell: Callable[[Diagnostic], None]) -> None:
        self.schema = schema
        self.tell = tell
        self.generated: dict[QualifiedName, set[str]] = {}
        """By table, the indexes that foreign keys brought along."""
        self.unknown: set[str] = set()
        """Tables in small letters whose columns could not be read."""
        self.temporary: set[str] = set()
        self.told: set[str] = set()

    @property
    def tables(self) -> Tables:
        """The tables by name."""
        return self.schema.tables

    def take_over(self) -> None:
        """Begin with the tables of a real database, which does not tell the indexes that foreign
        keys brought along: they have the names of their keys, and no index of one's own has."""
        for name, table in self.tables.items():
            keys = {key.name.lower(): key.columns for key in table.foreign_keys}
            self.generated[name] = {
                index.name.lower()
                for index in table.indexes
                if keys.get(index.name.lower()) == index.columns
            }

    def find(self, name: str, origin: Origin) -> Table | None:
        """The table of a name: exactly, or in other letters as Windows and macOS have it."""
        exact = self.tables.get(QualifiedName(SCHEMA, name))
        if exact is not None:
            return exact
        low = name.lower()
        found = next((t for key, t in self.tables.items() if key.name.lower() == low), None)
        if found is not None:
            self._tell_letters(name, found.name.name, origin)
        return found

    def _tell_letters(self, name: str, kept: str, origin: Origin) -> None:
        self.mention(
            "table-name-letters",
            f"`{name}` is the table `{kept}` only where MySQL does not tell capital letters from "
            "small ones (Windows, macOS, `lower_case_table_names`); elsewhere this migration fails "
            f"with error 1146, Table '{name}' doesn't exist.",
            origin,
        )

    def mention(self, code: str, message: str, origin: Origin) -> None:
        """Tell something once that leaves the verdict alone."""
        if code not in self.told:
            self.told.add(code)
            self.tell(Diagnostic(code, message, origin, Effect.INFORMATION))

    def tell_guard(self, words: str, origin: Origin) -> None:
        """Say of some words that MySQL does not know them."""
        self.mention(
            "mariadb-only",
            f"Only MariaDB knows {words} here; MySQL refuses the statement with error 1064.",
            origin,
        )

    def need(self, name: str, origin: Origin) -> Table:
        """The table of a name; refuses where there is none, gives up where it is unknown."""
        found = self.find(name, origin)
        if found is not None:
            return found
        self._check_known(name)
        raise refusals.no_table(name)

    def _check_known(self, name: str) -> None:
        if name.lower() in self.unknown:
            subject = str(QualifiedName(SCHEMA, name))
            raise UnreadStatement(f"What `{name}` looks like is not known.", subject)

    def is_there(self, name: str) -> bool:
        """Whether a table or view of this name is there, read or not."""
        low = name.lower()
        return (
            low in self.unknown
            or low in self.temporary
            or any(key.name.lower() == low for key in (*self.tables, *self.schema.views))
        )

    def view(self, name: str) -> QualifiedName | None:
        """The view of a name."""
        low = name.lower()
        return next((key for key in self.schema.views if key.name.lower() == low), None)

    def put(self, draft: Draft, history: tuple[Origin, ...]) -> Table:
        """Keep a draft that holds."""
        table = draft.table(history)
        self.schema.tables[table.name] = table
        self.generated[table.name] = draft.generated
        return table

    def rename(self, table: Table, new: str, origin: Origin) -> None:
        """Give a table another name; refuses one that is taken."""
        old, name = table.name, QualifiedName(SCHEMA, new)
        if name == old:
            return
        if new.lower() != old.name.lower() and self.is_there(new):
            raise refusals.table_exists(new)
        prefix = f"{old.name}_ibfk_"
        keys = tuple(
            replace(key, name=f"{new}_ibfk_{key.name.removeprefix(prefix)}")
            if key.name.startswith(prefix)
            else key
            for key in table.foreign_keys
        )
        renamed = replace(table, name=name, foreign_keys=keys, history=(*table.history, origin))
        self.schema.tables = {
            (name if key == old else key): (renamed if key == old else one)
            for key, one in self.tables.items()
        }
        self.generated[name] = self.generated.pop(old, set())
        self.schema.triggers = {
            (name if key[0] == old else key[0], key[1]): replace(trigger, table=name)
            if key[0] == old
            else trigger
            for key, trigger in self.schema.triggers.items()
        }
        self.change_keys(lambda key: replace(key, ref_table=name) if key.ref_table == old else key)

    def change_keys(self, change: Callable[[ForeignKey], ForeignKey]) -> None:
        """Change the foreign keys of all tables."""
        for name, table in self.tables.items():
            keys = tuple(change(key) for key in table.foreign_keys)
            if keys != table.foreign_keys:
                self.schema.tables[name] = replace(table, foreign_keys=keys)

    def add_trigger(self, name: str, table: str, origin: Origin) -> None:
        """Keep a trigger; refuses one on a table that is not there."""
        owner = self.need(table, origin).name
        self.schema.triggers[(owner, name)] = Trigger(name, owner, history=(origin,))
