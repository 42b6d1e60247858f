"""Names in queries: every relation and every column must exist where it is read.

A column is refused only where that is certain: each relation in reach, at this level and around
it, is known with all of its columns, and none has one of that name. What is found on the way is
what a view or a policy depends on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field

from workers.engine.schema.model import Column, Table
from workers.engine.sql import registered, resolve
from workers.engine.sql.ddl import joining
from workers.engine.sql.ddl.aggregation import check_shape
from workers.engine.sql.ddl.callees import named, noted
from workers.engine.sql.ddl.outputs import Levels, Output, Sources
from workers.engine.sql.ddl.query import with_queries, with_query
from workers.engine.sql.newer import check_age
from workers.engine.sql.postgres import Node
from workers.engine.sql.printing import check_function
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_CALL_PARTS = ("args", "agg_order", "agg_filter", "over")

_SYSTEM = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"))


class Reader(Struct):
    """Reads a query, and notes each table, column and function that it depends on."""

    run: Run
    found: set[str] = field(default_factory=set)

    def query(self, node: Node, outer: Levels = (), ctes: Sources | None = None) -> None:
        """Read a SELECT, VALUES, INSERT, UPDATE or DELETE node and all within it."""
        ((kind, fields),) = node.items()
        if kind == "SelectStmt":
            self.select(fields, outer, dict(ctes or {}))
        elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
            from workers.engine.sql.ddl import data

            data.read_write(self, kind, fields, outer, dict(ctes or {}))

    def ctes(self, fields: Node, outer: Levels, ctes: Sources) -> Sources:
        """Read the WITH queries, and answer with all that are in reach."""
        clause = fields.get("withClause")
        if not clause:
            return ctes
        known = dict(ctes)
        _refuse_same(clause)
        if clause.get("recursive"):
            # Any of them may read any other.
            with names_alone(self.run):
                known = with_queries(self.run, fields, ctes)
        for one in clause.get("ctes", ()):
            # Without RECURSIVE a query of that name still means the table behind it.
            self.query(one["CommonTableExpr"]["ctequery"], outer, known)
            if not clause.get("recursive"):
                with names_alone(self.run):
                    known = with_query(self.run, one["CommonTableExpr"], known)
        return known

    def select(self, fields: Node, outer: Levels, ctes: Sources) -> None:
        """Read the fields of a SelectStmt."""
        from workers.engine.sql.ddl import selecting

        selecting.read(self, fields, outer, ctes)

    def names(
        self,
        node: Any,
        levels: Levels,
        ctes: Sources,
        labels: frozenset[str] = frozenset(),
        *,
        is_whole: bool = False,
    ) -> None:
        """Read what expressions name; subqueries are read with what is around them.

        `is_whole` says that all of FROM is in reach: a name that two of it have is ambiguous.

        What is wrong first is told first, in the order of PostgreSQL: a type before what is cast to
        it, a function after its arguments.
        """
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, list):
                stack.extend(reversed(current))
            elif isinstance(current, tuple):
                self._call(current[0])
            elif isinstance(current, dict):
                for key, value in reversed(current.items()):
                    if key == "ColumnRef":
                        self._column(value, levels, labels)
                        if is_whole:
                            _refuse_ambiguous(value, levels)
                    elif key == "SelectStmt" and isinstance(value, dict):
                        self.select(value, levels, ctes)
                    elif key == "FuncCall" and isinstance(value, dict):
                        stack.append((value,))
                        stack.append([value[part] for part in _CALL_PARTS if part in value])
                    elif key == "A_Indirection" and isinstance(value, dict):
                        joining.check_field(self.run.state, value, levels)
                        stack += [value.get("indirection"), value.get("arg")]
                    elif key == "TypeCast" and isinstance(value, dict):
                        made = resolve.resolve_type(self.run.state, value["typeName"])
                        registered.check_cast(self.run.state, made, value.get("arg", {}))
                        stack.append(value.get("arg"))
                    elif isinstance(value, (dict, list)):
                        if isinstance(value, dict):
                            check_age(key, value, self.run.state.reads_as)
                        stack.append(value)

    def _call(self, fields: Node) -> None:
        """A function, once its arguments are read."""
        path = strings(fields["funcname"])
        check_function(self.run.state, path, fields)
        check_shape(self.run.state, fields)
        registered.check_call(self.run.state, path, fields)

    def _column(self, fields: Node, levels: Levels, labels: frozenset[str]) -> None:
        path = strings(fields["fields"])
        name = path[-1]
        if name == "*":
            self._star(path, levels)
            return
        if name in _SYSTEM:
            return
        location = fields.get("location", 0)
        if len(path) == 1:
            if not self._plain(name, levels) and name not in labels:
                if any(_is_unsure(sources) for sources in levels):
                    return
                raise RefusedError("42703", f'column "{name}" does not exist', location)
            return
        source = next((sources[path[-2]] for sources in levels if path[-2] in sources), None)
        if source is not None and has_column(source, name):
            if source.relation is not None:
                self.found.add(f"{source.relation}.{name}")
            return
        if any(_is_unsure(sources) for sources in levels) or len(path) != 2:
            return
        if source is not None and source.relation in self.run.state.schema.sequences:
            what = f"column notation .{name} applied to a sequence, which is no composite type"
            raise RefusedError("42809", what, location)
        if source is not None:
            raise RefusedError("42703", f"column {resolve.dotted(path)} does not exist", location)
        if not any(path[0] in _names(sources) for sources in levels):
            raise RefusedError(
                "42P01", f'missing FROM-clause entry for table "{path[0]}"', location
            )

    def _plain(self, name: str, levels: Levels) -> bool:
        """Whether an unqualified name is a column, or a relation taken as a row."""
        for sources in levels:
            for output in sources.values():
                if has_column(output, name):
                    if output.relation is not None:
                        self.found.add(f"{output.relation}.{name}")
                    return True
            if name in sources:
                return True
        return False

    def _star(self, path: tuple[str, ...], levels: Levels) -> None:
        for label, output in levels[0].items() if levels else ():
            if output.relation is not None and (len(path) < 2 or label == path[-2]):
                self.found.update(f"{output.relation}.{column.name}" for column in output.columns)


@contextmanager
def names_alone(run: Run) -> Iterator[None]:
    """Read what a query names, without the types of what it gives."""
    before, run.needs_types = run.needs_types, False
    try:
        yield
    finally:
        run.needs_types = before


def dependencies(run: Run, node: Node) -> frozenset[str]:
    """What a query depends on: `schema.table.column`, functions by signature, and so on."""
    reader = Reader(run)
    with noted(run.state) as calls:
        reader.query(node)
    return frozenset(reader.found) | named(run, node, calls)


def columns_read(run: Run, node: Node, table: Table) -> frozenset[str]:
    """The columns that an expression on a table reads."""
    reader = Reader(run)
    own = Output(list(table.columns), relation=table.name)
    reader.names(node, ({table.name.name: own},), {})
    return frozenset(reader.found)


def _refuse_ambiguous(fields: Node, levels: Levels) -> None:
    """Refuse an unqualified name that two relations of the nearest query have."""
    path = strings(fields["fields"])
    if len(path) != 1 or not levels or path[0] == "*" or path[0] in levels[0]:
        return
    name = path[0]
    found = {id(one): one for one in levels[0].values() if any(c.name == name for c in one.columns)}
    if len(found) > 1 and all(one.is_certain for one in found.values()):
        raise RefusedError(
            "42702", f'column reference "{name}" is ambiguous', fields.get("location", 0)
        )


def _refuse_same(clause: Node) -> None:
    names = [one["CommonTableExpr"]["ctename"] for one in clause.get("ctes", ())]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise RefusedError("42712", f'WITH query name "{name}" specified more than once')


def _names(sources: Sources) -> frozenset[str]:
    """Names by which a column of a composite type might be meant instead of a relation."""
    return frozenset(column.name for one in sources.values() for column in one.columns)


def _is_unsure(sources: Sources) -> bool:
    return any(not output.is_certain and not output.is_listed for output in sources.values())


def has_column(output: Output, name: str) -> bool:
    """Whether a relation has a column of a name."""
    columns: list[Column] = output.all_columns or output.columns
    return any(column.name == name for column in columns)
