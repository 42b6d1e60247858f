"""Production after staging: what waits there shall have run somewhere else before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workers.engine.observed.advice import DEPLOY
from workers.engine.observed.survey import Survey

_PRODUCTION = ("prod", "live")


def rehearsed(surveys: Sequence[Survey]) -> tuple[Survey, ...]:
    """The surveys, each production told whether another environment has run what waits there."""
    return tuple(
        replace(one, advice=tuple(_advice(one, surveys))) if is_production(one.name) else one
        for one in surveys
    )


def is_production(name: str) -> bool:
    """Whether an environment is one that people use, by its name."""
    low = name.lower()
    return not low.startswith("pre") and any(word in low for word in _PRODUCTION)


def _advice(survey: Survey, surveys: Sequence[Survey]) -> Iterator[str]:
    before = [
        one
        for one in surveys
        if not is_production(one.name) and one.observation.was_read and _is_akin(one, survey)
    ]
    for step in survey.advice:
        if step.startswith(DEPLOY) and before:
            yield from _before_deploying(survey, before)
        yield step


def _before_deploying(survey: Survey, before: Sequence[Survey]) -> Iterator[str]:
    pending = _pending(survey)
    done = [one.name for one in before if not pending & _pending(one)]
    if done:
        yield f"`{done[0]}` has run all that waits here: look how it went there."
    else:
        yield f"Deploy to `{before[0].name}` first, and look how it goes: it waits there too."


def _is_akin(one: Survey, other: Survey) -> bool:
    """Whether both run the same migrations."""
    return bool(_all(one) & _all(other)) and all(each.is_tracked for each in one.histories)


def _pending(survey: Survey) -> frozenset[str]:
    return frozenset(one.name for history in survey.histories for one in history.pending)


def _all(survey: Survey) -> frozenset[str]:
    applied = (one.name for history in survey.histories for one in history.applied)
    return _pending(survey) | frozenset(applied)
