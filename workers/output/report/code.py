"""The chapter about code: which files use what the database does not have."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.dossier.dossier import Dossier
from workers.engine.dossier.subjects import short
from workers.engine.findings import Finding
from workers.output.report.document import Block, Fold, Grid, Item, quoted
from workers.output.report.summary import TONES
from workers.output.wording import counted, shown

_NAMED = 10


def code(dossier: Dossier) -> Iterator[Block]:
    """A row for each file, the worst first, and all findings behind a fold; nothing without any."""
    found = [finding for finding in dossier.findings if finding.family == "code"]
    if not found:
        return
    by_file: dict[str, list[Finding]] = {}
    for finding in sorted(found, key=lambda one: -one.severity):
        by_file.setdefault(finding.origin.path, []).append(finding)
    yield Grid(
        "Files that ask for what the database does not have, or not so",
        ("File", "Severity", "Findings", "Names"),
        tuple(_row(path, own) for path, own in by_file.items()),
    )
    items = tuple((Item(shown(f), f.origin, TONES[f.severity]),) for f in found)
    grid = Grid("Findings in the code", ("Finding",), items)
    yield Fold(counted(len(found), "finding"), (grid,))


def _row(path: str, own: list[Finding]) -> tuple[Item, ...]:
    names = list(dict.fromkeys(quoted(short(finding.subject)) for finding in own))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    worst = own[0]
    return (
        Item(quoted(path), worst.origin),
        Item(worst.severity.word, tone=TONES[worst.severity]),
        Item(str(len(own))),
        Item(", ".join(names[:_NAMED]) + more),
    )
