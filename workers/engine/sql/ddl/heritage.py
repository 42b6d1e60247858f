"""What a table has from its parents, and what its children have from it.

Follows tablecmds.c: a column's or check's `attinhcount` is the number of the table's parents that
have it too, `attislocal` is `not is_inherited`.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, SqlType, Table
from workers.engine.sql.ddl.touch import by_name, put_column, swap, update
from workers.engine.sql.references import columns_in
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def children_of(run: Run, name: QualifiedName) -> list[QualifiedName]:
    """The tables that inherit from a table directly, partitions among them."""
    return [table.name for table in run.state.schema.tables.values() if name in table.parents]


def heirs_of(run: Run, name: QualifiedName) -> list[QualifiedName]:
    """All tables below a table, each once, nearest first (find_all_inheritors)."""
    below: dict[QualifiedName, list[QualifiedName]] = {}
    for table in run.state.schema.tables.values():
        for parent in table.parents:
            below.setdefault(parent, []).append(table.name)
    found = dict.fromkeys(below.get(name, ()))
    waiting = list(found)
    for heir in waiting:
        more = [one for one in below.get(heir, ()) if one not in found]
        found.update(dict.fromkeys(more))
        waiting += more
    return list(found)


def parents_with(state: State, table: Table, column: str) -> int:
    """How many parents have the column: attinhcount."""
    above = (state.schema.tables.get(parent) for parent in table.parents)
    return sum(1 for parent in above if parent is not None and parent.column(column) is not None)


def parents_with_check(state: State, table: Table, name: str) -> int:
    """How many parents hand the check of that name down: coninhcount."""
    above = (state.schema.tables.get(parent) for parent in table.parents)
    checks = (by_name(parent.checks, name) for parent in above if parent is not None)
    return sum(1 for check in checks if check is not None and not check.no_inherit)


def refuse_inherited(run: Run, table: Table, column: str, doing: str) -> None:
    """Refuse to change a column that a parent has too."""
    if table.parents and parents_with(run.state, table, column):
        raise RefusedError("42P16", f'cannot {doing} inherited column "{column}"')


def refuse_partition_key(table: Table, column: str, doing: str) -> None:
    """Refuse to change a column that decides on a row's partition."""
    if table.partition_key is not None:
        inside = table.partition_key.partition("(")[2]
        if column in columns_in(f"f({inside}"):
            raise RefusedError(
                "42P16",
                f'cannot {doing} column "{column}" because it is part of the partition key of'
                f' relation "{table.name.name}"',
            )


def refuse_rename(run: Run, name: QualifiedName, column: str, new: str, *, alone: bool) -> None:
    """Refuse to rename a column that tables above, or below and left out, have too.

    The tables below come first: what is wrong with one of them is told before what is wrong here.
    """
    tables = run.state.schema.tables
    below = heirs_of(run, name)
    if alone and below:
        raise RefusedError(
            "42P16", f'inherited column "{column}" must be renamed in child tables too'
        )
    inside = {name, *below}
    for heir in below:
        expected = sum(1 for parent in tables[heir].parents if parent in inside)
        if tables[heir].column(column) is None:
            raise RefusedError("42703", f'column "{column}" does not exist')
        _refuse_more_parents(run, tables[heir], column, expected)
        if tables[heir].column(new) is not None:
            raise RefusedError("42701", f'column "{new}" of relation "{heir.name}" already exists')
    _refuse_more_parents(run, tables[name], column, 0)


def _refuse_more_parents(run: Run, table: Table, column: str, expected: int) -> None:
    if table.column(column) is not None and parents_with(run.state, table, column) > expected:
        raise RefusedError("42P16", f'cannot rename inherited column "{column}"')


def refuse_type_change(run: Run, name: QualifiedName, column: str) -> None:
    """Refuse to change the type of a column that tables above have too."""
    tables = run.state.schema.tables
    refuse_inherited(run, tables[name], column, "alter")
    refuse_partition_key(tables[name], column, "alter")
    below = heirs_of(run, name)
    inside = {name, *below}
    for heir in below:
        expected = sum(1 for parent in tables[heir].parents if parent in inside)
        if parents_with(run.state, tables[heir], column) > expected:
            what = f'cannot alter inherited column "{column}" of relation "{heir.name}"'
            raise RefusedError("42P16", what)
        refuse_partition_key(tables[heir], column, "alter")


def need_children(run: Run, name: QualifiedName, column: str) -> None:
    """ONLY: refuse to change the type of a column that tables below have too."""
    if children_of(run, name):
        raise RefusedError(
            "42P16", f'type of inherited column "{column}" must be changed in child tables too'
        )


def add_to_child(run: Run, name: QualifiedName, column: Column) -> bool:
    """Give a child its parent's new column, or merge the two; whether it is new there."""
    table = run.state.schema.tables[name]
    own = table.column(column.name)
    if own is None:
        made = replace(column, identity=None, is_inherited=True, inherits_not_null=column.not_null)
        update(run, name, columns=(*table.columns, made))
        return True
    need_same_type(own, column.type, name)
    if column.not_null and not own.not_null and run.state.reads_as >= 18:
        put_column(run, name, replace(own, not_null=True, inherits_not_null=True), run.origin)
    return False


def need_same_type(own: Column, wanted: SqlType, name: QualifiedName) -> None:
    """Refuse a child's column that has not its parent's type."""
    if own.type != wanted:
        raise RefusedError(
            "42804", f'child table "{name.name}" has different type for column "{own.name}"'
        )


def take_over(run: Run, name: QualifiedName, parent: Table, *, is_partition: bool) -> None:
    """CreateInheritance: a table that stands gets a parent whose columns and checks it must have.

    A partition's columns and checks are its parent's from then on, and not its own any more.
    """
    _merge_columns(run, name, parent, is_partition=is_partition)
    _merge_checks(run, name, parent, is_partition=is_partition)


def _merge_columns(run: Run, name: QualifiedName, parent: Table, *, is_partition: bool) -> None:
    table = run.state.schema.tables[name]
    columns = list(table.columns)
    for wanted in parent.columns:
        own = table.column(wanted.name)
        if own is None:
            raise RefusedError("42804", f'child table is missing column "{wanted.name}"')
        need_same_type(own, wanted.type, name)
        _need_same_kind(own, wanted, name)
        if is_partition:
            columns[table.columns.index(own)] = replace(
                own, is_inherited=True, inherits_not_null=wanted.not_null
            )
    update(run, name, columns=tuple(columns))


def _need_same_kind(own: Column, wanted: Column, name: QualifiedName) -> None:
    if wanted.collation != own.collation:
        shown = f'child table "{name.name}" has different collation for column "{own.name}"'
        raise RefusedError("42P21", shown)
    if wanted.not_null and not own.not_null:
        raise RefusedError(
            "42804",
            f'column "{own.name}" in child table "{name.name}" must be marked NOT NULL',
        )
    if (wanted.generated is None) != (own.generated is None):
        must = "must not" if wanted.generated is None else "must"
        raise RefusedError(
            "42804", f'column "{own.name}" in child table {must} be a generated column'
        )


def _merge_checks(run: Run, name: QualifiedName, parent: Table, *, is_partition: bool) -> None:
    table = run.state.schema.tables[name]
    checks = table.checks
    for wanted in parent.checks:
        if wanted.no_inherit:
            continue
        own = by_name(checks, wanted.name)
        shown = f'constraint "{wanted.name}"'
        if own is None:
            raise RefusedError("42804", f"child table is missing {shown}")
        if _condition(own.definition) != _condition(wanted.definition):
            raise RefusedError(
                "42804", f'child table "{name.name}" has different definition for check {shown}'
            )
        if own.no_inherit or own.not_valid:
            kind = "non-inherited" if own.no_inherit else "NOT VALID"
            raise RefusedError("42P17", f"{shown} conflicts with {kind} constraint on child table")
        if is_partition:
            checks = swap(checks, own, replace(own, is_inherited=True))
    update(run, name, checks=checks)


def _condition(definition: str) -> str:
    plain = definition.removesuffix(" NOT VALID").removesuffix(" NOT ENFORCED")
    return plain.removesuffix(" NO INHERIT")


def same_condition(one: str, other: str) -> bool:
    """Whether two checks ask for the same, whatever stands behind."""
    return _condition(one) == _condition(other)


def let_go(run: Run, name: QualifiedName, parent: Table) -> None:
    """RemoveInheritance: what no other parent has becomes the table's own."""
    table = run.state.schema.tables[name]
    rest = replace(table, parents=tuple(one for one in table.parents if one != parent.name))
    columns = tuple(
        replace(one, is_inherited=False, inherits_not_null=False)
        if (one.is_inherited or one.inherits_not_null)
        and not parents_with(run.state, rest, one.name)
        else one
        for one in table.columns
    )
    checks = tuple(
        replace(one, is_inherited=False)
        if one.is_inherited and not parents_with_check(run.state, rest, one.name)
        else one
        for one in table.checks
    )
    update(run, name, parents=rest.parents, columns=columns, checks=checks)


def refuse_parent(parent: Table) -> None:
    """Refuse to inherit from what has partitions, or is one."""
    if parent.kind == "partitioned":
        raise RefusedError("42809", f'cannot inherit from partitioned table "{parent.name.name}"')
    if parent.partition_bound is not None:
        raise RefusedError("42809", f'cannot inherit from partition "{parent.name.name}"')
