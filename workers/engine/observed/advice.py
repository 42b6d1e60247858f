"""How to bring one environment back in step: commands, in order, fitted to what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.observed.applied import History, key_of
from workers.engine.observed.forecast import Forecast
from workers.engine.observed.story import Story
from workers.engine.rules.context import Context


def advice(
    histories: Sequence[History],
    forecasts: Sequence[Forecast],
    story: Story,
    context: Context,
) -> Iterator[str]:
    """One step a line; nothing where there is nothing to do."""
    if story.kind in ("in step", "unread"):
        return
    if story.kind != "empty":
        yield "Take a backup of this database first."
    for history in histories:
        yield from _record(history, story)
    if story.kind == "db push" and any(history.is_tracked for history in histories):
        yield _after_push(histories, story)
    elif story.kind == "changed by hand":
        yield (
            "Decide for each difference which side is right: put it into a migration"
            " (`IF NOT EXISTS`, since it is here already), or undo it here by hand."
        )
    for history, outlook in zip(histories, forecasts, strict=False):
        yield from _deployment(history, outlook, story)


def _after_push(histories: Sequence[History], story: Story) -> str:
    """What it made is in a migration that waits, or in none."""
    runners = {history.runner for history in histories if history.is_tracked}
    mark = (
        "`supabase migration repair --status applied VERSION`"
        if runners == {"supabase"}
        else "`npx prisma migrate resolve --applied NAME`"
    )
    if story.makers and all("still waits" in maker for _, maker in story.makers):
        return (
            "Mark each waiting migration that makes nothing but what is here already as applied:"
            f" {mark}; where it makes more, write `IF NOT EXISTS` in it."
        )
    return (
        "Write the migration that `db push` left out (`driftline fix`), land it, and mark it here"
        f" as applied: {mark}."
    )


def _record(history: History, story: Story) -> Iterator[str]:
    if history.runner == "supabase":
        if history.foreign:
            names = " ".join(name.partition("_")[0] for name in history.foreign)
            yield (
                "Fetch what ran here (`supabase migration fetch`), or take it off the record:"
                f" `supabase migration repair --status reverted {names}`."
            )
        if not history.is_tracked and story.kind in ("restored", "db push") and history.pending:
            versions = " ".join(key_of(one.name, "supabase") for one in history.pending)
            yield (
                "Mark what it holds as applied:"
                f" `supabase migration repair --status applied {versions}`."
            )
        return
    for name in history.failed:
        yield (
            f"Find out how much of `{name}` ran, undo or finish it, then"
            f" `npx prisma migrate resolve --rolled-back {name}` (or `--applied {name}`)."
        )
    if history.foreign:
        names = ", ".join(f"`{name}`" for name in history.foreign[:3])
        yield f"Bring {names} back into git, from the branch that deployed it, before the next."
    for name in history.edited[:3]:
        yield f"Put `{name}` back as it was applied, and write the change as a new migration."
    if not history.is_tracked and story.kind in ("restored", "db push") and history.pending:
        yield (
            "Mark what it holds as applied, migration by migration:"
            f" `npx prisma migrate resolve --applied {history.pending[0].name}` and so on"
            " (a baseline)."
        )


def _deployment(history: History, outlook: Forecast, story: Story) -> Iterator[str]:
    failing = outlook.failing
    if failing is not None and failing.failure is not None:
        yield (
            f"Mend `{failing.migration.name}` before deploying: it would fail here"
            f" ({failing.failure.sqlstate}: {failing.failure.message})."
        )
    if history.pending and (history.is_tracked or story.kind == "empty"):
        command = (
            "supabase db push" if history.runner == "supabase" else "npx prisma migrate deploy"
        )
        yield f"Deploy what waits: `{command}` ({len(history.pending)} to run)."
