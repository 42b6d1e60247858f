"""A database as it is, as the state in which the next migration runs.

The state is made of the observed schema. Views and policies are made by their statements, because
what they depend on decides whether a column can be dropped; all else is put in its place as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from workers.engine.observed.platform import without_platform
from workers.engine.schema.model import Policy, QualifiedName, Schema, View
from workers.engine.schema.names import quote
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql.ground import lay
from workers.engine.sql.onlooker import Onlooker
from workers.engine.sql.postgres import SqlSyntaxError, scan
from workers.engine.sql.replay import Ground, Migration, Replay, replay
from workers.engine.sql.state import State

HERE = Migration("", SourceFile("", ""))
"""Stands for all that has been run there before."""
_OBSERVED = Origin("", Span(0, 0))


def standing(schema: Schema, ground: Ground, roles: Iterable[str] = ()) -> Replay:
    """A replay of `HERE` whose outcome is the observed schema: a start for what comes next.

    `roles` are those that exist there, beside the ground's.
    """
    before = lay(ground)
    prelude = Migration("", SourceFile("", "\n".join(_extensions(schema, before))))
    laid = replay((prelude,), ground, lenient=True)
    state = _restored(laid, ground)
    own = without_platform(schema, is_supabase=ground.is_supabase)
    _fill(state, own)
    state.hidden.roles.update(dict.fromkeys(roles, True))
    begun = Replay(state.schema, tail=[(1, state.snapshot())])
    rest = Migration("", SourceFile("", "\n".join(_dependent(schema, ground))))
    finished = replay((HERE, rest), ground, lenient=True, start=begun)
    state = _restored(finished, ground)
    _complete(state, own)
    return Replay(state.schema, tail=[(1, state.snapshot())])


def _complete(state: State, schema: Schema) -> None:
    """What could not be made by its statement stands there all the same; indexes of materialised
    views have no statement here."""
    for view in schema.views.values():
        made = state.schema.views.get(view.name)
        if made is None:
            state.put_view(view)
        else:
            state.put_view(replace(made, indexes=view.indexes, options=view.options))
    for key, policy in schema.policies.items():
        made_policy = state.schema.policies.get(key)
        if made_policy is None:
            state.schema.policies[key] = policy
        else:
            state.schema.policies[key] = replace(made_policy, roles=policy.roles)


def after(
    start: Replay, migrations: tuple[Migration, ...], ground: Ground, **options: object
) -> Replay:
    """What becomes of it when these migrations are run there."""
    return replay((HERE, *migrations), ground, start=start, **options)  # type: ignore[arg-type]


def run_on(
    schema: Schema,
    migrations: tuple[Migration, ...],
    ground: Ground,
    watch: Onlooker | None = None,
) -> Replay:
    """What becomes of a MySQL or SQLite database when these migrations are run there."""
    begun = replace(
        schema,
        tables=dict(schema.tables),
        views=dict(schema.views),
        triggers=dict(schema.triggers),
    )
    if ground.provider == "mysql":
        from workers.engine.sql.mysql import history as mysql

        return mysql.run(migrations, begun=begun, watch=watch)
    from workers.engine.sql.sqlite import history as sqlite

    return sqlite.run(migrations, begun=begun, watch=watch)


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
    waiting = {view.name: (view, _named(view) & own.views.keys()) for view in own.views.values()}
    while waiting:
        ready = [
            name for name, (_, read) in waiting.items() if not (read - {name}) & waiting.keys()
        ]
        for name in ready or list(waiting):
            view, _ = waiting.pop(name)
            yield from _view(view)
    for policy in own.policies.values():
        yield _policy(policy)


def _named(view: View) -> frozenset[QualifiedName]:
    """Each `schema.name` in the text of a view; the server qualifies every relation there."""
    data = (view.definition or "").encode()
    try:
        words = [data[token.start : token.end].decode() for token in scan(data)]
    except (SqlSyntaxError, UnicodeDecodeError):
        return frozenset()
    return frozenset(
        QualifiedName(_plain(words[at - 1]), _plain(words[at + 1]))
        for at in range(1, len(words) - 1)
        if words[at] == "."
    )


def _plain(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word


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
