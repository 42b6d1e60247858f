"""A second copy of a schema that has fallen behind.

What it means
    Two Prisma schemas of the repository hold the same models, most lines are the same, and one
    lacks models or fields that the other has. The other has migrations, so that it is the one that
    databases follow.

Why it matters
    The client that is generated from the copy does not know the new columns, and a migration that
    is made from it would drop them. Whoever opens the wrong file edits the wrong schema.

Example
    apps/web/prisma/schema.prisma has the model BlogPost, and packages/db/prisma/schema.prisma,
    otherwise the same, does not.

Fix
    Keep one schema: generate every client from it (`prisma generate --schema`), delete the copy,
    or copy it anew by a script.

When to ignore it
    Where the copy is meant to stay as it was: a test's fixture, the schema of an old version.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.project.copies import StaleCopy, stale_copies
from workers.engine.project.texts import Texts
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.wording import list_words, ticked
from workers.engine.source import Origin, Span

schema_copy_stale = Rule(
    "schema-copy-stale", family="workflow", severity=Severity.NOTICE, since="0.1"
)

_SHOWN = 6


def schema_copies(context: Context) -> Iterator[StaleCopy]:
    """The copies among the repository's schemas that lag behind."""
    project = context.project
    if project is not None and len(project.schemas) > 1:
        yield from stale_copies(Texts(context.head), project.schemas, project.migrated)


@schema_copy_stale.on(StaleCopy)
def check(stale: StaleCopy, context: Context) -> Iterator[Finding]:
    """One notice for each copy."""
    copy, original = stale.copy.files[0], stale.original.files[0]
    others = []
    if stale.different:
        others.append(f"says something else of {list_words(stale.different, _SHOWN)}")
    if stale.extra:
        others.append(f"has only itself {list_words(stale.extra, _SHOWN)}")
    also = f" It {' and '.join(others)}." if others else ""
    has_migrations = context.project is not None and stale.copy.root in context.project.migrated
    yield schema_copy_stale.finding(
        subject=stale.copy.root,
        message=(
            f"{ticked(copy)} is a copy of {ticked(original)} that has fallen behind: it lacks "
            f"{list_words(stale.missing, _SHOWN)}.{also}"
        ),
        origin=stale.origin,
        remedy="Keep one schema and generate every client from it, or copy it anew.",
        related=(Related("The schema that it is a copy of", Origin(original, Span(0, 0))),),
        confidence=Confidence.POSSIBLE if has_migrations else Confidence.LIKELY,
    )
