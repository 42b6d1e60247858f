"""`sp_rename`: tables, columns, indexes and constraints under new names."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.reader import RefusedStatement
from workers.engine.sql.sqlserver.tables import Tables, column_of


def rename(tables: Tables, path: str, new: str, kind: str, origin: Origin) -> None:
    """Give the object at a path another name; the kind is that of `sp_rename`."""
    names = [part.strip('[]"') for part in path.split(".")]
    if kind.upper() == "COLUMN":
        _rename_column(tables, tables.need(_table_of(names[:-1])), names[-1], new, origin)
    elif kind.upper() == "INDEX":
        _rename_part(tables, tables.need(_table_of(names[:-1])), names[-1], new, origin)
    else:
        _rename_object(tables, _table_of(names), new, origin)


def _rename_object(tables: Tables, name: QualifiedName, new: str, origin: Origin) -> None:
    table = tables.find(name)
    if table is not None:
        _rename_table(tables, table, new, origin)
        return
    low = name.name.lower()
    for other in list(tables.schema.tables.values()):
        names = {one.name.lower() for one in other.indexes}
        names |= {one.name.lower() for one in other.foreign_keys}
        if other.name.schema.lower() == name.schema.lower() and low in names:
            _rename_part(tables, other, name.name, new, origin)
            return
    raise RefusedStatement("15225", f"No item by the name of '{name}' could be found.")


def _rename_table(tables: Tables, table: Table, new: str, origin: Origin) -> None:
    old, name = table.name, QualifiedName(table.name.schema, new)
    renamed = replace(table, name=name, history=(*table.history, origin))
    tables.schema.tables = {
        (name if key == old else key): (renamed if key == old else one)
        for key, one in tables.schema.tables.items()
    }
    tables.defaults = {
        (name if key[0] == old else key[0], key[1]): column
        for key, column in tables.defaults.items()
    }
    tables.change_keys(lambda key: replace(key, ref_table=name) if key.ref_table == old else key)


def _rename_part(tables: Tables, table: Table, old: str, new: str, origin: Origin) -> None:
    low = old.lower()
    key = table.primary_key
    tables.schema.tables[table.name] = replace(
        table,
        primary_key=replace(key, name=new) if key and key.name.lower() == low else key,
        indexes=tuple(
            replace(one, name=new) if one.name.lower() == low else one for one in table.indexes
        ),
        foreign_keys=tuple(
            replace(one, name=new) if one.name.lower() == low else one for one in table.foreign_keys
        ),
        history=(*table.history, origin),
    )


def _rename_column(tables: Tables, table: Table, old: str, new: str, origin: Origin) -> None:
    column = column_of(table, old)

    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == column.name else name for name in names)

    history = (*column.history, origin)
    key = table.primary_key
    for label, owner in list(tables.defaults.items()):
        if label[0] == table.name and owner == column.name:
            tables.defaults[label] = new
    tables.schema.tables[table.name] = replace(
        table,
        columns=tuple(
            replace(one, name=new, history=history) if one is column else one
            for one in table.columns
        ),
        primary_key=replace(key, columns=renamed(key.columns)) if key is not None else None,
        indexes=tuple(
            replace(
                index,
                keys=tuple(
                    replace(one, column=new) if one.column == column.name else one
                    for one in index.keys
                ),
            )
            for index in table.indexes
        ),
        foreign_keys=tuple(
            replace(one, columns=renamed(one.columns)) for one in table.foreign_keys
        ),
        history=(*table.history, origin),
    )
    tables.change_keys(
        lambda one: (
            replace(one, ref_columns=renamed(one.ref_columns))
            if one.ref_table == table.name
            else one
        )
    )


def _table_of(names: list[str]) -> QualifiedName:
    return QualifiedName(names[-2] if len(names) > 1 else "dbo", names[-1])
