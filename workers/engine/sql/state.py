"""The replayed state: a schema, and what else decides how the next statement goes.

All objects are frozen, so a snapshot is a copy of dictionaries: microseconds. Every change of an
object goes through a method here, which keeps the indexes by name and logs what was touched.
"""

from __future__ import annotations

from operator import attrgetter, is_
from typing import Any

from msgspec import Struct, field

from workers.engine.schema.model import (
    CompositeType,
    Domain,
    EnumType,
    Function,
    QualifiedName,
    Schema,
    Sequence,
    Table,
    View,
)
from workers.engine.source import Origin

TEMPORARY = "pg_temp"

Key = QualifiedName | str | tuple[QualifiedName, str]


class Log(Struct):
    """What one statement referred to, made, changed and dropped; keys as in the schema."""

    needs: set[str] = field(default_factory=set)
    creates: set[str] = field(default_factory=set)
    touches: set[str] = field(default_factory=set)
    drops: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    """The functions of the history that calls were found to mean."""


class EventTrigger(Struct, frozen=True):
    """An event trigger: the signature of its function, and the commands at whose end it runs."""

    function: str | None = None
    """None where an extension may have brought it."""
    tags: tuple[str, ...] = ()
    """`CREATE TABLE` and the like; "" stands for every command."""
    is_enabled: bool = True


class Hidden(Struct):
    """What decides names and refusals, and is printed nowhere."""

    index_tables: dict[QualifiedName, QualifiedName] = field(default_factory=dict)
    """The table or materialised view of each index."""
    constraint_tables: dict[QualifiedName, tuple[QualifiedName, ...]] = field(default_factory=dict)
    """The tables that have a constraint of that name in that schema."""
    overloads: dict[QualifiedName, tuple[str, ...]] = field(default_factory=dict)
    """The signatures of all functions of a name."""
    outputs: dict[str, str] = field(default_factory=dict)
    """What a function with OUT parameters gives, as `TABLE(name type)`, by its signature."""
    types: dict[QualifiedName, str] = field(default_factory=dict)
    """Further types: base and range types, and "extension NAME" for what an extension brings."""
    typed: dict[QualifiedName, QualifiedName] = field(default_factory=dict)
    """The composite type of each table that was made OF one."""
    operator_classes: dict[QualifiedName, tuple[str, str]] = field(default_factory=dict)
    """(method, default for type or "") of those that extensions bring."""
    operator_owners: dict[QualifiedName, str] = field(default_factory=dict)
    """The extension of each operator class."""
    extension_members: dict[str, str] = field(default_factory=dict)
    """The extension of each relation or function signature that is owned by one."""
    ground: dict[str, bool] = field(default_factory=dict)
    """The objects that were there before the first migration, as strings."""
    roles: dict[str, bool] = field(default_factory=dict)
    publications: dict[str, bool] = field(default_factory=dict)
    """Whether each is one of all tables."""
    published: dict[tuple[str, QualifiedName], bool] = field(default_factory=dict)
    """(publication, table) for each table that was added to one."""
    other: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Objects of kinds that only their existence is known of: ("collation", "public.x")."""
    event_triggers: dict[str, EventTrigger] = field(default_factory=dict)
    trigger_columns: dict[tuple[QualifiedName, str], tuple[str, ...]] = field(default_factory=dict)
    fresh_values: dict[tuple[QualifiedName, str], bool] = field(default_factory=dict)
    """Enum values added in the running transaction to an enum that is older than it."""
    fresh_types: dict[QualifiedName, bool] = field(default_factory=dict)
    """Enums made in the running transaction: their values may be used at once."""
    operators: dict[str, str] = field(default_factory=dict)
    """The signature of the function under each operator of the history, by `schema.name(a,b)`."""
    rules: dict[tuple[QualifiedName, str], bool] = field(default_factory=dict)
    """Rewrite rules by relation and name."""
    servers: dict[str, str] = field(default_factory=dict)
    """The foreign-data wrapper of each server."""
    foreign: dict[QualifiedName, str] = field(default_factory=dict)
    """The server of each foreign table."""
    statistics: dict[QualifiedName, tuple[QualifiedName, tuple[str, ...]]] = field(
        default_factory=dict
    )
    """The relation and the columns of extended statistics, as they were when they were made."""
    owned: dict[QualifiedName, bool] = field(default_factory=dict)
    """Identity sequences: they cannot be dropped by themselves."""
    settings: dict[str, str] = field(default_factory=dict)
    copies: dict[tuple[QualifiedName, str], tuple[str, Origin]] = field(default_factory=dict)
    """For each column that an UPDATE copied: the column that took the values, and where."""
    healed: dict[str, tuple[str, tuple[Origin, ...]]] = field(default_factory=dict)
    """What was put right: a sentence and the places, by the object's name."""
    filled: dict[QualifiedName, bool] = field(default_factory=dict)
    """Tables that statements of the history have put rows into."""
    doubts: dict[str, bool] = field(default_factory=dict)
    """Objects of which it is not known whether they are there."""
    dark_texts: dict[str, bool] = field(default_factory=dict)
    """The texts, in small letters, of statements that may have done anything."""


Snapshot = tuple[tuple[Any, ...], tuple[Any, ...], tuple[str, ...]]

_SCHEMA_PARTS = tuple(name for name in Schema.__struct_fields__ if name != "provider")
_HIDDEN_PARTS = Hidden.__struct_fields__
_schema_parts = attrgetter(*_SCHEMA_PARTS)
_hidden_parts = attrgetter(*_HIDDEN_PARTS)


class State(Struct):
    """A database as the statements so far have made it."""

    schema: Schema = field(default_factory=Schema)
    hidden: Hidden = field(default_factory=Hidden)
    search_path: tuple[str, ...] = ("public",)
    server_version: int = 15
    reads_as: int = 15
    """The version whose functions and syntax are there: the newest where nobody said which."""
    log: Log = field(default_factory=Log)

    def snapshot(self) -> Snapshot:
        """All of the state, cheaply; give it to `restore` to come back to it."""
        parts = tuple([part.copy() for part in _schema_parts(self.schema)])
        hidden = tuple([part.copy() for part in _hidden_parts(self.hidden)])
        return parts, hidden, self.search_path

    def restore(self, snapshot: Snapshot) -> None:
        """The state as it was; the snapshot can be used again."""
        parts, hidden, self.search_path = snapshot
        for name, part in zip(_SCHEMA_PARTS, parts, strict=True):
            setattr(self.schema, name, part.copy())
        for name, part in zip(_HIDDEN_PARTS, hidden, strict=True):
            setattr(self.hidden, name, part.copy())

    # Tables

    def put_table(self, table: Table) -> None:
        """Make a table, or put its new version in the place of the old."""
        old = self.schema.tables.get(table.name)
        self.schema.tables[table.name] = table
        (self.log.touches if old else self.log.creates).add(str(table.name))
        self._index_names(table.name, old.indexes if old else (), table.indexes)
        self._constraint_names(old, table)

    def remove_table(self, name: QualifiedName) -> None:
        """Take a table away, with the names of its indexes and constraints."""
        table = self.schema.tables.pop(name)
        self.log.drops.add(str(name))
        self.hidden.typed.pop(name, None)
        self.forget_statistics(name)
        for key in [key for key in self.hidden.published if key[1] == name]:
            del self.hidden.published[key]
        self._index_names(name, table.indexes, ())
        self._constraint_names(table, None)

    def forget_statistics(self, name: QualifiedName, column: str | None = None) -> None:
        """Statistics fall with their relation, and with a column that they are of."""
        held = self.hidden.statistics
        for key in [key for key, (of, columns) in held.items() if of == name]:
            if column is None or column in held[key][1]:
                del held[key]

    def _index_names(self, table: QualifiedName, old: Any, new: Any) -> None:
        if old is new:
            return
        names = {index.name for index in new}
        for index in old:
            if index.name not in names:
                self.hidden.index_tables.pop(QualifiedName(table.schema, index.name), None)
        for name in names:
            self.hidden.index_tables[QualifiedName(table.schema, name)] = table

    def _constraint_names(self, old: Table | None, new: Table | None) -> None:
        if old and new and all(map(is_, _named(old), _named(new))):
            return
        before = constraint_names(old) if old else set()
        after = constraint_names(new) if new else set()
        owner = new or old
        assert owner is not None
        users = self.hidden.constraint_tables
        for name in before - after:
            key = QualifiedName(owner.name.schema, name)
            left = tuple(user for user in users.get(key, ()) if user != owner.name)
            if left:
                users[key] = left
            else:
                users.pop(key, None)
        for name in after - before:
            key = QualifiedName(owner.name.schema, name)
            users[key] = (*users.get(key, ()), owner.name)

    # Other relations and types

    def put_view(self, view: View) -> None:
        """Make a view, or put its new version in the place of the old."""
        old = self.schema.views.get(view.name)
        self.schema.views[view.name] = view
        (self.log.touches if old else self.log.creates).add(str(view.name))
        self._index_names(view.name, old.indexes if old else (), view.indexes)

    def remove_view(self, name: QualifiedName) -> None:
        """Take a view away, with its indexes."""
        view = self.schema.views.pop(name)
        self.forget_statistics(name)
        self.log.drops.add(str(name))
        self._index_names(name, view.indexes, ())

    def put(self, made: Sequence | EnumType | Domain | CompositeType) -> None:
        """Make a sequence or a type, or put its new version in the place of the old."""
        holder = self._holder(made)
        (self.log.touches if made.name in holder else self.log.creates).add(str(made.name))
        holder[made.name] = made

    def remove(self, made: Sequence | EnumType | Domain | CompositeType) -> None:
        """Take a sequence or a type away."""
        self._holder(made).pop(made.name, None)
        self.log.drops.add(str(made.name))
        self.hidden.owned.pop(made.name, None)

    def _holder(self, made: Any) -> dict[QualifiedName, Any]:
        if isinstance(made, Sequence):
            return self.schema.sequences
        if isinstance(made, EnumType):
            return self.schema.enums
        if isinstance(made, Domain):
            return self.schema.domains
        return self.schema.composites

    # Functions

    def put_function(self, function: Function) -> None:
        """Make a function, or put its new version in the place of the old."""
        signature = function.signature
        old = self.schema.functions.get(signature)
        self.schema.functions[signature] = function
        (self.log.touches if old else self.log.creates).add(signature)
        known = self.hidden.overloads.get(function.name, ())
        if signature not in known:
            self.hidden.overloads[function.name] = (*known, signature)

    def remove_function(self, signature: str) -> None:
        """Take a function away."""
        function = self.schema.functions.pop(signature)
        self.hidden.outputs.pop(signature, None)
        self.log.drops.add(signature)
        known = self.hidden.overloads.get(function.name, ())
        left = tuple(one for one in known if one != signature)
        if left:
            self.hidden.overloads[function.name] = left
        else:
            self.hidden.overloads.pop(function.name, None)

    # Questions

    def relation_kind(self, name: QualifiedName) -> str | None:
        """ "table", "view", "sequence", "index" or "composite type" of that name, or None."""
        schema = self.schema
        if name in schema.tables:
            return "table"
        if name in schema.views:
            return "view"
        if name in schema.sequences:
            return "sequence"
        if name in self.hidden.index_tables:
            return "index"
        return "composite type" if name in schema.composites else None

    def is_type(self, name: QualifiedName) -> bool:
        """Whether a type of that name exists; tables and views are row types too."""
        schema = self.schema
        return (
            name in schema.enums
            or name in schema.domains
            or name in schema.composites
            or name in self.hidden.types
            or name in schema.tables
            or name in schema.views
        )

    def has_schema(self, name: str) -> bool:
        """Whether a schema exists; the system's do."""
        return name in self.schema.schemas or name in ("pg_catalog", "information_schema")

    def note(self, origin: Origin | None, history: tuple[Origin, ...]) -> tuple[Origin, ...]:
        """The history with one place more."""
        return history if origin is None or origin in history[-1:] else (*history, origin)


def _named(table: Table) -> tuple[Any, ...]:
    return (table.primary_key, table.uniques, table.foreign_keys, table.checks, table.excludes)


def constraint_names(table: Table) -> set[str]:
    """The names of all constraints of a table."""
    names = {one.name for part in _named(table)[1:] for one in part}
    if table.primary_key is not None:
        names.add(table.primary_key.name)
    return names
