"""A database as it is, as the state in which the next migration runs.

The state is made of the observed schema. Views and policies are made by their statements, because
what they depend on decides whether a column can be dropped; all else is put in its place as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.observed.platform import without_platform
from workers.engine.schema.model import Policy, Schema, View
from workers.engine.schema.names import quote
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql.ground import lay
from workers.engine.sql.replay import Ground, Migration, Replay, replay
from workers.engine.sql.state import State

HERE = Migration("", SourceFile("", ""))
"""Stands for all that has been run there before."""
_OBSERVED = Origin("", Span(0, 0))


def standing(schema: Schema, ground: Ground) -> Replay:
    """A replay of `HERE` whose outcome is the observed schema: a start for what comes next."""
    before = lay(ground)
    prelude = Migration("", SourceFile("", "\n".join(_extensions(schema, before))))
    laid = replay((prelude,), ground, lenient=True)
    state = _restored(laid, ground)
    _fill(state, without_platform(schema, is_supabase=ground.is_supabase))
    begun = Replay(state.schema, tail=[(1, state.snapshot())])
    rest = Migration("", SourceFile("", "\n".join(_dependent(schema, ground))))
    finished = replay((HERE, rest), ground, lenient=True, start=begun)
    return Replay(finished.schema, tail=[(1, finished.tail[-1][1])])


def after(
    start: Replay, migrations: tuple[Migration, ...], ground: Ground, **options: object
) -> Replay:
    """What becomes of it when these migrations are run there."""
    return replay((HERE, *migrations), ground, start=start, **options)  # type: ignore[arg-type]


def _restored(laid: Replay, ground: Ground) -> State:
    state = lay(ground)
    state.restore(laid.tail[-1][1])
    return state


def _extensions(schema: Schema, before: State) -> Iterator[str]:
    for name in schema.schemas:
        yield f"CREATE SCHEMA IF NOT EXISTS {quote(name)};"
    for extension in schema.extensions.values():
        if extension.name not in before.schema.extensions:
            home = quote(extension.schema)
            yield f"CREATE EXTENSION IF NOT EXISTS {quote(extension.name)} SCHEMA {home};"


def _fill(state: State, schema: Schema) -> None:
    for holder in (schema.enums, schema.domains, schema.composites, schema.sequences):
        for made in holder.values():
            state.put(made)
    for table in schema.tables.values():
        state.put_table(table)
        for column in table.columns:
            if column.identity is not None:
                for sequence in schema.sequences.values():
                    if sequence.owned_by == (table.name, column.name):
                        state.hidden.owned[sequence.name] = True
    for function in schema.functions.values():
        state.put_function(function)
    state.schema.triggers.update(schema.triggers)


def _dependent(schema: Schema, ground: Ground) -> Iterator[str]:
    """Views in an order that works, for those that read others, then policies."""
    own = without_platform(schema, is_supabase=ground.is_supabase)
    waiting = list(own.views.values())
    while waiting:
        names = [str(view.name) for view in waiting]
        ready = [view for view in waiting if not _reads(view, names)] or waiting
        for view in ready:
            yield from _view(view)
        waiting = [view for view in waiting if view not in ready]
    for policy in own.policies.values():
        yield _policy(policy)


def _reads(view: View, names: list[str]) -> bool:
    text = view.definition or ""
    return any(name != str(view.name) and (name in text or _quoted(name) in text) for name in names)


def _quoted(name: str) -> str:
    home, _, rest = name.partition(".")
    return f"{quote(home)}.{quote(rest)}"


def _view(view: View) -> Iterator[str]:
    if view.definition:
        kind = "MATERIALIZED VIEW" if view.kind == "matview" else "VIEW"
        body = view.definition.rstrip().rstrip(";")
        yield f"CREATE {kind} {quote(view.name.schema)}.{quote(view.name.name)} AS {body};"


def _policy(policy: Policy) -> str:
    kind = "PERMISSIVE" if policy.is_permissive else "RESTRICTIVE"
    parts = [
        f"CREATE POLICY {quote(policy.name)} ON "
        f"{quote(policy.table.schema)}.{quote(policy.table.name)} AS {kind} FOR {policy.command}"
    ]
    if policy.using:
        parts.append(f"USING ({policy.using})")
    if policy.with_check:
        parts.append(f"WITH CHECK ({policy.with_check})")
    return " ".join(parts) + ";"
