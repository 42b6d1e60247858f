"""Who most likely made each difference between a database and its migrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from workers.engine.observed.applied import History
from workers.engine.observed.declared import PRISMA, Beside
from workers.engine.observed.difference import INVALID, Difference
from workers.engine.observed.holding import touches
from workers.engine.rules.context import Context
from workers.engine.schema.model import History as Places
from workers.engine.schema.model import Schema

_SEEN_BY_PRISMA = frozenset(
    {"table", "column", "enum", "index", "unique constraint", "primary key", "foreign key"}
)


DECLARED = "from the declared schema"
"""How it is told that somebody ran what is declared in SQL, and no migration."""


class Traces(Struct, frozen=True):
    """What is known of the origin of objects.

    `pushed` are the subjects in which the database has left its migrations and agrees with the
    declared schema, `beside`. By migration: `waiting` holds the subjects of those that wait,
    `halves` of those that began and never finished. `origins` names the migrations that made or
    changed an object, by subject.
    """

    histories: Sequence[History] = ()
    pushed: frozenset[str] = frozenset()
    waiting: Mapping[str, frozenset[str]] = field(default_factory=dict)
    halves: Mapping[str, frozenset[str]] = field(default_factory=dict)
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_set_back: bool = False
    """Whether the database holds exactly what the first of its recorded migrations make."""
    beside: Beside | None = None
    """The declared schema beside the database; None where none was there to compare with."""


def makers(drift: Sequence[Difference], traces: Traces) -> Iterator[tuple[str, str]]:
    """For each difference its subject and, in words, what has most likely made it so."""
    for one in drift:
        yield one.subject, _maker(one, traces)


def _maker(one: Difference, traces: Traces) -> str:
    if one.part == INVALID:
        return "left by a CREATE INDEX CONCURRENTLY that broke off: drop it and build it again"
    for name, subjects in traces.halves.items():
        if one.kind != "missing" and touches(one, subjects):
            return f"left behind by `{name}`, which began there and never finished"
    return _by_record(one, traces) or _by_people(one, traces)


def _by_record(one: Difference, traces: Traces) -> str:
    """What the runner's own table speaks for."""
    names = traces.origins.get(one.subject, ())
    for history in traces.histories:
        for name in names if one.kind != "extra" else ():
            if name in history.edited:
                return f"by the edit of `{name}` in git: what ran there had another text"
            if name in history.marked:
                return f"`{name}`, which makes it, was marked as applied there and never ran"
    if traces.is_set_back and names:
        return f"restored from before `{names[0]}`, which makes it"
    return ""


def _by_people(one: Difference, traces: Traces) -> str:
    ahead = next(
        (name for name, subjects in traces.waiting.items() if _is_made_by(one, subjects)), ""
    )
    foreign = [name for history in traces.histories for name in history.foreign]
    if ahead:
        if one.subject in traces.pushed:
            return f"{_pusher(one, traces)}, and the migration still waits"
        return f"ahead of `{ahead}`, which still waits: by hand, or restored"
    if foreign:
        told = ", ".join(f"`{name}`" for name in foreign[:3])
        which = "which ran there and is" if len(foreign) == 1 else "which ran there and are"
        return f"by {told}, perhaps, {which} not in git"
    if one.subject in traces.pushed:
        return _pusher(one, traces)
    return f"by hand: {_against(one, traces)}"


def _pusher(one: Difference, traces: Traces) -> str:
    beside = traces.beside
    agrees = "lacks it too" if one.kind == "missing" else "has it so"
    if beside is not None and beside.is_plain:
        return f"{DECLARED}: {beside.source} {agrees}, and no migration that ran there"
    return f"by `prisma db push`: {PRISMA} {agrees}"


def _is_made_by(one: Difference, subjects: frozenset[str]) -> bool:
    return one.subject in subjects or any(one.subject.startswith(f"{each}.") for each in subjects)


def _against(one: Difference, traces: Traces) -> str:
    names = traces.origins.get(one.subject, ())
    if one.kind == "missing" and names:
        return f"`{names[0]}` made it, and it is gone"
    if traces.beside is None:
        return "no migration makes it" if one.kind == "extra" else "no migration has it so"
    return f"neither the migrations nor {traces.beside.source} have it so"


def pushed(drift: Sequence[Difference], beside: Beside | None) -> frozenset[str]:
    """The subjects in which the database has left its migrations and agrees with the schema."""
    if beside is None:
        return frozenset()
    return frozenset(
        one.subject
        for one in drift
        if (beside.is_plain or one.what in _SEEN_BY_PRISMA) and one.subject not in beside.disputed
    )


def origins(schema: Schema, context: Context) -> dict[str, tuple[str, ...]]:
    """The names of the migrations that made and changed each object, by subject."""
    names = {migration.source.path: migration.name for migration in context.migrations}
    return {
        subject: tuple(dict.fromkeys(names[at.path] for at in history if at.path in names))
        for subject, history in _places(schema)
    }


def _places(schema: Schema) -> Iterator[tuple[str, Places]]:
    for name, table in schema.tables.items():
        yield str(name), table.history
        for parts in (
            *(table.columns, table.indexes, table.uniques, table.foreign_keys, table.checks),
            table.excludes,
        ):
            for part in parts:
                yield f"{name}.{part.name}", part.history
    for holder in (schema.enums, schema.views, schema.domains, schema.composites):
        for each, made in holder.items():
            yield str(each), made.history
    for signature, function in schema.functions.items():
        yield signature, function.history
    for (owner, key), trigger in schema.triggers.items():
        yield f"{owner}.{key}", trigger.history
    for (owner, key), policy in schema.policies.items():
        yield f"{owner}.{key}", policy.history
