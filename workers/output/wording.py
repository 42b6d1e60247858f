"""Words that every format shares."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.findings import Confidence, Finding


def counted(number: int, word: str) -> str:
    """A number with its noun: `1 error`, `2 errors`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def shown(finding: Finding) -> str:
    """The message, with how sure it is where it is not certain."""
    if finding.confidence is Confidence.CERTAIN:
        return finding.message
    return f"{finding.message} ({finding.confidence.value})"


def printable(text: str) -> str:
    """Text without control characters: a repository's words must not steer the terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def shortened(told: Sequence[str], most: int = 3) -> list[str]:
    """The first few of several texts, and how many more there are."""
    rest = [f"and {len(told) - most} more"] if len(told) > most else []
    return [*told[:most], *rest]
