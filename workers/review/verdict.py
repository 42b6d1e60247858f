"""From a report to a check's conclusion and title.

A required check must never hang and never lie, and GitHub lets `neutral` pass: what this change
makes unknowable fails, what was unknowable before is named and passes.
https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workers.engine.errors import Diagnostic, Effect
from workers.engine.report import Report, Summary

Outcome = Literal["success", "failure", "neutral"]


class Conduct(Struct, frozen=True):
    """How a repository wants Driftline to behave on GitHub.

    `on_unknown` is the conclusion where the change made something unknowable; a `trial` comments
    and never fails; `most_comments` bounds the inline comments of one review.
    """

    on_unknown: Literal["failure", "neutral"] = "failure"
    is_trial: bool = False
    most_comments: int = 25


class Verdict(Struct, frozen=True):
    """A check run's conclusion, its title, and one sentence on both."""

    conclusion: Outcome
    title: str
    sentence: str


def verdict(report: Report, conduct: Conduct) -> Verdict:
    """The verdict on a report."""
    judged = _judged(report, conduct)
    if conduct.is_trial and judged.conclusion == "failure":
        sentence = f"{judged.sentence} Driftline is on trial here and fails no check."
        return Verdict("neutral", judged.title, sentence)
    return judged


def _judged(report: Report, conduct: Conduct) -> Verdict:
    if not report.is_touched:
        return UNTOUCHED
    new = counted(report.summary)
    if report.verdict == "fail":
        return Verdict("failure", _with_mended(new, report.summary), f"This change brings {new}.")
    if report.verdict == "unknown":
        return _unknown(conduct, new)
    if report.unknown_before:
        return _unknown_before(new)
    if new:
        sentence = f"This change brings {new}, none of which fails the check."
        return Verdict("success", _with_mended(new, report.summary), sentence)
    without = [d.message for d in report.diagnostics if d.code == "provider-without-migrations"]
    if without and len(without) == len(report.pairs):
        return Verdict("neutral", "Nothing to compare", without[0])
    title = "No new drift" if report.summary.pairs else "Nothing to compare"
    return Verdict("success", _with_mended(title, report.summary), _clean(report.summary))


UNTOUCHED = Verdict(
    "success",
    "Nothing of the database changes",
    "This change touches no Prisma schema, no migration and nothing that runs them.",
)


def _unknown(conduct: Conduct, new: str) -> Verdict:
    """The engine calls unknown only what the base did not have."""
    also = f" It also brings {new}." if new else ""
    return Verdict(
        conduct.on_unknown,
        "Could not tell whether there is drift",
        f"Driftline could not read something that this change concerns.{also}",
    )


def _unknown_before(new: str) -> Verdict:
    also = f" It brings {new}." if new else ""
    return Verdict(
        "neutral",
        f"{new}; some parts could not be judged" if new else "Some parts could not be judged",
        f"What Driftline could not read was there before this change.{also}",
    )


def unknowns(report: Report) -> tuple[Diagnostic, ...]:
    """What nothing can be said about: what is not found there is not mended for that."""
    brought = (found for found in report.diagnostics if found.effect is Effect.UNKNOWN)
    return (*brought, *report.unknown_before)


def counted(summary: Summary) -> str:
    """The new findings as words: "2 errors and 1 warning"; empty where there is none."""
    parts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in (
            (summary.errors, "error"),
            (summary.warnings, "warning"),
            (summary.notices, "notice"),
        )
        if number
    ]
    return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + "".join(parts[-1:])


def _with_mended(title: str, summary: Summary) -> str:
    return f"{title}, {summary.mended} mended" if summary.mended else title


def _clean(summary: Summary) -> str:
    sentence = "The schema and what the migrations make of the database agree"
    if summary.existing:
        verb = "finding was" if summary.existing == 1 else "findings were"
        return f"This change brings no drift; {summary.existing} {verb} there before."
    if not summary.pairs:
        return "There is no Prisma schema with migrations to compare."
    return f"{sentence}."
