"""Models, fields and enums that break the project's own naming convention.

What it means
    Most models of this schema are named in one style, and these are not; or most of its fields, or
    the enum types in the database. The style is read off the project: three quarters of the names.
    A style under `conventions` in the configuration wins over that.

Why it matters
    The names of models and fields are those of the client's methods and properties. Where two
    styles stand side by side people guess wrong, and `prisma.user_profile` is found by nobody who
    types `prisma.userProfile`.

Example
    model user_profile {
      id String @id
    }
    beside `model ChatMessage`, `model FoodEntry` ...

Fix
    Rename the model or the field, and keep its table or column with `@@map` and `@map`. An enum
    type keeps its name with `@@map`, too.

When to ignore it
    Where the names come from an existing database, through `prisma db pull`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.naming.convention import Convention, NamedThing, restyle
from workers.engine.rules.naming.subjects import EnumNames, FieldNames, ModelNames
from workers.engine.rules.together import Item, told_together

model_name_off_convention = Rule(
    "model-name-off-convention", family="naming", severity=Severity.NOTICE, since="0.1"
)
field_name_off_convention = Rule(
    "field-name-off-convention", family="naming", severity=Severity.NOTICE, since="0.1"
)
enum_name_off_convention = Rule(
    "enum-name-off-convention", family="naming", severity=Severity.NOTICE, since="0.1"
)


@model_name_off_convention.on(ModelNames)
def check_models(names: ModelNames, context: Context) -> Iterator[Finding]:
    """One finding for the models that were there, one for the new ones."""
    yield from _told(
        model_name_off_convention,
        names.convention,
        list(names.convention.odd),
        ("model", "@@map"),
    )


@field_name_off_convention.on(FieldNames)
def check_fields(names: FieldNames, context: Context) -> Iterator[Finding]:
    """Fields that the pull request adds; those before are left alone, unless a style is set."""
    odd = [one for one in names.convention.odd if one.is_new or names.convention.is_configured]
    yield from _told(field_name_off_convention, names.convention, odd, ("field", "@map"))


@enum_name_off_convention.on(EnumNames)
def check_enums(names: EnumNames, context: Context) -> Iterator[Finding]:
    """One finding for the enum types that were there, one for the new ones."""
    yield from _told(
        enum_name_off_convention, names.convention, list(names.convention.odd), ("enum", "@@map")
    )


def _told(
    rule: Rule, convention: Convention, odd: list[NamedThing], words: tuple[str, str]
) -> Iterator[Finding]:
    if not odd:
        return
    style, (kind, attribute) = convention.style, words
    first = odd[0]
    right = restyle(first.name, style)
    remedy = (
        f'Write `{attribute}("{right}")` on it.'
        if kind == "enum"
        else f"Call {first.label} `{right}`; with `{attribute}` the database keeps its name."
    )
    yield from told_together(
        rule,
        [Item(one.label, one.subject, one.origin, one.is_new) for one in odd],
        lambda names, count: (
            f"The {kind}{'s' * (count > 1)} {names} {'are' if count > 1 else 'is'} not in"
            f" {style.value}, {convention.reason(kind + 's')}."
        ),
        remedy,
    )
