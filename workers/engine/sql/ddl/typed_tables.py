"""Tables of a composite type: CREATE TABLE ... OF, and what the type's changes do to them.

Follows ATTypedTableRecursion and check_of_type of src/backend/commands/tablecmds.c.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Column, CompositeType, QualifiedName
from workers.engine.source import Origin
from workers.engine.sql import resolve
from workers.engine.sql.ddl import alter_columns
from workers.engine.sql.ddl.alter_types import alter_type
from workers.engine.sql.ddl.columns import draft_column
from workers.engine.sql.ddl.moves import rename_column
from workers.engine.sql.ddl.touch import by_name, touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_FORBIDDEN = {
    "AT_AddColumn": "cannot add column to typed table",
    "AT_DropColumn": "cannot drop column from typed table",
    "AT_AlterColumnType": "cannot alter column type of typed table",
    "AT_AddInherit": "cannot change inheritance of typed table",
}


def refuse_action(run: Run, name: QualifiedName, kind: str) -> None:
    """Refuse an action of ALTER TABLE that is the type's to make."""
    if name in run.state.hidden.typed and kind in _FORBIDDEN:
        raise RefusedError("42809", _FORBIDDEN[kind])


def refuse_rename(run: Run, name: QualifiedName) -> None:
    """Refuse to rename a column of a typed table."""
    if name in run.state.hidden.typed:
        raise RefusedError("42809", "cannot rename column of typed table")


def _tables(run: Run, kind: QualifiedName, fields: Node) -> list[QualifiedName]:
    """The tables of a type; refused unless the statement says CASCADE."""
    found = [table for table, of in run.state.hidden.typed.items() if of == kind]
    if found and fields.get("behavior") != "DROP_CASCADE":
        raise RefusedError(
            "2BP01",
            f'cannot alter type "{kind.name}" because it is the type of a typed table',
            hint="Use ALTER ... CASCADE to alter the typed tables too.",
        )
    return found


def rename_attribute(run: Run, name: QualifiedName, fields: Node) -> None:
    """ALTER TYPE ... RENAME ATTRIBUTE."""
    old, new = fields["subname"], fields["newname"]
    tables = _tables(run, name, fields)
    composite = run.state.schema.composites[name]
    _need(composite, old)
    if by_name(composite.attributes, new) is not None:
        raise RefusedError("42701", f'column "{new}" of relation "{name.name}" already exists')
    attributes = tuple(
        replace(one, name=new) if one.name == old else one for one in composite.attributes
    )
    run.state.put(replace(composite, attributes=attributes))
    for table in tables:
        rename_column(run, table, old, new)


def alter_composite(run: Run, name: QualifiedName, node: Node) -> None:
    """ALTER TYPE of a composite type, with the tables of the type."""
    commands = [one["AlterTableCmd"] for one in node.get("cmds", ())]
    for fields in commands:
        if fields["subtype"] == "AT_AlterColumnType":
            _need(run.state.schema.composites[name], fields["name"])
            resolve.resolve_type(run.state, fields["def"]["ColumnDef"]["typeName"])
            _refuse_used(run, name)
    tables = [_tables(run, name, fields) for fields in commands]
    for fields, behind in zip(commands, tables, strict=True):
        _alter(run, name, fields)
        for table in behind:
            _follow(run, table, fields, run.origin)


def _alter(run: Run, name: QualifiedName, fields: Node) -> None:
    composite = run.state.schema.composites[name]
    attributes = list(composite.attributes)
    kind, wanted = fields["subtype"], fields.get("name")
    old = by_name(attributes, wanted) if wanted else None
    if kind == "AT_AddColumn":
        draft = draft_column(run, name, fields["def"]["ColumnDef"], run.origin)
        if by_name(attributes, draft.column.name) is not None:
            what = f'column "{draft.column.name}" of relation "{name.name}" already exists'
            raise RefusedError("42701", what)
        attributes.append(draft.column)
    elif old is None:
        if not fields.get("missing_ok"):
            _need(composite, wanted or "")
    elif kind == "AT_DropColumn":
        attributes.remove(old)
    elif kind == "AT_AlterColumnType":
        made = resolve.resolve_type(run.state, fields["def"]["ColumnDef"]["typeName"])
        attributes[attributes.index(old)] = replace(old, type=made)
    history = touched(composite.history, run.origin)
    run.state.put(replace(composite, attributes=tuple(attributes), history=history))


def _follow(run: Run, table: QualifiedName, fields: Node, origin: Origin) -> None:
    """Do to a table of the type what was done to the type."""
    steps = {
        "AT_AddColumn": alter_columns.add_column,
        "AT_DropColumn": alter_columns.drop_column,
        "AT_AlterColumnType": alter_type,
    }
    if fields["subtype"] in steps:
        steps[fields["subtype"]](run, table, fields, origin)


def _need(composite: CompositeType, wanted: str) -> None:
    if by_name(composite.attributes, wanted) is None:
        name = composite.name.name
        raise RefusedError("42703", f'column "{wanted}" of relation "{name}" does not exist')


def _refuse_used(run: Run, name: QualifiedName) -> None:
    """find_composite_type_dependencies: a type that a table stores keeps its attributes' types."""
    for table in run.state.schema.tables.values():
        for column in table.columns:
            if (column.type.schema, column.type.name) == (name.schema, name.name):
                raise RefusedError(
                    "0A000",
                    f'cannot alter type "{name.name}" because column'
                    f' "{table.name.name}.{column.name}" uses it',
                )


def attach(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """ALTER TABLE ... OF: the columns must be the attributes, in their order."""
    kind = of_type(run, fields["def"]["TypeName"])
    table = run.state.schema.tables[name]
    attributes = run.state.schema.composites[kind].attributes
    for number, wanted in enumerate(attributes):
        if number >= len(table.columns):
            raise RefusedError("42804", f'table is missing column "{wanted.name}"')
        _need_same(table.columns[number], wanted, name)
    if len(table.columns) > len(attributes):
        extra = table.columns[len(attributes)].name
        raise RefusedError("42804", f'table has extra column "{extra}"')
    run.state.hidden.typed[name] = kind
    history = touched(table.history, origin)
    run.state.put_table(replace(table, history=history))


def _need_same(column: Column, wanted: Column, table: QualifiedName) -> None:
    if column.name != wanted.name:
        what = f'table has column "{column.name}" where type requires "{wanted.name}"'
        raise RefusedError("42804", what)
    if column.type != wanted.type:
        what = f'table "{table.name}" has different type for column "{column.name}"'
        raise RefusedError("42804", what)


def detach(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """ALTER TABLE ... NOT OF."""
    if run.state.hidden.typed.pop(name, None) is None:
        raise RefusedError("42809", f'"{name.name}" is not a typed table')


def of_type(run: Run, wanted: Node) -> QualifiedName:
    """The composite type that OF names."""
    kind = resolve.resolve_type(run.state, wanted)
    name = QualifiedName(kind.schema or "", kind.name)
    if name not in run.state.schema.composites or kind.is_array:
        shown = resolve.format_visible(run.state, kind)
        raise RefusedError("42809", f"type {shown} is not a composite type")
    return name
