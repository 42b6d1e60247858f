"""The pictures of a review, where GitHub draws them: in the review's own comment, folded."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.dossier.pictures import relations_of, timeline_of
from workers.engine.findings import Status
from workers.engine.report import PairReport, Report
from workers.review import mermaid
from workers.review.markdown import folded

_ORDERS = frozenset({"migration-order", "migration-fails", "migration-out-of-order"})
_BYTES = 20_000
_MOST_PAIRS = 2


def pictures(report: Report) -> str:
    """The drifted tables and the timeline of each schema of which this change brings findings."""
    told = []
    for pair in report.pairs[:_MOST_PAIRS]:
        told += list(_of_pair(report, pair))
    text = "\n\n".join(told)
    return text if len(text.encode()) <= _BYTES else ""


def _of_pair(report: Report, pair: PairReport) -> Iterator[str]:
    new = [finding for finding in report.of_status(Status.NEW) if finding.pair == pair.name]
    title = f" of `{pair.name}`" if pair.name else ""
    relations = relations_of(pair) if any(f.family == "drift" for f in new) else None
    if relations is not None:
        yield folded(f"The tables{title} that drifted", mermaid.relations(relations))
    timeline = timeline_of(pair) if any(f.rule in _ORDERS for f in new) else None
    if timeline is not None and not all(s.tone in ("good", "muted") for s in timeline.stops):
        yield folded(f"The migrations{title} by name", mermaid.timeline(timeline))
