"""The issue about an environment that is not what its migrations make."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.observed.survey import Survey
from workers.review import markdown

_MOST_LISTED = 100
_MOST_BYTES = 60_000


def is_amiss(survey: Survey) -> bool:
    """Whether there is something to open an issue about: being behind alone is none."""
    return bool(
        survey.drift
        or any(history.foreign or history.failed for history in survey.histories)
        or any(not outlook.will_succeed for outlook in survey.forecasts)
    )


def title_of(survey: Survey) -> str:
    """The issue's title; it stays the same while the drift grows and shrinks."""
    if is_drift(survey):
        return f"Database drift in {_plain(survey.name)}"
    return f"Deployments to {_plain(survey.name)} are held up"


def is_drift(survey: Survey) -> bool:
    """Whether the database or its record differ from git; else only a deployment is in trouble."""
    return bool(survey.drift or any(history.foreign for history in survey.histories))


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum() or sign in " ._-") or "an environment"


def body_of(survey: Survey) -> str:
    """What differs, who most likely made it, and what to do, in Markdown."""
    text = "\n".join(_lines(survey))
    data = text.encode()
    if len(data) <= _MOST_BYTES:
        return text
    cut = data[:_MOST_BYTES].decode("utf-8", "ignore").rpartition("\n")[0]
    return f"{cut}\n\n… `driftline status` prints the rest."


def _lines(survey: Survey) -> Iterator[str]:
    name = markdown.code(survey.name)
    sentence = markdown.prose(survey.story.sentence)
    if is_drift(survey):
        yield f"{name} is not what its migrations make: {sentence}."
    else:
        yield f"The next deployment to {name} would not go through: {sentence}."
    yield ""
    yield f"Read on {survey.observation.read_at[:16].replace('T', ' ')} UTC."
    if survey.story.evidence:
        yield "\nWhat speaks for it:\n"
        yield from (f"- {markdown.prose(line)}" for line in survey.story.evidence)
    if survey.drift:
        yield "\n| What differs | Most likely made |\n|---|---|"
        for one in survey.drift[:_MOST_LISTED]:
            told = markdown.cell(markdown.prose(str(one)))
            maker = markdown.cell(markdown.prose(survey.story.maker_of(one.subject)))
            yield f"| {told} | {maker} |"
        if len(survey.drift) > _MOST_LISTED:
            yield f"\nand {len(survey.drift) - _MOST_LISTED} more."
    for outlook in survey.forecasts:
        if outlook.blocked:
            yield f"\nThe next deployment is blocked: {markdown.prose(outlook.blocked)}."
        step = outlook.failing
        if step is not None and step.failure is not None:
            told = markdown.prose(f"{step.failure.message} ({step.failure.sqlstate})")
            where = markdown.code(step.migration.name)
            yield f"\nThe next deployment would fail at {where}: {told}."
    if survey.advice:
        yield "\nWhat to do, in order:\n"
        numbered = enumerate(survey.advice, 1)
        yield from (f"{number}. {markdown.prose(line)}" for number, line in numbered)
    yield "\nThis issue is kept up to date, and closed when all is well again."
