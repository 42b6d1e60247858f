"""Tables that break the project's own naming convention.

What it means
    Most tables of this project are named in one style, and these are not. The style is read off
    the project: three quarters of the names, or the names that `@@map` chose on purpose.

Why it matters
    `"ChatMessage"` must be quoted in every query, policy and psql session, and `chat_messages`
    must not. Where both stand side by side people guess wrong, and hand-written SQL fails or, with
    `IF EXISTS`, silently does nothing.

Example
    model ChatMessage {
      id String @id
    }
    beside models that all carry `@@map("food_entries")`, `@@map("personal_models")` ...

Fix
    Give a new model its `@@map`. For a table that already exists rename it in a migration of its
    own (`ALTER TABLE "ChatMessage" RENAME TO "chat_messages"`) together with the `@@map`.

When to ignore it
    Where the name comes from outside: a table of a framework or of another program.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.naming.convention import Convention, NamedThing, restyle
from workers.engine.rules.naming.mapping import map_models
from workers.engine.rules.naming.subjects import TableNames

table_name_off_convention = Rule(
    "table-name-off-convention", family="naming", severity=Severity.NOTICE, since="0.1"
)

_NAMED = 6


@table_name_off_convention.on(TableNames)
def check(names: TableNames, context: Context) -> Iterator[Finding]:
    """One finding for the tables that were there before, one for those that are new."""
    odd = names.convention.odd
    for things, detail in (
        ([thing for thing in odd if not thing.is_new], ""),
        ([thing for thing in odd if thing.is_new], "new"),
    ):
        if things:
            yield _finding(things, names.convention, detail, context)


def _finding(
    things: list[NamedThing], convention: Convention, detail: str, context: Context
) -> Finding:
    first = things[0]
    style = convention.style
    listed = ", ".join(thing.label for thing in things[:_NAMED])
    more = f" and {len(things) - _NAMED} more" if len(things) > _NAMED else ""
    noun, verb = ("The table of", "is") if len(things) == 1 else ("The tables of", "are")
    schema = first.subject.rpartition(".")[0]
    return table_name_off_convention.finding(
        subject=first.subject if detail else schema,
        detail=",".join(thing.name for thing in things) if detail else style.value,
        origin=first.origin,
        message=(
            f"{noun} {listed}{more} {verb} not in {style.value}, {convention.reason('tables')}."
        ),
        remedy=(
            f'Add `@@map("{restyle(first.name, style)}")` to {first.label}, and rename the table'
            " in the same migration if it already exists."
        ),
        fix=map_models(things, style, context),
        related=tuple(
            Related(f"{thing.label} is table `{thing.name}`", thing.origin) for thing in things[1:]
        ),
    )
