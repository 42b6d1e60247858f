"""Code that asks a Prisma client for what its schema does not declare.

What it means
    A model, a field or an enum value is used with a Prisma client of this schema, and the schema
    declares no such name.

Why it matters
    The client refuses the call when it runs. TypeScript would say so too, unless the client was
    generated from an older schema, the file is JavaScript, or a cast hides it.

Example
    `prisma.user.findMany({ select: { fullName: true } })` where the model has `name` only.

Fix
    Use the name that the schema declares, or declare the field. Then run `prisma generate`.

When to ignore it
    Where an extension of the client adds the name in a way that Driftline does not see.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.code.subjects import UndeclaredUsed
from workers.engine.rules.context import Context

code_uses_undeclared_name = Rule(
    "code-uses-undeclared-name", family="code", severity=Severity.WARNING, since="0.1", folds_from=6
)
_SHOWN = 8


@code_uses_undeclared_name.on(UndeclaredUsed)
def check(used: UndeclaredUsed, context: Context) -> Iterator[Finding]:
    """One finding for each name and file."""
    assert context.code is not None
    client = context.code.client
    subject = f"{used.owner}.{used.name}".lstrip(".")
    if used.what == "model":
        message = f"The schema has no model for `{used.name}`, which the code asks its client for."
        known = [model.delegate for model in client.models.values()]
    elif used.what == "field":
        message = f"`{used.owner}` has no field `{used.name}`, which the code asks its client for."
        known = list(client.models[used.owner].fields)
    else:
        message = f"The enum `{used.owner}` has no value `{used.name}`, which the code uses."
        known = list(client.enums[used.owner].members)
    from difflib import get_close_matches  # a few milliseconds that most reviews need not spend

    near = get_close_matches(used.name, known, n=1)
    hint = f" Is `{near[0]}` meant?" if near else ""
    yield code_uses_undeclared_name.finding(
        subject=subject,
        detail=used.places[0].path,
        origin=used.places[0],
        message=message,
        remedy=f"Declare it and run `prisma generate`, or use a name that is declared.{hint}",
        related=tuple(Related("Here, too", origin) for origin in used.places[1:_SHOWN]),
        confidence=Confidence.LIKELY,
    )
