"""What the migrations of a pair make: as they stand, in the order that they need, and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from msgspec import Struct

from workers.engine.friendly import friendliest
from workers.engine.project.discovery import Pair
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Memo, Migration, Replay, replay


class Past(Struct, frozen=True):
    """The replays of one pair.

    `judged` is what drift is judged on. It is the run in name order where that has no failure;
    otherwise the friendliest one: in the `order` that the migrations need, and with what fails
    even then left out statement by statement, because a database that is alive has run the rest.
    `in_name_order` is set only where it is another than `judged`.
    """

    judged: Replay
    in_name_order: Replay | None = None
    order: tuple[str, ...] | None = None
    by_hand: Replay | None = None


def replay_pair(pair: Pair, ground: Ground, memo: Memo | None = None) -> Past:
    """Replay a pair's migrations in name order, and more kindly where that fails."""
    migrations = pair.migrations.migrations if pair.migrations else ()
    strict = replay(migrations, ground, memo)
    scripts = _scripts(pair)
    if not strict.failures:
        by_hand = _with(migrations, scripts, ground, strict) if scripts else None
        return Past(strict, by_hand=by_hand)
    friendly = friendliest(migrations, ground, memo, strict)
    order = tuple(migration.name for migration in friendly.order)
    is_moved = friendly.order != tuple(migrations)
    by_hand = None
    if scripts:
        whole = (*friendly.prelude, *friendly.order)
        by_hand = _with(whole, scripts, ground, friendly.outcome)
    return Past(friendly.outcome, strict, order if is_moved else None, by_hand)


def continued(known: Replay, more: Sequence[Migration], ground: Ground) -> Replay | None:
    """What more migrations make of a run that is over, in the order given, each as far as it goes;
    None where that run's end is not known. Failures and diagnostics are those of the new ones."""
    if not known.tail or not more:
        return None
    done = known.tail[-1][0]
    # Those that are over are not read again: only their number counts.
    return replay([*repeat(more[0], done), *more], ground, lenient=True, start=known)


def _scripts(pair: Pair) -> tuple[SourceFile, ...]:
    folder = pair.migrations
    if folder is None:
        return ()
    return (*folder.loose, *folder.nested, *folder.above, *pair.hand_run)


def _with(
    migrations: tuple[Migration, ...],
    scripts: tuple[SourceFile, ...],
    ground: Ground,
    known: Replay,
) -> Replay:
    """The migrations, as they were replayed, then the scripts that nobody runs, each as far as it
    goes."""
    extra = tuple(Migration(script.path, script) for script in scripts)
    return replay((*migrations, *extra), ground, lenient=True, start=known)
