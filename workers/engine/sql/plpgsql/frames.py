"""FROM: the rows that its items give, joined, by the alias of each.

What WHERE demands of a plain column is asked of a row before it is joined to anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.plpgsql import catalogue, information, showing
from workers.engine.sql.plpgsql.catalogue import Oid, Row
from workers.engine.sql.plpgsql.evaluate import is_true, value
from workers.engine.sql.plpgsql.world import Frame, UnevaluableError, World
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings

MAX_ROWS = 100_000
_KEPT_BY_RUNNERS = frozenset((QualifiedName("supabase_migrations", "schema_migrations"),))
"""Whoever sends the migrations enters each of them there, so that a later one may look."""

Terms = Sequence[tuple[tuple[str, ...], str, str]]
"""The terms `column = 'text'` that WHERE demands: (path, text, its variable, if any)."""


def named_rows(
    world: World, where: Node | None, sources: list[Node]
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """The terms `column = 'text'` that WHERE demands of the rows of FROM.

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
        wanted = term.get("rexpr", {})
        text = wanted.get("A_Const", {}).get("sval", {}).get("sval")
        name = ""
        if text is None and len(sources) == 1 and "RangeVar" in sources[0]:
            name, text = _variable(world, wanted.get("ColumnRef"))
        if column is not None and isinstance(text, str):
            yield strings(column["fields"]), text, name


def _variable(world: World, reference: Node | None) -> tuple[str, Any]:
    """The variable that a name stands for, unless it is a column, and its value if certain."""
    path = strings(reference["fields"]) if reference else ()
    if len(path) != 1 or path[0] in world.doubtful or world.has_column(path):
        return "", None
    return path[0], world.variables.get(path[0])


def _is_other(row: Row, label: str, terms: Terms) -> bool:
    for path, text, variable in terms:
        if (len(path) > 1 and path[-2] != label) or variable in row:
            continue  # of another relation, or no variable at all
        held = row.get(path[-1])
        if type(held) is str and held != text:
            return True
    return False


def frames_of(world: World, sources: list[Node], terms: Terms) -> list[Frame]:
    """All that the items of FROM give together."""
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


def _source(world: World, node: Node, terms: Terms = ()) -> Iterator[Frame]:
    ((kind, fields),) = node.items()
    alias = fields.get("alias", {})
    if kind == "RangeVar":
        label = alias.get("aliasname") or fields["relname"]
        for row in relation(world, fields, label, terms):
            if not terms or not _is_other(row, label, terms):
                yield {label: showing.row_shown(world.state, fields["relname"], row)}
    elif kind == "RangeSubselect":
        from workers.engine.sql.plpgsql import queries

        for row in queries.rows(world, fields["subquery"]):
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
    if name == "pg_event_trigger_ddl_commands" and world.commands is not None:
        yield from ({alias.get("aliasname") or name: row} for row in world.commands)
        return
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


def _join(world: World, fields: Node, terms: Terms = ()) -> Iterator[Frame]:
    kind = fields.get("jointype", "JOIN_INNER")
    if kind not in ("JOIN_INNER", "JOIN_LEFT") or fields.get("isNatural"):
        raise UnevaluableError("a join of another kind")
    shared = strings(fields.get("usingClause", []))
    blank: Frame | None = None
    candidates = _Candidates(world, fields, terms)
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

    def __init__(self, world: World, fields: Node, terms: Terms) -> None:
        self._world = world
        self._terms = terms
        self._fields = fields
        self._rows: list[Frame] | None = None
        self._by_number: dict[tuple[tuple[str, ...], ...], dict[Oid, list[Frame]]] = {}

    def blank(self) -> Frame | None:
        """A row of nulls, if the right side's columns are known."""
        known = self._whole()
        named = self._fields["rarg"].get("RangeVar", {})
        if not known and named.get("relname") == "pg_depend":
            label = named.get("alias", {}).get("aliasname") or "pg_depend"
            return {label: dict.fromkeys(catalogue.DEPENDS)}
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
        right = self._fields["rarg"]
        if self._rows is None and "RangeVar" in right:
            terms: Terms = ()
            if right["RangeVar"]["relname"] == "pg_depend":
                quals = self._fields.get("quals")
                terms = [*self._terms, *named_rows(self._world, quals, [right])]
            self._rows = list(_source(self._world, right, terms))
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


def relation(world: World, fields: Node, label: str = "", terms: Terms = ()) -> list[Row]:
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
        names = [
            t for path, t, _ in terms if path[-1] == "conname" and path[-2:-1] in ((), (label,))
        ]
        return list(catalogue.pg_constraint(world.state, names[0] if names else None))
    if made is not None:
        return list(made(world.state))
    if name == "pg_depend" and any(path[-1] == "deptype" and t == "e" for path, t, _ in terms):
        return list(catalogue.members(world.state))
    if schema in ("information_schema", "pg_catalog") or name.startswith("pg_"):
        raise UnevaluableError(f"the catalogue's {name}")
    found = resolve.find_relation(world.state, fields)
    if found is None:
        if resolve.is_other_relation(world.state, fields):
            world.is_certain = False
            return []
        raise RefusedError("42P01", f'relation "{name}" does not exist', None)
    world.is_certain = False
    is_filled = found in _KEPT_BY_RUNNERS or found in world.state.hidden.filled
    world.has_met_rows = world.has_met_rows or is_filled
    return []
