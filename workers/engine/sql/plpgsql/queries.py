"""SELECT over the catalogue's relations, as far as guards and loops need it.

A table of the user's has no rows in an empty database; reading one makes the answer uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cmp_to_key
from typing import Any

from workers.engine.sql import resolve
from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.plpgsql import catalogue, information
from workers.engine.sql.plpgsql.aggregates import AGGREGATES, aggregated
from workers.engine.sql.plpgsql.catalogue import Oid, Row
from workers.engine.sql.plpgsql.comparison import compare
from workers.engine.sql.plpgsql.evaluate import is_true, value
from workers.engine.sql.plpgsql.world import Frame, UnevaluableError, World
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings

MAX_ROWS = 100_000


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
    frames = _frames(world, fields.get("fromClause", ()), list(_named_rows(where)))
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
            if kind == "FuncCall" and strings(fields["funcname"])[-1] in AGGREGATES:
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


def _named_rows(where: Node | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """The terms `column = 'text'` that WHERE demands: (path, text).

    A row of another text is left out before anything else is asked of it: false AND whatever is
    false. A catalogue has thousands of rows, and a guard asks for one of them by its name.
    """
    waiting = [where] if where else []
    while waiting:
        node = waiting.pop()
        logic = node.get("BoolExpr", {})
        if logic.get("boolop") == "AND_EXPR":
            waiting.extend(logic["args"])
            continue
        term = node.get("A_Expr", {})
        if term.get("kind") != "AEXPR_OP" or strings(term.get("name", [])) != ("=",):
            continue
        column = term.get("lexpr", {}).get("ColumnRef")
        text = term.get("rexpr", {}).get("A_Const", {}).get("sval", {}).get("sval")
        if column is not None and isinstance(text, str):
            yield strings(column["fields"]), text


def _is_other(row: Row, label: str, terms: list[tuple[tuple[str, ...], str]]) -> bool:
    for path, text in terms:
        if len(path) > 1 and path[-2] != label:
            continue
        held = row.get(path[-1])
        if type(held) is str and held != text:
            return True
    return False


def _frames(
    world: World, sources: list[Node], terms: list[tuple[tuple[str, ...], str]]
) -> list[Frame]:
    frames: list[Frame] = [{}]
    for source in sources:
        joined: list[Frame] = []
        for frame in frames:
            inner = world.inside(frame)
            for more in _source(inner, source, terms):
                joined.append({**frame, **more})
                if len(joined) > MAX_ROWS:
                    raise UnevaluableError("too many rows")
            world.doubt(inner)
        frames = joined
    return frames


def _source(
    world: World, node: Node, terms: list[tuple[tuple[str, ...], str]] | None = None
) -> Iterator[Frame]:
    ((kind, fields),) = node.items()
    alias = fields.get("alias", {})
    if kind == "RangeVar":
        label = alias.get("aliasname") or fields["relname"]
        for row in relation(world, fields, label, terms or []):
            if not terms or not _is_other(row, label, terms):
                yield {label: row}
    elif kind == "RangeSubselect":
        for row in rows(world, fields["subquery"]):
            yield {alias.get("aliasname", ""): _renamed(row, alias)}
    elif kind == "RangeFunction":
        yield from _function(world, fields, alias)
    elif kind == "JoinExpr":
        yield from _join(world, fields, terms)
    else:
        raise UnevaluableError(f"a {kind} in FROM")


def _renamed(row: Row, alias: Node) -> Row:
    names = strings(alias.get("colnames", []))
    keys = list(row)
    return dict(zip([*names, *keys[len(names) :]], row.values(), strict=True))


def _function(world: World, fields: Node, alias: Node) -> Iterator[Frame]:
    call = fields["functions"][0]["List"]["items"][0].get("FuncCall")
    name = strings(call["funcname"])[-1] if call else ""
    arguments = [value(world, one) for one in call.get("args", ())] if call else []
    if name == "unnest" and len(arguments) == 1 and isinstance(arguments[0], (list, str)):
        from workers.engine.sql.plpgsql.evaluate import array_of

        items = arguments[0] if isinstance(arguments[0], list) else array_of(arguments[0])
    elif name == "generate_series" and all(isinstance(one, int) for one in arguments):
        step = arguments[2] if len(arguments) > 2 else 1
        if step == 0 or abs(arguments[1] - arguments[0]) // abs(step) > MAX_ROWS:
            raise UnevaluableError("a long series")
        items = list(range(arguments[0], arguments[1] + (1 if step > 0 else -1), step))
    else:
        raise UnevaluableError(f"the function {name} in FROM")
    label = alias.get("aliasname") or name
    names = strings(alias.get("colnames", [])) or (label,)
    for number, item in enumerate(items):
        row = {names[0]: item}
        if fields.get("ordinality"):
            row[names[1] if len(names) > 1 else "ordinality"] = number + 1
        yield {label: row}


def _join(
    world: World, fields: Node, terms: list[tuple[tuple[str, ...], str]] | None = None
) -> Iterator[Frame]:
    kind = fields.get("jointype", "JOIN_INNER")
    if kind not in ("JOIN_INNER", "JOIN_LEFT") or fields.get("isNatural"):
        raise UnevaluableError("a join of another kind")
    shared = strings(fields.get("usingClause", []))
    blank: Frame | None = None
    candidates = _Candidates(world, fields)
    for left in _source(world, fields["larg"], terms):
        matched = False
        if blank is None and kind == "JOIN_LEFT":
            blank = candidates.blank()
        for right in candidates.of(left):
            inner = world.inside({**left, **right})
            blank = blank or {alias: dict.fromkeys(row) for alias, row in right.items()}
            if shared:
                fits = all(_shared(left, name) == _shared(right, name) for name in shared)
            else:
                fits = not fields.get("quals") or is_true(inner, fields["quals"])
            world.doubt(inner)
            if fits:
                matched = True
                yield {**left, **right}
        if not matched and kind == "JOIN_LEFT":
            if blank is None:
                raise UnevaluableError("the columns of an empty side of a join")
            yield {**left, **blank}


class _Candidates:
    """The rows of a join's right side that may fit a row of the left.

    A plain relation's rows are made once; where the two sides are joined by the equality of two
    columns with object ids, only the rows of that id are candidates.
    """

    def __init__(self, world: World, fields: Node) -> None:
        self._world = world
        self._fields = fields
        self._rows: list[Frame] | None = None
        self._by_number: dict[tuple[tuple[str, ...], ...], dict[Oid, list[Frame]]] = {}

    def blank(self) -> Frame | None:
        """A row of nulls, if the right side's columns are known."""
        known = self._whole()
        return {a: dict.fromkeys(row) for a, row in known[0].items()} if known else None

    def of(self, left: Frame) -> Iterable[Frame]:
        """The rows to be tried with one of the left side."""
        known = self._whole()
        if known is None:
            inner = self._world.inside(left)
            found = list(_source(inner, self._fields["rarg"]))
            self._world.doubt(inner)
            return found
        paths = self._equal_columns()
        for one, other in (paths, paths[::-1]) if paths else ():
            wanted = _plain_value(left, one)
            if isinstance(wanted, Oid):
                by_number = self._numbered(known, other)
                if by_number is not None:
                    return by_number.get(wanted, [])
        return known

    def _whole(self) -> list[Frame] | None:
        if self._rows is None and "RangeVar" in self._fields["rarg"]:
            self._rows = list(_source(self._world, self._fields["rarg"]))
        return self._rows

    def _equal_columns(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        fields = self._fields.get("quals", {}).get("A_Expr", {})
        sides = [fields.get(side, {}).get("ColumnRef") for side in ("lexpr", "rexpr")]
        if fields.get("kind") != "AEXPR_OP" or strings(fields.get("name", [])) != ("=",):
            return None
        if sides[0] is None or sides[1] is None:
            return None
        return strings(sides[0]["fields"]), strings(sides[1]["fields"])

    def _numbered(self, rows: list[Frame], path: tuple[str, ...]) -> dict[Oid, list[Frame]] | None:
        made = self._by_number.get((path,))
        if made is None:
            made = {}
            for row in rows:
                number = _plain_value(row, path)
                if not isinstance(number, Oid):
                    return None
                made.setdefault(number, []).append(row)
            self._by_number[path,] = made
        return made


def _plain_value(frame: Frame, path: tuple[str, ...]) -> Any:
    """A column's value by `("alias", "name")`, or None."""
    return frame.get(path[0], {}).get(path[1]) if len(path) == 2 else None


def _shared(frame: Frame, name: str) -> Any:
    for row in frame.values():
        if name in row:
            return row[name]
    raise UnevaluableError(f"the column {name}")


def relation(
    world: World,
    fields: Node,
    label: str = "",
    terms: Sequence[tuple[tuple[str, ...], str]] = (),
) -> list[Row]:
    """The rows of a relation: the catalogue's from the state, the user's none."""
    schema, name = fields.get("schemaname"), fields["relname"]
    if schema is None and name in world.queries:
        return world.queries[name]
    if schema == "information_schema":
        made = information.RELATIONS.get(name)
    else:
        made = catalogue.RELATIONS.get(name) if schema in (None, "pg_catalog") else None
    if made is catalogue.pg_constraint:
        # By far the relation of which guards ask most often, and always for one name.
        names = [t for path, t in terms if path[-1] == "conname" and path[-2:-1] in ((), (label,))]
        return list(catalogue.pg_constraint(world.state, names[0] if names else None))
    if made is not None:
        return list(made(world.state))
    if schema in ("information_schema", "pg_catalog") or name.startswith("pg_"):
        raise UnevaluableError(f"the catalogue's {name}")
    found = resolve.find_relation(world.state, fields)
    if found is None:
        if resolve.is_other_relation(world.state, fields):
            world.is_certain = False
            return []
        raise RefusedError("42P01", f'relation "{name}" does not exist', None)
    world.is_certain = False
    world.has_met_rows = world.has_met_rows or found in world.state.hidden.filled
    return []
