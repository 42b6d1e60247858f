"""SELECT inside an expression, analysed and printed as `get_query_def` does.

Only what policies and checks are made of: tables and joins, a condition, grouping, order, limit.
Everything else raises UnprintableError.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.schema.names import quote
from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.expressions import printer
from workers.engine.sql.expressions.analysis import Analysis
from workers.engine.sql.expressions.coercion import to_type
from workers.engine.sql.expressions.kinds import BIGINT, TEXT, UNKNOWN, bare
from workers.engine.sql.expressions.typed import Const, Typed, UnprintableError, Var
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import range_path, strings
from workers.engine.sql.scope import KnownFunction, Scope

_STEP = 8
_UNNAMED = "?column?"
_HANDLED = frozenset(
    (
        "targetList", "fromClause", "whereClause", "groupClause", "sortClause", "limitCount",
        "limitOption", "op", "distinctClause", "havingClause", "groupByAll",
    )
)  # fmt: skip
_JOINS = {"JOIN_INNER": "JOIN", "JOIN_LEFT": "LEFT JOIN", "JOIN_RIGHT": "RIGHT JOIN",
          "JOIN_FULL": "FULL JOIN"}  # fmt: skip


class Source(Struct, frozen=True):
    """A table in FROM: `label` is what its columns are written with."""

    name: QualifiedName
    label: str
    has_alias: bool
    columns: tuple[Column, ...]
    alias: str
    """The name that the query itself uses."""

    def show(self) -> str:
        """The table as FROM lists it."""
        shown = f"{quote(self.name.schema)}.{quote(self.name.name)}"
        needs_alias = self.has_alias or self.label != self.name.name
        return f"{shown} {quote(self.label)}" if needs_alias else shown


class Derived(Struct, frozen=True):
    """A subquery in FROM; `label` is what its columns are written with."""

    query: Select
    label: str
    columns: tuple[Column, ...]
    alias: str
    has_names: bool
    """Whether the query names its columns itself."""

    def show(self, depth: int) -> str:
        """The subquery as FROM lists it."""
        listed = ", ".join(quote(column.name) for column in self.columns)
        names = f"({listed})" if self.has_names else ""
        return f"({self.query.show(depth + _STEP)}) {quote(self.label)}{names}"


Item = Source | Derived


class Join(Struct, frozen=True):
    """A join of two items of FROM; `condition` is None for CROSS JOIN."""

    word: str
    left: Item | Join
    right: Item | Join
    condition: Typed | None


class Target(Struct, frozen=True):
    """One output column with its name."""

    value: Typed
    name: str


class Inner(Struct, frozen=True):
    """The names in reach inside a subquery; implements `scope.Scope` over the outer one."""

    outer: Scope
    sources: tuple[Item, ...]

    @property
    def server_version(self) -> int:
        return self.outer.server_version

    @property
    def table(self) -> str:
        return ""

    @property
    def is_domain(self) -> bool:
        return False

    def column(self, path: tuple[str, ...]) -> SqlType | None:
        found = self._find(path)
        return found[1].type if found is not None else self.outer.column(path)

    def shown(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A column as written in a subquery: after the name of its table."""
        found = self._find(path)
        if found is not None:
            return found[0].label, path[-1]
        if isinstance(self.outer, Inner):
            return self.outer.shown(path)
        return self.outer.table, path[-1]

    def _find(self, path: tuple[str, ...]) -> tuple[Item, Column] | None:
        for source in self.sources:
            if len(path) > 1 and path[-2] != source.alias:
                continue
            for column in source.columns:
                if column.name == path[-1]:
                    return source, column
        return None

    def labels(self) -> frozenset[str]:
        """Every name that columns are written with here and further out."""
        own = frozenset(source.label for source in self.sources)
        outer = self.outer
        return own | (outer.labels() if isinstance(outer, Inner) else {outer.table})

    def type_of(self, type_name: Node) -> SqlType | None:
        return self.outer.type_of(type_name)

    def domain(self, kind: SqlType) -> SqlType | None:
        return self.outer.domain(kind)

    def enum(self, kind: SqlType) -> tuple[str, ...] | None:
        return self.outer.enum(kind)

    def is_fresh(self, kind: SqlType, value: str) -> bool:
        return self.outer.is_fresh(kind, value)

    def relation(self, path: tuple[str, ...]) -> QualifiedName | None:
        return self.outer.relation(path)

    def row(self, name: QualifiedName) -> tuple[Column, ...] | None:
        return self.outer.row(name)

    def has_function(self, path: tuple[str, ...]) -> bool:
        return self.outer.has_function(path)

    def has_foreign_function(self, path: tuple[str, ...]) -> bool:
        return self.outer.has_foreign_function(path)

    def note_call(self, signature: str) -> None:
        self.outer.note_call(signature)

    def has_cast(self, source: SqlType, target: SqlType) -> bool:
        return self.outer.has_cast(source, target)

    def has_operator(self, name: str) -> bool:
        return self.outer.has_operator(name)

    def own_operator(
        self, name: str, types: tuple[SqlType, ...]
    ) -> tuple[str, tuple[SqlType, ...], SqlType] | None:
        return self.outer.own_operator(name, types)

    def functions(self, path: tuple[str, ...]) -> tuple[KnownFunction, ...]:
        return self.outer.functions(path)


class Select(Struct, frozen=True):
    """An analysed SELECT."""

    targets: tuple[Target, ...]
    sources: tuple[Item | Join, ...]
    condition: Typed | None
    group: tuple[Typed, ...] = ()
    having: Typed | None = None
    order: tuple[str, ...] = ()
    limit: Typed | None = None
    is_distinct: bool = False

    def show(self, depth: int) -> str:
        """The text after the opening parenthesis, which stands at a depth."""
        inner = depth + _STEP
        parts = [" SELECT DISTINCT" if self.is_distinct else " SELECT"]
        parts.append(_listed([_target(one, inner) for one in self.targets], depth))
        if self.sources:
            edge = _edge(depth + 2) + " FROM"
            parts.append(edge + _listed([_source(one, depth) for one in self.sources], depth))
        if self.condition is not None:
            parts.append(_edge(depth + 1) + " WHERE " + printer.show(self.condition, depth=inner))
        if self.group:
            shown = ", ".join(printer.show(one, depth=inner) for one in self.group)
            parts.append(_edge(depth + 1) + " GROUP BY " + shown)
        if self.having is not None:
            shown = printer.show(self.having, depth=inner)
            parts.append(_edge(depth) + " HAVING " + shown)
        if self.order:
            parts.append(_edge(depth + 1) + " ORDER BY " + ", ".join(self.order))
        if self.limit is not None:
            shown = printer.show(self.limit, depth=inner)
            parts.append(_edge(depth) + " LIMIT " + shown)
        return "".join(parts)


def _edge(blanks: int) -> str:
    return printer.BREAK + " " * blanks


def _listed(items: list[str], depth: int) -> str:
    return " " + ("," + _edge(depth + 4)).join(items)


def _target(target: Target, depth: int) -> str:
    text = printer.show(target.value, implicit=True, depth=depth)
    known = target.value.path[-1] if isinstance(target.value, Var) else _UNNAMED
    return text if target.name == known else f"{text} AS {quote(target.name)}"


def _source(source: Item | Join, depth: int) -> str:
    if isinstance(source, Source):
        return source.show()
    if isinstance(source, Derived):
        return source.show(depth)
    left, right = _source(source.left, depth), _source(source.right, depth)
    if isinstance(source.right, Join):
        raise UnprintableError("a join inside the right side of a join")
    if source.condition is None:
        return f"({left}{_edge(depth + 4)} CROSS JOIN {right})"
    condition = printer.show(source.condition, depth=depth + _STEP)
    return f"({left}{_edge(depth + 4)} {source.word} {right} ON ({condition}))"


def analyse(scope: Scope, node: Node) -> Select:
    """The analysed SELECT of a subquery; raises UnprintableError."""
    fields = node.get("SelectStmt", {})
    grouped = fields.get("groupClause", ())
    if any("A_Const" in one for one in grouped):
        raise UnprintableError("GROUP BY a number")
    if not _HANDLED.issuperset(fields) or fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        raise UnprintableError("a subquery of more than one table expression")
    taken: list[Item] = []
    shapes = [_shape(scope, one, taken) for one in fields.get("fromClause", ())]
    inner = Inner(scope, tuple(taken))
    analysis = Analysis(inner)
    sources = tuple(_joined(analysis, one) for one in shapes)
    targets = tuple(t for one in fields["targetList"] for t in _targets(analysis, one, taken))
    where = fields.get("whereClause")
    having = fields.get("havingClause")
    limit = fields.get("limitCount")
    distinct = fields.get("distinctClause")
    if distinct and distinct != [{}]:
        raise UnprintableError("DISTINCT ON")
    return Select(
        targets,
        sources,
        analysis.condition(where) if where else None,
        analysis.expressions(grouped),
        analysis.condition(having) if having else None,
        tuple(_sorted(analysis, one["SortBy"]) for one in fields.get("sortClause", ())),
        _limited(analysis, limit) if limit else None,
        bool(distinct),
    )


def _limited(analysis: Analysis, node: Node) -> Typed:
    return to_type(analysis.expression(node), BIGINT, analysis.scope)


def _sorted(analysis: Analysis, fields: Node) -> str:
    direction = fields.get("sortby_dir", "SORTBY_DEFAULT")
    nulls = fields.get("sortby_nulls", "SORTBY_NULLS_DEFAULT")
    if direction == "SORTBY_USING" or nulls != "SORTBY_NULLS_DEFAULT":
        raise UnprintableError("an order that is not plain")
    text = printer.show(analysis.expression(fields["node"]))
    return f"{text} DESC" if direction == "SORTBY_DESC" else text


def _shape(scope: Scope, node: Node, taken: list[Item]) -> object:
    """An item of FROM, its tables noted in `taken` and its conditions not yet read."""
    ((kind, fields),) = node.items()
    if kind == "RangeVar":
        source = _table(scope, fields, taken)
        taken.append(source)
        return source
    if kind == "RangeSubselect" and not fields.get("lateral") and fields.get("alias"):
        derived = _derived(scope, fields, taken)
        taken.append(derived)
        return derived
    if kind == "JoinExpr" and not fields.get("usingClause") and not fields.get("isNatural"):
        left = _shape(scope, fields["larg"], taken)
        return fields, left, _shape(scope, fields["rarg"], taken)
    raise UnprintableError(f"a {kind} in FROM")


def _derived(scope: Scope, fields: Node, taken: list[Item]) -> Derived:
    """A subquery in FROM, which sees nothing of what stands beside it."""
    query = analyse(scope, fields["subquery"])
    wanted = fields["alias"]["aliasname"]
    names = strings(fields["alias"].get("colnames", ()))
    targets = query.targets
    if len(names) > len(targets):
        raise UnprintableError("more names than columns")
    columns = tuple(
        Column(
            names[number] if number < len(names) else one.name,
            replace(one.value.type, arguments=one.value.modifiers),
        )
        for number, one in enumerate(targets)
    )
    label = _free_label(scope, wanted, taken)
    return Derived(query, label, columns, wanted, bool(names))


def _table(scope: Scope, fields: Node, taken: list[Item]) -> Source:
    name = scope.relation(range_path(fields))
    columns = scope.row(name) if name is not None else None
    if name is None or columns is None or fields.get("alias", {}).get("colnames"):
        raise UnprintableError("a relation in FROM that is not known")
    alias = fields.get("alias", {}).get("aliasname")
    wanted = alias or name.name
    label = _free_label(scope, wanted, taken)
    return Source(name, label, alias is not None, columns, wanted)


def _free_label(scope: Scope, wanted: str, taken: list[Item]) -> str:
    used = Inner(scope, tuple(taken)).labels()
    label, number = wanted, 0
    while label in used:
        number += 1
        label = f"{wanted}_{number}"
    return label


def _joined(analysis: Analysis, shape: object) -> Item | Join:
    if isinstance(shape, (Source, Derived)):
        return shape
    assert isinstance(shape, tuple)
    fields, left, right = shape
    word = _JOINS.get(fields.get("jointype", "JOIN_INNER"))
    if word is None:
        raise UnprintableError("a join of another kind")
    quals = fields.get("quals")
    condition = analysis.condition(quals) if quals else None
    return Join(word, _joined(analysis, left), _joined(analysis, right), condition)


def _targets(analysis: Analysis, node: Node, taken: list[Item]) -> list[Target]:
    fields = node["ResTarget"]
    value = fields["val"]
    if "ColumnRef" in value and "*" in strings(value["ColumnRef"]["fields"]):
        path = strings(value["ColumnRef"]["fields"])
        return [
            Target(Var(bare(c.type), (source.label, c.name), c.type.arguments), c.name)
            for source in taken
            if len(path) == 1 or path[-2] == source.alias
            for c in source.columns
        ]
    typed = analysis.expression(value)
    if isinstance(typed, Const) and typed.type == UNKNOWN:
        typed = to_type(typed, TEXT, analysis.scope)
    return [Target(typed, fields.get("name") or column_label(value) or _UNNAMED)]
