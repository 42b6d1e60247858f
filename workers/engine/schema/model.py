"""A database schema as data, from whichever side it was read.

Every object is frozen: replaying a statement makes new objects, so a state of the database is a
set of dictionaries that can be copied in microseconds and kept beside its successors. `history`
holds the statements that made the object and each that touched it since, oldest first; on the
declared side it is the one place of the declaration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct, field

from workers.engine.source import Origin, Value

History = tuple[Origin, ...]
Action = Literal["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]
TableKind = Literal["table", "partitioned", "foreign"]
DeclaredDefault = Literal["value", "now", "sequence", "dbgenerated", "any"]
Provider = Literal["postgresql", "cockroachdb", "mysql", "sqlite", "sqlserver", "mongodb"]


class QualifiedName(NamedTuple):
    """An object's name within its schema, unquoted and case-exact."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


class SqlType(Value, frozen=True):
    """A column type.

    `name` is spelled as PostgreSQL's `format_type` spells it without modifiers ("character
    varying", "timestamp without time zone", "integer"); a type that the user made has its
    `schema` beside it. `arguments` are the modifiers as written there ("255", "10", "5").
    """

    name: str
    arguments: tuple[str, ...] = ()
    is_array: bool = False
    schema: str | None = None


class Column(Value, frozen=True):
    """A column; `default` and `generated` are SQL expressions, `identity` how it is generated."""

    name: str
    type: SqlType
    not_null: bool = False
    default: str | None = None
    identity: Literal["ALWAYS", "BY DEFAULT"] | None = None
    generated: str | None = None
    collation: str | None = None
    comment: str | None = None
    history: History = ()
    default_kind: DeclaredDefault | None = None
    """How a Prisma schema declares the default: a literal, `now()`, `autoincrement()` or
    `sequence()`, `dbgenerated("...")`, or "any" for a bare `dbgenerated()`. None where the
    default is client-side (`uuid()`, `cuid()` ...), absent, or read from SQL."""
    is_unsupported: bool = False
    """Declared as `Unsupported("...")` in a Prisma schema."""
    default_written: str | None = None
    """The SQL of `dbgenerated("...")` as it stands in the Prisma schema. Prisma's engine compares
    this text with the one that the database prints, not what the two mean."""
    on_update: str | None = None
    """MySQL's `ON UPDATE CURRENT_TIMESTAMP`, which Prisma does not look at."""
    is_inherited: bool = False
    """It is there because a parent has it alone, and goes with the parent's."""
    inherits_not_null: bool = False
    """Its NOT NULL is there because a parent has it, and since PostgreSQL 18 goes with that."""


class KeyConstraint(Value, frozen=True):
    """A primary key or a unique constraint."""

    name: str
    columns: tuple[str, ...]
    deferrable: Literal["INITIALLY IMMEDIATE", "INITIALLY DEFERRED"] | None = None
    nulls_not_distinct: bool = False
    comment: str | None = None
    history: History = ()
    is_inherited: bool = False
    """It came from the parent of a partition, and goes with the parent's."""


class IndexKey(Value, frozen=True):
    """One key of an index: a column or an expression; `operator_class` only if not the default."""

    column: str | None = None
    expression: str | None = None
    operator_class: str | None = None
    descending: bool = False
    nulls_first: bool | None = None
    """None where the direction's own default holds."""
    collation: str | None = None
    length: int | None = None


class Index(Value, frozen=True):
    """An index; `is_constraint` says that a primary key, unique or exclusion constraint owns it."""

    name: str
    keys: tuple[IndexKey, ...]
    is_unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str | None = None
    nulls_not_distinct: bool = False
    is_constraint: bool = False
    is_invalid: bool = False
    comment: str | None = None
    history: History = ()
    is_inherited: bool = False
    """It came from the parent of a partition, and goes with the parent's."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The plain columns in order, or None if a key is an expression."""
        columns = tuple(key.column for key in self.keys if key.column is not None)
        return columns if len(columns) == len(self.keys) else None


class ForeignKey(Value, frozen=True):
    """A foreign key constraint."""

    name: str
    columns: tuple[str, ...]
    ref_table: QualifiedName
    ref_columns: tuple[str, ...]
    on_delete: Action = "NO ACTION"
    on_update: Action = "NO ACTION"
    deferrable: Literal["INITIALLY IMMEDIATE", "INITIALLY DEFERRED"] | None = None
    not_valid: bool = False
    comment: str | None = None
    history: History = ()
    is_inherited: bool = False
    """It came from the parent of a partition, and goes with the parent's."""


class CheckConstraint(Value, frozen=True):
    """A check or exclusion constraint; `definition` as `pg_get_constraintdef` writes it."""

    name: str
    definition: str
    columns: tuple[str, ...] = ()
    not_valid: bool = False
    no_inherit: bool = False
    comment: str | None = None
    history: History = ()
    is_inherited: bool = False
    """It came from the parent of a partition, and goes with the parent's."""


class Table(Value, frozen=True):
    """A table of any kind, with all that falls when it is dropped but policies and triggers."""

    name: QualifiedName
    columns: tuple[Column, ...] = ()
    kind: TableKind = "table"
    primary_key: KeyConstraint | None = None
    uniques: tuple[KeyConstraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    excludes: tuple[CheckConstraint, ...] = ()
    rls: bool = False
    force_rls: bool = False
    comment: str | None = None
    partition_key: str | None = None
    parents: tuple[QualifiedName, ...] = ()
    partition_bound: str | None = None
    is_unlogged: bool = False
    options: tuple[str, ...] = ()
    history: History = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


class EnumValue(Value, frozen=True):
    """One value of an enum."""

    name: str
    history: History = ()


class EnumType(Value, frozen=True):
    """An enum with its values in order."""

    name: QualifiedName
    values: tuple[EnumValue, ...]
    comment: str | None = None
    history: History = ()


class Domain(Value, frozen=True):
    """A domain over a base type."""

    name: QualifiedName
    type: SqlType
    not_null: bool = False
    default: str | None = None
    checks: tuple[CheckConstraint, ...] = ()
    history: History = ()


class CompositeType(Value, frozen=True):
    """A row type made by CREATE TYPE ... AS (...)."""

    name: QualifiedName
    attributes: tuple[Column, ...]
    history: History = ()


class Sequence(Value, frozen=True):
    """A sequence; `owned_by` is the table and the column that it falls with."""

    name: QualifiedName
    type: str = "bigint"
    owned_by: tuple[QualifiedName, str] | None = None
    comment: str | None = None
    history: History = ()


class View(Value, frozen=True):
    """A view or materialised view; `depends_on` names tables, views, columns and functions."""

    name: QualifiedName
    kind: Literal["view", "matview"] = "view"
    columns: tuple[Column, ...] = ()
    definition: str | None = None
    options: tuple[str, ...] = ()
    depends_on: frozenset[str] = frozenset()
    indexes: tuple[Index, ...] = ()
    comment: str | None = None
    history: History = ()
    is_populated: bool = True
    """Whether a materialised view was filled; not read from a live database."""


class Function(Value, frozen=True):
    """A function or procedure; `signature` is `name(type, type)` as `regprocedure` prints it."""

    name: QualifiedName
    arguments: tuple[str, ...]
    returns: str = "void"
    language: str = "sql"
    is_security_definer: bool = False
    settings: tuple[str, ...] = ()
    """What `SET name = value` clauses fix, as `name=value`."""
    body: str | None = None
    kind: Literal["function", "procedure", "aggregate"] = "function"
    parameters: tuple[str, ...] = ()
    """The names of the arguments, empty where one has none; as many as `arguments`."""
    optional: int = 0
    """How many arguments, from the last, have a default."""
    comment: str | None = None
    history: History = ()
    is_variadic: bool = False
    """Whether its last argument is VARIADIC; not read from a live database."""
    depends_on: frozenset[str] = frozenset()
    """What its defaults, and a body of standard SQL, stand on: as a view's."""
    volatility: Literal["immutable", "stable", "volatile"] = "volatile"
    """As the migrations say; not read from a live database."""

    @property
    def signature(self) -> str:
        """The key of the function in a schema."""
        return f"{self.name}({', '.join(self.arguments)})"


class Trigger(Value, frozen=True):
    """A trigger on a table or view."""

    name: str
    table: QualifiedName
    function: str | None = None
    is_enabled: bool = True
    definition: str | None = None
    history: History = ()
    depends_on: frozenset[str] = frozenset()
    """The functions that its condition calls."""
    is_for_rows: bool = False
    """FOR EACH ROW, which partitions have from their table; not read from a live database."""


class Policy(Value, frozen=True):
    """A row-level security policy."""

    name: str
    table: QualifiedName
    is_permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    command: Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"] = "ALL"
    using: str | None = None
    with_check: str | None = None
    depends_on: frozenset[str] = frozenset()
    history: History = ()


class Grant(Value, frozen=True):
    """A privilege on an object: `object` as `schema.name`, `kind` as "table", "function" ..."""

    kind: str
    object: str
    grantee: str
    privileges: tuple[str, ...]
    columns: tuple[str, ...] = ()
    history: History = ()


class Extension(Value, frozen=True):
    """An installed extension and the schema that holds its objects."""

    name: str
    schema: str
    history: History = ()


class Schema(Struct):
    """A whole database schema. Dictionaries keep the order in which objects were made."""

    provider: Provider = "postgresql"
    schemas: dict[str, History] = field(default_factory=dict)
    extensions: dict[str, Extension] = field(default_factory=dict)
    enums: dict[QualifiedName, EnumType] = field(default_factory=dict)
    domains: dict[QualifiedName, Domain] = field(default_factory=dict)
    composites: dict[QualifiedName, CompositeType] = field(default_factory=dict)
    sequences: dict[QualifiedName, Sequence] = field(default_factory=dict)
    tables: dict[QualifiedName, Table] = field(default_factory=dict)
    views: dict[QualifiedName, View] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    triggers: dict[tuple[QualifiedName, str], Trigger] = field(default_factory=dict)
    policies: dict[tuple[QualifiedName, str], Policy] = field(default_factory=dict)
    grants: dict[str, tuple[Grant, ...]] = field(default_factory=dict)
    """By object."""
    denied: dict[tuple[str, str, str], Grant] = field(default_factory=dict)
    """What REVOKE took away, by kind, object and grantee; its history is the REVOKE, then the
    statement that made the object, since another object may take the name later."""
    denied_later: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    """By schema, kind and grantee: default privileges that were taken away, with the objects that
    are older than that and keep them."""

    def all_grants(self) -> Iterator[Grant]:
        """The privileges on all objects."""
        return (one for some in self.grants.values() for one in some)

    def policies_of(self, table: QualifiedName) -> Iterator[Policy]:
        """The policies of one table, in the order in which they were made."""
        return (policy for key, policy in self.policies.items() if key[0] == table)
