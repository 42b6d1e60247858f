"""What a change is about: the name under which it is told, suppressed and counted."""

from __future__ import annotations

from workers.engine.compare import changes as c


def subject_of(change: c.Change) -> str:
    """`schema.table`, `schema.table.column`, `schema.table.index` or constraint, `schema.enum`,
    or the name of an extension or schema. The declared name where there is one."""
    match change:
        case c.TableMissing() | c.TableRenamed() | c.EnumMissing() | c.EnumRenamed():
            return str(change.declared.name)
        case c.TableExtra() | c.EnumExtra():
            return str(change.replayed.name)
        case c.EnumValuesChanged():
            return str(change.declared.name)
        case c.ExtensionMissing():
            return change.declared.name
        case c.SchemaMissing():
            return change.name
        case c.PrimaryKeyChanged():
            key = change.declared or change.replayed
            return f"{change.table.name}.{key.name if key else ''}"
        case c.ColumnExtra() | c.IndexExtra() | c.ForeignKeyExtra():
            return f"{change.table.name}.{change.replayed.name}"
        case _:
            return f"{change.table.name}.{change.declared.name}"


def objects_of(change: c.Change) -> frozenset[str]:
    """Every object that the change is about, on both sides, the table included."""
    found = {subject_of(change)}
    table = getattr(change, "table", None)
    if table is not None:
        found.add(str(table.name))
        replayed_table = change.replayed_table  # type: ignore[union-attr]
        found.add(str(replayed_table.name))
        replayed = getattr(change, "replayed", None)
        if replayed is not None:
            found.add(f"{replayed_table.name}.{replayed.name}")
    else:
        replayed = getattr(change, "replayed", None)
        if replayed is not None:
            found.add(str(replayed.name))
    return frozenset(found)
