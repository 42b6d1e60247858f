"""The proof of a repair: the state with it is read as a check would, and compared with before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.compare.subjects import subject_of
from workers.engine.fixes.steps import Stage, Step
from workers.engine.fixes.written import written
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.sql.replay import Failure

_DROPS = frozenset((Stage.DROP_COLUMN, Stage.DROP_TABLE, Stage.DROP_TYPE))


class Disproof(Struct, frozen=True):
    """Why a repair is not as promised, in a sentence, and which subjects are to blame."""

    reason: str
    subjects: frozenset[str] = frozenset()


def disproof(
    before: Context,
    after: Context,
    promised: Iterable[c.Change],
    steps: Iterable[Step],
    new_names: Iterable[str],
) -> Disproof | None:
    """What is not as promised; None where all is."""
    names = set(new_names)
    steps = tuple(steps)
    # Where older migrations fail, this is the kindest run, which goes on after each refusal.
    failures = [one for one in after.replay.failures if one.migration in names]
    if failures:
        told = f"`{failures[0].migration}` would fail: {failures[0].message}."
        blamed = {subject for one in failures for subject in _blamed(one, after, steps)}
        return Disproof(told, frozenset(blamed))
    unread = [one for one in after.replay.diagnostics if _is_in(one.origin, names)]
    if unread:
        return Disproof(f"it could not be judged: {unread[0].message}")
    gone = {_key(change) for change in promised}
    had = {_key(change) for change in before.comparison.changes}
    for change in standing(after.comparison.changes):
        subject = subject_of(change)
        if _key(change) in gone:
            return Disproof(f"`{subject}` would still differ.", frozenset((subject,)))
        if _key(change) not in had:
            return Disproof(f"`{subject}` would come to differ.", frozenset((subject,)))
    lost = _lost(before, after, steps)
    return Disproof(lost) if lost else None


def _blamed(failure: Failure, after: Context, steps: tuple[Step, ...]) -> Iterator[str]:
    """What the refused statement is about."""
    source = after.sources.get(failure.origin.path)
    if source is None:
        return
    start = source.text.rfind(";\n", 0, failure.origin.span.start) + 1
    for step in steps:
        text = written(step.statement)
        at = source.text.find(text)
        if at >= 0 and start <= at <= failure.origin.span.start < at + len(text):
            yield step.subject


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
        if schema.provider == "sqlite":
            # A table that is made anew loses them: Prisma would not write them again.
            own = (one for one in owner.indexes if one.where or not one.columns)
            found |= {("index", f"{name}.{one.name}", name) for one in own}
        if owner.rls:
            found.add(("row-level security of", name, name))
    return found
