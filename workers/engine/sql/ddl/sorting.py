"""GROUP BY, ORDER BY and DISTINCT: names and positions of targets, and what must agree.

Follows findTargetlistEntrySQL92 and transformDistinctOnClause of
src/backend/parser/parse_clause.c.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.sql.ddl.aggregation import parts, refuse_in
from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.ddl.outputs import Levels
from workers.engine.sql.ddl.sameness import Sameness, columns_of, place
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings


class Targets(Struct, frozen=True):
    """The targets of a query with every `*` spread out; `is_certain` says that all are known."""

    values: tuple[Node, ...]
    names: tuple[str, ...]
    levels: Levels
    is_certain: bool

    @classmethod
    def of(cls, fields: Node, levels: Levels) -> Targets:
        """The targets of a SelectStmt's fields."""
        values: list[Node] = []
        names: list[str] = []
        is_certain = True
        for one in fields.get("targetList", ()):
            value = one["ResTarget"]["val"]
            reference = value.get("ColumnRef")
            if reference is not None and "A_Star" in reference["fields"][-1]:
                spread = list(_spread(strings(reference["fields"]), levels))
                known = levels[0].values()
                is_certain = is_certain and all(source.is_certain for source in known)
                values += [node for node, _ in spread]
                names += [name for _, name in spread]
                continue
            is_certain = is_certain and "A_Star" not in str(value.get("A_Indirection", ""))
            values.append(value)
            names.append(one["ResTarget"].get("name") or column_label(value) or "?column?")
        return cls(tuple(values), tuple(names), levels, is_certain)

    def is_of_output(self, node: Node) -> bool:
        """Whether an item of ORDER BY is a target's position or name."""
        if "A_Const" in node:
            return True
        name = _plain(node)
        return name is not None and name in self.names

    def position(self, node: Node, word: str) -> Node | None:
        """The target that a number means; None for anything else. Refuses what is no target."""
        constant: Node | None = node.get("A_Const")
        if constant is None:
            return None
        if "ival" not in constant:
            raise RefusedError("42601", f"non-integer constant in {word}")
        number: int = constant["ival"].get("ival", 0)
        if not self.is_certain:
            return None
        if not 0 < number <= len(self.values):
            raise RefusedError("42P10", f"{word} position {number} is not in select list")
        return self.values[number - 1]

    def keys(self, clause: Iterable[Node]) -> list[Node]:
        """The keys of GROUP BY: a name is a column before it is a target."""
        found: list[Node] = []
        for node in _flat(clause):
            target = self.position(node, "GROUP BY") if self.is_certain else None
            name = _plain(node)
            if target is None and name is not None and not self._is_input(name):
                target = self._named(name)
            found.append(target if target is not None else node)
        return found

    def sort_key(self, node: Node, word: str) -> Node:
        """What an item of ORDER BY or DISTINCT ON means: a target before a column."""
        target = self.position(node, word)
        name = _plain(node)
        if target is None and name is not None:
            target = self._named(name)
        return target if target is not None else node

    def _is_input(self, name: str) -> bool:
        return any(
            column.name == name
            for output in (self.levels[0] if self.levels else {}).values()
            for column in columns_of(output)
        )

    def _named(self, name: str) -> Node | None:
        return next(
            (node for node, own in zip(self.values, self.names, strict=True) if own == name), None
        )


def _spread(path: tuple[str, ...], levels: Levels) -> Iterator[tuple[Node, str]]:
    for label, output in levels[0].items():
        if len(path) > 1 and label != path[-2]:
            continue
        for column in columns_of(output) if len(path) > 1 else output.columns:
            words = [{"String": {"sval": label}}, {"String": {"sval": column.name}}]
            yield {"ColumnRef": {"fields": words}}, column.name


def _plain(node: Node) -> str | None:
    """The name that stands alone as an item."""
    reference = node.get("ColumnRef")
    path = strings(reference["fields"]) if reference is not None else ()
    return path[0] if len(path) == 1 else None


def _flat(clause: Iterable[Node]) -> Iterator[Node]:
    """The expressions of GROUP BY, out of lists in parentheses and grouping sets."""
    for node in clause:
        if "GroupingSet" in node:
            yield from _flat(node["GroupingSet"].get("content", ()))
        elif node.get("RowExpr", {}).get("row_format") == "COERCE_IMPLICIT_CAST":
            yield from _flat(node["RowExpr"].get("args", ()))
        else:
            yield node


def check_order(fields: Node, levels: Levels, targets: Targets, same: Sameness) -> None:
    """Refuse items of ORDER BY, GROUP BY and DISTINCT that mean no target, or not the right one."""
    order = [
        targets.sort_key(one["SortBy"]["node"], "ORDER BY") for one in fields.get("sortClause", ())
    ]
    keys = targets.keys(fields.get("groupClause", ()))
    refuse_in(keys, levels, "GROUP BY", allows_sets=True)
    distinct = fields.get("distinctClause", ())
    if any(not one.is_certain for one in levels[0].values()):
        return
    if distinct and distinct != [{}]:
        chosen = [targets.sort_key(one, "DISTINCT ON") for one in distinct]
        _need_initial(same, chosen, order)
    elif distinct and targets.is_certain:
        known = {same.loose(one) for one in targets.values}
        if any(same.loose(one) not in known for one in order):
            raise RefusedError(
                "42P10", "for SELECT DISTINCT, ORDER BY expressions must appear in select list"
            )


def _need_initial(same: Sameness, chosen: list[Node], order: list[Node]) -> None:
    wanted = {same.loose(one) for one in chosen}
    sorted_by = [same.loose(one) for one in order]
    first_other = next((n for n, one in enumerate(sorted_by) if one not in wanted), None)
    if first_other is None:
        return
    if any(one in wanted for one in sorted_by[first_other:]) or not wanted.issubset(sorted_by):
        raise RefusedError(
            "42P10", "SELECT DISTINCT ON expressions must match initial ORDER BY expressions"
        )


def check_limits(fields: Node, levels: Levels) -> None:
    """Refuse columns in LIMIT and OFFSET."""
    for part, word in (("limitCount", "LIMIT"), ("limitOffset", "OFFSET")):
        node = fields.get(part)
        reference = node.get("ColumnRef") if node else None
        found = place(strings(reference["fields"]), levels) if reference else None
        if found is not None and found.depth == 0:
            raise RefusedError("42P10", f"argument of {word} must not contain variables")


_STRENGTHS = {"LCS_FORUPDATE": "UPDATE", "LCS_FORNOKEYUPDATE": "NO KEY UPDATE",
              "LCS_FORSHARE": "SHARE", "LCS_FORKEYSHARE": "KEY SHARE"}  # fmt: skip


def check_locking(fields: Node, levels: Levels) -> None:
    """Refuse FOR UPDATE and its like where the rows are no table's own (CheckSelectLocking)."""
    clause = fields.get("lockingClause")
    if not clause:
        return
    found = [kind for kind, _ in parts(fields.get("targetList"))]
    for is_there, what in (
        (fields.get("distinctClause"), "DISTINCT clause"),
        (fields.get("groupClause"), "GROUP BY clause"),
        (fields.get("havingClause"), "HAVING clause"),
        (len(levels) == 1 and "aggregate" in found, "aggregate functions"),
        ("window" in found, "window functions"),
        ("set" in found, "set-returning functions in the target list"),
    ):
        if is_there:
            strength = _STRENGTHS.get(clause[0]["LockingClause"].get("strength", ""), "UPDATE")
            raise RefusedError("0A000", f"FOR {strength} is not allowed with {what}")


def check_windows(fields: Node) -> None:
    """Refuse OVER with a name that no WINDOW clause of the query has."""
    known = {one["WindowDef"].get("name") for one in fields.get("windowClause", ())}
    for kind, call in parts([fields.get("targetList"), fields.get("sortClause")]):
        over = call.get("over", {}) if kind == "window" else {}
        name = over.get("name") or over.get("refname")
        if name and name not in known:
            raise RefusedError("42704", f'window "{name}" does not exist')


def check_united_order(fields: Node, names: tuple[str, ...]) -> None:
    """Refuse an item of ORDER BY after a set operation that is no column of it."""
    for one in fields.get("sortClause", ()):
        node = one["SortBy"]["node"]
        constant = node.get("A_Const", {})
        if "ival" in constant:
            number = constant["ival"].get("ival", 0)
            if not 0 < number <= len(names):
                raise RefusedError("42P10", f"ORDER BY position {number} is not in select list")
            continue
        name = _plain(node)
        if name in names:
            continue
        if name is not None:
            raise RefusedError("42703", f'column "{name}" does not exist')
        if "ColumnRef" not in node:
            raise RefusedError("0A000", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
