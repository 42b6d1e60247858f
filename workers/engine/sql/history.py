"""A whole history, file by file."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Schema
from workers.engine.sql import split
from workers.engine.sql.builtin import supabase
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
        state.search_path = ground.search_path
        text = Text(migration.source.path, migration.source.text)
        script = split.read(text)
        watched = watch if watch is not None and watch.wants(migration) else None
        session = run_file(state, migration, script, text, lenient=lenient, watch=watched)
        outcome.failures += session.failures
        outcome.diagnostics += session.diagnostics
        outcome.steps += session.steps
    outcome.schema = visible(state)
    return outcome


def lay(ground: Ground) -> State:
    """The state before the first migration."""
    state = State(server_version=ground.server_version)
    state.schema.schemas["public"] = ()
    for name in ground.search_path:
        if name != "$user":
            state.schema.schemas.setdefault(name, ())
    state.search_path = ground.search_path
    state.hidden.settings["search_path"] = "\0".join(ground.search_path)
    state.hidden.roles = {"postgres": True}
    if ground.is_supabase:
        supabase.lay(state)
    return state


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
