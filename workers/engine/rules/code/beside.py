"""The code beside a drift finding: which lines use what drifted, and which will fail."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from workers.engine.code.evidence import CodeUse, origin_of
from workers.engine.code.places import is_test
from workers.engine.code.uses import Use, ValueUse
from workers.engine.findings import Finding, Related
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName

_FAILING = frozenset(
    {"column-missing", "column-renamed-without-migration", "table-missing",
     "table-renamed-without-migration", "enum-missing", "enum-values-mismatch"}
)  # fmt: skip
_SHOWN = 5


def with_uses(finding: Finding, context: Context) -> Finding:
    """A drift finding with the code that uses its subject as related places."""
    if finding.family != "drift" or context.code is None:
        return finding
    uses = uses_of(finding, context, context.code)
    if not uses:
        return finding
    is_view = any(finding.subject == str(name) for name in context.replayed.views)
    will_fail = finding.rule in _FAILING and not is_view
    return replace(finding, related=(*finding.related, *_related(uses, will_fail=will_fail)))


def uses_of(finding: Finding, context: Context, code: CodeUse) -> list[Use | ValueUse]:
    """The code's uses of what a drift finding is about, those in tests last."""
    found: list[Use | ValueUse] = []
    for table in context.declared.tables:
        if finding.subject == str(table):
            found += code.of_table(table)
        elif finding.subject.startswith(f"{table}."):
            column = finding.subject.removeprefix(f"{table}.")
            found += _of_column(code, table, column, finding.rule)
    for name, enum in context.declared.enums.items():
        if finding.subject == str(name):
            made = context.replayed.enums.get(name)
            known = {value.name for value in made.values} if made is not None else set()
            for value in enum.values:
                if value.name not in known:
                    found += code.of_value(name, value.name)
    return sorted(found, key=lambda use: (is_test(use.path), use.path, use.start))


def _of_column(code: CodeUse, table: QualifiedName, column: str, rule: str) -> list[Use]:
    found = code.of_column(table, column)
    if not found and rule in _FAILING:
        return code.whole(table, column)
    return found


def _related(uses: list[Use | ValueUse], *, will_fail: bool) -> Iterator[Related]:
    for use in uses[:_SHOWN]:
        does = "uses"
        if isinstance(use, Use):
            does = "queries" if use.field is None else use.how
        said = f"The code {does} it here{', and will fail' if will_fail else ''}"
        yield Related(said, origin_of(use))
    if len(uses) > _SHOWN:
        files = len({use.path for use in uses})
        rest = f"{len(uses) - _SHOWN} more uses, {files} files in all; the next"
        yield Related(rest, origin_of(uses[_SHOWN]))
