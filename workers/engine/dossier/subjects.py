"""Which table a finding is about, and how its subject is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from workers.engine.findings import Finding, Status
from workers.engine.report import PairReport, Report
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName


def standing(report: Report) -> tuple[Finding, ...]:
    """The findings that hold of the head, whether the base has them too or not."""
    return tuple(
        part
        for finding in report.findings
        if finding.status is not Status.MENDED
        for part in finding.parts
    )


def is_compared(pair: PairReport) -> bool:
    """Whether both sides were there and could be held against each other."""
    comparison, declaration = pair.comparison, pair.declaration
    if not pair.schema_paths or not pair.timeline or comparison is None or declaration is None:
        return False
    return bool(comparison.tables or comparison.changes or not declaration.schema.tables)


def short(subject: str) -> str:
    """A subject without the schema that everybody means."""
    return subject.removeprefix("public.")


class TableNames:
    """All tables of a pair by the names under which findings speak of them."""

    def __init__(self, pair: PairReport) -> None:
        self._known = {str(name): name for name in _tables(pair)}

    def of(self, finding: Finding) -> QualifiedName | None:
        """The table that the finding's subject is or lies in."""
        return self.holding(finding.subject)

    def holding(self, subject: str) -> QualifiedName | None:
        """The table that is or holds an object, by the object's key in the catalogue."""
        name = subject
        while name:
            if name in self._known:
                return self._known[name]
            name = name.rpartition(".")[0]
        return None

    def all_of(self, subjects: Iterable[str]) -> Iterator[QualifiedName]:
        """The tables of several objects, each once."""
        found = (self.holding(subject) for subject in subjects)
        yield from dict.fromkeys(name for name in found if name is not None)


def _tables(pair: PairReport) -> Iterator[QualifiedName]:
    context = pair.context
    if context is None:
        return
    yield from context.declared.tables
    yield from whole(context).replayed.tables
    if context.by_hand is not None:
        yield from context.by_hand.schema.tables


def whole(context: Context) -> Context:
    """The context with everything that the repository's runners make of the database."""
    return replace(context, replay=context.whole) if context.whole is not None else context
