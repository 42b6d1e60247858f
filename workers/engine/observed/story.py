"""How a database has most likely come to be as it is, and what speaks for it.

The stories of the field: it is in step; it is behind; a migration failed there; somebody ran
`prisma db push`; somebody changed it by hand; it diverged (another branch's migrations, or edited
ones); it was restored, without its record of migrations or beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

from workers.engine.observed.applied import History
from workers.engine.observed.declared import PRISMA, Beside
from workers.engine.observed.difference import Difference
from workers.engine.observed.halfway import Halfway
from workers.engine.observed.holding import Holding, Presence
from workers.engine.schema.model import Schema

StoryKind = Literal[
    "in step",
    "behind",
    "failed",
    "db push",
    "changed by hand",
    "diverged",
    "restored",
    "empty",
    "unread",
    "unknown",
]


class Story(Struct, frozen=True):
    """The likely story, in one sentence, with its evidence; and who made each difference."""

    kind: StoryKind
    sentence: str
    evidence: tuple[str, ...] = ()
    makers: tuple[tuple[str, str], ...] = ()
    """For each object that differs, by subject: what has most likely made it so."""
    is_another: bool = False
    """Whether it seems to be another project's database."""

    def maker_of(self, subject: str) -> str:
        """What has most likely made a difference, or an empty text."""
        return dict(self.makers).get(subject, "")


class Sight(Struct, frozen=True):
    """All that the story is told of.

    `there` is what the database holds of the repository's affair, `strangers` the schemas with
    tables of which the repository says nothing. `beside` is what separates it from the declared
    schema, None where nothing declares it; `pushed` the subjects in which it has left its
    migrations and agrees with that schema. `holding` is how far it came by what it holds: of all
    migrations where there is no record, of those recorded where objects are missing.
    """

    there: Schema
    histories: Sequence[History]
    drift: Sequence[Difference]
    beside: Beside | None = None
    pushed: frozenset[str] = frozenset()
    strangers: tuple[str, ...] = ()
    holding: Holding | None = None
    presence: Mapping[str, Presence] = field(default_factory=dict)
    halves: tuple[Halfway, ...] = ()

    @property
    def is_as_declared(self) -> bool:
        """Whether there is a declared schema, and it holds just what that says."""
        return self.beside is not None and not self.beside.differences


def tell(sight: Sight) -> Story:
    """The story of one database, its makers left open."""
    tracked = [history for history in sight.histories if history.is_tracked]
    if not any(one.has_rows for one in tracked):
        tracked = []
    kind, sentence, evidence = _of_record(sight, tracked) if tracked else _untracked(sight)
    if kind != "empty" and sight.strangers:
        names = ", ".join(f"`{name}`" for name in sight.strangers[:5])
        evidence.append(f"not compared, since nothing in the repository names them: {names}")
    is_another = kind == "diverged" and _is_another(sight, tracked)
    return Story(kind, sentence, tuple(evidence), is_another=is_another)


Told = tuple[StoryKind, str, list[str]]


def _of_record(sight: Sight, tracked: Sequence[History]) -> Told:
    evidence = list(_evidence(sight, tracked))
    failed = [name for history in tracked for name in history.failed]
    if failed:
        names = ", ".join(f"`{name}`" for name in failed)
        return "failed", f"{names} began there and never finished", evidence
    if _is_another(sight, tracked):
        count = sum(len(history.foreign) for history in tracked)
        return (
            "diverged",
            f"it seems to be another project's: none of the {count} migrations of its record is in"
            " git",
            evidence,
        )
    if sentence := _diverged(tracked, sight.drift):
        return "diverged", sentence, evidence
    return _of_objects(sight, tracked, evidence)


def _is_another(sight: Sight, tracked: Sequence[History]) -> bool:
    """Whether its record and its objects are both strange; squashed migrations leave objects."""
    is_strange = all(one.foreign and not one.applied for one in tracked)
    return is_strange and bool(sight.presence) and set(sight.presence.values()) == {"absent"}


def _diverged(tracked: Sequence[History], drift: Sequence[Difference]) -> str:
    foreign = sum(len(history.foreign) for history in tracked)
    edited = sum(len(history.edited) for history in tracked)
    told = []
    if foreign:
        told.append(f"it has run {_counted(foreign, 'migration')} that git lacks")
    if edited and (foreign or drift):
        told.append(f"{_counted(edited, 'migration')} in git {_was(edited)} edited after running")
    return ", and ".join(told)


def _of_objects(sight: Sight, tracked: Sequence[History], evidence: list[str]) -> Told:
    drift, holding = sight.drift, sight.holding
    behind = sum(len(history.pending) for history in tracked)
    waiting = f"; {_counted(behind, 'migration')} {'wait' if behind > 1 else 'waits'}"
    if not drift:
        if behind:
            what = "what it holds is exactly what its applied migrations make"
            return (
                "behind",
                f"{_counted(behind, 'migration')} to deploy, and no drift",
                [*evidence, what],
            )
        return "in step", "it holds exactly what the migrations make", evidence
    waiting = waiting if behind else ""
    if is_set_back(sight):
        assert holding is not None
        recorded = sum(len(history.applied) for history in tracked)
        marked = sum(len(history.marked) for history in tracked)
        evidence.append(
            f"it holds exactly what the first {holding.count} of the {recorded} recorded"
            f" migration{'s' * (recorded > 1)} make{'s' * (recorded == 1)}"
        )
        how = (
            "somebody marked migrations as applied that never ran"
            if marked >= recorded - holding.count
            else "its objects were restored from an earlier state than its record of migrations"
        )
        return "restored", f"{how}{waiting}", evidence
    pushed = sight.pushed
    if pushed and len(pushed) * 2 >= len(drift):
        which = f"{len(pushed)} of {len(drift)} differences" if len(drift) > 1 else "the difference"
        agree = "agree" if len(pushed) > 1 else "agrees"
        evidence.append(
            f"{which} {agree} with {_declarer(sight)} and with no migration that ran there"
        )
        return *_pushed(sight, waiting), evidence
    evidence.append(f"{_counted(len(drift), 'difference')} from what its applied migrations make")
    return "changed by hand", f"somebody changed it outside the migrations{waiting}", evidence


def is_set_back(sight: Sight) -> bool:
    """Whether it holds exactly what the first of the recorded migrations make, and nothing of the
    later ones; a single object that is gone was dropped by somebody."""
    holding = sight.holding
    return (
        any(history.is_tracked for history in sight.histories)
        and holding is not None
        and not holding.differences
        and len(sight.drift) > 1
    )


def _untracked(sight: Sight) -> Told:
    if not sight.there.tables:
        return "empty", "nothing has been deployed there", []
    evidence = ["it has no record of migrations"]
    holding, total = sight.holding, sum(len(history.pending) for history in sight.histories)
    if holding is None or not holding.count:
        if sight.is_as_declared:
            source = _declarer(sight)
            evidence.append(f"it agrees with {source}, and with no state of the migrations")
            return *_made_as_declared(sight), evidence
        return "unknown", "it holds nothing that the migrations make", evidence
    which = "all" if holding.count == total else f"the first {holding.count} of the {total}"
    if not holding.differences:
        evidence.append(f"what it holds is exactly what {which} migrations make")
        return "restored", "it was restored or made without its record of migrations", evidence
    evidence.append(
        f"it is nearest to what {which} migrations make, with which it is compared here"
    )
    if sight.is_as_declared:
        evidence.append(f"it agrees with {_declarer(sight)}")
        return *_made_as_declared(sight), evidence
    pushed = len(sight.pushed)
    if pushed and pushed * 2 >= len(sight.drift):
        return *_made_as_declared(sight, ", from another state of the schema"), evidence
    return "unknown", "it was made without the migrations, and is near to what they make", evidence


def _declarer(sight: Sight) -> str:
    return sight.beside.source if sight.beside is not None else PRISMA


def _pushed(sight: Sight, waiting: str) -> tuple[StoryKind, str]:
    """The story of objects that were made after the declared schema, and by no migration."""
    if sight.beside is not None and sight.beside.is_plain:
        what = f"somebody ran what {sight.beside.source} declares, without a migration"
        return "changed by hand", what + waiting
    return "db push", f"somebody ran `prisma db push` there{waiting}"


def _made_as_declared(sight: Sight, rest: str = "") -> tuple[StoryKind, str]:
    """The story of a database that was made like that as a whole."""
    if sight.beside is not None and sight.beside.is_plain:
        return "changed by hand", f"it was made by what {sight.beside.source} declares{rest}"
    return "db push", f"it was made by `prisma db push`{rest}"


def _evidence(sight: Sight, histories: Sequence[History]) -> Iterator[str]:
    for history in histories:
        for names, what in (
            (history.foreign, "applied there and missing in git"),
            (
                tuple(name for name in history.replaced if name not in history.foreign),
                "applied there and squashed in git since",
            ),
            (history.edited, _edit(sight.drift)),
            (tuple(n for n in history.failed if not _half(sight, n)), "begun and never finished"),
            (history.rolled_back, "failed there once and was marked as rolled back"),
            (history.applied_late, "applied out of order, after one with a later name"),
            (history.late, "not applied there, though one with a later name is"),
        ):
            if names:
                told = ", ".join(f"`{name}`" for name in names[:5])
                more = f" and {len(names) - 5} more" if len(names) > 5 else ""
                yield f"{told}{more}: {what}"
    for half in sight.halves:
        yield half.sentence
    for name, state in sight.presence.items():
        if state == "there":
            yield f"`{name}` waits, and all that it makes is there already"
        elif state == "partly":
            yield f"`{name}` waits, and a part of what it makes is there already"


def _edit(drift: Sequence[Difference]) -> str:
    told = "edited in git since it was applied there"
    return told if drift else f"{told}, to the same effect"


def _half(sight: Sight, name: str) -> bool:
    return any(half.name == name for half in sight.halves)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _was(count: int) -> str:
    return "were" if count > 1 else "was"
