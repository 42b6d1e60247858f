"""SQL in code for MySQL, SQLite and SQL Server, qualified against a schema.

Parsed by sqlglot, which takes more than the databases do: only names are judged, and what it cannot
read counts as unread. These databases compare names of columns without regard to case, and all
types with all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.code.reach import (
    OWN_TABLES,
    Columns,
    Found,
    Scope,
    Source,
    Trouble,
    merged,
    renamed,
)
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.sql.generic import Dialect, queries

_SETS = frozenset({"union", "except", "intersect"})
_QUERIES = frozenset({"select", "subquery", "insert", "update", "delete"}) | _SETS
_PARAMETERS = frozenset({"placeholder", "parameter"})
_ROW_NAMES = {
    "sqlite": ("rowid", "oid", "_rowid_", "rank"),
    "mysql": (),
    "tsql": ("$action", "$identity", "$rowguid"),
}
_HOMES = {"sqlite": ("", "main"), "tsql": ("", "dbo")}
_UNITS = frozenset(
    {"microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"}
)
_OWN_STARTS = ("sqlite_", "pragma_", "sys", "information_schema")
_DEEPEST = 120
Tree = Any
"""A node of sqlglot's, whose `key` is its kind; its classes stay behind their door."""


class DialectQualifier:
    """Walks the statements of one text; `others` are relations that something else makes."""

    def __init__(
        self, schema: Schema, dialect: Dialect, others: frozenset[str] = frozenset()
    ) -> None:
        self.schema = schema
        self.dialect: Dialect = dialect
        self.others = others
        self.troubles: list[Trouble] = []
        self.tables: set[QualifiedName] = set()
        self.found: list[Found] = []
        self.parameters: set[int] = set()
        self._text = ""
        self._depth = 0
        self._names: dict[str, list[QualifiedName]] = {}
        for name in (*schema.tables, *schema.views):
            self._names.setdefault(name.name.lower(), []).append(name)

    def read(self, sql: bytes) -> None:
        """Judge a text; raises `UnreadableQuery`."""
        self._text = sql.decode("utf-8", "replace")
        for tree in queries(self._text, self.dialect):
            found = (id(node) for node in tree.walk() if node.key in _PARAMETERS)
            self.parameters.update(found)
            self._query(tree, None, {})

    def _query(self, node: Tree, outer: Scope | None, ctes: dict[str, Source]) -> Columns:
        """Judge a query; the columns that it gives, None where they are not known."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST or node is None or node.key not in _QUERIES:
                return None
            ctes = self._with(node, outer, ctes)
            if node.key in _SETS:
                left = self._query(node.this, outer, ctes)
                self._query(node.expression, outer, ctes)
                return left
            if node.key == "subquery":
                return self._query(node.this, outer, ctes)
            if node.key == "select":
                return self._select(node, outer, ctes)
            self._change(node, outer, ctes)
            return None
        finally:
            self._depth -= 1

    def _with(self, node: Tree, outer: Scope | None, ctes: dict[str, Source]) -> dict[str, Source]:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        ctes = dict(ctes)
        for one in clause.expressions:
            name = one.alias
            if clause.args.get("recursive") or self.dialect == "tsql":
                ctes[name.lower()] = Source(name, None)
            given = self._query(one.this, outer, ctes)
            ctes[name.lower()] = Source(name, renamed(given, _listed(one.args.get("alias"))))
        return ctes

    def _select(self, node: Tree, outer: Scope | None, ctes: dict[str, Source]) -> Columns:
        scope = Scope(outer=outer)
        began = node.args.get("from_")
        if began is not None:
            self._source(began.this, scope, ctes)
        self._joins(node, scope, ctes)
        for lateral in node.args.get("laterals") or ():
            scope.sources.append(Source(lateral.alias_or_name.lower(), None))
        output, labels = self._targets(node.expressions, scope, ctes)
        scope.labels = frozenset(labels)
        for key, part in node.args.items():
            if key not in ("from_", "joins", "expressions", "with_", "laterals", "into"):
                self._walk(part, scope, ctes)
        return output

    def _targets(
        self, targets: Any, scope: Scope, ctes: dict[str, Source]
    ) -> tuple[Columns, list[str]]:
        found: Columns = {}
        names: list[str] = []
        for target in targets:
            if target.is_star:
                label = target.table.lower() if target.key == "column" else ""
                for source in scope.sources:
                    if not label or source.label == label:
                        found = merged(found, source.columns)
                continue
            if target.key in _PARAMETERS:
                found = None  # a piece of SQL, perhaps, with columns of its own
            self._walk(target, scope, ctes)
            name = target.alias_or_name.lower()
            names.append(name)
            if found is not None:
                found[name or f"?{len(names)}"] = None
        return found, names

    def _joins(self, node: Tree, scope: Scope, ctes: dict[str, Source]) -> None:
        for join in node.args.get("joins") or ():
            self._source(join.this, scope, ctes)
        for join in node.args.get("joins") or ():
            self._walk(join.args.get("on"), scope, ctes)

    def _source(self, node: Tree, scope: Scope, ctes: dict[str, Source]) -> None:
        label = node.alias.lower()
        if node.key == "table":
            found = self._relation(node, ctes)
            names = _listed(node.args.get("alias"))
            columns = renamed(found.columns, names)
            scope.sources.append(Source(label or found.label, columns, found.table))
            self._joins(node, scope, ctes)
        elif node.key in _QUERIES:
            given = self._query(node, scope.outer, ctes)
            columns = renamed(given, _listed(node.args.get("alias")))
            scope.sources.append(Source(label, columns))
            self._joins(node, scope, ctes)
        else:
            scope.sources.append(Source(label, None))

    def _relation(self, node: Tree, ctes: dict[str, Source]) -> Source:
        name = node.name
        label = name.lower()
        is_named = getattr(node.this, "key", "") == "identifier"
        if not is_named or not self._is_own(node):
            return Source(label, None)
        if label in ctes:
            return Source(label, ctes[label].columns)
        found = self._names.get(label, [])
        if len(found) == 1:
            self.tables.add(found[0])
            self.found.append(Found(found[0], "", self._at(node.this)))
            return Source(label, self._columns(found[0]), found[0])
        is_own = label in OWN_TABLES or label.startswith(_OWN_STARTS) or label == "dual"
        if not found and not is_own and name not in self.others:
            self.troubles.append(Trouble("table", self._at(node.this), name))
        return Source(label, None)

    def _is_own(self, node: Tree) -> bool:
        """Whether a table is of this database: `dbo.users`, `main.users`, or a name alone."""
        own = _HOMES.get(self.dialect, ("",))
        return node.args.get("catalog") is None and node.text("db").lower() in own

    def _columns(self, name: QualifiedName) -> Columns:
        table = self.schema.tables.get(name)
        columns = table.columns if table is not None else self.schema.views[name].columns
        if not columns:
            return None
        found: dict[str, Any] = {column.name.lower(): column for column in columns}
        found.update(dict.fromkeys(_ROW_NAMES.get(self.dialect, ())))
        return found

    def _change(self, node: Tree, outer: Scope | None, ctes: dict[str, Source]) -> None:
        scope = Scope(outer=outer)
        goal = node.this
        named = goal.expressions if goal is not None and goal.key == "schema" else ()
        goal = goal.this if named else goal
        if goal is not None:
            self._source(goal, scope, ctes)
        began = node.args.get("from_")
        if began is not None:
            self._source(began.this, scope, ctes)
        self._joins(node, scope, ctes)
        for one in named:
            self._need(one, scope)
        if node.key == "insert":
            self._inserted(node, scope, ctes)
        elif not node.args.get("tables") and not node.args.get("using"):
            for key in ("expressions", "where", "order", "limit", "returning"):
                self._walk(node.args.get(key), scope, ctes)

    def _inserted(self, node: Tree, scope: Scope, ctes: dict[str, Source]) -> None:
        self._walk(node.args.get("returning"), Scope(scope.sources[:1]), ctes)
        given = node.args.get("expression")
        if given is not None and given.key in _QUERIES:
            self._query(given, None, ctes)
        conflict = node.args.get("conflict")
        if conflict is None or (given is not None and given.key in _QUERIES):
            return  # what is selected from is in reach of the conflict's clause, too
        target = scope.sources[0] if scope.sources else Source("", None)
        inner = Scope([target, Source("excluded", target.columns)])
        for key in ("expressions", "where"):
            self._walk(conflict.args.get(key), inner, ctes)

    def _need(self, node: Tree, scope: Scope) -> None:
        """A column that is written into."""
        source = scope.sources[0] if scope.sources else None
        name = node.name
        if source is None or source.columns is None or node.key != "identifier":
            return
        column = source.columns.get(name.lower())
        if name.lower() not in source.columns:
            self.troubles.append(Trouble("column", self._at(node), name, source.table))
        elif column is not None and source.table is not None:
            self.found.append(Found(source.table, column.name, self._at(node), is_written=True))

    def _walk(self, node: Tree, scope: Scope, ctes: dict[str, Source]) -> None:
        """Judge every column in a part of the tree."""
        if isinstance(node, list | tuple):
            for one in node:
                self._walk(one, scope, ctes)
        elif hasattr(node, "key"):
            self._depth += 1
            if self._depth < _DEEPEST * 4:
                self._judge(node, scope, ctes)
            self._depth -= 1

    def _judge(self, node: Tree, scope: Scope, ctes: dict[str, Source]) -> None:
        if node.key in _QUERIES:
            self._query(node, scope, ctes)
        elif node.key == "column":
            self._column(node, scope)
        elif node.key != "interval":
            for one in _parts(node):
                self._walk(one, scope, ctes)

    def _column(self, node: Tree, scope: Scope) -> None:
        name, label = node.name, node.table.lower()
        if node.is_star or not name or node.args.get("db") is not None:
            return
        path = (label, name.lower()) if label else (name.lower(),)
        column, is_known = scope.lookup(path)
        at = self._at(node.this)
        source = scope.source(path) if column is not None else None
        if column is not None and source is not None and source.table is not None:
            self.found.append(Found(source.table, column.name, at))
        is_text = self.dialect == "sqlite" and self._letter(node.this) == '"' and not label
        if is_known or is_text or (not label and name.lower() in _UNITS):
            return
        self.troubles.append(Trouble("column", at, name, scope.owner(path)))

    def _letter(self, node: Tree) -> str:
        """The letter that a name begins with as it is written."""
        start = node.meta.get("start", 0)
        return self._text[start : start + 1]

    def _at(self, node: Tree) -> int:
        """The byte where a name stands."""
        start = node.meta.get("start", 0)
        if self._text[start : start + 1] in ('"', "`", "["):
            start += 1
        return len(self._text[:start].encode("utf-8"))


def _parts(node: Tree) -> Iterator[Tree]:
    for value in node.args.values():
        yield from value if isinstance(value, list) else (value,)


def _listed(alias: Tree) -> tuple[str, ...]:
    """The names of columns in an alias: `t (a, b)`."""
    columns = alias.args.get("columns") if alias is not None and hasattr(alias, "args") else None
    return tuple(one.name.lower() for one in columns or ())
