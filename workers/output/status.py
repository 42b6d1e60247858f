"""The table of `driftline status`: each environment, how it stands, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from workers.engine.observed.between import Gap, gaps
from workers.engine.observed.survey import Survey
from workers.output.wording import counted, printable, shortened
from workers.review import markdown
from workers.review.environments import conditions_of

_TOLD = 10


def render_status(surveys: Sequence[Survey]) -> str:
    """Plain text: a table, then what there is to say about each environment."""
    rows: list[tuple[str, ...]] = [
        ("environment", "state", "applied", "waiting", "drift", "next deployment")
    ]
    rows += [_row(survey) for survey in surveys]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    for survey in surveys:
        told = list(_told(survey))
        if told:
            lines += ["", f"{survey.name}: {survey.story.sentence or 'not read'}", *told]
    for gap in gaps(surveys):
        lines += ["", *_between(gap)]
    return printable("\n".join(lines))


def _between(gap: Gap) -> Iterator[str]:
    """Two environments side by side."""
    if not gap.differences and not gap.is_explained:
        yield f"{gap.first} and {gap.second} hold the same."
        return
    yield f"{gap.first} beside {gap.second}: {counted(len(gap.differences), 'difference')}"
    for name, only in ((gap.first, gap.only_first), (gap.second, gap.only_second)):
        if only:
            yield f"  - applied on {name} alone: {', '.join(only[:5])}"
    for one in gap.differences[:_TOLD]:
        yield f"  - on {gap.second}: {one}".replace(
            ", and nothing makes it", f", not on {gap.first}"
        )
    if len(gap.differences) > _TOLD:
        yield f"  - and {counted(len(gap.differences) - _TOLD, 'difference')} more"


def render_status_markdown(surveys: Sequence[Survey]) -> str:
    """The same table in Markdown, for a comment or an issue."""
    lines = [
        "| Environment | State | Applied | Waiting | Drift | Next deployment |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    lines += [f"| {' | '.join(_cell(cell) for cell in _row(survey))} |" for survey in surveys]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Names of migrations and environments stand in it: none may be markup."""
    return markdown.cell(markdown.prose(text))


def render_status_json(surveys: Sequence[Survey]) -> str:
    """Everything that is known, for scripts."""
    return json.dumps([survey_data(survey) for survey in surveys], indent=2, ensure_ascii=False)


def _row(survey: Survey) -> tuple[str, ...]:
    if not survey.observation.was_read:
        return survey.name, "not read", "?", "?", "?", "unknown"
    applied = sum(len(history.applied) for history in survey.histories)
    waiting = sum(len(history.pending) for history in survey.histories)
    return (
        survey.name,
        survey.story.kind,
        str(applied),
        str(waiting),
        str(len(survey.drift)),
        _outlook(survey),
    )


def _outlook(survey: Survey) -> str:
    if any(outlook.blocked for outlook in survey.forecasts):
        return "is blocked"
    for outlook in survey.forecasts:
        if outlook.failing is not None:
            return f"would fail at {outlook.failing.migration.name}"
    steps = [step for outlook in survey.forecasts for step in outlook.steps]
    if any(step.outcome == "not judged" for step in steps):
        return "not judged"
    if any(step.conditions for step in steps):
        return "would succeed if the rows allow"
    if steps:
        return "would succeed"
    return "nothing to do"


def _told(survey: Survey) -> Iterator[str]:
    if not survey.observation.was_read:
        yield f"  {survey.observation.failure}."
        return
    for line in survey.story.evidence:
        yield f"  - {line}"
    for one in survey.drift[:_TOLD]:
        maker = survey.story.maker_of(one.subject)
        yield f"  - {one}" + (f" ({maker})" if maker else "")
    if len(survey.drift) > _TOLD:
        yield f"  - and {counted(len(survey.drift) - _TOLD, 'difference')} more (--format json)"
    if survey.beside_schema:
        yield f"  - beside the declared schema: {'; '.join(shortened(survey.beside_schema))}"
    for outlook in survey.forecasts:
        if outlook.blocked:
            yield f"  - {outlook.blocked}"
        for step in outlook.steps:
            if step.conditions:
                yield f"  - {step.migration.name} {step.outcome}{conditions_of(step)}"
            if (failure := step.failure) is not None:
                told = f"{failure.message} ({failure.sqlstate})"
                yield f"  - {step.migration.name} would fail: {told}"
    if survey.advice:
        yield "  To do, in order:"
        yield from (f"  {number}. {line}" for number, line in enumerate(survey.advice, 1))


def survey_data(survey: Survey) -> dict[str, Any]:
    """One environment as it stands in JSON."""
    return {
        "environment": survey.name,
        "readAt": survey.observation.read_at,
        "failure": survey.observation.failure or None,
        "state": survey.story.kind if survey.observation.was_read else "unread",
        "story": survey.story.sentence,
        "evidence": list(survey.story.evidence),
        "runners": [
            {
                "runner": history.runner,
                "tracked": history.is_tracked,
                "applied": [migration.name for migration in history.applied],
                "pending": [migration.name for migration in history.pending],
                "notInGit": list(history.foreign),
                "edited": list(history.edited),
                "failed": list(history.failed),
                "rolledBack": list(history.rolled_back),
                "late": list(history.late),
                "appliedLate": list(history.applied_late),
                "markedOnly": list(history.marked),
                "assumed": [migration.name for migration in history.assumed],
            }
            for history in survey.histories
        ],
        "drift": [
            {
                "kind": one.kind,
                "what": one.what,
                "subject": one.subject,
                "part": one.part or None,
                "expected": one.expected or None,
                "found": one.found or None,
                "maker": survey.story.maker_of(one.subject) or None,
            }
            for one in survey.drift
        ],
        "besideSchema": list(survey.beside_schema),
        "deployment": [
            {
                "blocked": outlook.blocked or None,
                "steps": [
                    {
                        "migration": step.migration.name,
                        "outcome": step.outcome,
                        "sqlstate": step.failure.sqlstate if step.failure else None,
                        "message": step.failure.message if step.failure else None,
                        "conditions": list(step.conditions),
                    }
                    for step in outlook.steps
                ],
            }
            for outlook in survey.forecasts
        ],
        "advice": list(survey.advice),
    }
