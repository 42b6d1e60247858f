"""Types that repeat a model.

What it means
    An interface, a type literal, a return type or a zod object writes out the fields of a model
    that Prisma generates a type for.

Why it matters
    The copy does not follow the schema: when a field is added, renamed or made optional, the
    generated type changes and the copy stays as it is, and nothing says so.

Example
    interface User { id: string; email: string; name: string | null; createdAt: Date }

Fix
    Use the generated type, or say which of its fields are meant: `Pick<User, "id" | "email">`,
    `Prisma.UserGetPayload<{ select: { id: true } }>`.

When to ignore it
    Where the type is a contract of its own, such as what an API gives to others.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.code.repeats import Repeated
from workers.engine.rules.context import Context

type_copies_model = Rule("type-copies-model", family="code", severity=Severity.NOTICE, since="0.1")
_NOUNS = {
    "interface": "The interface",
    "type": "The type",
    "return": "The return type of",
    "zod": "The zod object",
}
_SHOWN = 8


@type_copies_model.on(Repeated)
def check(one: Repeated, context: Context) -> Iterator[Finding]:
    """One finding for each type."""
    parts = []
    if one.missing:
        parts.append(f"it lacks {_listed(one.missing)}")
    if one.extra:
        parts.append(f"it adds {_listed(one.extra)}")
    differs = f" ({'; '.join(parts)})" if parts else ", field by field"
    yield type_copies_model.finding(
        subject=f"{one.model}.{one.name}",
        detail=one.origin.path,
        confidence=Confidence.LIKELY,
        origin=one.origin,
        message=(
            f"{_NOUNS[one.kind]} `{one.name}` repeats {one.shared} of {one.fields} fields of the "
            f"model `{one.model}`{differs}; it will not follow the schema."
        ),
        remedy=f"Use the generated type: `{one.suggestion}`.",
        related=(Related(f"`{one.model}` is declared here", one.declared),),
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
