"""CREATE INDEX."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Index, QualifiedName, Table, View
from workers.engine.schema.names import join_columns
from workers.engine.sql import resolve
from workers.engine.sql.ddl import access_methods, indexing
from workers.engine.sql.ddl.heritage import children_of
from workers.engine.sql.ddl.partitions import hand_index_down
from workers.engine.sql.ddl.touch import touched, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_METHODS = frozenset(("btree", "hash", "gist", "spgist", "gin", "brin"))
_ORDERED = frozenset(("btree",))


def create_index(run: Run, node: Node) -> None:
    """CREATE INDEX, plain or unique, on a table or a materialised view."""
    state = run.state
    if node.get("concurrent") and run.in_block:
        raise RefusedError(
            "25001", "CREATE INDEX CONCURRENTLY cannot run inside a transaction block"
        )
    name = resolve.need_relation(state, node["relation"])
    table: Table | View | None = state.schema.tables.get(name) or state.schema.views.get(name)
    if table is None or (isinstance(table, View) and table.kind == "view"):
        raise RefusedError("42809", f'cannot create index on relation "{name.name}"')
    method = _method(run, node)
    access_methods.check_features(method, node)
    # The condition is read first, then the columns, then the name is looked for.
    where = indexing.predicate(run, table, node.get("whereClause"))
    access_methods.check_options(method, node.get("options", ()))
    include = _include(table, node)
    keys, labels = [], []
    elements = [one["IndexElem"] for one in node.get("indexParams", ())]
    for one in elements:
        key, label = indexing.make_key(run, table, one, method)
        access_methods.check_order(method, one)
        keys.append(key)
        labels.append(label)
    if node.get("unique") and isinstance(table, Table):
        columns = tuple(key.column or "" for key in keys)
        indexing.need_partition_columns(table, columns)
    given = node.get("idxname")
    if given and state.relation_kind(QualifiedName(name.schema, given)) is not None:
        if node.get("if_not_exists"):
            state.log.needs.add(f"{name.schema}.{given}")
            return
        raise RefusedError("42P07", f'relation "{given}" already exists')
    given = given or indexing.choose_index_name(
        state,
        name,
        join_columns(indexing.distinct_names([*labels, *include])),
        "idx",
        is_constraint=False,
    )
    if isinstance(table, View) or table.kind == "table":
        access_methods.check_dimensions(run, table, method, elements)
    index = Index(
        given,
        tuple(keys),
        is_unique=bool(node.get("unique")),
        method=method,
        include=include,
        where=where,
        nulls_not_distinct=bool(node.get("nulls_not_distinct")),
        history=(run.origin,),
    )
    is_alone = isinstance(table, Table) and not node["relation"].get("inh")
    if is_alone and table.kind == "partitioned" and children_of(run, name):
        index = replace(index, is_invalid=True)
    put_index(run, table, index)
    if isinstance(table, Table) and table.kind == "partitioned" and node["relation"].get("inh"):
        hand_index_down(run, name, index)


def put_index(run: Run, table: Table | View, index: Index) -> None:
    """Hang a new index on its table or materialised view."""
    if isinstance(table, Table):
        update(run, table.name, indexes=(*table.indexes, index))
    else:
        history = touched(table.history, run.origin)
        run.state.put_view(replace(table, indexes=(*table.indexes, index), history=history))
    run.state.log.creates.add(f"{table.name.schema}.{index.name}")


def _method(run: Run, node: Node) -> str:
    method = str(node.get("accessMethod") or "btree")
    if method in _METHODS or ("access method", method) in run.state.hidden.other:
        return method
    if method == "rtree":
        return "gist"
    raise RefusedError("42704", f'access method "{method}" does not exist')


def _include(table: Table | View, node: Node) -> tuple[str, ...]:
    names = []
    for one in node.get("indexIncludingParams", ()):
        name = one["IndexElem"].get("name", "")
        if all(column.name != name for column in table.columns):
            raise RefusedError("42703", f'column "{name}" does not exist')
        names.append(name)
    return tuple(names)
