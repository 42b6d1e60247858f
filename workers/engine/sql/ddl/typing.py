"""Types in queries: what PostgreSQL's analysis refuses of one, whatever rows there are.

Follows transformSelectStmt of src/backend/parser/analyze.c. A type that cannot be told refuses
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from workers.engine.schema.model import Column, SqlType
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.outputs import UNKNOWN, Levels, Output, Sources, held
from workers.engine.sql.ddl.query import select_output, subquery
from workers.engine.sql.ddl.sorting import Targets
from workers.engine.sql.expressions.analysis import Analysis
from workers.engine.sql.expressions.coercion import to_column
from workers.engine.sql.expressions.kinds import base
from workers.engine.sql.expressions.typed import MismatchError, Typed, UnprintableError
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


class LevelScope(printing.TableScope, frozen=True):
    """The names in reach of a query: its own columns, then those around it."""

    levels: Levels = ()

    def column(self, path: tuple[str, ...]) -> SqlType | None:
        """The type of a column; None where it is not certain which one is meant."""
        found = held(path, self.levels)
        return found.type if found is not None and found.type != UNKNOWN else None


_ORDERLESS = frozenset(
    ("json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle")
)  # fmt: skip
"""Types of pg_catalog's without an operator class of btree or hash."""


def need_comparable(kind: SqlType, word: str) -> None:
    """Refuse a type whose values cannot be told apart; `word` is "equality" or "ordering"."""
    if kind.schema is None and kind.name in _ORDERLESS:
        shown = f"{kind.name}[]" if kind.is_array else kind.name
        raise RefusedError("42883", f"could not identify an {word} operator for type {shown}")


class Typing:
    """The types of one query's expressions."""

    def __init__(self, run: Run, levels: Levels, ctes: Sources) -> None:
        self._run, self._levels, self._ctes = run, levels, ctes
        scope = LevelScope(run.state, {}, levels=levels)
        self._scope = scope
        self._analysis = Analysis(scope, partial(subquery, run, ctes, levels))

    def expression(self, node: Node) -> Typed | None:
        """The analysed expression, or the refusal; None where it cannot be told."""
        try:
            return self._analysis.expression(node)
        except MismatchError as mismatch:
            raise RefusedError(mismatch.sqlstate, mismatch.message) from None
        except (UnprintableError, RecursionError):
            return None

    def expressions(self, targets: Iterable[Node]) -> None:
        """The targets of a SELECT."""
        for one in targets:
            value = one["ResTarget"]["val"]
            if "ColumnRef" not in value and "A_Const" not in value:
                self.expression(value)

    @contextmanager
    def in_order(self, nodes: Iterable[Node]) -> Iterator[None]:
        """Refuse the types that PostgreSQL, from left to right, meets before a missing name."""
        try:
            yield
        except RefusedError as missing:
            if missing.sqlstate == "42703":
                for node in nodes:
                    if self.expression(node) is None:
                        break
            raise

    def condition(self, node: Node, word: str) -> None:
        """What stands after WHERE, HAVING or ON: it must be a boolean."""
        typed = self.expression(node)
        if typed is None or typed.type.is_array:
            return
        kind = base(typed.type, self._scope)
        if kind.schema is None and kind.name in printing.NO_CONDITIONS:
            shown = resolve.format_visible(self._run.state, typed.type)
            raise RefusedError(
                "42804", f"argument of {word} must be type boolean, not type {shown}"
            )

    def stored(self, node: Node, column: Column) -> None:
        """A value that INSERT or UPDATE puts into a column."""
        typed = self.expression(node)
        if typed is not None:
            self.fits(typed, column)

    def need_order(self, fields: Node, targets: Targets) -> None:
        """Refuse to group, sort or tell apart what has no order: json, xml and shapes."""
        distinct = fields.get("distinctClause", ())
        sorted_by = [one["SortBy"]["node"] for one in fields.get("sortClause", ())]
        for nodes, word in (
            ([targets.sort_key(one, "ORDER BY") for one in sorted_by], "ordering"),
            (targets.keys(fields.get("groupClause", ())), "equality"),
            (targets.values if distinct == [{}] else (), "equality"),
        ):
            for node in nodes:
                typed = self.expression(node)
                if typed is not None:
                    need_comparable(typed.type, word)

    def given(self, select: Node) -> Output:
        """The columns of a query, with their types."""
        before, self._run.needs_types = self._run.needs_types, True
        try:
            return select_output(self._run, select, self._ctes, self._levels)
        finally:
            self._run.needs_types = before

    def fits(self, typed: Typed, column: Column) -> None:
        """Refuse a value that a column cannot hold."""
        if column.type == UNKNOWN:
            return
        try:
            to_column(typed, column.type, self._scope)
        except MismatchError as mismatch:
            message = mismatch.message
            if mismatch.sqlstate == "42804":
                wanted = resolve.format_visible(self._run.state, column.type)
                given = resolve.format_visible(self._run.state, typed.type)
                message = (
                    f'column "{column.name}" is of type {wanted} but expression is of type {given}'
                )
            raise RefusedError(mismatch.sqlstate, message) from None
        except (UnprintableError, RecursionError):
            return
