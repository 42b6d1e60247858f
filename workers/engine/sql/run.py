"""One statement on its way: the state that it runs in, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct, field

from workers.engine.errors import Diagnostic, Effect
from workers.engine.source import Origin
from workers.engine.sql.postgres import Node, Parsed
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State
from workers.engine.sql.text import Text


class Onlooker(Protocol):
    """Looks on at the statements inside of one that is being carried out."""

    def before(self, statement: Parsed, origin: Origin) -> None:
        """One is about to run."""

    def after(self, statement: Parsed, origin: Origin, *, is_refused: bool) -> None:
        """It has run, or was refused, which its block may get over."""


class Run(Struct):
    """A statement's surroundings; handlers change `state` and raise `RefusedError`."""

    state: State
    text: Text
    start: int
    end: int
    base: int
    """What is added to a node's location to get a byte offset in the file."""
    origin: Origin
    diagnostics: list[Diagnostic] = field(default_factory=list)
    in_block: bool = False
    """Whether the statement runs inside a transaction block."""
    is_lenient: bool = False
    calls: int = 0
    """How many functions deep the statement stands."""
    partial: list[RefusedError] = field(default_factory=list)
    """What was refused of a statement that stands all the same."""
    needs_types: bool = True
    """Whether the types of a query's columns matter, and not their names alone."""
    onlooker: Onlooker | None = None
    """Who is shown the statements that a block or a function carries out."""
    may_end: bool = True
    """Whether a block or a procedure may end the transaction, as far as is known."""

    commands: list[dict[str, Any]] | None = None
    """In an event trigger's function: the rows of pg_event_trigger_ddl_commands()."""

    def at(self, node: Node) -> Origin:
        """The place of an element (a column, a constraint), or the statement's own."""
        location = node.get("location")
        if location is None or location < 0:
            return self.origin
        start = location + self.base
        return self.text.element(start, self.end) if start > self.start else self.origin

    def note(
        self, code: str, message: str, *subjects: str, effect: Effect = Effect.UNKNOWN
    ) -> None:
        """Tell that this statement could not be fully understood."""
        self.diagnostics.append(Diagnostic(code, message, self.origin, effect, subjects))

    def mention(self, code: str, message: str) -> None:
        """Tell something that leaves the verdict alone."""
        self.note(code, message, effect=Effect.INFORMATION)


Handler = Callable[[Run, Node], None]
