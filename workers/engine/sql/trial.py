"""A lenient run that goes forward file by file and can be taken back, to find an order by trying.

Each file is read once, however often it is run.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workers.engine.sql import split
from workers.engine.sql.ground import lay
from workers.engine.sql.healing import copies, resolved
from workers.engine.sql.history import run_one, visible
from workers.engine.sql.replay import Ground, Migration, Replay
from workers.engine.sql.split import Script
from workers.engine.sql.state import Snapshot, State
from workers.engine.sql.text import Text


class Ran(Struct, frozen=True):
    """A file that was run: its outcome, and the state before and after it."""

    migration: Migration
    outcome: Replay
    before: Snapshot
    after: Snapshot
    work: int
    """How many statements it has, and one for itself."""

    @property
    def count(self) -> int:
        """How many of its statements were refused."""
        return len(self.outcome.failures)


class Trial:
    """A database in the making, with what made it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._state: State = lay(ground)
        self._read: dict[int, tuple[Text, Script]] = {}
        self.work = 0
        """Statements that were carried out so far, those taken back among them."""

    def run(self, migration: Migration) -> Ran:
        """Run one file, each refused statement left out."""
        before = self._state.snapshot()
        outcome = Replay(self._state.schema)
        text, script = self._script(migration)
        run_one(self._state, migration, (text, script), self._ground, outcome)
        work = len(script.statements) + 1
        self.work += work
        return Ran(migration, outcome, before, self._state.snapshot(), work)

    def take_back(self, ran: Ran) -> None:
        """The state before a file, whatever was run since."""
        self._state.restore(ran.before)

    def go_on(self, ran: Ran) -> None:
        """The state after a file, whatever was run since."""
        self._state.restore(ran.after)

    def begin(self, before: Snapshot) -> None:
        """Begin at a state that another run was in."""
        self._state.restore(before)

    def finish(self, start: Replay, first: int, done: Sequence[Ran]) -> Replay:
        """What was run before, so many files, and all that was run here, as one replay."""
        state = self._state
        whole = Replay(visible(state), resolved=resolved(state), copies=copies(state))
        whole.diagnostics += start.diagnostics
        whole.steps += start.steps
        for number, ran in enumerate(done, start=first):
            whole.failures += ran.outcome.failures
            whole.diagnostics += ran.outcome.diagnostics
            whole.steps += ran.outcome.steps
            if ran.outcome.failures:
                whole.marks.append((number, ran.before))
        whole.tail.append((first + len(done), self._state.snapshot()))
        return whole

    def _script(self, migration: Migration) -> tuple[Text, Script]:
        known = self._read.get(id(migration))
        if known is None:
            text = Text(migration.source.path, migration.source.text)
            known = self._read[id(migration)] = (text, split.read(text))
        return known
