"""The state before the first migration: an empty database, or a Supabase project's."""

from __future__ import annotations

from workers.engine.schema.model import Extension
from workers.engine.source import Origin, Span
from workers.engine.sql import split
from workers.engine.sql.builtin import roles, supabase
from workers.engine.sql.builtin.functions import NEWEST_VERSION
from workers.engine.sql.dispatch import perform
from workers.engine.sql.replay import Ground
from workers.engine.sql.run import Run
from workers.engine.sql.state import Log, State
from workers.engine.sql.text import Text

NOWHERE = Origin("", Span(0, 0))
"""The place of what stood there before; such objects are not shown."""


def lay(ground: Ground) -> State:
    """The state before the first migration."""
    version = ground.server_version
    state = State(
        server_version=version, reads_as=version if ground.is_version_told else NEWEST_VERSION
    )
    state.schema.schemas["public"] = ()
    state.hidden.roles = {"postgres": True, **roles.predefined(state.reads_as)}
    state.schema.extensions["plpgsql"] = Extension("plpgsql", "pg_catalog")
    state.hidden.ground["plpgsql"] = True
    if ground.is_supabase:
        _lay_supabase(state)
    path = search_path_of(ground)
    for name in path:
        if name != "$user":
            state.schema.schemas.setdefault(name, ())
    state.search_path = path
    state.hidden.settings["search_path"] = "\0".join(path)
    return state


def search_path_of(ground: Ground) -> tuple[str, ...]:
    """The search path that each migration's session starts with."""
    if ground.is_supabase and ground.search_path == ("public",):
        return supabase.SEARCH_PATH
    return ground.search_path


def _lay_supabase(state: State) -> None:
    state.hidden.roles.update(dict.fromkeys(supabase.ROLES.split(), True))
    state.search_path = supabase.SEARCH_PATH
    # The functions there have no bodies.
    state.hidden.settings["check_function_bodies"] = "off"
    text = Text("", supabase.STATEMENTS)
    for one in split.read(text).statements:
        perform(Run(state, text, one.start, one.end, one.base, NOWHERE), one.kind, one.fields)
    del state.hidden.settings["check_function_bodies"]
    schema = state.schema
    state.log = Log()
    for holder in (
        schema.schemas,
        schema.extensions,
        schema.enums,
        schema.tables,
        schema.views,
        schema.sequences,
        schema.functions,
    ):
        state.hidden.ground.update(dict.fromkeys(map(str, holder), True))
    del state.hidden.ground["public"]
