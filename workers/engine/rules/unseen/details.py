"""What Prisma's engine does not see of objects that it does see: it compares their rest."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.rules.unseen.unseen import Unseen
from workers.engine.rules.wording import column_words, table_words, ticked
from workers.engine.schema.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Grant,
    History,
    Index,
    KeyConstraint,
    QualifiedName,
    Schema,
    Table,
)

COMMENTS, GRANTS, FUNCTIONS = "comments", "grants", "functions"
IDENTITY = "identity columns"
UNIQUE_CONSTRAINTS = "unique constraints"
CONSTRAINT_OPTIONS = "constraint options"
INDEX_DETAILS = "index details"
TABLE_OPTIONS = "table options"
DETAILS = frozenset({COMMENTS, GRANTS, IDENTITY, CONSTRAINT_OPTIONS, INDEX_DETAILS, TABLE_OPTIONS})
"""The kinds that have no name of their own: what they belong to names them."""


def details(schema: Schema) -> Iterator[Unseen]:
    """Comments, grants, functions, and the parts of tables that a Prisma schema cannot say."""
    for table in schema.tables.values():
        yield from _identities(table)
        yield from _indexes(table)
        yield from _constraint_options(table)
        yield from _table_options(table)
    for key, function in schema.functions.items():
        figure = (
            f"{function.returns} {function.language} {function.is_security_definer} "
            f"{function.settings} {function.body}"
        )
        label = f"the {function.kind} {ticked(key.removeprefix('public.'))}"
        yield Unseen(FUNCTIONS, function.name, key, label, function.history, figure=figure)
    yield from grants(schema)
    yield from _comments(schema)


def _identities(table: Table) -> Iterator[Unseen]:
    """`@default(autoincrement())` is content with a serial column and with an identity column."""
    for column in table.columns:
        is_serial = (column.default or "").startswith("nextval(")
        if not column.identity and not is_serial:
            continue
        figure = f"identity {column.identity}" if column.identity else "serial"
        label = f"{figure.partition(' ')[0]} of {column_words(table.name, column.name)}"
        yield Unseen(
            IDENTITY,
            table.name,
            column.name,
            label,
            column.history,
            frozenset({column.name}),
            figure,
            is_standing=column.identity is not None,
        )


def _indexes(table: Table) -> Iterator[Unseen]:
    """`@@unique` is content with a unique constraint and with a unique index."""
    keys = {table.primary_key.name} if table.primary_key else set()
    keys |= {exclude.name for exclude in table.excludes}
    for index in table.indexes:
        if index.name in keys or index.where or index.columns is None:
            continue
        columns = frozenset(index.columns)
        if index.is_unique:
            kind = "constraint" if index.is_constraint else "index"
            label = f"the unique {kind} {ticked(index.name)}"
            yield Unseen(
                UNIQUE_CONSTRAINTS,
                table.name,
                index.name,
                label,
                index.history,
                columns,
                kind,
                is_standing=index.is_constraint,
            )
        told = _index_details(index)
        if told:
            label = f"{told} of the index {ticked(index.name)}"
            yield Unseen(INDEX_DETAILS, table.name, index.name, label, index.history, columns, told)


def _index_details(index: Index) -> str:
    found = []
    if index.include:
        found.append(f"INCLUDE ({', '.join(index.include)})")
    if index.nulls_not_distinct:
        found.append("NULLS NOT DISTINCT")
    for key in index.keys:
        if key.nulls_first is not None:
            found.append(f"NULLS {'FIRST' if key.nulls_first else 'LAST'}")
        if key.collation:
            found.append(f"COLLATE {key.collation}")
    return ", ".join(dict.fromkeys(found))


def _constraint_options(table: Table) -> Iterator[Unseen]:
    keys: tuple[ForeignKey | KeyConstraint, ...] = (*table.foreign_keys, *_keys(table))
    for key in keys:
        not_valid = getattr(key, "not_valid", False)
        told = [key.deferrable and f"DEFERRABLE {key.deferrable}", not_valid and "NOT VALID"]
        figure = ", ".join(part for part in told if part)
        if figure:
            label = f"{figure} of the constraint {ticked(key.name)}"
            yield Unseen(
                CONSTRAINT_OPTIONS,
                table.name,
                key.name,
                label,
                key.history,
                frozenset(key.columns),
                figure,
            )


def _keys(table: Table) -> Iterator[KeyConstraint]:
    if table.primary_key is not None:
        yield table.primary_key
    yield from table.uniques


def _table_options(table: Table) -> Iterator[Unseen]:
    told = [*table.options]
    if table.is_unlogged:
        told.append("UNLOGGED")
    if table.partition_key:
        told.append(f"PARTITION BY {table.partition_key}")
    if table.partition_bound:
        told.append(f"the partition's bound {table.partition_bound}")
    elif table.parents:
        told.append(f"INHERITS {', '.join(map(str, table.parents))}")
    if told:
        label = f"{ticked(', '.join(told))} of {table_words(table.name)}"
        yield Unseen(TABLE_OPTIONS, table.name, "", label, table.history, figure=str(told))
    for column in table.columns:
        if column.collation:
            label = f"the collation of {column_words(table.name, column.name)}"
            yield Unseen(
                TABLE_OPTIONS,
                table.name,
                column.name,
                label,
                column.history,
                frozenset({column.name}),
                column.collation,
            )


def grants(schema: Schema) -> Iterator[Unseen]:
    """The privileges that somebody was given."""
    for grant in schema.all_grants():
        holder, _, name = grant.object.partition(".")
        what = grant.object.removeprefix("public.")
        of = f"{grant.kind}:{grant.grantee}:{','.join(grant.columns)}"
        label = f"the grant of {_rights(grant)} on {ticked(what)} to "
        yield Unseen(
            GRANTS,
            QualifiedName(holder, name),
            of,
            label + ticked(grant.grantee),
            grant.history,
            frozenset(grant.columns),
            str(sorted(grant.privileges)),
        )


_ALL = {"table": 7, "sequence": 3}
"""How many privileges there are on an object; MAINTAIN, which came with 17, is one more."""


def _rights(grant: Grant) -> str:
    is_all = len({*grant.privileges} - {"MAINTAIN"}) == _ALL.get(grant.kind) and not grant.columns
    return "ALL" if is_all else ", ".join(grant.privileges)


def _comments(schema: Schema) -> Iterator[Unseen]:
    for table in schema.tables.values():
        yield from _comment(table.name, "", table.comment, table.history)
        for column in table.columns:
            yield from _of_column(table, column)
        parts: tuple[Index | ForeignKey | CheckConstraint | KeyConstraint, ...] = (
            *table.indexes,
            *table.foreign_keys,
            *table.checks,
            *_keys(table),
        )
        for part in parts:
            yield from _comment(table.name, part.name, part.comment, part.history)
    for name, view in schema.views.items():
        yield from _comment(name, "", view.comment, view.history)
    for enum in schema.enums.values():
        yield from _comment(enum.name, "", enum.comment, enum.history)


def _of_column(table: Table, column: Column) -> Iterator[Unseen]:
    if column.comment:
        label = f"the comment on {column_words(table.name, column.name)}"
        yield Unseen(
            COMMENTS,
            table.name,
            f".{column.name}",
            label,
            column.history,
            frozenset({column.name}),
            column.comment,
        )


def _comment(
    table: QualifiedName, part: str, comment: str | None, history: History
) -> Iterator[Unseen]:
    if comment:
        label = f"the comment on {ticked(part) if part else table_words(table)}"
        yield Unseen(COMMENTS, table, part, label, history, figure=comment)
