"""SQL in code, qualified against a schema: tables and columns that are not there, types that clash.

Parsed by PostgreSQL's own grammar. What cannot be told (functions in FROM, relations of other
schemas that no migration makes, rows of unknown shape) keeps everything that it may cover silent.
"""

from __future__ import annotations

from typing import Any

from workers.engine.code.families import clashes, family_of
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
from workers.engine.schema.model import Column, QualifiedName, Schema
from workers.engine.sql.postgres import Node, parse
from workers.engine.sql.resolve import strings

_SYSTEM = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "oid"})
_HIDDEN = {"cockroachdb": ("rowid", "crdb_internal_mvcc_timestamp")}
"""Columns that are there unsaid in databases that speak PostgreSQL's language."""
_OPERATORS = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"})
_DEEPEST = 60


class Qualifier:
    """Walks the statements of one text; `others` are relations that something else makes."""

    def __init__(
        self, schema: Schema, search_path: tuple[str, ...], others: frozenset[str] = frozenset()
    ) -> None:
        self.schema = schema
        self.others = others
        self.search_path = search_path
        self.troubles: list[Trouble] = []
        self.tables: set[QualifiedName] = set()
        self.found: list[Found] = []
        self.parameters: set[int] = set()
        self._depth = 0

    def read(self, sql: bytes) -> None:
        """Judge a text; raises `SqlSyntaxError`."""
        for statement in parse(sql):
            if statement.kind in _QUERIES:
                self._query({statement.kind: statement.fields}, None, {})

    def _query(self, node: Node, outer: Scope | None, ctes: dict[str, Source]) -> Columns:
        """Judge a query; the columns that it gives, None where they are not known."""
        ((kind, fields),) = node.items()
        self._depth += 1
        try:
            if kind not in _QUERIES or self._depth > _DEEPEST:
                return None
            ctes = self._with(fields, outer, ctes)
            if kind == "SelectStmt":
                return self._select(fields, outer, ctes)
            return self._change(kind, fields, outer, ctes)
        finally:
            self._depth -= 1

    def _with(
        self, fields: Node, outer: Scope | None, ctes: dict[str, Source]
    ) -> dict[str, Source]:
        clause = fields.get("withClause")
        if not clause:
            return ctes
        ctes = dict(ctes)
        for one in clause.get("ctes", ()):
            cte = one["CommonTableExpr"]
            name = cte["ctename"]
            if clause.get("recursive"):
                ctes[name] = Source(name, None)
            given = self._query(cte["ctequery"], outer, ctes)
            names = strings(cte.get("aliascolnames", []))
            ctes[name] = Source(name, renamed(given, names))
        return ctes

    def _select(self, fields: Node, outer: Scope | None, ctes: dict[str, Source]) -> Columns:
        if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
            left = self._query({"SelectStmt": fields["larg"]}, outer, ctes)
            self._query({"SelectStmt": fields["rarg"]}, outer, ctes)
            return left
        scope = Scope(outer=outer)
        if fields.get("valuesLists"):
            self._expressions(fields["valuesLists"], scope, ctes)
            width = len(fields["valuesLists"][0]["List"].get("items", ()))
            return {f"column{number + 1}": None for number in range(width)}
        for one in fields.get("fromClause", ()):
            self._from(one, scope, ctes)
        output = self._targets(fields.get("targetList", ()), scope, ctes)
        scope.labels = frozenset(output[1])
        for key in ("whereClause", "havingClause", "groupClause", "sortClause", "distinctClause",
                    "windowClause", "limitCount", "limitOffset"):  # fmt: skip
            if key in fields:
                self._expressions(fields[key], scope, ctes)
        return output[0]

    def _targets(
        self, targets: Any, scope: Scope, ctes: dict[str, Source]
    ) -> tuple[Columns, list[str]]:
        """The columns of a target list, None where a star covers what is not known."""
        found: Columns = {}
        names: list[str] = []
        for one in targets:
            target = one.get("ResTarget", {})
            value = target.get("val", {})
            reference = value.get("ColumnRef")
            if reference is not None and "A_Star" in reference["fields"][-1]:
                found = merged(found, self._star(strings(reference["fields"]), scope))
                continue
            if "ParamRef" in value and not target.get("name"):
                found = None  # a piece of SQL, perhaps, with columns of its own
            column = self._expression(value, scope, ctes)
            name = target.get("name") or _label(value)
            names.append(name)
            if found is not None:
                found[name] = column
        return found, names

    def _star(self, path: tuple[str, ...], scope: Scope) -> Columns:
        found: Columns = {}
        for source in scope.sources:
            if len(path) < 2 or source.label == path[-2]:
                found = merged(found, source.columns)
        return found

    def _change(
        self, kind: str, fields: Node, outer: Scope | None, ctes: dict[str, Source]
    ) -> Columns:
        scope = Scope(outer=outer)
        target = self._relation(fields["relation"], {})
        scope.sources.append(target)
        for key in ("fromClause", "usingClause"):
            for one in fields.get(key, ()):
                self._from(one, scope, ctes)
        written = fields.get("cols") if kind == "InsertStmt" else fields.get("targetList", ())
        for one in written or ():
            self._written(one["ResTarget"], target, scope, ctes)
        if "selectStmt" in fields:
            self._query(fields["selectStmt"], outer, ctes)
        conflict = fields.get("onConflictClause")
        if conflict:
            self._conflict(conflict, target, scope, ctes)
        if "whereClause" in fields:
            self._expressions(fields["whereClause"], scope, ctes)
        returned = fields.get("returningList") or fields.get("returningClause", {}).get("exprs", ())
        return self._targets(returned, scope, ctes)[0]

    def _conflict(
        self, conflict: Node, target: Source, scope: Scope, ctes: dict[str, Source]
    ) -> None:
        for one in conflict.get("infer", {}).get("indexElems", ()):
            name = one.get("IndexElem", {}).get("name")
            if name:
                self._need(name, target, one["IndexElem"].get("location", -1))
        inner = Scope([*scope.sources, Source("excluded", target.columns)], scope.outer)
        for one in conflict.get("targetList", ()):
            self._written(one["ResTarget"], target, inner, ctes)
        if "whereClause" in conflict:
            self._expressions(conflict["whereClause"], Scope(inner.sources[:1]), ctes)

    def _written(self, target: Node, source: Source, scope: Scope, ctes: dict[str, Source]) -> None:
        self._need(target.get("name", ""), source, target.get("location", -1))
        if "val" in target:
            self._expressions(target["val"], scope, ctes)

    def _need(self, name: str, source: Source, at: int) -> None:
        if source.columns is None or not name:
            return
        if name not in source.columns:
            self.troubles.append(Trouble("column", at, name, source.table))
        elif source.table is not None:
            self.found.append(Found(source.table, name, at, is_written=True))

    def _from(self, node: Node, scope: Scope, ctes: dict[str, Source]) -> None:
        ((kind, fields),) = node.items()
        alias = fields.get("alias", {})
        label = alias.get("aliasname", "")
        names = strings(alias.get("colnames", []))
        if kind == "RangeVar":
            found = self._relation(fields, ctes)
            columns = renamed(found.columns, names)
            scope.sources.append(Source(label or found.label, columns, found.table))
        elif kind == "RangeSubselect":
            reach = scope if fields.get("lateral") else scope.outer
            given = self._query(fields["subquery"], reach, ctes)
            scope.sources.append(Source(label, renamed(given, names)))
        elif kind == "JoinExpr":
            self._from(fields["larg"], scope, ctes)
            self._from(fields["rarg"], scope, ctes)
            if "quals" in fields:
                self._expressions(fields["quals"], scope, ctes)
            if label:
                scope.sources.append(Source(label, None))
        else:
            if kind == "RangeFunction":
                self._expressions(fields.get("functions", ()), scope, ctes)
            scope.sources.append(Source(label, None))

    def _relation(self, fields: Node, ctes: dict[str, Source]) -> Source:
        name, schema = fields["relname"], fields.get("schemaname")
        label = fields.get("alias", {}).get("aliasname") or name
        if schema is None and name in ctes:
            return Source(label, ctes[name].columns)
        found = self._find(schema, name)
        if found is not None:
            self.tables.add(found)
            self.found.append(Found(found, "", fields.get("location", 0)))
            return Source(label, self._columns(found), found)
        if self._may_be_missing(schema, name):
            shown = f"{schema}.{name}" if schema else name
            self.troubles.append(Trouble("table", fields.get("location", 0), shown))
        return Source(label, None)

    def _find(self, schema: str | None, name: str) -> QualifiedName | None:
        for place in (schema,) if schema is not None else self.search_path:
            found = QualifiedName(place or "", name)
            if found in self.schema.tables or found in self.schema.views:
                return found
        return None

    def _may_be_missing(self, schema: str | None, name: str) -> bool:
        """Whether migrations would have made a relation of this name, were it there."""
        if name in OWN_TABLES or name in self.others or name.startswith("pg_"):
            return False
        if any(one.name == name for one in self.schema.sequences):
            return False
        return schema is None or (
            schema in self.search_path and any(t.schema == schema for t in self.schema.tables)
        )

    def _columns(self, name: QualifiedName) -> Columns:
        table = self.schema.tables.get(name)
        columns = table.columns if table is not None else self.schema.views[name].columns
        if not columns:
            return None
        found: dict[str, Column | None] = {column.name: column for column in columns}
        found.update(dict.fromkeys((*_SYSTEM, *_HIDDEN.get(self.schema.provider, ()))))
        return found

    def _expressions(self, node: Any, scope: Scope, ctes: dict[str, Source]) -> None:
        """Judge every expression in a part of the tree."""
        if isinstance(node, list | tuple):
            for one in node:
                self._expressions(one, scope, ctes)
        elif isinstance(node, dict):
            self._expression(node, scope, ctes)

    def _expression(self, node: Node, scope: Scope, ctes: dict[str, Source]) -> Column | None:
        """Judge one expression; the column that it is, if it is just that."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST * 4:
                return None
            if "ColumnRef" in node:
                return self._column(node["ColumnRef"], scope)
            if "ParamRef" in node:
                self.parameters.add(node["ParamRef"].get("number", 0))
                return None
            if "SubLink" in node:
                link = node["SubLink"]
                self._query(link["subselect"], scope, ctes)
                self._expressions(link.get("testexpr", {}), scope, ctes)
                return None
            if "A_Expr" in node:
                self._comparison(node["A_Expr"], scope)
            for value in node.values():
                if isinstance(value, dict | list | tuple):
                    self._expressions(value, scope, ctes)
            return None
        finally:
            self._depth -= 1

    def _column(self, reference: Node, scope: Scope) -> Column | None:
        path = strings(reference["fields"])
        if "A_Star" in reference["fields"][-1] or not path:
            return None
        found, is_known = scope.lookup(path)
        if not is_known:
            table = scope.owner(path)
            at = reference.get("location", 0)
            self.troubles.append(Trouble("column", at, ".".join(path), table))
        source = scope.source(path) if found is not None else None
        if source is not None and source.table is not None:
            self.found.append(Found(source.table, path[-1], reference.get("location", 0)))
        return found

    def _comparison(self, fields: Node, scope: Scope) -> None:
        operator = strings(fields.get("name", ()))
        if fields.get("kind", "AEXPR_OP") != "AEXPR_OP" or not operator:
            return
        if operator[-1] not in _OPERATORS or self.schema.provider != "postgresql":
            return
        one, other = (self._family(fields.get(key, {}), scope) for key in ("lexpr", "rexpr"))
        if one is not None and other is not None and clashes(one, other):
            at = fields.get("location", 0)
            self.troubles.append(Trouble("types", at, f"{one} {operator[-1]} {other}"))

    def _family(self, node: Node, scope: Scope) -> str | None:
        """The family of types that an operand is of, None where that is not told by itself."""
        if "ColumnRef" in node and "A_Star" not in node["ColumnRef"]["fields"][-1]:
            path = strings(node["ColumnRef"]["fields"])
            column, _ = scope.lookup(path) if path else (None, True)
            return family_of(column.type, self.schema) if column is not None else None
        if "TypeCast" in node:
            return family_of_cast(node["TypeCast"].get("typeName", {}))
        return None


def family_of_cast(type_name: Node) -> str | None:
    """The family of a type as a cast writes it."""
    from workers.engine.code.families import family_named

    names = strings(type_name.get("names", ()))
    if not names or type_name.get("arrayBounds"):
        return None
    return family_named(names[-1])


def _label(value: Node) -> str:
    """The name that PostgreSQL gives to an output column without one."""
    from workers.engine.sql.ddl.figure import column_label

    return column_label(value) or "?column?"
