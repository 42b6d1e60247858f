"""Whether two expressions of one query are the same one to PostgreSQL.

GROUP BY, DISTINCT and ORDER BY compare analysed trees (`equal()`, src/backend/nodes/equalfuncs.c).
Here two forms of the syntax tree stand for it: the same `strict` forms make the same tree;
where not even the `loose` ones are, the trees certainly differ.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from workers.engine.schema.model import Column
from workers.engine.schema.types import builtin
from workers.engine.sql import resolve
from workers.engine.sql.ddl.outputs import Levels, Output, Sources
from workers.engine.sql.expressions.kinds import bare
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.state import State

_SILENT = frozenset(("funcformat", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"))

Form = Any
"""A hashable value: tuples of texts and numbers."""


class Place(Struct, frozen=True):
    """A column as a query means it: `depth` 0 is the query's own FROM."""

    depth: int
    label: str
    column: Column


def columns_of(output: Output) -> list[Column]:
    """All columns of a relation, with those that a join's USING takes out of `*`."""
    return output.all_columns or output.columns


def place(path: tuple[str, ...], levels: Levels) -> Place | None:
    """The column that a reference means; None for a whole row, and where that is not certain."""
    name = path[-1]
    for depth, sources in enumerate(levels):
        if len(path) == 1:
            found = _plain(name, depth, sources)
            if found is not None:
                return found
            if name in sources or any(not one.is_certain for one in sources.values()):
                return None
        elif path[-2] in sources:
            output = sources[path[-2]]
            columns = columns_of(output)
            same = [one for one in columns if one.name == name]
            return Place(depth, path[-2], same[0]) if len(same) == 1 else None
    return None


def _plain(name: str, depth: int, sources: Sources) -> Place | None:
    found = [
        Place(depth, label, column)
        for label, output in sources.items()
        for column in output.columns
        if column.name == name
    ]
    return found[0] if len(found) == 1 else None


class Sameness(Struct, frozen=True):
    """The forms of one query's expressions."""

    state: State
    levels: Levels

    def strict(self, node: Any) -> Form:
        """The form in which what is surely the same is equal."""
        return self._form(node, is_loose=False)

    def loose(self, node: Any) -> Form:
        """The form in which all that might be the same is equal: without any cast."""
        return self._form(node, is_loose=True)

    def _form(self, node: Any, *, is_loose: bool) -> Form:
        if isinstance(node, list):
            return tuple(self._form(one, is_loose=is_loose) for one in node)
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((kind, fields),) = node.items()
            if isinstance(fields, dict):
                special = self._special(kind, fields, is_loose=is_loose)
                if special is not None:
                    return special
        return tuple(
            (key, self._form(value, is_loose=is_loose))
            for key, value in sorted(node.items())
            if key not in _SILENT and not key.endswith("location")
        )

    def _special(self, kind: str, fields: Node, *, is_loose: bool) -> Form | None:
        if kind == "ColumnRef":
            path = strings(fields["fields"])
            found = place(path, self.levels)
            if found is None:
                return ("name", path[-1:] if is_loose else path)
            return ("column", found.depth, found.label, found.column.name)
        if kind == "TypeCast":
            return self._cast(fields, is_loose=is_loose)
        if kind == "FuncCall":
            return self._call(fields, is_loose=is_loose)
        return None

    def _cast(self, fields: Node, *, is_loose: bool) -> Form:
        argument = self._form(fields["arg"], is_loose=is_loose)
        if is_loose:
            return argument
        try:
            made = resolve.resolve_type(self.state, fields["typeName"])
        except RefusedError:
            return ("cast", argument, self._form(fields["typeName"], is_loose=False))
        reference = fields["arg"].get("ColumnRef")
        found = place(strings(reference["fields"]), self.levels) if reference else None
        if found is not None and found.column.type == made == bare(made):
            return argument
        return ("cast", argument, str(made))

    def _call(self, fields: Node, *, is_loose: bool) -> Form:
        path = strings(fields["funcname"])
        arguments = fields.get("args", ())
        if is_loose and len(arguments) == 1 and builtin(path[-1]) is not None:
            return self._form(arguments[0], is_loose=True)
        rest = {key: value for key, value in fields.items() if key != "funcname"}
        name = path[1:] if path[0] == "pg_catalog" else path
        return ("call", name, self._form({**rest, "": 0}, is_loose=is_loose))
