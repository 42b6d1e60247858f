"""Expressions checked against the state, and printed as the catalogue holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.schema.types import builtin, format_type, parse_type
from workers.engine.sql import registered, resolve
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.expressions import kinds
from workers.engine.sql.inlining import is_mutable_function
from workers.engine.sql.newer import check_age
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import References, references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.scope import KnownFunction
from workers.engine.sql.state import TEMPORARY, State

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Link

NO_CONDITIONS = frozenset(
    ("smallint", "integer", "bigint", "numeric", "real", "double precision", "text", "uuid", "date",
     "character varying", "json", "jsonb", "bytea", "interval", "timestamp without time zone",
     "timestamp with time zone")
)  # fmt: skip
"""Types that are no condition."""

SYSTEM_COLUMNS = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"))


class TableScope(Struct, frozen=True):
    """The names that an expression on one table can use; implements `scope.Scope`."""

    state: State
    columns: dict[str, SqlType]
    table: str = ""
    is_domain: bool = False

    @property
    def server_version(self) -> int:
        """The major version of PostgreSQL."""
        return self.state.server_version

    def column(self, path: tuple[str, ...]) -> SqlType | None:
        """The type of a column, by `("name",)` or `("table", "name")`."""
        if len(path) > 1 and path[-2] != self.table:
            return None
        return self.columns.get(path[-1])

    def shown(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A column's name as it is printed: alone, since there is one table."""
        return path[-1:]

    def row(self, name: QualifiedName) -> tuple[Column, ...] | None:
        """The columns of a table, view or composite type, or None if they are not known."""
        schema = self.state.schema
        found = schema.tables.get(name) or schema.views.get(name)
        if found is None:
            composite = schema.composites.get(name)
            return None if composite is None else composite.attributes
        return found.columns

    def type_of(self, type_name: Node) -> SqlType | None:
        """The type that the fields of a TypeName node mean."""
        try:
            return resolve.resolve_type(self.state, type_name)
        except RefusedError:
            return None

    def domain(self, kind: SqlType) -> SqlType | None:
        """The base type of a domain, or None if the type is no domain."""
        if kind.schema is None:
            return None
        found = self.state.schema.domains.get(QualifiedName(kind.schema, kind.name))
        return None if found is None else found.type

    def enum(self, kind: SqlType) -> tuple[str, ...] | None:
        """The values of an enum in order, or None if the type is no enum."""
        if kind.schema is None:
            return None
        found = self.state.schema.enums.get(QualifiedName(kind.schema, kind.name))
        return None if found is None else tuple(value.name for value in found.values)

    def is_fresh(self, kind: SqlType, value: str) -> bool:
        """Whether this very transaction has added the value to an enum that was there before."""
        fresh = self.state.hidden.fresh_values
        return bool(fresh) and (QualifiedName(kind.schema or "", kind.name), value) in fresh

    def relation(self, path: tuple[str, ...]) -> QualifiedName | None:
        """The relation that a name means."""
        return resolve.lookup(self.state, *resolve.split_path(path))

    def has_function(self, path: tuple[str, ...]) -> bool:
        """Whether an extension or the history brings functions of that name."""
        schema, name = resolve.split_path(path)
        overloads = self.state.hidden.overloads
        places = (schema,) if schema is not None else resolve.searched(self.state)
        return self.has_foreign_function(path) or any(
            QualifiedName(place, name) in overloads for place in places
        )

    def has_foreign_function(self, path: tuple[str, ...]) -> bool:
        """Whether an extension brings functions of that name, whatever their arguments."""
        schema, name = resolve.split_path(path)
        other = self.state.hidden.other
        return any(
            (place, name) in other
            or ("function", f"{place}.{name}") in other
            or ("opaque schema", place) in other
            or ("opaque extension", place) in other
            for place in ((schema,) if schema is not None else resolve.searched(self.state))
        )

    def note_call(self, signature: str) -> None:
        """One of the history's functions is what a call means."""
        self.state.log.calls.add(signature)

    def has_cast(self, source: SqlType, target: SqlType) -> bool:
        """Whether the history or an extension brings a cast between two types."""
        pair = f"{format_type(source)}>{format_type(target)}"
        words = ("cast", "implicit cast", "explicit cast")
        return any((word, pair) in self.state.hidden.other for word in words)

    def has_operator(self, name: str) -> bool:
        """Whether an extension or the history brings operators of that name."""
        from workers.engine.sql.builtin import extensions

        if any(kind == "operator" for kind, _ in self.state.hidden.other):
            return True
        installed = (one for one in self.state.schema.extensions if one != "plpgsql")
        brought = (extensions.find(one) for one in installed)
        return any(
            facts is None or any(name in one.split() for one in facts.operators)
            for facts in brought
        )

    def own_operator(
        self, name: str, types: tuple[SqlType, ...]
    ) -> tuple[str, tuple[SqlType, ...], SqlType] | None:
        """The history's own operator of just these types: its schema, operands and result."""
        functions = self.state.schema.functions
        for key, signature in self.state.hidden.operators.items():
            place, _, rest = key.partition(".")
            function = functions.get(signature)
            if function is None or not rest.startswith(f"{name}("):
                continue
            operands = tuple(parse_type(one) for one in function.arguments)
            is_seen = place in resolve.searched(self.state)
            if is_seen and operands == tuple(kinds.bare(one) for one in types):
                return place, operands, parse_type(function.returns.removeprefix("SETOF "))
        return None

    def functions(self, path: tuple[str, ...]) -> tuple[KnownFunction, ...]:
        """The history's own functions of a name."""
        schema, name = resolve.split_path(path)
        if schema == "pg_catalog":
            return ()
        return tuple(_known(self.state, schema, name))


def _known(state: State, schema: str | None, name: str) -> Iterable[KnownFunction]:
    places = (schema,) if schema is not None else tuple(resolve.searched(state))
    for place in places:
        for signature in state.hidden.overloads.get(QualifiedName(place, name), ()):
            function = state.schema.functions[signature]
            returns = function.returns or ""
            is_table = returns.startswith("TABLE(")
            yield KnownFunction(
                place,
                name,
                tuple(parse_type(one) for one in function.arguments),
                parse_type("record" if is_table else returns.removeprefix("SETOF ")),
                function.optional,
                function.kind,
                is_table or returns.startswith("SETOF "),
                function.is_variadic,
                signature,
                is_mutable_function(function),
            )


def need_immutable(run: Run, node: Node, scope: TableScope, message: str) -> None:
    """Refuse an expression that certainly is not immutable."""
    from workers.engine.sql.expressions.mutability import is_mutable

    if is_mutable(node, scope):
        raise RefusedError("42P17", message)


def scope_of(state: State, name: str, columns: Iterable[Column]) -> TableScope:
    """The scope of expressions on a table."""
    return TableScope(state, {column.name: column.type for column in columns}, name)


def check(run: Run, node: Node, scope: TableScope) -> References:
    """Refuse what certainly does not exist; answer with what the expression refers to."""
    found = references(node)
    for word, fields in found.standard:
        check_age(word, fields, run.state.reads_as)
    if not found.has_query:
        try:
            _check_columns(run, found, scope)
        except RefusedError:
            _refuse_before(node, scope)
            raise
    for fields in found.types:
        resolve.resolve_type(run.state, fields)
    for path, fields in found.functions:
        check_function(run.state, path, fields)
        registered.check_call(run.state, path, fields)
    for fields in found.literals:
        kind = resolve.resolve_type(run.state, fields["typeName"])
        registered.check_cast(run.state, kind, fields["arg"])
    return found


def _refuse_before(node: Node, scope: TableScope, *, allows_sets: bool = False) -> None:
    """Refuse what PostgreSQL, reading from left to right, meets before a missing column."""
    from workers.engine.sql import expressions

    try:
        expressions.deparse(node, scope, allows_sets=allows_sets)
    except expressions.MismatchError as mismatch:
        raise RefusedError(mismatch.sqlstate, mismatch.message) from None
    except (expressions.UnprintableError, RecursionError):
        return


def _check_columns(run: Run, found: References, scope: TableScope) -> None:
    for path, location in found.columns:
        name = path[-1]
        if name in scope.columns or name in SYSTEM_COLUMNS or name == "*":
            continue
        if name == scope.table or (len(path) > 1 and path[-2] != scope.table):
            continue
        shown = resolve.dotted(path) if len(path) > 1 else f'"{name}"'
        raise RefusedError("42703", f"column {shown} does not exist", location)


def check_function(state: State, path: tuple[str, ...], fields: Node) -> None:
    """Refuse a call of a function of which no overload of any kind is known."""
    schema, name = resolve.split_path(path)
    location = fields.get("location", 0)
    if schema is None or schema == "pg_catalog":
        if is_builtin_function(name, state.reads_as):
            return
    elif not state.has_schema(schema) and schema != TEMPORARY:
        state.log.needs.add(f"{schema}.{name}")
        _refuse_arguments(state, fields)
        raise RefusedError("3F000", f'schema "{schema}" does not exist', location)
    places = (schema,) if schema is not None else tuple(resolve.searched(state))
    for place in places:
        other = state.hidden.other
        if ("opaque schema", place) in other or ("opaque extension", place) in other:
            return
        signatures = state.hidden.overloads.get(QualifiedName(place, name))
        if signatures:
            state.log.needs.update(signatures)
            return
        if (place, name) in state.hidden.other or ("function", f"{place}.{name}") in (
            state.hidden.other
        ):
            return
    if len(fields.get("args", ())) == 1 and builtin(name) is not None:
        return
    if schema in ("information_schema", "pg_catalog"):
        return
    state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}()")
    _refuse_arguments(state, fields)
    shown = _call(state, path, fields)
    raise RefusedError("42883", f"function {shown} does not exist", location)


def _refuse_arguments(state: State, fields: Node) -> None:
    """Refuse arguments that are wrong by themselves: they are read before the function is."""
    for one in fields.get("args", ()):
        argument = one.get("NamedArgExpr", {}).get("arg", one)
        _refuse_before(argument, TableScope(state, {}), allows_sets=True)


def _call(state: State, path: tuple[str, ...], fields: Node) -> str:
    """The call as the message writes it: with the types of its arguments, as far as known."""
    scope = TableScope(state, {})
    arguments = ", ".join(_argument(state, node, scope) for node in fields.get("args", ()))
    return f"{resolve.dotted(path)}({arguments})"


def _argument(state: State, node: Node, scope: TableScope) -> str:
    if "sval" in node.get("A_Const", {}):
        return "unknown"
    kind = type_of(node, scope)
    return resolve.format_visible(state, kind) if kind is not None else "unknown"


def printed(run: Run, node: Node, scope: TableScope, target: SqlType | None = None) -> str:
    """The expression as `pg_get_expr` prints it; as source stands where that is not possible."""
    from workers.engine.sql import expressions

    try:
        return expressions.deparse(node, scope, target)
    except expressions.MismatchError as mismatch:
        raise RefusedError(mismatch.sqlstate, mismatch.message) from None
    except expressions.UnprintableError:
        pass
    except RecursionError:
        run.mention("expression-too-deep", "An expression is too deeply nested to be printed.")
        return "(...)"
    return expressions.as_written(node, run.text.data, run.base, run.end) or "(...)"


def need_boolean(run: Run, node: Node, scope: TableScope, word: str) -> None:
    """Refuse a condition that certainly is of another type; `word` says whose it is."""
    kind = type_of(node, scope)
    if kind is None or kind.is_array or (kind == SqlType("text") and "A_Const" in node):
        return
    while kind.schema is not None and (behind := scope.domain(kind)) is not None:
        kind = behind
    if kind.schema is None and kind.name in NO_CONDITIONS:
        shown = resolve.format_visible(run.state, SqlType(kind.name))
        raise RefusedError("42804", f"argument of {word} must be type boolean, not type {shown}")


def type_of(node: Node, scope: TableScope, link: Link | None = None) -> SqlType | None:
    """The type of an expression, or None where it cannot be told."""
    from workers.engine.sql import expressions

    try:
        return expressions.type_of_expression(node, scope, link)
    except RecursionError:
        return None


def united(one: SqlType, other: SqlType, state: State) -> SqlType:
    """The type of a set operation's column; an untyped literal on one side counts as text here."""
    from workers.engine.sql.expressions.kinds import TEXT, UNKNOWN, bare
    from workers.engine.sql.expressions.polymorphic import common_type

    if one == other or other == UNKNOWN:
        return one
    if one == UNKNOWN:
        return other
    if bare(one) == bare(other):
        return bare(one)
    found = common_type((bare(one), bare(other)), TableScope(state, {}))
    if found is not None:
        return found
    # A literal has no modifiers, and takes those of the other side away.
    return bare(other if one == TEXT else one)
