"""SELECT over the catalogue's relations, as far as guards and loops need it.

A table of the user's has no rows in an empty database; reading one makes the answer uncertain.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cmp_to_key
from typing import Any

from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.plpgsql.aggregates import AGGREGATES, aggregated
from workers.engine.sql.plpgsql.catalogue import Row
from workers.engine.sql.plpgsql.comparison import compare
from workers.engine.sql.plpgsql.evaluate import is_true, value
from workers.engine.sql.plpgsql.frames import frames_of, named_rows
from workers.engine.sql.plpgsql.world import UnevaluableError, World
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.resolve import strings


def rows(world: World, query: Node) -> list[Row]:
    """The rows of a SELECT, their columns by name in order."""
    ((kind, fields),) = query.items()
    if kind != "SelectStmt":
        # INSERT, UPDATE or DELETE with RETURNING.
        world.is_certain = False
        return []
    return _select(world, fields)


def _select(world: World, fields: Node) -> list[Row]:
    if fields.get("withClause"):
        world.queries = dict(world.queries)
        for one in fields["withClause"].get("ctes", ()):
            cte = one["CommonTableExpr"]
            world.queries[cte["ctename"]] = rows(world, cte["ctequery"])
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        return _combined(world, fields)
    if fields.get("valuesLists"):
        return [
            {f"column{n + 1}": value(world, one) for n, one in enumerate(row["List"]["items"])}
            for row in fields["valuesLists"]
        ]
    where = fields.get("whereClause")
    sources = fields.get("fromClause", ())
    frames = frames_of(world, sources, list(named_rows(world, where, sources)))
    kept = []
    for frame in frames:
        inner = world.inside(frame)
        if where is None or is_true(inner, where):
            kept.append(inner)
        world.doubt(inner)
    found = _output(world, fields, kept)
    return _limited(world, fields, found)


def _combined(world: World, fields: Node) -> list[Row]:
    left, right = _select(world, fields["larg"]), _select(world, fields["rarg"])
    names = list(left[0] if left else right[0]) if left or right else []
    right = [dict(zip(names, row.values(), strict=False)) for row in right]
    if fields["op"] == "SETOP_UNION":
        joined = left + right
        return joined if fields.get("all") else _distinct(joined)
    if fields["op"] == "SETOP_EXCEPT":
        return _distinct([row for row in left if row not in right])
    return _distinct([row for row in left if row in right])


def _distinct(found: list[Row]) -> list[Row]:
    kept: list[Row] = []
    for row in found:
        if row not in kept:
            kept.append(row)
    return kept


def _output(world: World, fields: Node, kept: list[World]) -> list[Row]:
    targets = [one["ResTarget"] for one in fields.get("targetList", ())]
    if fields.get("groupClause") or _has_aggregate(targets):
        return aggregated(world, fields, targets, kept)
    found = []
    for inner in kept:
        found += [(inner, row) for row in _rows(inner, targets)]
        world.doubt(inner)
    if fields.get("sortClause"):
        found = _sorted(fields["sortClause"], found)
    rows_ = [row for _, row in found]
    return _distinct(rows_) if fields.get("distinctClause") else rows_


def _has_aggregate(targets: list[Node]) -> bool:
    for target in targets:
        for kind, fields in walk(target["val"]):
            if kind == "SubLink":
                break
            is_call = kind == "FuncCall" and not fields.get("over")
            if is_call and strings(fields["funcname"])[-1] in AGGREGATES:
                return True
    return False


def _rows(inner: World, targets: list[Node]) -> Iterator[Row]:
    """The rows that the targets give: one, or as many as `unnest` among them has items."""
    series = {number: _items(inner, one["val"]) for number, one in enumerate(targets)}
    longest = max((len(items) for items in series.values() if items is not None), default=None)
    for at in range(1 if longest is None else longest):
        row: Row = {}
        for number, target in enumerate(targets):
            items = series[number]
            if items is None:
                row.update(_target(inner, target))
                continue
            name = target.get("name") or column_label(target["val"]) or "?column?"
            row[name] = items[at] if at < len(items) else None
        yield row


def _items(inner: World, node: Node) -> list[Any] | None:
    """The items of an `unnest` in the target list, or None for anything else."""
    call = node.get("FuncCall")
    if call is None or strings(call["funcname"])[-1] != "unnest" or len(call["args"]) != 1:
        return None
    found = value(inner, call["args"][0])
    if isinstance(found, str):
        from workers.engine.sql.plpgsql.evaluate import array_of

        found = array_of(found)
    if not isinstance(found, list):
        raise UnevaluableError("what is taken apart is no array")
    return found


def _target(inner: World, target: Node) -> Row:
    node = target["val"]
    if "ColumnRef" in node:
        path = strings(node["ColumnRef"]["fields"])
        if path[-1] == "*":
            found: Row = {}
            for alias, row in inner.frames[0].items():
                if len(path) == 1 or path[-2] == alias:
                    found.update(row)
            return found
    name = target.get("name") or column_label(node) or "?column?"
    return {name: value(inner, node)}


def _sorted(clauses: list[Node], found: list[tuple[World, Row]]) -> list[tuple[World, Row]]:
    def ordered(left: tuple[World, Row], right: tuple[World, Row]) -> int:
        for one in clauses:
            clause = one["SortBy"]
            a, b = _sort_key(clause["node"], left), _sort_key(clause["node"], right)
            sign = -1 if clause.get("sortby_dir") == "SORTBY_DESC" else 1
            if a is None or b is None:
                if a is not b:
                    return sign if a is None else -sign
            elif compare("<", a, b):
                return -sign
            elif compare(">", a, b):
                return sign
        return 0

    return sorted(found, key=cmp_to_key(ordered))


def _sort_key(node: Node, pair: tuple[World, Row]) -> Any:
    inner, row = pair
    constant = node.get("A_Const", {})
    if "ival" in constant:
        return list(row.values())[constant["ival"].get("ival", 1) - 1]
    if "ColumnRef" in node:
        path = strings(node["ColumnRef"]["fields"])
        if len(path) == 1 and path[0] in row:
            return row[path[0]]
    return value(inner, node)


def _limited(world: World, fields: Node, found: list[Row]) -> list[Row]:
    if fields.get("limitOffset"):
        found = found[int(value(world, fields["limitOffset"]) or 0) :]
    if fields.get("limitCount"):
        limit = value(world, fields["limitCount"])
        if isinstance(limit, int):
            found = found[:limit]
    return found
