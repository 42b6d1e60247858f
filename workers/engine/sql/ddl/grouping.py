"""What may stand in a query that is grouped: its keys, what they determine, and aggregates.

Follows parseCheckAggregates of src/backend/parser/parse_agg.c: a column that stands outside of any
aggregate must be a key, or be determined by a primary key that is among the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from workers.engine.sql.ddl.aggregation import is_own, parts
from workers.engine.sql.ddl.outputs import Levels, Sources
from workers.engine.sql.ddl.sameness import Form, Place, Sameness, columns_of, place
from workers.engine.sql.ddl.sorting import Targets
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.state import State


def refuse_nested(fields: Node) -> None:
    """Refuse an aggregate inside of another, in the targets."""
    if any(kind == "nested" for kind, _ in parts(fields.get("targetList"))):
        raise RefusedError("42803", "aggregate function calls cannot be nested")


def check_groups(state: State, fields: Node, levels: Levels, targets: Targets) -> None:
    """Refuse columns of a grouped query that are neither keys nor determined by them."""
    if fields.get("groupByAll") or fields.get("valuesLists"):
        return
    if not fields.get("groupClause") and not fields.get("havingClause"):
        found = parts([fields.get("targetList"), fields.get("sortClause")])
        if not any(kind == "aggregate" and is_own(one, levels) for kind, one in found):
            return
    sources = levels[0]
    if any(not one.is_certain for one in sources.values()) or _is_merged_otherwise(fields):
        return
    same = Sameness(state, levels)
    grouped = _Grouped.of(state, same, targets.keys(fields.get("groupClause", ())), sources)
    for node in _read(fields, targets):
        grouped.check(node, levels)


def _is_merged_otherwise(fields: Node) -> bool:
    """Whether a join shows columns that are neither side's alone."""
    stack = list(fields.get("fromClause", ()))
    while stack:
        join = stack.pop().get("JoinExpr")
        if join is not None:
            stack += [join["larg"], join["rarg"]]
            is_outer = join.get("jointype") in ("JOIN_RIGHT", "JOIN_FULL")
            if join.get("isNatural") or (is_outer and join.get("usingClause")):
                return True
    return False


def _read(fields: Node, targets: Targets) -> Iterator[Node]:
    """The expressions that the rule holds for."""
    yield from targets.values
    if fields.get("havingClause"):
        yield fields["havingClause"]
    for one in fields.get("sortClause", ()):
        node = one["SortBy"]["node"]
        if not targets.is_of_output(node):
            yield node
    for one in fields.get("windowClause", ()):
        yield one


class _Grouped(Struct, frozen=True):
    """The keys of one grouped query."""

    same: Sameness
    columns: frozenset[tuple[str, str]]
    strict: frozenset[Form]
    """The forms of the keys that are no plain columns."""
    loose: frozenset[Form]
    determined: frozenset[str]
    """The relations of which the primary key is among the keys."""

    @classmethod
    def of(cls, state: State, same: Sameness, keys: list[Node], sources: Sources) -> _Grouped:
        columns: set[tuple[str, str]] = set()
        others: list[Node] = []
        for node in keys:
            reference = node.get("ColumnRef")
            found = place(strings(reference["fields"]), same.levels) if reference else None
            if found is None:
                others.append(node)
            elif found.depth == 0:
                columns.add((found.label, found.column.name))
        return cls(
            same,
            frozenset(columns),
            frozenset(same.strict(node) for node in others),
            frozenset(same.loose(node) for node in others),
            frozenset(label for label in sources if _is_determined(state, label, sources, columns)),
        )

    def check(self, node: Any, levels: Levels) -> None:
        """Refuse the first column in an expression that is not grouped."""
        if isinstance(node, list):
            for one in node:
                self.check(one, levels)
        elif isinstance(node, dict):
            if len(node) == 1 and self._is_key(node):
                return
            for kind, fields in node.items():
                self._part(kind, fields, levels)

    def _part(self, kind: str, fields: Any, levels: Levels) -> None:
        if not isinstance(fields, dict):
            self.check(fields, levels)
        elif kind == "ColumnRef":
            self._column(fields, levels)
        elif kind == "SubLink":
            self.check(fields.get("testexpr"), levels)
            self._outer(fields.get("subselect"), levels)
        elif kind != "FuncCall":
            if kind not in ("JsonArrayAgg", "JsonObjectAgg", "GroupingFunc"):
                self.check(fields, levels)
        elif fields.get("over"):
            self.check([fields.get("args"), fields["over"]], levels)
        elif all(part != "aggregate" for part, _ in parts({kind: {**fields, "args": []}})):
            inside = [one for part, one in parts({kind: fields}) if part == "hidden"]
            if not inside:
                self.check(fields.get("args"), levels)

    def _is_key(self, node: Node) -> bool:
        """Whether an expression is a key, or might be one."""
        if not self.loose or "ColumnRef" in node:
            return bool(self.loose) and self.same.loose(node) in self.loose
        return self.same.strict(node) in self.strict or self.same.loose(node) in self.loose

    def _column(self, fields: Node, levels: Levels) -> None:
        path = strings(fields["fields"])
        if path and path[-1] == "*":
            for label, output in levels[0].items():
                if len(path) < 2 or label == path[-2]:
                    for column in columns_of(output) if len(path) > 1 else output.columns:
                        self._need(Place(0, label, column), fields)
            return
        found = place(path, levels) if path else None
        if found is not None and found.depth == 0:
            self._need(found, fields)

    def _need(self, found: Place, fields: Node) -> None:
        if not self._has(found):
            raise RefusedError(
                "42803",
                f'column "{found.label}.{found.column.name}" must appear in the GROUP BY clause or'
                " be used in an aggregate function",
                fields.get("location", 0),
            )

    def _has(self, found: Place) -> bool:
        if found.label in self.determined or (found.label, found.column.name) in self.columns:
            return True
        return ("column", 0, found.label, found.column.name) in self.loose

    def _outer(self, query: Any, levels: Levels) -> None:
        """Columns of the grouped query that a subquery reads: by the names that it has not."""
        labels = _labels(query)
        for path, fields in _qualified(query):
            if path[0] in labels or path[0] not in levels[0]:
                continue
            found = place(path, levels)
            if found is not None and found.depth == 0 and not self._has(found):
                raise RefusedError(
                    "42803",
                    f'subquery uses ungrouped column "{".".join(path)}" from outer query',
                    fields.get("location", 0),
                )


def _labels(node: Any) -> frozenset[str]:
    """Every name that relations have anywhere in a query."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack += current
        elif isinstance(current, dict):
            for key in ("relname", "aliasname", "ctename"):
                if isinstance(current.get(key), str):
                    found.add(current[key])
            stack += current.values()
    return frozenset(found)


def _qualified(node: Any) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The references `label.column` of a query that stand in no call that may be an aggregate's."""
    if isinstance(node, list):
        for one in node:
            yield from _qualified(one)
    elif isinstance(node, dict):
        for kind, fields in node.items():
            if kind == "ColumnRef":
                path = strings(fields["fields"])
                if len(path) == 2 and path[-1] != "*":
                    yield path, fields
            elif kind == "FuncCall":
                told = [one for one, _ in parts({kind: fields})]
                if "aggregate" not in told and "hidden" not in told:
                    yield from _qualified(fields.get("args"))
            elif kind not in ("JsonArrayAgg", "JsonObjectAgg"):
                yield from _qualified(fields)


def _is_determined(
    state: State, label: str, sources: Sources, columns: set[tuple[str, str]]
) -> bool:
    """check_functional_grouping: all columns of the table's primary key are keys."""
    name = sources[label].relation
    table = state.schema.tables.get(name) if name is not None else None
    key = table.primary_key if table is not None else None
    if key is None or key.deferrable is not None:
        return False
    return all((label, column) in columns for column in key.columns)
