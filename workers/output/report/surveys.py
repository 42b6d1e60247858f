"""The databases that were read: how each stands, what differs, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.observed.between import Gap, gaps
from workers.engine.observed.difference import Difference
from workers.engine.observed.story import StoryKind
from workers.engine.observed.survey import Survey
from workers.output.report.document import (
    Block,
    Fold,
    Grid,
    Heading,
    Item,
    Listing,
    Tone,
    quoted,
    say,
)
from workers.output.wording import counted, shortened

_SOURCES: dict[StoryKind, str] = {
    "in step": "migrations",
    "behind": "migrations",
    "failed": "migrations, one of them unfinished",
    "db push": "`prisma db push`",
    "changed by hand": "migrations, and changes by hand",
    "diverged": "migrations, not all of them those in git",
    "restored": "a copy from elsewhere",
    "empty": "nothing yet",
    "unread": "not known",
    "unknown": "not the migrations",
}


def read_environments(surveys: Sequence[Survey]) -> Iterator[Block]:
    """All that is known of them."""
    if not surveys:
        return
    yield Grid(
        "Environments that were read",
        ("Environment", "State", "Waiting", "Drift", "Beside the schema", "Next deployment"),
        tuple(_read(survey) for survey in surveys),
    )
    for survey in surveys:
        yield from _departures(survey)
    yield from _among_each_other(surveys)


def states(surveys: Sequence[Survey]) -> Iterator[Block]:
    """Where each environment's schema comes from and how it stands, for the verdict."""
    if surveys:
        yield Heading("Environments")
        yield Grid(
            "State of the environments",
            ("Environment", "Schema comes from", "State"),
            tuple(_state(survey) for survey in surveys),
        )


def _state(survey: Survey) -> tuple[Item, ...]:
    if not survey.observation.was_read:
        return Item(survey.name), Item("not known"), Item(survey.observation.failure, tone="bad")
    lacking = [one for one in survey.from_declared or () if one.kind != "extra"]
    lacks = f"; lacks {_list_of(lacking)}" if lacking else ""
    text, tone = outlook_of(survey)
    is_good = survey.story.kind in _GOOD and not lacking and tone != "bad"
    outlook = "" if text == "nothing to do" else f"; the next deployment {text}"
    return (
        Item(survey.name),
        Item(_SOURCES[survey.story.kind]),
        Item(f"{survey.story.sentence}{lacks}{outlook}", tone="good" if is_good else "bad"),
    )


def _list_of(lacking: Sequence[Difference]) -> str:
    return "; ".join(shortened([f"{one.what} {quoted(one.subject)}" for one in lacking]))


_GOOD = ("in step", "behind", "empty")


def _read(survey: Survey) -> tuple[Item, ...]:
    if not survey.observation.was_read:
        return (
            Item(survey.name),
            Item(survey.observation.failure, tone="bad"),
            *(Item("?") for _ in range(4)),
        )
    waiting = sum(len(history.pending) for history in survey.histories)
    in_order = survey.story.kind in _GOOD
    text, tone = outlook_of(survey)
    return (
        Item(survey.name),
        Item(f"{survey.story.kind}: {survey.story.sentence}", tone="good" if in_order else "bad"),
        Item(str(waiting)),
        Item(str(len(survey.drift)), tone="bad" if survey.drift else ""),
        _beside_schema(survey),
        Item(text, tone=tone),
    )


def _beside_schema(survey: Survey) -> Item:
    """What it lacks of the declared schema, or has beyond it, table by table."""
    if survey.from_declared is None:
        return Item("nothing declares it", tone="muted")
    if not survey.from_declared:
        return Item("up to date", tone="good")
    counts: dict[str, int] = {}
    for one in survey.from_declared:
        table = ".".join(one.subject.split(".")[:2])
        counts[table] = counts.get(table, 0) + 1
    told = [f"{quoted(table)}: {counted(count, 'difference')}" for table, count in counts.items()]
    return Item("; ".join(shortened(told)), tone="warn")


def outlook_of(survey: Survey) -> tuple[str, Tone]:
    """What the next deployment would meet there."""
    for outlook in survey.forecasts:
        if outlook.blocked:
            return f"blocked: {outlook.blocked}", "bad"
        if outlook.failing is not None and outlook.failing.failure is not None:
            failure = outlook.failing.failure
            name = quoted(outlook.failing.migration.name)
            return f"fails at {name}: {failure.message} ({failure.sqlstate})", "bad"
    steps = [step for outlook in survey.forecasts for step in outlook.steps]
    if any(step.outcome == "not judged" for step in steps):
        return "not judged", "warn"
    conditions = [text for step in steps for text in step.conditions]
    if conditions:
        return f"would succeed, if {'; '.join(shortened(conditions))}", "warn"
    if steps:
        return "would succeed", "good"
    return "nothing to do", "muted"


def _among_each_other(surveys: Sequence[Survey]) -> Iterator[Block]:
    """The environments side by side."""
    found = tuple(gaps(surveys))
    if found:
        yield Heading("Environments among each other")
        yield Grid(
            "Environments among each other",
            ("One", "Other", "Differences", "Applied on one alone"),
            tuple(_gap(gap) for gap in found),
        )


def _gap(gap: Gap) -> tuple[Item, ...]:
    only = [f"{name} on {gap.first}" for name in gap.only_first]
    only += [f"{name} on {gap.second}" for name in gap.only_second]
    more = f" and {len(only) - 3} more" if len(only) > 3 else ""
    return (
        Item(gap.first),
        Item(gap.second),
        Item(str(len(gap.differences)), tone="warn" if gap.differences else "good"),
        Item(", ".join(only[:3]) + more),
    )


def _departures(survey: Survey) -> Iterator[Block]:
    """What differs in one environment, folded, and what to do about it."""
    if survey.drift:
        rows = tuple(
            (Item(str(one)), Item(survey.story.maker_of(one.subject))) for one in survey.drift
        )
        grid = Grid(f"Drift of {survey.name}", ("What differs", "Most likely made"), rows)
        told = counted(len(rows), "difference")
        yield Fold(f"{survey.name}: {told}", (grid,), is_open=False)
    if survey.story.evidence:
        yield say(f"What speaks for the state of {survey.name}:")
        yield Listing(tuple(Item(line) for line in survey.story.evidence))
    if survey.advice:
        yield Heading(f"To bring {survey.name} in step")
        yield Listing(tuple(Item(step) for step in survey.advice))
