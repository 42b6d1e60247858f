"""A schema as the JSON that `driftline replay` and `driftline declared` print.

Every name is keyed `schema.name`; optional keys are left out when they would be false or empty.
Types are written as PostgreSQL's `format_type` writes them with `search_path = pg_catalog`.
Objects are sorted by name, columns and enum values keep their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from workers.engine.schema.model import (
    CheckConstraint,
    Column,
    CompositeType,
    Domain,
    ForeignKey,
    Function,
    Grant,
    Index,
    IndexKey,
    KeyConstraint,
    Policy,
    Schema,
    Sequence,
    Table,
    Trigger,
    View,
)
from workers.engine.schema.types import format_type

Json = dict[str, Any]
_Part = TypeVar("_Part", KeyConstraint, Index, ForeignKey, CheckConstraint)


def to_catalogue(schema: Schema) -> Json:
    """The schema in the catalogue format, ready for `json.dumps`."""
    catalogue: Json = {
        "schemas": sorted(schema.schemas),
        "extensions": {name: schema.extensions[name].schema for name in sorted(schema.extensions)},
        "enums": {
            str(name): [value.name for value in enum.values]
            for name, enum in sorted(schema.enums.items())
        },
        "sequences": {str(n): _sequence(s) for n, s in sorted(schema.sequences.items())},
        "tables": {str(n): _table(t) for n, t in sorted(schema.tables.items())},
        "views": {str(n): _view(v) for n, v in sorted(schema.views.items())},
        "functions": {key: _function(f) for key, f in sorted(schema.functions.items())},
        "triggers": {
            f"{table}.{name}": _trigger(trigger)
            for (table, name), trigger in sorted(schema.triggers.items())
        },
        "policies": {
            f"{table}.{name}": _policy(policy)
            for (table, name), policy in sorted(schema.policies.items())
        },
        "domains": {str(n): _domain(d) for n, d in sorted(schema.domains.items())},
        "composites": {str(n): _composite(c) for n, c in sorted(schema.composites.items())},
        "grants": [_grant(grant) for grant in sorted(schema.all_grants(), key=_place)],
    }
    for optional in ("domains", "composites", "grants"):
        if not catalogue[optional]:
            del catalogue[optional]
    return catalogue


def _present(**values: object) -> Json:
    return {key: value for key, value in values.items() if value not in (None, False, "", [], {})}


def _column(column: Column) -> Json:
    return {
        "name": column.name,
        "type": format_type(column.type),
        "notNull": column.not_null,
        "default": column.default,
    } | _present(
        identity=column.identity,
        generated=column.generated,
        onUpdate=column.on_update,
        collation=column.collation,
    )


def _table(table: Table) -> Json:
    out: Json = {"kind": table.kind, "columns": [_column(column) for column in table.columns]}
    # Only a partition leaves out what it has of its parent.
    is_partition = table.partition_bound is not None
    if table.primary_key is not None and not (is_partition and table.primary_key.is_inherited):
        out["primaryKey"] = _key(table.primary_key)
    out["uniques"] = [_key(key) | {"constraint": True} for key in _own(table.uniques, is_partition)]
    out["indexes"] = [_index(index) for index in _own(table.indexes, is_partition)]
    out["foreignKeys"] = [_foreign_key(key) for key in _own(table.foreign_keys, is_partition)]
    out["checks"] = [_check(check) for check in _own(table.checks, is_partition)]
    out["excludes"] = [_check(exclude) for exclude in _own(table.excludes, is_partition)]
    return out | _present(
        rls=table.rls,
        forceRls=table.force_rls,
        comment=table.comment,
        partitionKey=table.partition_key,
        parent=_parent(table),
        partitionBound=table.partition_bound,
        unlogged=table.is_unlogged,
        options=list(table.options),
    )


def _own(objects: Iterable[_Part], is_partition: bool) -> list[_Part]:
    """Those that do not come from a partition's parent, sorted by name."""
    own = (one for one in objects if not (is_partition and one.is_inherited))
    return sorted(own, key=lambda one: one.name)


def _parent(table: Table) -> str | list[str] | None:
    names = [str(parent) for parent in table.parents]
    return names[0] if len(names) == 1 else names or None


def _key(key: KeyConstraint) -> Json:
    return {"name": key.name, "columns": list(key.columns)} | _present(
        deferrable=key.deferrable, nullsNotDistinct=key.nulls_not_distinct
    )


def _index(index: Index) -> Json:
    return {
        "name": index.name,
        "unique": index.is_unique,
        "method": index.method,
        "keys": [_index_key(key) for key in index.keys],
    } | _present(
        include=list(index.include),
        where=index.where,
        nullsNotDistinct=index.nulls_not_distinct,
        constraint=index.is_constraint,
        invalid=index.is_invalid,
    )


def _index_key(key: IndexKey) -> Json:
    nulls = None if key.nulls_first is None else "FIRST" if key.nulls_first else "LAST"
    if nulls == ("FIRST" if key.descending else "LAST"):
        nulls = None
    return _present(
        column=key.column,
        expr=key.expression,
        opclass=key.operator_class,
        length=key.length,
        desc=key.descending,
        nulls=nulls,
        collation=key.collation,
    )


def _foreign_key(key: ForeignKey) -> Json:
    return {
        "name": key.name,
        "columns": list(key.columns),
        "refTable": str(key.ref_table),
        "refColumns": list(key.ref_columns),
        "onDelete": key.on_delete,
        "onUpdate": key.on_update,
    } | _present(deferrable=key.deferrable, notValid=key.not_valid)


def _check(check: CheckConstraint) -> Json:
    return {"name": check.name, "definition": check.definition} | _present(notValid=check.not_valid)


def _view(view: View) -> Json:
    return {"kind": view.kind, "columns": [_column(column) for column in view.columns]} | _present(
        definition=view.definition,
        options=list(view.options),
        indexes=[_index(index) for index in _own(view.indexes, False)],
        comment=view.comment,
    )


def _sequence(sequence: Sequence) -> Json:
    owner = sequence.owned_by
    owned_by = f"{owner[0]}.{owner[1]}" if owner else None
    return {"type": sequence.type} | _present(ownedBy=owned_by)


def _domain(domain: Domain) -> Json:
    return {
        "type": format_type(domain.type),
        "notNull": domain.not_null,
        "default": domain.default,
    } | _present(checks=[_check(check) for check in _own(domain.checks, False)])


def _composite(composite: CompositeType) -> Json:
    return {
        "attributes": [
            {"name": attribute.name, "type": format_type(attribute.type)}
            for attribute in composite.attributes
        ]
    }


def _function(function: Function) -> Json:
    kind = None if function.kind == "function" else function.kind
    return {
        "returns": function.returns,
        "language": function.language,
        "securityDefiner": function.is_security_definer,
    } | _present(kind=kind, settings=list(function.settings), definition=function.body)


def _trigger(trigger: Trigger) -> Json:
    return {"enabled": trigger.is_enabled} | _present(
        function=trigger.function, definition=trigger.definition
    )


def _policy(policy: Policy) -> Json:
    return {
        "permissive": "PERMISSIVE" if policy.is_permissive else "RESTRICTIVE",
        "roles": list(policy.roles),
        "cmd": policy.command,
        "using": policy.using,
        "withCheck": policy.with_check,
    }


def _place(grant: Grant) -> tuple[str, str, tuple[str, ...], str]:
    return grant.kind, grant.object, grant.columns, grant.grantee


def _grant(grant: Grant) -> Json:
    return {
        "kind": grant.kind,
        "object": grant.object,
        "grantee": grant.grantee,
        "privileges": sorted(grant.privileges),
    } | _present(columns=list(grant.columns))
