"""A whole history, file by file, begun at the longest prefix that a memo knows.

Trees are not kept: to fetch one from a cache takes longer than libpg_query takes to make it.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Schema
from workers.engine.sql import split
from workers.engine.sql.ground import lay, search_path_of
from workers.engine.sql.healing import copies, resolved
from workers.engine.sql.postgres import GRAMMAR
from workers.engine.sql.replay import Ground, Memo, Migration, Replay, Watcher
from workers.engine.sql.session import run_file
from workers.engine.sql.split import Script
from workers.engine.sql.state import Snapshot, State
from workers.engine.sql.text import Text

VERSION = "8"
"""Part of every key: to be raised with each change of what a statement does to the state."""

_TAIL = 8
"""Before so many last files the state is kept, for whoever wants to look at those again."""
_NEAR = 3
"""A state is looked for after each of so many last files."""
_EACH = 64
"""States are kept after every 64th file, and after the last unless one near it is."""


def run(
    migrations: Sequence[Migration],
    ground: Ground,
    memo: Memo | None,
    *,
    lenient: bool,
    watch: Watcher | None = None,
    start: Replay | None = None,
    most: int | None = None,
) -> Replay:
    """Replay migrations in the order given, from where `start` still knows the state."""
    state = lay(ground)
    outcome = Replay(state.schema)
    memo = memo if memo is not None and memo.keeps_states else None
    keys = _keys(migrations, ground, lenient=lenient) if memo is not None else []
    wanted = [watch is not None and watch.wants(migration) for migration in migrations]
    unwatched = wanted.index(True) if True in wanted else len(migrations)
    done = _resume(state, outcome, keys[:unwatched], memo) if memo is not None else 0
    for number, snapshot in start.tail if start is not None else ():
        if done < number <= unwatched:
            state.restore(snapshot)
            done = number
    for number in range(done, len(migrations)):
        watched = watch if wanted[number] else None
        _open(state, ground)
        before, failed = state.snapshot(), len(outcome.failures)
        if len(migrations) - number <= _TAIL:
            outcome.tail.append((number, before))
        text = Text(migrations[number].source.path, migrations[number].source.text)
        script = (text, split.read(text))
        run_one(
            state, migrations[number], script, ground, outcome, watched, before, lenient=lenient
        )
        if len(outcome.failures) > failed and (lenient or not failed):
            outcome.marks.append((number, before))
        if most is not None and len(outcome.failures) >= most:
            break
        # What lies so near to a kept state is sooner run again than kept as well.
        is_new = number + 1 == len(migrations) and number + 1 - done >= _NEAR
        if memo is not None and (is_new or (number + 1) % _EACH == 0):
            from workers.engine.sql import codec

            told = (outcome.failures, outcome.diagnostics, outcome.steps)
            kept = codec.encode(state, *told)
            if kept is not None:
                memo.put(keys[number], kept)
    outcome.tail.append((len(migrations), state.snapshot()))
    outcome.schema = visible(state)
    outcome.resolved = resolved(state)
    outcome.copies = copies(state)
    return outcome


def run_one(
    state: State,
    migration: Migration,
    script: tuple[Text, Script],
    ground: Ground,
    outcome: Replay,
    watch: Watcher | None = None,
    before: Snapshot | None = None,
    *,
    lenient: bool = True,
) -> None:
    """Run one file, as it was read, in a session of its own; what comes of it joins the outcome.

    `before` is the state as it is, where somebody has it already.
    """
    _open(state, ground)
    text, statements = script
    session = run_file(
        state, migration, statements, text, lenient=lenient, watch=watch, before=before
    )
    outcome.failures += session.failures
    outcome.diagnostics += session.diagnostics
    outcome.steps += session.steps


def _open(state: State, ground: Ground) -> None:
    """A session begins: nothing that the last one set is set in it."""
    state.search_path = search_path_of(ground)
    state.hidden.settings.pop("check_function_bodies", None)


def _keys(migrations: Sequence[Migration], ground: Ground, *, lenient: bool) -> list[str]:
    """A key for each prefix: all that the state after it depends on."""
    import hashlib

    start = "\0".join((VERSION, GRAMMAR, repr(ground), str(lenient)))
    chain = hashlib.sha256(start.encode())
    keys = []
    for one in migrations:
        digest = hashlib.sha256(one.source.text.encode("utf-8", "surrogatepass")).digest()
        words = "\0".join((one.name, one.source.path, *(one.refusal or ()), ""))
        chain.update(words.encode("utf-8", "surrogatepass"))
        chain.update(digest)
        keys.append(f"state:{chain.hexdigest()}")
    return keys


def _resume(state: State, outcome: Replay, keys: list[str], memo: Memo) -> int:
    """Take the state after the longest prefix that is known; how many files it has."""
    from workers.engine.sql import codec

    count = len(keys)
    candidates: list[int] = [*range(count, max(0, count - _NEAR), -1)]
    candidates += [n for n in range(count - count % _EACH, 0, -_EACH) if n not in candidates]
    for number in candidates:
        kept = memo.get(keys[number - 1])
        known = codec.decode(kept, state) if kept is not None else None
        if known is not None:
            outcome.failures, outcome.diagnostics = known.failures, known.diagnostics
            outcome.steps = known.steps
            return number
    return 0


def visible(state: State) -> Schema:
    """The schema without what was there before, and without what extensions own."""
    schema = state.schema
    ground: dict[str, object] = {**state.hidden.ground, **state.hidden.extension_members}
    return Schema(
        schema.provider,
        {name: one for name, one in schema.schemas.items() if name not in ground},
        # An extension may be named like the schema that it makes.
        {
            name: one
            for name, one in schema.extensions.items()
            if name not in ground or ("opaque schema", name) in state.hidden.other
        },
        {name: one for name, one in schema.enums.items() if str(name) not in ground},
        {name: one for name, one in schema.domains.items() if str(name) not in ground},
        {name: one for name, one in schema.composites.items() if str(name) not in ground},
        {name: one for name, one in schema.sequences.items() if str(name) not in ground},
        {name: one for name, one in schema.tables.items() if str(name) not in ground},
        {name: one for name, one in schema.views.items() if str(name) not in ground},
        {key: one for key, one in schema.functions.items() if key not in ground},
        {key: one for key, one in schema.triggers.items() if one.history},
        {key: one for key, one in schema.policies.items() if one.history},
        schema.grants,
        schema.denied,
        schema.denied_later,
    )
