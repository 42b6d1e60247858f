"""Migrations whose names put them in an order that does not work.

What it means
    Some migrations need what later ones make. In another order all of them run.

Why it matters
    `prisma migrate deploy` takes the order of the names and no other. Nobody can make a new
    database, and `prisma migrate dev` cannot make its shadow database.

    A new migration that sorts before landed ones runs last where those have run, and earlier in a
    new database. It is an error where one order fails or makes another schema, or where both touch
    one object, the same values or the same rows; a warning where both add columns to one table,
    which then stand in another order; else a notice.

Example
    20250610000000_add_flags    needs "Person"
    20250911081240_init         makes "Person"

Fix
    Rename the folders that come too late (or too early), while they are applied nowhere, or with
    `prisma migrate resolve --applied NEW_NAME` on every database that has them. The alternative is
    one consolidated first migration: it costs the history, and every existing database has to be
    told that it is applied.

When to ignore it
    Never: a history that cannot be replayed is not a history.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import (
    first_statement,
    is_prisma,
    mark_applied,
    path_of,
)
from workers.engine.rules.history.subjects import Disorder, LateMigration, Move

migration_order = Rule("migration-order", family="history", severity=Severity.ERROR, since="0.1")
migration_out_of_order = Rule(
    "migration-out-of-order", family="history", severity=Severity.NOTICE, since="0.1"
)

_SHOWN = 12
_GRADES = {
    "independent": Severity.NOTICE,
    "same table": Severity.NOTICE,
    "same enum": Severity.NOTICE,
    "column order": Severity.WARNING,
}
"""How bad it is to come late, where the order can be seen at all; else it is an error."""


@migration_order.on(Disorder)
def check_order(disorder: Disorder, context: Context) -> Iterator[Finding]:
    """One finding for a history that needs another order, with the renames that give it."""
    if not disorder.moves:
        return
    first = disorder.moves[0]
    names = ", ".join(f"`{move.migration.name}`" for move in disorder.moves[:3])
    waiting = disorder.failures[0].migration if disorder.failures else ""
    one = len(disorder.moves) == 1
    direction = "first" if first.needed == 1 else "earlier" if _is_early(first) else "later"
    yield migration_order.finding(
        subject=context.migrations_path,
        detail=" ".join(move.migration.name for move in disorder.moves),
        message=f"{names} {'has' if one else 'have'} to run {direction}: in the order of the names "
        f"`{waiting}` fails, and in the order that the statements need, {_outcome(disorder)}.",
        origin=first_statement(first.migration),
        related=[
            Related(f"`{failure.migration}` fails: {failure.message}", failure.origin)
            for failure in disorder.failures[:3]
        ],
        remedy=_remedy(disorder, context),
    )


@migration_out_of_order.on(LateMigration)
def check_late(late: LateMigration, context: Context) -> Iterator[Finding]:
    """A new migration that sorts before landed ones; graded by what that does."""
    name, newest = late.migration.name, late.later[-1].name
    what = {
        "independent": "it touches nothing that they touch, so this is harmless",
        "same table": f"both change {late.shared} in different places, so this is harmless",
        "column order": f"both add columns to {late.shared}, which stand in another order then: "
        "only statements that name no columns notice",
        "same enum": f"both change {late.shared}, so its values may stand in another order",
        "same object": f"both change {late.shared}",
        "same values": f"both touch {late.shared}, so it matters which comes first",
        "differs": "the two orders make different schemas",
        "fails": "one of the two orders does not run",
    }[late.effect]
    severity = _GRADES.get(late.effect, Severity.ERROR)
    count = len(late.later)
    others = (
        f"`{newest}`" if count == 1 else f"{count} migrations that have landed, up to `{newest}`"
    )
    yield migration_out_of_order.finding(
        subject=name,
        severity=severity,
        message=f"`{name}` is new and sorts before {others}: databases that have those run it "
        f"last, new ones run it earlier; {what}.",
        origin=first_statement(late.migration),
        related=[Related(f"`{newest}` has landed", first_statement(late.later[-1]))],
        remedy=f"{_silence(context)} Rename it to run last everywhere: "
        f"`git mv {path_of(context, name)} {path_of(context, late.new_name)}`.",
    )


def _is_early(move: Move) -> bool:
    return move.needed < move.position


def _outcome(disorder: Disorder) -> str:
    if not disorder.left:
        return "all run"
    if disorder.left == 1:
        return "one fails, for another reason"
    return f"{disorder.left} fail, for other reasons"


def _silence(context: Context) -> str:
    if is_prisma(context):
        return "`prisma migrate deploy` applies it silently."
    return "`supabase db push` refuses it without `--include-all`."


def _remedy(disorder: Disorder, context: Context) -> str:
    renames = "\n".join(
        f"git mv {path_of(context, move.migration.name)} {path_of(context, move.new_name)}"
        for move in disorder.moves
    )
    told = " and ".join(f"`{mark_applied(context, move.new_name)}`" for move in disorder.moves)
    return (
        f"{_timeline(disorder, context)}\n{renames}\n"
        f"On every database that has them already, run {told} before the next deploy."
        f"{_alternative(context)}"
    )


def _alternative(context: Context) -> str:
    if not is_prisma(context) or not context.schema_path:
        return ""
    option = "--to-schema" if context.prisma_version >= (7, 0) else "--to-schema-datamodel"
    return (
        " The alternative is one first migration for everything (`prisma migrate diff --from-empty "
        f"{option} {context.schema_path} --script`): it costs the history, and every database has "
        "to be told that it is applied."
    )


def _timeline(disorder: Disorder, context: Context) -> str:
    """The order that is needed, the moved ones marked; long histories only around the moves."""
    moved = {move.migration.name: move for move in disorder.moves}
    lines = []
    for at, migration in enumerate(disorder.order, start=1):
        move = moved.get(migration.name)
        if move is None and len(disorder.order) > _SHOWN:
            continue
        lines.append(
            f"  {at}. {migration.name}" + (f" (now {move.position}.)" if move is not None else "")
        )
    head = "Needed order:" if len(disorder.order) <= _SHOWN else "In the needed order:"
    return "\n".join([head, *lines])
