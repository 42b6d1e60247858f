"""Columns, defaults, keys and indexes as trees."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.fixes.steps import House
from workers.engine.fixes.tree import Statement, cast, expression, string
from workers.engine.schema.model import (
    Column,
    ForeignKey,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    SqlType,
    Table,
)
from workers.engine.sql.postgres import Node

_SERIALS = {"smallint": "SMALLSERIAL", "integer": "SERIAL", "bigint": "BIGSERIAL"}


def is_serial(column: Column) -> bool:
    """Whether the column is declared to number its rows by a sequence of its own."""
    return (
        column.default_kind == "sequence"
        and column.identity is None
        and column.type.name in _SERIALS
        and not column.type.is_array
    )


def default_of(house: House, column: Column) -> Node | None:
    """A declared default as Prisma writes it: literals bare, lists with their type."""
    if column.default is None:
        return None
    if column.default_kind != "value":
        return expression(column.default_written or column.default)
    node = expression(column.default)
    if column.type.is_array:
        elements = node.get("TypeCast", {}).get("arg", node).get("A_ArrayExpr")
        if elements is None:
            return node
        bare = [_literal(one) for one in elements.get("elements", ())]
        made: Node = {"A_ArrayExpr": {**elements, "elements": bare} if bare else {}}
        return cast(made, column.type, house.names)
    return _literal(node)


def _literal(node: Node) -> Node:
    """A constant without the cast that PostgreSQL prints behind it."""
    inner: Node = node.get("TypeCast", {}).get("arg", {})
    return inner if "A_Const" in inner else node


def add_column(house: House, table: QualifiedName, column: Column, *, nullable: bool) -> Statement:
    """ALTER TABLE ... ADD COLUMN."""
    guard = " IF NOT EXISTS" if house.has_guards else ""
    kind = _SERIALS[column.type.name] if is_serial(column) else '"$type"'
    pattern = f'ALTER TABLE "$table" ADD COLUMN{guard} "$column" {kind}'
    values: dict[str, object] = {"table": table, "column": column.name, "type": column.type}
    if column.collation:
        pattern += ' COLLATE "$collation"'
        values["collation"] = tuple(part.strip('"') for part in column.collation.split("."))
    if column.generated is not None:
        pattern += ' GENERATED ALWAYS AS ("$default") STORED'
        values["default"] = expression(column.generated)
    elif column.identity is not None:
        pattern += f" GENERATED {column.identity} AS IDENTITY"
    if column.not_null and not nullable:
        pattern += " NOT NULL"
    default = None if is_serial(column) or column.identity else default_of(house, column)
    if default is not None and column.generated is None:
        pattern += ' DEFAULT "$default"'
        values["default"] = default
    return house.make(pattern, **values)


def drop_column(house: House, table: QualifiedName, name: str) -> Statement:
    """ALTER TABLE ... DROP COLUMN."""
    guard = " IF EXISTS" if house.has_guards else ""
    return house.make(f'ALTER TABLE "$table" DROP COLUMN{guard} "$name"', table=table, name=name)


def rename_column(house: House, table: QualifiedName, old: str, new: str) -> Statement:
    """ALTER TABLE ... RENAME COLUMN."""
    pattern = 'ALTER TABLE "$table" RENAME COLUMN "$old" TO "$new"'
    return house.make(pattern, table=table, old=old, new=new)


def create_table(house: House, table: Table) -> Statement:
    """CREATE TABLE with the columns and the primary key."""
    guard = " IF NOT EXISTS" if house.has_guards else ""
    made = house.make(f'CREATE TABLE{guard} "$table" ()', table=table.name)
    elements = []
    for column in table.columns:
        added = add_column(house, table.name, column, nullable=False)
        elements.append(added.fields["cmds"][0]["AlterTableCmd"]["def"])
    if table.primary_key is not None:
        added = add_primary_key(house, table.name, table.primary_key)
        elements.append(added.fields["cmds"][0]["AlterTableCmd"]["def"])
    return replace(made, fields={**made.fields, "tableElts": elements})


def drop_table(house: House, name: QualifiedName) -> Statement:
    """DROP TABLE."""
    guard = " IF EXISTS" if house.has_guards else ""
    return house.make(f'DROP TABLE{guard} "$table"', table=name)


def add_primary_key(house: House, table: QualifiedName, key: KeyConstraint) -> Statement:
    """ADD CONSTRAINT ... PRIMARY KEY."""
    pattern = 'ALTER TABLE "$table" ADD CONSTRAINT "$name" PRIMARY KEY ("$columns")'
    return house.make(pattern, table=table, name=key.name, columns=key.columns)


def add_unique(house: House, table: QualifiedName, index: Index) -> Statement:
    """ADD CONSTRAINT ... UNIQUE, for the index of a constraint."""
    pattern = 'ALTER TABLE "$table" ADD CONSTRAINT "$name" UNIQUE ("$columns")'
    return house.make(pattern, table=table, name=index.name, columns=index.columns or ())


def add_foreign_key(
    house: House, table: QualifiedName, key: ForeignKey, *, is_valid: bool
) -> Statement:
    """ADD CONSTRAINT ... FOREIGN KEY with both actions."""
    pattern = (
        'ALTER TABLE "$table" ADD CONSTRAINT "$name" FOREIGN KEY ("$columns") '
        f'REFERENCES "$target" ("$others") ON DELETE {key.on_delete} ON UPDATE {key.on_update}'
    )
    if key.deferrable:
        pattern += f" DEFERRABLE {key.deferrable}"
    return house.make(
        pattern if is_valid else f"{pattern} NOT VALID",
        table=table,
        name=key.name,
        columns=key.columns,
        target=key.ref_table,
        others=key.ref_columns,
    )


def drop_constraint(house: House, table: QualifiedName, name: str) -> Statement:
    """DROP CONSTRAINT."""
    guard = " IF EXISTS" if house.has_guards else ""
    pattern = f'ALTER TABLE "$table" DROP CONSTRAINT{guard} "$name"'
    return house.make(pattern, table=table, name=name)


def create_index(
    house: House, table: QualifiedName, index: Index, *, is_concurrent: bool = False
) -> Statement:
    """CREATE INDEX."""
    unique = "UNIQUE " if index.is_unique else ""
    concurrently = "CONCURRENTLY " if is_concurrent else ""
    guard = "IF NOT EXISTS " if house.has_guards else ""
    pattern = f'CREATE {unique}INDEX {concurrently}{guard}"$index" ON "$table" (x)'
    made = house.make(pattern, index=index.name, table=table)
    fields = dict(made.fields)
    (example,) = fields["indexParams"]
    fields["indexParams"] = [_key(key, example["IndexElem"]) for key in index.keys]
    fields["accessMethod"] = index.method
    if index.include:
        fields["indexIncludingParams"] = [
            {"IndexElem": {**example["IndexElem"], "name": name}} for name in index.include
        ]
    if index.where:
        fields["whereClause"] = expression(index.where)
    if index.nulls_not_distinct:
        fields["nulls_not_distinct"] = True
    return replace(made, fields=fields)


def _key(key: IndexKey, example: Node) -> Node:
    element = {name: value for name, value in example.items() if name != "name"}
    if key.column is not None:
        element["name"] = key.column
    else:
        element["expr"] = expression(key.expression or "")
    if key.operator_class:
        element["opclass"] = [string(part.strip('"')) for part in key.operator_class.split(".")]
    if key.collation:
        element["collation"] = [string(part.strip('"')) for part in key.collation.split(".")]
    if key.descending:
        element["ordering"] = "SORTBY_DESC"
    if key.nulls_first is not None:
        element["nulls_ordering"] = "SORTBY_NULLS_FIRST" if key.nulls_first else "SORTBY_NULLS_LAST"
    return {"IndexElem": element}


def drop_index(house: House, table: QualifiedName, index: Index) -> Statement:
    """DROP INDEX, or DROP CONSTRAINT for the index of a constraint."""
    if index.is_constraint:
        return drop_constraint(house, table, index.name)
    guard = " IF EXISTS" if house.has_guards else ""
    name = QualifiedName(table.schema, index.name)
    return house.make(f'DROP INDEX{guard} "$index"', index=name)


def rename_index(house: House, schema: str, old: str, new: str) -> Statement:
    """ALTER INDEX ... RENAME TO; a constraint of that name is renamed with it."""
    return house.make(
        'ALTER INDEX "$old" RENAME TO "$new"', old=QualifiedName(schema, old), new=new
    )


def rename_constraint(house: House, table: QualifiedName, old: str, new: str) -> Statement:
    """RENAME CONSTRAINT."""
    pattern = 'ALTER TABLE "$table" RENAME CONSTRAINT "$old" TO "$new"'
    return house.make(pattern, table=table, old=old, new=new)


def set_default(house: House, table: QualifiedName, name: str, value: Node | None) -> Statement:
    """SET DEFAULT, or DROP DEFAULT for None."""
    if value is None:
        pattern = 'ALTER TABLE "$table" ALTER COLUMN "$name" DROP DEFAULT'
        return house.make(pattern, table=table, name=name)
    pattern = 'ALTER TABLE "$table" ALTER COLUMN "$name" SET DEFAULT "$value"'
    return house.make(pattern, table=table, name=name, value=value)


def set_type(
    house: House, table: QualifiedName, name: str, kind: SqlType, using: Node | None
) -> Statement:
    """ALTER COLUMN ... SET DATA TYPE."""
    pattern = 'ALTER TABLE "$table" ALTER COLUMN "$name" SET DATA TYPE "$kind"'
    if using is None:
        return house.make(pattern, table=table, name=name, kind=kind)
    pattern += ' USING "$using"'
    return house.make(pattern, table=table, name=name, kind=kind, using=using)


def require(house: House, table: QualifiedName, name: str, *, is_required: bool) -> Statement:
    """SET NOT NULL, or DROP NOT NULL."""
    verb = "SET" if is_required else "DROP"
    pattern = f'ALTER TABLE "$table" ALTER COLUMN "$name" {verb} NOT NULL'
    return house.make(pattern, table=table, name=name)


def drop_making(house: House, table: QualifiedName, name: str, what: str) -> Statement:
    """DROP EXPRESSION or DROP IDENTITY: the values stay, and are made by the database no more."""
    pattern = f'ALTER TABLE "$table" ALTER COLUMN "$name" DROP {what}'
    return house.make(pattern, table=table, name=name)
