"""Extended statistics: CREATE, ALTER and DROP STATISTICS.

CreateStatistics of src/backend/commands/statscmds.c. They fall with their table and columns: one
whose table is not found under its old name any more is let be.
"""

from __future__ import annotations

from workers.engine.schema.model import Column, QualifiedName
from workers.engine.schema.names import choose_name
from workers.engine.sql import resolve
from workers.engine.sql.ddl.kinds_of_relation import kind_of
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_KINDS = ("ndistinct", "dependencies", "mcv")
_UNORDERED = frozenset(("json", "xml", "point", "box", "line", "lseg", "path", "polygon", "circle"))


def create(run: Run, node: Node) -> None:
    """CREATE STATISTICS."""
    if not node.get("defnames") and run.state.reads_as < 16:
        raise RefusedError("42601", 'syntax error at or near "ON"')
    relation = node["relations"][0].get("RangeVar")
    if relation is None:
        raise RefusedError("0A000", "only a single relation is allowed in CREATE STATISTICS")
    table = resolve.need_relation(run.state, relation)
    if kind_of(run, table) not in ("table", "matview"):
        raise RefusedError("42809", f'cannot define statistics for relation "{table.name}"')
    elements = [one["StatsElem"] for one in node.get("exprs", ())]
    names = [one["name"] for one in elements if one.get("name")]
    full = _name(run, node, table, [one.get("name", "expr") for one in elements])
    if _stands(run, full):
        if node.get("if_not_exists"):
            return
        raise RefusedError("42710", f'statistics object "{full.name}" already exists')
    _need_columns(run, table, names)
    for kind in resolve.strings(node.get("stat_types", [])):
        if kind not in _KINDS:
            raise RefusedError("42601", f'unrecognized statistics kind "{kind}"')
    if len(elements) < 2 and names:
        raise RefusedError("42P17", "extended statistics require at least 2 columns")
    if len(set(names)) != len(names):
        raise RefusedError("42701", "duplicate column name in statistics definition")
    run.state.hidden.statistics[full] = (table, tuple(names))


def _name(run: Run, node: Node, table: QualifiedName, parts: list[str]) -> QualifiedName:
    path = resolve.strings(node.get("defnames", []))
    if path:
        schema, name = resolve.split_path(path)
        return QualifiedName(resolve.creation_schema(run.state, schema), name)

    def is_taken(name: str) -> bool:
        return QualifiedName(table.schema, name) in run.state.hidden.statistics

    chosen = choose_name(table.name, "_".join(parts), "stat", is_taken)
    return QualifiedName(table.schema, chosen)


def _need_columns(run: Run, table: QualifiedName, names: list[str]) -> None:
    schema = run.state.schema
    holder = schema.tables.get(table) or schema.views.get(table)
    if holder is None or not holder.columns:
        return
    known: dict[str, Column] = {one.name: one for one in holder.columns}
    for name in names:
        if name not in known:
            run.state.log.needs.add(f"{table}.{name}")
            raise RefusedError("42703", f'column "{name}" does not exist')
        kind = known[name].type
        if kind.schema is None and not kind.is_array and kind.name in _UNORDERED:
            shown = f'column "{name}" cannot be used in statistics'
            raise RefusedError("0A000", shown)


def _stands(run: Run, name: QualifiedName) -> bool:
    """Whether it is certain that the statistics are there."""
    found = run.state.hidden.statistics.get(name)
    if found is None:
        return False
    schema = run.state.schema
    holder = schema.tables.get(found[0]) or schema.views.get(found[0])
    names = {one.name for one in holder.columns} if holder is not None else set()
    return holder is not None and names.issuperset(found[1])


def find(run: Run, node: Node) -> QualifiedName | None:
    """The statistics that a list of names means; None where there are none."""
    schema, name = resolve.split_path(resolve.strings(node["List"]["items"]))
    if schema is not None and not run.state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    places = (schema,) if schema is not None else tuple(resolve.searched(run.state))
    for place in places:
        if QualifiedName(place, name) in run.state.hidden.statistics:
            return QualifiedName(place, name)
    return None


def need(run: Run, node: Node) -> QualifiedName:
    """The statistics that a list of names means, or the refusal."""
    found = find(run, node)
    if found is None:
        shown = resolve.dotted(resolve.strings(node["List"]["items"]))
        run.state.log.needs.add(shown)
        raise RefusedError("42704", f'statistics object "{shown}" does not exist')
    return found


def alter(run: Run, node: Node) -> None:
    """ALTER STATISTICS ... SET STATISTICS."""
    if not node.get("missing_ok"):
        need(run, {"List": {"items": node["defnames"]}})


def rename(run: Run, node: Node) -> None:
    """ALTER STATISTICS ... RENAME."""
    old = need(run, node["object"])
    _move(run, old, QualifiedName(old.schema, node["newname"]))


def set_schema(run: Run, node: Node) -> None:
    """ALTER STATISTICS ... SET SCHEMA."""
    old = need(run, node["object"])
    _move(run, old, QualifiedName(resolve.creation_schema(run.state, node["newschema"]), old.name))


def _move(run: Run, old: QualifiedName, new: QualifiedName) -> None:
    held = run.state.hidden.statistics
    if _stands(run, new) and new != old:
        raise RefusedError("42710", f'statistics object "{new.name}" already exists')
    held[new] = held.pop(old)


def drop(run: Run, node: Node) -> None:
    """DROP STATISTICS."""
    for one in node.get("objects", ()):
        found = find(run, one) if node.get("missing_ok") else need(run, one)
        if found is not None:
            del run.state.hidden.statistics[found]
