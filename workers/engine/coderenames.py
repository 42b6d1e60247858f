"""A second look at a pair's renames, with what the pull request renames in the code."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.compare.differ import compare
from workers.engine.rules.context import Context


def with_code(context: Context) -> Context:
    """The context, compared again where the code's renames since the base may tell more."""
    base = context.base
    if base is None or base.code is None or context.code is None or context.options is None:
        return context
    if not _may_be_renamed(context.comparison):
        return context
    from workers.engine.code.renaming import replacements

    in_code = replacements(base.code, context.code)
    if not in_code.is_any:
        return context
    options = replace(context.options, in_code=in_code)
    return replace(context, comparison=compare(context.declaration, context.replayed, options))


def _may_be_renamed(comparison: c.Comparison) -> bool:
    """Whether anything was renamed, or is missing where another is left over."""
    kinds = {type(change) for change in comparison.changes}
    if kinds & {c.TableRenamed, c.ColumnRenamed, c.EnumRenamed}:
        return True
    return any(
        kinds >= both
        for both in (
            {c.TableMissing, c.TableExtra},
            {c.ColumnMissing, c.ColumnExtra},
            {c.EnumMissing, c.EnumExtra},
        )
    )
