"""The proof of a repair: the state with it is read as a check would, and compared with before."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.compare import changes as c
from workers.engine.compare.subjects import subject_of
from workers.engine.fixes.steps import Stage, Step
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName, Schema

_DROPS = frozenset((Stage.DROP_COLUMN, Stage.DROP_TABLE, Stage.DROP_TYPE))


def disproof(
    before: Context,
    after: Context,
    promised: Iterable[c.Change],
    steps: Iterable[Step],
    new_names: Iterable[str],
) -> str:
    """Why the repair is not as promised: one sentence; empty where it is."""
    names = set(new_names)
    for failure in after.replay.failures:  # where older ones fail, this is the kindest run
        if failure.migration in names:
            return f"`{failure.migration}` would fail: {failure.message}."
    unread = [one for one in after.replay.diagnostics if _is_in(one.origin, names)]
    if unread:
        return f"it could not be judged: {unread[0].message}"
    gone = {_key(change) for change in promised}
    had = {_key(change) for change in before.comparison.changes}
    for change in standing(after.comparison.changes):
        if _key(change) in gone:
            return f"`{subject_of(change)}` would still differ."
        if _key(change) not in had:
            return f"`{subject_of(change)}` would come to differ."
    return _lost(before, after, tuple(steps))


def standing(changes: Iterable[c.Change]) -> list[c.Change]:
    """The changes that a repair can end: an extension that is installed is always wanted anew."""
    return [
        change
        for change in changes
        if not (isinstance(change, c.ExtensionMissing) and change.installed is not None)
    ]


def _is_in(origin: object, names: set[str]) -> bool:
    path = getattr(origin, "path", "")
    return any(f"/{name}/" in path or path.endswith(f"/{name}.sql") for name in names)


def _key(change: c.Change) -> tuple[str, str]:
    return type(change).__name__, subject_of(change)


def _lost(before: Context, after: Context, steps: tuple[Step, ...]) -> str:
    """What Prisma does not see must not get lost either."""
    renamed = {
        change.replayed.name: change.declared.name
        for change in before.comparison.changes
        if isinstance(change, c.TableRenamed)
    }
    dropped = {step.subject for step in steps if step.stage in _DROPS}
    there = _unseen(after.replayed, {})
    for kind, name, owner in sorted(_unseen(before.replayed, renamed) - there):
        if owner not in dropped and name not in dropped:
            return f"the {kind} `{name}` would be lost."
    return ""


def _unseen(
    schema: Schema, renamed: dict[QualifiedName, QualifiedName]
) -> set[tuple[str, str, str]]:
    """Kind, name and owner of everything that Prisma does not compare."""

    def table(name: QualifiedName) -> str:
        return str(renamed.get(name, name))

    found = {("view", str(name), "") for name in schema.views}
    found |= {("function", key, "") for key in schema.functions}
    found |= {("trigger", f"{table(t)}.{name}", table(t)) for t, name in schema.triggers}
    found |= {("policy", f"{table(t)}.{name}", table(t)) for t, name in schema.policies}
    for owner in schema.tables.values():
        parts = (*owner.checks, *owner.excludes)
        name = table(owner.name)
        found |= {("constraint", f"{name}.{part.name}", name) for part in parts}
        if owner.rls:
            found.add(("row-level security of", name, name))
    return found
