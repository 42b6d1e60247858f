"""How much a lock or a loss weighs: the real tables' sizes, where an environment was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from workers.engine.findings import Finding
from workers.engine.observed.observation import Size
from workers.engine.observed.survey import Survey

_FAMILIES = ("locking", "data-loss")
_UNITS = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_BYTES = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def weighed(findings: Iterable[Finding], surveys: Sequence[Survey]) -> Iterator[Finding]:
    """The findings, those about locks and lost data with the rows that the table really holds."""
    sizes = [(one.name, _by_name(one)) for one in surveys if one.observation.was_read]
    for finding in findings:
        if finding.family not in _FAMILIES:
            yield finding
            continue
        table = ".".join(finding.subject.split(".")[:2])
        told = [
            f"{about(size)} in `{name}`"
            for name, known in sizes
            if (size := known.get(table)) is not None and size.rows
        ]
        if told:
            extra = f" The table holds {' and '.join(told)}."
            yield replace(finding, message=finding.message.rstrip() + extra)
        else:
            yield finding


def _by_name(survey: Survey) -> dict[str, Size]:
    return {str(name): size for name, size in survey.observation.sizes.items()}


def about(size: Size) -> str:
    """`about 12 million rows (3.4 GB)`."""
    rows = size.rows or 0
    said = str(rows)
    for unit, word in _UNITS:
        if rows >= unit:
            said = f"{rows / unit:.0f} {word}" if rows >= 10 * unit else f"{rows / unit:.1f} {word}"
            break
    return f"about {said} row{'s' * (rows != 1)} ({_bytes(size.bytes)})"


def _bytes(count: int) -> str:
    for unit, word in _BYTES:
        if count >= unit:
            return f"{count / unit:.1f} {word}" if count < 10 * unit else f"{count // unit} {word}"
    return f"{count} bytes"
