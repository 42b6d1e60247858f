"""The states that a history passes through, migration by migration or statement by statement.

A database without a record, with half a migration, or ahead of its record is compared with each of
them, to find out how far it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct, field

from workers.engine.schema.model import Schema
from workers.engine.source import Origin, SourceFile
from workers.engine.sql.ground import lay
from workers.engine.sql.history import visible
from workers.engine.sql.postgres import Parsed
from workers.engine.sql.replay import Failure, Ground, Migration, Replay, replay
from workers.engine.sql.state import Snapshot, State

Stage = Callable[[], Schema]
"""A state on demand: to build one costs as much as to look at it."""


class _Taker(Struct):
    """Keeps the state after each statement of the wanted migrations."""

    wanted: frozenset[str]
    is_fine: bool
    taken: dict[str, list[tuple[Origin, Snapshot]]] = field(default_factory=dict)
    looks_inside: bool = False

    def wants(self, migration: Migration) -> bool:
        """Whether to look on while this migration runs."""
        return migration.source.path in self.wanted

    def start(self, migration: Migration) -> None:
        """The file begins, perhaps for the second time."""
        self.taken[migration.source.path] = []

    def before(self, migration: Migration, statement: Parsed, origin: Origin, state: State) -> None:
        """Nothing to do yet."""

    def withdrawn(self, migration: Migration) -> None:
        """Never told: it does not look inside."""

    def after(
        self,
        migration: Migration,
        statement: Parsed,
        origin: Origin,
        state: State,
        failure: Failure | None,
    ) -> None:
        """Keep the state; without `is_fine` the last of each file alone."""
        found = self.taken[migration.source.path]
        if not self.is_fine:
            found.clear()
        found.append((origin, state.snapshot()))


def stages(
    migrations: Sequence[Migration], ground: Ground, before: Replay, done: int = 0
) -> list[Stage]:
    """The schema after `done` of the migrations, of which `before` is the run, and after each
    further one."""
    begun: Stage = partial(_schema_of, before)
    rest = migrations[done:]
    if ground.provider != "postgresql":
        return [
            begun,
            *(
                partial(_run, tuple(migrations[: done + count]), ground)
                for count in range(1, len(rest) + 1)
            ),
        ]
    taker = _Taker(frozenset(one.source.path for one in rest), is_fine=False)
    replay(migrations, ground, lenient=True, start=before, watch=taker)
    found = [begun]
    for migration in rest:
        taken = taker.taken.get(migration.source.path)
        found.append(partial(_restored, taken[-1][1], ground) if taken else found[-1])
    return found


def steps(
    applied: Sequence[Migration], migration: Migration, ground: Ground, before: Replay
) -> list[tuple[int, Stage]]:
    """The schema after each statement of a migration, with the offset at which the statement
    ends; `before` is the run of those that were applied."""
    history = (*applied, migration)
    path = migration.source.path
    if ground.provider == "postgresql":
        taker = _Taker(frozenset({path}), is_fine=True)
        replay(history, ground, lenient=True, start=before, watch=taker)
        return [
            (origin.span.end, partial(_restored, snapshot, ground))
            for origin, snapshot in taker.taken.get(path, ())
        ]
    return [
        (end, partial(_run, (*applied, _cut(migration, end)), ground))
        for end in _ends(migration.source.text, ground)
    ]


def _ends(text: str, ground: Ground) -> Iterator[int]:
    if ground.provider == "mysql":
        from workers.engine.sql.mysql import script

        yield from (statement.end for statement in script.statements(text))
    elif ground.provider == "sqlite":
        from workers.engine.sql.sqlite.lexer import statements

        yield from (found[-1].end for found in statements(text))


def _cut(migration: Migration, end: int) -> Migration:
    source = SourceFile(migration.source.path, migration.source.text[:end])
    return Migration(migration.name, source, migration.refusal)


def _schema_of(run: Replay) -> Schema:
    return run.schema


def _run(migrations: Sequence[Migration], ground: Ground) -> Schema:
    return replay(migrations, ground, lenient=True).schema


def _restored(snapshot: Snapshot, ground: Ground) -> Schema:
    state = lay(ground)
    state.restore(snapshot)
    return visible(state)
