"""What an evaluation stands on: the state, the names in reach, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from workers.engine.sql.plpgsql.catalogue import Row
from workers.engine.sql.state import State

Frame = dict[str, Row]
"""The rows in reach of one query, by the alias of their relation."""


class UnevaluableError(Exception):
    """A value cannot be worked out from the catalogue: why."""


class TooLongError(UnevaluableError):
    """A block or loop runs for longer than the bound."""


UNKNOWN = object()
"""The value of a variable that was given what cannot be worked out."""


class World(Struct):
    """The surroundings of an evaluation.

    `is_certain` falls to False as soon as a value is what an empty database, or a common
    environment, would give.
    """

    state: State
    variables: dict[str, Any] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    """The variables whose values are not certain."""
    labels: set[str] = field(default_factory=set)
    """What a variable may be qualified with: the function's name and the labels of its blocks."""
    frames: tuple[Frame, ...] = ()
    is_certain: bool = True
    queries: dict[str, list[Row]] = field(default_factory=dict)
    """The WITH queries in reach."""
    commands: list[Row] | None = None
    """In an event trigger's function: the rows of pg_event_trigger_ddl_commands()."""
    has_met_rows: bool = False
    """Whether a table was read that earlier statements have put rows into."""

    def inside(self, frame: Frame) -> World:
        """The same with one query's rows in reach before all others."""
        made = World(self.state, self.variables, self.doubtful, self.labels, (frame, *self.frames))
        made.queries = self.queries
        made.commands = self.commands
        made.is_certain = self.is_certain
        return made

    def doubt(self, other: World) -> None:
        """Take over the doubt of an inner evaluation."""
        self.is_certain = self.is_certain and other.is_certain
        self.has_met_rows = self.has_met_rows or other.has_met_rows

    def name(self, path: tuple[str, ...]) -> Any:
        """The value of a column or variable."""
        found = list(self._columns(path))
        if found:
            return found[0]
        if len(path) == 1 and path[0] in self.variables:
            return self._variable(path[0])
        if len(path) > 1 and path[-2] in self.variables:
            holder = self._variable(path[-2])
            if isinstance(holder, dict) and path[-1] in holder:
                return holder[path[-1]]
        if len(path) > 1 and path[-1] in self.variables and path[-2] not in self.variables:
            return self._variable(path[-1])
        raise UnevaluableError(f"{'.'.join(path)} is not known")

    def has_column(self, path: tuple[str, ...]) -> bool:
        """Whether a name is that of a column of a row in reach."""
        return next(iter(self._columns(path)), self) is not self

    def _columns(self, path: tuple[str, ...]) -> Iterator[Any]:
        for frame in self.frames:
            if len(path) > 1:
                row = frame.get(path[-2])
                if row is not None and path[-1] in row:
                    yield row[path[-1]]
                continue
            for row in frame.values():
                if path[0] in row:
                    yield row[path[0]]
            if path[0] in frame:
                yield frame[path[0]]

    def _variable(self, name: str) -> Any:
        if name in self.doubtful:
            self.is_certain = False
        found = self.variables[name]
        if found is UNKNOWN:
            raise UnevaluableError(f"the variable {name} has a value that is not known")
        return found
