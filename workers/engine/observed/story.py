"""How a database has most likely come to be as it is, and what speaks for it.

The stories of the field: it is in step; it is behind; somebody ran `prisma db push`; somebody
changed it by hand; it diverged (another branch's migrations, or edited ones); it was restored or
made without its record of migrations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from workers.engine.compare.changes import Change
from workers.engine.compare.differ import compare
from workers.engine.compare.options import Options
from workers.engine.compare.subjects import objects_of
from workers.engine.observed.applied import History
from workers.engine.observed.difference import Difference, differences
from workers.engine.observed.platform import as_run
from workers.engine.reading import is_comparable
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema

StoryKind = Literal[
    "in step",
    "behind",
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
    from_declared: tuple[Change, ...] | None = None
    """What separates the database from the declared schema; None where nothing declares it."""

    def maker_of(self, subject: str) -> str:
        """What has most likely made a difference, or an empty text."""
        return dict(self.makers).get(subject, "")


class Sight(Struct, frozen=True):
    """What of a database is the repository's affair: what it holds, what all migrations together
    make, and the schemas with tables of which the repository says nothing."""

    there: Schema
    whole: Schema
    strangers: tuple[str, ...] = ()
    home: str = ""
    """The schema that the connection string names, or that holds Prisma's record."""


def tell(
    sight: Sight, histories: Sequence[History], drift: Sequence[Difference], context: Context
) -> Story:
    """The story of one database."""
    declared = _from_declared(sight, context)
    pushed = _pushed(drift, declared)
    makers = tuple(_makers(drift, pushed, histories, _subjects_of(sight.whole)))
    kind, sentence, evidence = _overall(sight, histories, drift, declared, pushed)
    if sight.strangers and kind != "empty":
        names = ", ".join(f"`{name}`" for name in sight.strangers[:5])
        evidence.append(f"not compared, since nothing in the repository names them: {names}")
    return Story(kind, sentence, tuple(evidence), makers, declared)


def _from_declared(sight: Sight, context: Context) -> tuple[Change, ...] | None:
    pair = context.project
    if pair is None or pair.schema is None or not is_comparable(pair, context.declaration):
        return None
    if sight.home not in ("", pair.default_schema):
        return None  # it is declared for another schema than the one that it lives in there
    options = Options(default_schema=pair.default_schema)
    return compare(context.declaration, sight.there, options).changes


_SEEN_BY_PRISMA = frozenset(
    {"table", "column", "enum", "index", "unique constraint", "primary key", "foreign key"}
)


def _pushed(drift: Sequence[Difference], declared: tuple[Change, ...] | None) -> frozenset[str]:
    """The subjects in which the database has left its migrations and agrees with the schema."""
    if declared is None:
        return frozenset()
    disputed = {name for change in declared for name in objects_of(change)}
    return frozenset(
        one.subject for one in drift if one.what in _SEEN_BY_PRISMA and one.subject not in disputed
    )


def _makers(
    drift: Sequence[Difference],
    pushed: frozenset[str],
    histories: Sequence[History],
    coming: frozenset[str],
) -> Iterator[tuple[str, str]]:
    foreign = [name for history in histories for name in history.foreign]
    for one in drift:
        ahead = one.kind == "extra" and one.subject in coming
        if one.subject in pushed:
            what = "by `prisma db push`: the Prisma schema has it so"
            yield one.subject, f"{what}, and the migration still waits" if ahead else what
        elif ahead:
            yield one.subject, "ahead of its migration, which still waits: by hand, or restored"
        elif foreign:
            names = ", ".join(f"`{name}`" for name in foreign[:3])
            yield one.subject, f"by {names}, perhaps, which ran there and is not in git"
        else:
            yield one.subject, "by hand: neither the migrations nor the Prisma schema have it so"


def _subjects_of(schema: Schema) -> frozenset[str]:
    found = set()
    for name, table in schema.tables.items():
        found.add(str(name))
        found |= {f"{name}.{column.name}" for column in table.columns}
        found |= {f"{name}.{index.name}" for index in table.indexes}
    for holder in ("enums", "views"):
        found |= {str(name) for name in getattr(schema, holder)}
    return frozenset(found)


def _overall(
    sight: Sight,
    histories: Sequence[History],
    drift: Sequence[Difference],
    declared: tuple[Change, ...] | None,
    pushed: frozenset[str],
) -> tuple[StoryKind, str, list[str]]:
    tracked = [history for history in histories if history.is_tracked]
    if not tracked:
        return _untracked(sight, declared)
    evidence = list(_evidence(tracked))
    if any(history.foreign or history.edited for history in tracked):
        return "diverged", "it has run other migrations than those in git", evidence
    behind = sum(len(history.pending) for history in tracked)
    waiting = f", and {behind} migration{'s wait' if behind > 1 else ' waits'}" if behind else ""
    if not drift:
        if behind:
            evidence.append("what it holds is exactly what its applied migrations make")
            return "behind", f"it is behind by {behind} migration{'s' * (behind > 1)}", evidence
        return "in step", "it holds exactly what the migrations make", evidence
    if pushed and len(pushed) * 2 >= len(drift):
        evidence.append(
            f"{len(pushed)} of {len(drift)} differences agree with the Prisma schema and with no"
            " migration"
        )
        return "db push", f"somebody ran `prisma db push` there{waiting}", evidence
    evidence.append(f"{len(drift)} differences from what its applied migrations make")
    return "changed by hand", f"somebody changed it by hand{waiting}", evidence


def _untracked(
    sight: Sight, declared: tuple[Change, ...] | None
) -> tuple[StoryKind, str, list[str]]:
    if not sight.there.tables:
        return "empty", "it is empty: nothing has been deployed there", []
    evidence = ["it has no record of migrations"]
    from_migrations = list(differences(*as_run(sight.whole, sight.there)))
    if not from_migrations:
        evidence.append("what it holds is exactly what all migrations make")
        return "restored", "it was restored or made without its record of migrations", evidence
    if declared is not None and not declared:
        evidence.append("it agrees with the Prisma schema, not with the migrations")
        return "db push", "it was made by `prisma db push`", evidence
    return "unknown", "it was made by neither the migrations nor `prisma db push`", evidence


def _evidence(histories: Sequence[History]) -> Iterator[str]:
    for history in histories:
        for names, what in (
            (history.foreign, "applied there and missing in git"),
            (
                tuple(name for name in history.replaced if name not in history.foreign),
                "applied there and squashed in git since",
            ),
            (history.edited, "edited in git since it was applied there"),
            (history.failed, "begun there and never finished"),
            (history.rolled_back, "rolled back there"),
            (history.applied_late, "applied there after one that sorts behind it"),
            (history.late, "not applied there, though one that sorts behind it is"),
        ):
            if names:
                told = ", ".join(f"`{name}`" for name in names[:5])
                more = f" and {len(names) - 5} more" if len(names) > 5 else ""
                yield f"{told}{more}: {what}"
