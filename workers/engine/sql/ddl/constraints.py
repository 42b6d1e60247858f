"""Constraints added to a table: primary keys, uniques, checks, foreign keys, exclusions."""

from __future__ import annotations

from typing import Any, Literal

from msgspec.structs import replace

from workers.engine.schema.model import (
    CheckConstraint,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    Table,
)
from workers.engine.schema.names import choose_name, join_columns, quote
from workers.engine.source import Origin
from workers.engine.sql import printing
from workers.engine.sql.ddl import access_methods, indexing
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.heritage import children_of, same_condition
from workers.engine.sql.ddl.touch import by_name, swap, touched, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State, constraint_names

Deferrable = Literal["INITIALLY IMMEDIATE", "INITIALLY DEFERRED"] | None


def deferrable_of(fields: Node) -> Deferrable:
    """What DEFERRABLE and INITIALLY say."""
    if fields.get("initdeferred"):
        return "INITIALLY DEFERRED"
    return "INITIALLY IMMEDIATE" if fields.get("deferrable") else None


def choose_constraint_name(state: State, table: Table, columns: str | None, label: str) -> str:
    """A constraint's generated name: unique within the schema."""
    users = state.hidden.constraint_tables
    schema = table.name.schema
    return choose_name(
        table.name.name, columns, label, lambda name: QualifiedName(schema, name) in users
    )


def refuse_duplicate(table: Table, name: str) -> None:
    """Refuse a constraint name that the table has already."""
    if name in constraint_names(table):
        raise RefusedError(
            "42710", f'constraint "{name}" for relation "{table.name.name}" already exists'
        )


def add_key(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Add a primary key or a unique constraint, with its index."""
    state = run.state
    table = state.schema.tables[name]
    is_primary = fields["contype"] == "CONSTR_PRIMARY"
    columns = strings(fields.get("keys", []))
    # Its columns are looked for before the key that the table may have already.
    _need_key_columns(table, columns, fields)
    if is_primary and table.primary_key is not None:
        raise RefusedError(
            "42P16", f'multiple primary keys for table "{name.name}" are not allowed'
        )
    if fields.get("indexname"):
        _use_index(run, table, fields, origin)
        return
    include = strings(fields.get("including", []))
    _need_columns(table, include, fields)
    indexing.need_operator_classes(run, table, columns, "btree")
    indexing.need_partition_columns(table, columns)
    given = fields.get("conname")
    index_name = given or _key_name(state, table, (*columns, *include), is_primary)
    indexing.refuse_taken(state, name.schema, index_name)
    refuse_duplicate(table, index_name)
    distinct = not fields.get("nulls_not_distinct")
    index = Index(
        index_name,
        tuple(IndexKey(column=column) for column in columns),
        is_unique=True,
        include=include,
        nulls_not_distinct=not distinct,
        is_constraint=True,
        history=(origin,),
    )
    key = KeyConstraint(index_name, columns, deferrable_of(fields), not distinct, None, (origin,))
    if fields.get("alone") and table.kind == "partitioned" and children_of(run, name):
        index = replace(index, is_invalid=True)
    _put_key(run, table, key, index, is_primary, origin)
    if table.kind == "partitioned" and not fields.get("alone"):
        from workers.engine.sql.ddl.partitions import hand_index_down

        hand_index_down(run, name, index)


def _key_name(state: State, table: Table, columns: tuple[str, ...], is_primary: bool) -> str:
    if is_primary:
        return indexing.choose_index_name(state, table.name, None, "pkey", is_constraint=True)
    joined = join_columns(indexing.distinct_names(list(columns)))
    return indexing.choose_index_name(state, table.name, joined, "key", is_constraint=True)


def _put_key(
    run: Run, table: Table, key: KeyConstraint, index: Index, is_primary: bool, origin: Origin
) -> None:
    changes: dict[str, Any] = {"indexes": (*table.indexes, index)}
    if is_primary:
        changes["primary_key"] = key
        changes["columns"] = tuple(
            replace(column, not_null=True) if column.name in key.columns else column
            for column in table.columns
        )
    else:
        changes["uniques"] = (*table.uniques, key)
    update(run, table.name, origin, **changes)


def _need_key_columns(table: Table, columns: tuple[str, ...], fields: Node) -> None:
    """A column named twice is told before one that the table has not."""
    _refuse_again(columns, fields)
    _need_columns(table, columns, fields)


def _need_columns(table: Table, columns: tuple[str, ...], fields: Node) -> None:
    for column in columns:
        if table.column(column) is None:
            raise RefusedError(
                "42703",
                f'column "{column}" named in key does not exist',
                fields.get("location"),
            )


def _refuse_again(columns: tuple[str, ...], fields: Node) -> None:
    for number, column in enumerate(columns):
        if column in columns[:number]:
            what = "primary key" if fields["contype"] == "CONSTR_PRIMARY" else "unique"
            raise RefusedError(
                "42701",
                f'column "{column}" appears twice in {what} constraint',
                fields.get("location"),
            )


def examine_key(run: Run, table: Table, fields: Node) -> None:
    """Look for the index that a key shall use, and for columns named twice, before any is made.

    Whether the columns are there is asked when the key is made.
    """
    if fields.get("indexname"):
        _need_index(run, table, fields)
        return
    _refuse_again(strings(fields.get("keys", [])), fields)


def _need_index(run: Run, table: Table, fields: Node) -> Index:
    """The index that a constraint USING INDEX names, or the refusal."""
    wanted = fields["indexname"]
    index: Index | None = by_name(table.indexes, wanted)
    if index is None:
        name = QualifiedName(table.name.schema, wanted)
        if name in run.state.hidden.index_tables:
            raise RefusedError(
                "55000", f'index "{wanted}" does not belong to table "{table.name.name}"'
            )
        if run.state.relation_kind(name) is not None:
            raise RefusedError("42809", f'"{wanted}" is not an index')
        raise RefusedError("42704", f'index "{wanted}" does not exist', fields.get("location"))
    if index.is_constraint:
        raise RefusedError("55000", f'index "{wanted}" is already associated with a constraint')
    _refuse_unfit(index, fields)
    return index


def _use_index(run: Run, table: Table, fields: Node, origin: Origin) -> None:
    wanted = fields["indexname"]
    index = _need_index(run, table, fields)
    name = fields.get("conname") or wanted
    if name != wanted:
        indexing.refuse_taken(run.state, table.name.schema, name)
    refuse_duplicate(table, name)
    columns = index.columns or ()
    key = KeyConstraint(
        name, columns, deferrable_of(fields), index.nulls_not_distinct, None, (origin,)
    )
    made = replace(index, name=name, is_constraint=True, history=touched(index.history, origin))
    rest = replace(table, indexes=tuple(one for one in table.indexes if one is not index))
    _put_key(run, rest, key, made, fields["contype"] == "CONSTR_PRIMARY", origin)


def _refuse_unfit(index: Index, fields: Node) -> None:
    for is_bad, what in (
        (not index.is_unique, "is not a unique index"),
        (index.columns is None, "contains expressions"),
        (index.where is not None, "is a partial index"),
    ):
        if is_bad:
            code = "42809"
            raise RefusedError(code, f'"{index.name}" {what}', fields.get("location"))


def add_check(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Add a check constraint; its generated name holds the column if it reads just one."""
    table = run.state.schema.tables[name]
    scope = printing.scope_of(run.state, name.name, table.columns)
    found = printing.check(run, fields["raw_expr"], scope)
    refuse_in(fields["raw_expr"], ALONE, "check constraints")
    printing.need_boolean(run, fields["raw_expr"], scope, "CHECK")
    if found.has_query:
        raise RefusedError(
            "0A000", "cannot use subquery in check constraint", fields.get("location")
        )
    used = tuple(column.name for column in table.columns if column.name in found.names)
    given = fields.get("conname")
    # AddRelationNewConstraints: the name is looked at behind the whole expression.
    text = printing.printed(run, fields["raw_expr"], scope)
    if given:
        if _merges(run, table, given, text, fields):
            return
        refuse_duplicate(table, given)
    else:
        only = used[0] if len(used) == 1 else None
        given = choose_constraint_name(run.state, table, only, "check")
    is_loose = is_unenforced(run, fields)
    not_valid = is_loose or bool(fields.get("skip_validation"))
    definition = f"CHECK ({text})"
    if fields.get("is_no_inherit"):
        definition += " NO INHERIT"
    if not_valid:
        definition += " NOT ENFORCED" if is_loose else " NOT VALID"
    check = CheckConstraint(
        given, definition, used, not_valid, bool(fields.get("is_no_inherit")), None, (origin,)
    )
    update(run, name, origin, checks=(*table.checks, check))
    _hand_down(run, name, check, fields)


def is_unenforced(run: Run, fields: Node) -> bool:
    """Whether a check or foreign key says NOT ENFORCED, as PostgreSQL 18 reads it."""
    if fields.get("is_enforced"):
        return False
    if run.state.reads_as < 18:
        raise RefusedError("42601", 'syntax error at or near "ENFORCED"')
    return True


def _merges(run: Run, table: Table, name: str, text: str, fields: Node) -> bool:
    """MergeWithExistingConstraint: one that a parent gave is the table's own from now on."""
    known = by_name(table.checks, name)
    if known is None or not known.is_inherited or fields.get("is_no_inherit"):
        return False
    if not same_condition(known.definition, f"CHECK ({text})"):
        return False
    checks = swap(table.checks, known, replace(known, is_inherited=False))
    update(run, table.name, checks=checks)
    return True


def _hand_down(run: Run, name: QualifiedName, check: CheckConstraint, fields: Node) -> None:
    """Give a new check to the tables below, one of the same condition being kept there."""
    if check.no_inherit:
        return
    for child in children_of(run, name):
        if fields.get("alone"):
            raise RefusedError("42P16", "constraint must be added to child tables too")
        table = run.state.schema.tables[child]
        known = by_name(table.checks, check.name)
        if known is not None:
            _refuse_unlike(table, known, check)
            continue
        refuse_duplicate(table, check.name)
        made = replace(check, is_inherited=True)
        update(run, child, checks=(*table.checks, made))
        _hand_down(run, child, made, fields)


def _refuse_unlike(table: Table, known: CheckConstraint, check: CheckConstraint) -> None:
    if not same_condition(known.definition, check.definition):
        refuse_duplicate(table, check.name)
    if known.no_inherit or (known.not_valid and not check.not_valid):
        kind = "non-inherited" if known.no_inherit else "NOT VALID"
        raise RefusedError(
            "42P17",
            f'constraint "{check.name}" conflicts with {kind} constraint on relation'
            f' "{table.name.name}"',
        )


def add_exclusion(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Add an exclusion constraint, with its index."""
    state = run.state
    table = state.schema.tables[name]
    method = fields.get("access_method") or "gist"
    pairs = fields.get("exclusions", ())
    access_methods.check_features(method, {"excludeOpNames": True, "indexParams": pairs})
    where = indexing.predicate(run, table, fields.get("where_clause"))
    keys, shown, names = [], [], []
    for pair in fields.get("exclusions", ()):
        element, operator = pair["List"]["items"]
        key, label = indexing.make_key(run, table, element["IndexElem"], method)
        keys.append(key)
        names.append(label)
        signs = strings(operator["List"]["items"])
        shown.append(f"{indexing.print_key(key)} WITH {signs[-1]}")
    joined = join_columns(indexing.distinct_names(names))
    index_name = fields.get("conname") or indexing.choose_index_name(
        state, name, joined, "excl", is_constraint=True
    )
    indexing.refuse_taken(state, name.schema, index_name)
    refuse_duplicate(table, index_name)
    definition = f"EXCLUDE USING {quote(method)} ({', '.join(shown)})"
    if where is not None:
        definition += f" WHERE ({where})"
    deferrable = deferrable_of(fields)
    if deferrable:
        definition += " DEFERRABLE" + (
            " INITIALLY DEFERRED" if deferrable == "INITIALLY DEFERRED" else ""
        )
    index = Index(
        index_name, tuple(keys), method=method, where=where, is_constraint=True, history=(origin,)
    )
    columns = tuple(key.column for key in keys if key.column is not None)
    made = CheckConstraint(index_name, definition, columns, history=(origin,))
    update(run, name, origin, indexes=(*table.indexes, index), excludes=(*table.excludes, made))
