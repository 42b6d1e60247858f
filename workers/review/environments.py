"""What the summary says of real databases: how each stands, and what will be applied there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.observed.forecast import Step
from workers.engine.observed.survey import Survey
from workers.review import markdown
from workers.review.page import Section

_MOST_STEPS = 10
_MOST_CONDITIONS = 3


def environments(surveys: Sequence[Survey]) -> Section:
    """A row for each bound environment: its state, its drift, and the next deployment."""
    return Section(
        [_row(survey) for survey in surveys],
        "Environments, as they were read",
        ("| Environment | State | Drift | The next deployment there |", "|---|---|---:|---|"),
    )


def _row(survey: Survey) -> str:
    name = markdown.cell(markdown.code(survey.name))
    if not survey.observation.was_read:
        failure = markdown.cell(markdown.prose(survey.observation.failure))
        return f"| {name} | not read | ? | unknown: {failure} |"
    state = markdown.cell(markdown.prose(f"{survey.story.kind}: {survey.story.sentence}"))
    return f"| {name} | {state} | {len(survey.drift)} | {'<br>'.join(_deployment(survey))} |"


def _deployment(survey: Survey) -> Iterator[str]:
    for outlook in survey.forecasts:
        if outlook.blocked:
            yield markdown.cell(markdown.prose(f"blocked: {outlook.blocked}"))
        for number, step in enumerate(outlook.steps[:_MOST_STEPS], 1):
            yield f"{number}. {_step(step)}"
        if len(outlook.steps) > _MOST_STEPS:
            yield f"and {len(outlook.steps) - _MOST_STEPS} more"
    if not any(outlook.steps or outlook.blocked for outlook in survey.forecasts):
        yield "nothing to do"


def _step(step: Step) -> str:
    name = markdown.cell(markdown.code(step.migration.name))
    late = ", out of order" if step.is_late else ""
    if step.failure is not None:
        told = markdown.prose(f"{step.failure.message} ({step.failure.sqlstate})")
        return f"{name} **fails**{late}: {markdown.cell(told)}"
    return f"{name} {step.outcome}{late}{markdown.cell(markdown.prose(conditions_of(step)))}"


def conditions_of(step: Step) -> str:
    """What must be true of the rows there for a step to go through, behind its outcome."""
    told = step.conditions
    if not told:
        return ""
    more = f", and {len(told) - _MOST_CONDITIONS} more" if len(told) > _MOST_CONDITIONS else ""
    return f", if {'; '.join(told[:_MOST_CONDITIONS])}{more}"
