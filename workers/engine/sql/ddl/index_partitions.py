"""ALTER INDEX ... ATTACH PARTITION: an index of a partition becomes part of its parent's.

ATExecAttachPartitionIdx of src/backend/commands/tablecmds.c; pg_dump writes partitions so.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Index, QualifiedName, Table
from workers.engine.sql import resolve
from workers.engine.sql.ddl.heritage import children_of
from workers.engine.sql.ddl.partitions import same_definition, take_index
from workers.engine.sql.ddl.touch import by_name, swap, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def attach(run: Run, name: QualifiedName, fields: Node) -> None:
    """Attach the index that the command names to the index `name`."""
    state = run.state
    table = state.schema.tables.get(state.hidden.index_tables[name])
    if table is None or table.kind != "partitioned":
        shown = f'ALTER action ATTACH PARTITION cannot be performed on relation "{name.name}"'
        raise RefusedError("42809", shown)
    index = by_name(table.indexes, name.name)
    given = fields["def"]["PartitionCmd"]["name"]
    other = resolve.need_relation(state, given)
    below = state.schema.tables.get(state.hidden.index_tables.get(other, other))
    own = by_name(below.indexes, other.name) if below is not None else None
    if index is None or below is None or own is None:
        raise RefusedError("42P17", f'"{other.name}" is not an index')
    if own.is_inherited and same_definition(own, index) and below.parents == (table.name,):
        return
    refused = f'cannot attach index "{own.name}" as a partition of index "{index.name}"'
    is_partition = below.partition_bound is not None and below.parents == (table.name,)
    if own.is_inherited or not is_partition or _counterpart(below, index) is not None:
        raise RefusedError("55000", refused)
    if not same_definition(own, index) or (index.is_constraint and not own.is_constraint):
        raise RefusedError("42P17", refused)
    take_index(run, below, own, is_constraint=index.is_constraint)
    _validate(run, table.name, index)


def _counterpart(table: Table, index: Index) -> Index | None:
    """The index of a partition that is already part of its parent's."""
    return next(
        (one for one in table.indexes if one.is_inherited and same_definition(one, index)), None
    )


def _validate(run: Run, name: QualifiedName, index: Index) -> None:
    """An index is valid once each partition has its part."""
    tables = run.state.schema.tables
    if all(_counterpart(tables[child], index) is not None for child in children_of(run, name)):
        table = tables[name]
        made = replace(index, is_invalid=False)
        update(run, name, indexes=swap(table.indexes, index, made))
