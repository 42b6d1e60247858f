"""A whole history, file by file."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Schema
from workers.engine.sql import split
from workers.engine.sql.ground import lay, search_path_of
from workers.engine.sql.replay import Ground, Memo, Migration, Replay, Watcher
from workers.engine.sql.session import run_file
from workers.engine.sql.state import State
from workers.engine.sql.text import Text


def run(
    migrations: Sequence[Migration],
    ground: Ground,
    memo: Memo | None,
    *,
    lenient: bool,
    watch: Watcher | None = None,
) -> Replay:
    """Replay migrations in the order given."""
    state = lay(ground)
    outcome = Replay(state.schema)
    for migration in migrations:
        state.search_path = search_path_of(ground)
        state.hidden.settings.pop("check_function_bodies", None)
        text = Text(migration.source.path, migration.source.text)
        script = split.read(text)
        watched = watch if watch is not None and watch.wants(migration) else None
        session = run_file(state, migration, script, text, lenient=lenient, watch=watched)
        outcome.failures += session.failures
        outcome.diagnostics += session.diagnostics
        outcome.steps += session.steps
    outcome.schema = visible(state)
    return outcome


def visible(state: State) -> Schema:
    """The schema without what was there before, and without what is only the session's."""
    schema = state.schema
    ground: dict[str, object] = {**state.hidden.ground, **state.hidden.extension_members}
    if not ground:
        return schema
    return Schema(
        schema.provider,
        {name: one for name, one in schema.schemas.items() if name not in ground},
        {name: one for name, one in schema.extensions.items() if name not in ground},
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
    )
