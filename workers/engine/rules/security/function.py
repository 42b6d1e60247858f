"""Functions that can be made to run somebody else's code.

What it means
    The function has no `search_path` of its own, so the caller's decides which tables, operators
    and functions its body means. With SECURITY DEFINER it also runs with its owner's rights.

Why it matters
    A caller who may create objects in a schema of his search path can put a function or table of
    the same name before the real one; a SECURITY DEFINER function then runs it as the owner.

Example
    CREATE FUNCTION handle_new_user() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $$ ... $$;

Fix
    Add `SET search_path = ''` and write the schema before each name in the body.

When to ignore it
    For a function that only the server calls, in a database where nobody else may create objects.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.subjects import ExposedFunction

function_search_path_mutable = Rule(
    "function-search-path-mutable",
    family="security",
    severity=Severity.NOTICE,
    since="0.1",
    folds_from=2,
)


@function_search_path_mutable.on(ExposedFunction)
def check(exposed: ExposedFunction, context: Context) -> Iterator[Finding]:
    """A function without a fixed search_path; a warning where it runs with its owner's rights."""
    function = exposed.function
    if any(setting.startswith("search_path=") for setting in function.settings):
        return
    if function.language in ("c", "internal"):
        return
    rights = " and runs with its owner's rights" if function.is_security_definer else ""
    arguments = ", ".join(function.arguments)
    yield function_search_path_mutable.finding(
        subject=function.signature,
        origin=context.place(function.history),
        severity=Severity.WARNING if function.is_security_definer else None,
        message=(
            f"The function `{function.name.name}({arguments})` leaves its `search_path` to the"
            f" caller{rights}."
        ),
        remedy="Add `SET search_path = ''`, and write the schema before each name in its body.",
        fix=guards.fix_search_path(function),
    )
