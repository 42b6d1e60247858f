"""The system catalogues as rows of the replayed state: what a guard in a DO block asks for.

An oid is `Oid(kind, key)`; a cast to regclass, regtype or regnamespace gives the same, so that
`conrelid = 'public.users'::regclass` compares as in PostgreSQL. A column that is not listed here
is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from workers.engine.schema.model import Index, QualifiedName, SqlType, Table
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.sql.plpgsql import definitions
from workers.engine.sql.state import State

Row = dict[str, Any]


class Oid(NamedTuple):
    """What stands for an object's number: its kind and its key in the schema."""

    kind: str
    key: Any


def class_oid(name: QualifiedName) -> Oid:
    """The oid of a relation, which is its regclass."""
    return Oid("class", name)


def type_oid(kind: SqlType) -> Oid:
    """The oid of a type, which is its regtype."""
    return Oid("type", SqlType(kind.name, (), kind.is_array, kind.schema))


def _space(name: str) -> Oid:
    return Oid("namespace", name)


def _schemas(state: State) -> Iterator[str]:
    yield from state.schema.schemas
    yield from ("pg_catalog", "information_schema")


def pg_namespace(state: State) -> Iterator[Row]:
    for name in _schemas(state):
        yield {"oid": _space(name), "nspname": name}


def _relation(name: QualifiedName, kind: str, **more: Any) -> Row:
    return {
        "oid": class_oid(name), "relname": name.name, "relnamespace": _space(name.schema),
        "relkind": kind, "relpersistence": "p", "relispartition": False,
        "relrowsecurity": False, "relforcerowsecurity": False,
    } | more  # fmt: skip


def pg_class(state: State) -> Iterator[Row]:
    schema = state.schema
    for table in schema.tables.values():
        yield _relation(
            table.name,
            {"partitioned": "p", "foreign": "f"}.get(table.kind, "r"),
            relrowsecurity=table.rls,
            relforcerowsecurity=table.force_rls,
            relispartition=table.partition_bound is not None,
        )
        for index in table.indexes:
            yield _relation(QualifiedName(table.name.schema, index.name), "i")
    for view in schema.views.values():
        yield _relation(view.name, "m" if view.kind == "matview" else "v")
        for index in view.indexes:
            yield _relation(QualifiedName(view.name.schema, index.name), "i")
    for name in schema.sequences:
        yield _relation(name, "S")
    for name in schema.composites:
        yield _relation(name, "c")


def pg_type(state: State) -> Iterator[Row]:
    schema = state.schema
    groups: tuple[tuple[str, Any], ...] = (
        ("e", schema.enums), ("d", schema.domains), ("c", schema.composites),
        ("c", schema.tables), ("c", schema.views), ("b", state.hidden.types),
    )  # fmt: skip
    for letter, group in groups:
        for name in group:
            yield {
                "oid": type_oid(SqlType(name.name, schema=name.schema)), "typname": name.name,
                "typnamespace": _space(name.schema), "typtype": letter,
                "typrelid": class_oid(name) if letter == "c" else 0,
            }  # fmt: skip


def pg_enum(state: State) -> Iterator[Row]:
    for name, enum in state.schema.enums.items():
        for number, value in enumerate(enum.values):
            yield {
                "enumtypid": type_oid(SqlType(name.name, schema=name.schema)),
                "enumlabel": value.name, "enumsortorder": number + 1,
                "oid": Oid("enum", (name, value.name)),
            }  # fmt: skip


_IDENTITIES = {None: "", "ALWAYS": "a", "BY DEFAULT": "d"}


def pg_attribute(state: State) -> Iterator[Row]:
    for holder in (state.schema.tables, state.schema.views):
        for name, relation in holder.items():
            for number, column in enumerate(relation.columns):
                yield {
                    "attrelid": class_oid(name), "attname": column.name, "attnum": number + 1,
                    "attisdropped": False, "attnotnull": column.not_null,
                    "atttypid": type_oid(column.type), "atthasdef": column.default is not None,
                    "attidentity": _IDENTITIES[column.identity],
                    "attgenerated": "s" if column.generated else "",
                    "atttypmod": column.type.arguments or None,
                }  # fmt: skip


class Constraint(NamedTuple):
    """A constraint of a table, of whatever kind."""

    table: Table
    name: str
    letter: str
    columns: tuple[str, ...]
    part: Any


def constraints(state: State) -> Iterator[Constraint]:
    """All constraints of all tables."""
    for table in state.schema.tables.values():
        if table.primary_key is not None:
            key = table.primary_key
            yield Constraint(table, key.name, "p", key.columns, key)
        for unique in table.uniques:
            yield Constraint(table, unique.name, "u", unique.columns, unique)
        for foreign in table.foreign_keys:
            yield Constraint(table, foreign.name, "f", foreign.columns, foreign)
        for check in table.checks:
            yield Constraint(table, check.name, "c", check.columns, check)
        for exclude in table.excludes:
            yield Constraint(table, exclude.name, "x", exclude.columns, exclude)


_ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}


def pg_constraint(state: State, wanted: str | None = None) -> Iterator[Row]:
    """All constraints; only those of a name where one is wanted, as most guards do."""
    for one in constraints(state):
        if wanted is not None and one.name != wanted:
            continue
        row = {
            "oid": Oid("constraint", (one.table.name, one.name)), "conname": one.name,
            "connamespace": _space(one.table.name.schema), "contype": one.letter,
            "conrelid": class_oid(one.table.name), "contypid": 0, "confrelid": 0,
            "convalidated": not getattr(one.part, "not_valid", False),
            "condeferrable": getattr(one.part, "deferrable", None) is not None,
            "conkey": [_number(one.table, column) for column in one.columns],
        }  # fmt: skip
        if one.letter == "f":
            row["confrelid"] = class_oid(one.part.ref_table)
            row["confdeltype"] = _ACTIONS[one.part.on_delete]
            row["confupdtype"] = _ACTIONS[one.part.on_update]
        yield row
    for name, domain in state.schema.domains.items():
        for check in domain.checks:
            yield {
                "oid": Oid("constraint", (name, check.name)), "conname": check.name,
                "connamespace": _space(name.schema), "contype": "c", "conrelid": 0,
                "contypid": type_oid(SqlType(name.name, schema=name.schema)), "confrelid": 0,
                "convalidated": True,
            }  # fmt: skip


def _number(table: Table, column: str) -> int | None:
    for number, one in enumerate(table.columns):
        if one.name == column:
            return number + 1
    return None


def _indexes(state: State) -> Iterator[tuple[QualifiedName, Index]]:
    for table in state.schema.tables.values():
        for index in table.indexes:
            yield table.name, index
    for view in state.schema.views.values():
        for index in view.indexes:
            yield view.name, index


def pg_index(state: State) -> Iterator[Row]:
    for owner, index in _indexes(state):
        table = state.schema.tables.get(owner)
        key = table.primary_key if table is not None else None
        yield {
            "indexrelid": class_oid(QualifiedName(owner.schema, index.name)),
            "indrelid": class_oid(owner), "indisunique": index.is_unique,
            "indisprimary": key is not None and key.name == index.name,
            "indisvalid": not index.is_invalid, "indisready": True,
        }  # fmt: skip


def pg_indexes(state: State) -> Iterator[Row]:
    for owner, index in _indexes(state):
        yield {
            "schemaname": owner.schema, "tablename": owner.name, "indexname": index.name,
            "indexdef": definitions.index(owner, index),
        }  # fmt: skip


def pg_proc(state: State) -> Iterator[Row]:
    for signature, one in state.schema.functions.items():
        yield {
            "oid": Oid("proc", signature), "proname": one.name.name,
            "pronamespace": _space(one.name.schema), "prosecdef": one.is_security_definer,
            "prokind": {"procedure": "p", "aggregate": "a"}.get(one.kind, "f"),
            "prosrc": one.body or "", "pronargs": len(one.arguments),
            "proargtypes": list(one.arguments), "proconfig": list(one.settings) or None,
        }  # fmt: skip


def pg_trigger(state: State) -> Iterator[Row]:
    for (table, name), trigger in state.schema.triggers.items():
        yield {
            "oid": Oid("trigger", (table, name)), "tgname": name, "tgrelid": class_oid(table),
            "tgisinternal": False, "tgenabled": "O" if trigger.is_enabled else "D",
        }  # fmt: skip


def pg_policy(state: State) -> Iterator[Row]:
    for (table, name), policy in state.schema.policies.items():
        letter = {"ALL": "*", "SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}
        yield {
            "oid": Oid("policy", (table, name)), "polname": name, "polrelid": class_oid(table),
            "polcmd": letter[policy.command], "polpermissive": policy.is_permissive,
            "polqual": policy.using, "polwithcheck": policy.with_check,
        }  # fmt: skip


def pg_policies(state: State) -> Iterator[Row]:
    for (table, name), policy in state.schema.policies.items():
        yield {
            "schemaname": table.schema, "tablename": table.name, "policyname": name,
            "permissive": "PERMISSIVE" if policy.is_permissive else "RESTRICTIVE",
            "roles": list(policy.roles), "cmd": policy.command, "qual": policy.using,
            "with_check": policy.with_check,
        }  # fmt: skip


def pg_tables(state: State) -> Iterator[Row]:
    for name, table in state.schema.tables.items():
        if table.kind != "foreign":
            yield {
                "schemaname": name.schema, "tablename": name.name, "tableowner": "postgres",
                "rowsecurity": table.rls, "hasindexes": bool(table.indexes),
            }  # fmt: skip


def _views(state: State, kind: str, label: str) -> Iterator[Row]:
    for name, view in state.schema.views.items():
        if view.kind == kind:
            yield {"schemaname": name.schema, label: name.name, "definition": view.definition}


def pg_sequences(state: State) -> Iterator[Row]:
    for name, one in state.schema.sequences.items():
        yield {"schemaname": name.schema, "sequencename": name.name, "data_type": one.type}


def pg_extension(state: State) -> Iterator[Row]:
    yield {"oid": Oid("extension", "plpgsql"), "extname": "plpgsql",
           "extnamespace": _space("pg_catalog")}  # fmt: skip
    for name, one in state.schema.extensions.items():
        yield {"oid": Oid("extension", name), "extname": name, "extnamespace": _space(one.schema)}


DEPENDS = ("classid", "objid", "objsubid", "refclassid", "refobjid", "refobjsubid", "deptype")
"""The columns of pg_depend."""


_PROC = QualifiedName("pg_catalog", "pg_proc")
_EXTENSION = QualifiedName("pg_catalog", "pg_extension")


def members(state: State) -> Iterator[Row]:
    """The rows of pg_depend with the type "e": the functions that belong to extensions."""
    for member, name in state.hidden.extension_members.items():
        if member in state.schema.functions:
            numbers = (class_oid(_PROC), Oid("proc", member), 0)
            owner = (class_oid(_EXTENSION), Oid("extension", name), 0)
            yield dict(zip(DEPENDS, (*numbers, *owner, "e"), strict=True))


def pg_roles(state: State) -> Iterator[Row]:
    for name in state.hidden.roles:
        yield {"oid": Oid("role", name), "rolname": name, "rolsuper": name == "postgres",
               "usename": name}  # fmt: skip


def pg_publication(state: State) -> Iterator[Row]:
    for name in state.hidden.publications:
        is_whole = state.hidden.publications[name]
        yield {"oid": Oid("publication", name), "pubname": name, "puballtables": is_whole}


def pg_publication_tables(state: State) -> Iterator[Row]:
    for name, is_whole in state.hidden.publications.items():
        for table in state.schema.tables:
            if is_whole or (name, table) in state.hidden.published:
                yield {"pubname": name, "schemaname": table.schema, "tablename": table.name}


def pg_publication_rel(state: State) -> Iterator[Row]:
    for name, table in state.hidden.published:
        yield {"prpubid": Oid("publication", name), "prrelid": class_oid(table)}


def pg_attrdef(state: State) -> Iterator[Row]:
    for name, table in state.schema.tables.items():
        for number, column in enumerate(table.columns):
            if column.default is not None or column.generated is not None:
                yield {
                    "adrelid": class_oid(name), "adnum": number + 1,
                    "adbin": column.default or column.generated,
                }  # fmt: skip


def type_text(kind: SqlType) -> str:
    """A type as `::regtype::text` shows it where its schema is searched."""
    bare = SqlType(kind.name, (), kind.is_array, None)
    return format_type(bare) if kind.schema is None else quote(kind.name)


RELATIONS: dict[str, Callable[[State], Iterator[Row]]] = {
    "pg_namespace": pg_namespace,
    "pg_class": pg_class,
    "pg_type": pg_type,
    "pg_enum": pg_enum,
    "pg_attribute": pg_attribute,
    "pg_attrdef": pg_attrdef,
    "pg_constraint": pg_constraint,
    "pg_index": pg_index,
    "pg_indexes": pg_indexes,
    "pg_proc": pg_proc,
    "pg_trigger": pg_trigger,
    "pg_policy": pg_policy,
    "pg_policies": pg_policies,
    "pg_tables": pg_tables,
    "pg_views": lambda state: _views(state, "view", "viewname"),
    "pg_matviews": lambda state: _views(state, "matview", "matviewname"),
    "pg_sequences": pg_sequences,
    "pg_extension": pg_extension,
    "pg_roles": pg_roles,
    "pg_user": pg_roles,
    "pg_authid": pg_roles,
    "pg_publication": pg_publication,
    "pg_publication_rel": pg_publication_rel,
    "pg_publication_tables": pg_publication_tables,
}
