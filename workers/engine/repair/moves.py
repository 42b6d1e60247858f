"""Migrations under other names: those that run in the wrong order, and files that nobody runs.

A rename is only proposed where it helps: fewer migrations fail, or a file comes to run that made
what the schema declares, and nothing new goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

from workers.engine.project.paths import folder_of
from workers.engine.repair.proposal import Move
from workers.engine.repair.texts import with_moves
from workers.engine.rules.context import Context
from workers.engine.rules.history.prepare import history_subjects
from workers.engine.rules.history.stamps import newest_after, stamp_of
from workers.engine.rules.history.subjects import Disorder, LateMigration, UnrunScript
from workers.engine.rules.history.unrun import migration_name
from workers.engine.snapshot import Tree

_MOST_TRIED = 8
"""Each try reads and replays everything."""
Read = Callable[[Tree], Context | None]
"""Reads a state, and gives its context of the pair in question."""


def moves_of(context: Context, read: Read) -> tuple[Move, ...]:
    """The renames that mend the order of a pair's migrations, then those of misplaced files."""
    found: list[Move] = []
    current = context
    for candidate in islice(chain(_orders(context), _misplaced(context)), _MOST_TRIED):
        if any(move.old == candidate[0].old for move in found):
            continue
        tried = {move.old: move.new for move in (*found, *candidate)}
        after = read(with_moves(context.head, tried))
        if after is not None and _is_better(current, after, candidate):
            found += candidate
            current = after
    return tuple(found)


def _is_better(before: Context, after: Context, moves: tuple[Move, ...]) -> bool:
    """Whether fewer fail; a file that nobody ran must bring the two sides nearer."""
    failing, now = _failures(before), _failures(after)
    if moves[0].old.endswith(".sql"):
        fewer = len(after.comparison.changes) < len(before.comparison.changes)
        return now <= failing and fewer
    return now < failing or (now == failing and not _gets_worse(before, after))


def _gets_worse(before: Context, after: Context) -> bool:
    return len(after.comparison.changes) > len(before.comparison.changes)


def _failures(context: Context) -> int:
    return len((context.in_name_order or context.replay).failures)


def _orders(context: Context) -> Iterator[tuple[Move, ...]]:
    for subject in history_subjects(context):
        if isinstance(subject, Disorder) and subject.moves:
            yield tuple(
                _renamed(
                    context, move.migration.name, move.new_name, "it has to run later or earlier"
                )
                for move in subject.moves
            )
        elif isinstance(subject, LateMigration) and subject.effect != "independent":
            why = f"it is new and sorts before `{subject.later[-1].name}`, which has landed"
            yield (_renamed(context, subject.migration.name, subject.new_name, why),)


def _renamed(context: Context, old: str, new: str, why: str) -> Move:
    is_prisma = context.project is None or context.project.is_prisma
    suffix = "" if is_prisma else ".sql"
    folder = f"{context.migrations_path}/" if context.migrations_path else ""
    return Move(f"{folder}{old}{suffix}", f"{folder}{new}{suffix}", why)


def _misplaced(context: Context) -> Iterator[tuple[Move, ...]]:
    """A loose file under its own name, then under one that runs last."""
    names = [migration.name for migration in context.migrations]
    for subject in history_subjects(context):
        if not isinstance(subject, UnrunScript) or subject.place == "elsewhere":
            continue
        path = subject.source.path
        name = migration_name(path)
        why = "Prisma runs only `migration.sql` in a folder of its own"
        options = [name] if stamp_of(name) else []
        if names:
            options.append(newest_after(names, name))
        for option in options:
            target = f"{context.migrations_path}/{option}/migration.sql"
            if folder_of(path) != folder_of(target) and target not in context.head.paths:
                yield (Move(path, target, why),)
