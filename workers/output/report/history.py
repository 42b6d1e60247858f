"""The chapters about habits: order of the migrations, scripts, environments, root causes."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.dossier.dossier import Dossier, PairDossier
from workers.engine.dossier.environments import Environment
from workers.engine.dossier.pictures import timeline_of
from workers.engine.report import PairReport, TimelineEntry
from workers.output.report.document import (
    Block,
    Figure,
    Fold,
    Grid,
    Heading,
    Item,
    Listing,
    Tone,
    quoted,
    say,
)
from workers.output.report.summary import TONES
from workers.output.report.surveys import read_environments
from workers.output.wording import counted, shown

_LONG = 40
INFERRED = "inferred, not read"


def timeline(one: PairDossier) -> Iterator[Block]:
    """The migrations in the order of their names, with the order that they need."""
    entries = one.pair.timeline
    if not entries:
        yield say("There are no migrations.", tone="muted")
        return
    failing = [entry for entry in entries if entry.state == "fails"]
    moved = [entry for entry in entries if entry.needed not in (None, entry.position)]
    if not failing:
        told = f"All {len(entries)} run" if len(entries) > 1 else "The one migration runs"
        yield say(f"{told} on an empty database in the order of the names.", tone="good")
    else:
        lost = sum(entry.needed is None for entry in entries)
        text = f"{len(failing)} of {len(entries)} fail on an empty database in name order."
        if moved:
            text += " The column Needed shows an order in which more of them run."
        if lost:
            text += f" No order lets {lost} of them run."
        yield say(text, tone="bad")
    picture = timeline_of(one.pair)
    if picture is not None and (failing or moved):
        caption = (
            "The migrations in the order of their names, and where they are needed; red ones fail "
            "on an empty database."
        )
        yield Figure(caption, picture)
    grid = Grid(
        "Migrations by name",
        ("By name", "Migration", "Needed", "On an empty database"),
        tuple(_entry(entry) for entry in entries),
    )
    unrun = unrun_files(one.pair)
    if unrun:
        items = tuple(Item(f"{quoted(path)}: {why}", tone="bad") for path, why in unrun)
        yield say("SQL that no runner takes:", tone="bad")
        yield Listing(items)
    is_long = len(entries) > _LONG
    yield Fold(counted(len(entries), "migration"), (grid,), is_open=False) if is_long else grid
    if is_long and (failing or moved):
        rows = [e for e in entries if e.state == "fails" or e.needed != e.position]
        yield Grid(grid.caption + ": those in trouble", grid.headings, tuple(map(_entry, rows)))


def unrun_files(pair: PairReport) -> list[tuple[str, str]]:
    """The files beside, above or below the migrations that their runner passes over, and why."""
    project = pair.context.project if pair.context else None
    folder = project.migrations if project else None
    if folder is None:
        return []
    kinds = (
        (folder.loose, "beside the folders of the migrations, not in one"),
        (folder.above, "one level above the migrations"),
        (folder.nested, "one level too deep"),
    )
    return [(source.path, why) for sources, why in kinds for source in sources]


def _entry(entry: TimelineEntry) -> tuple[Item, ...]:
    if entry.needed is None:
        needed = Item("never runs", tone="bad")
    else:
        is_moved = entry.needed != entry.position
        needed = Item(str(entry.needed), tone="warn" if is_moved else "")
    state = (
        Item(f"fails: {entry.message}", tone="bad")
        if entry.state == "fails"
        else Item("runs", tone="good")
    )
    new = " (new)" if entry.is_new else ""
    return Item(str(entry.position)), Item(quoted(entry.name) + new), needed, state


def workflow(dossier: Dossier) -> Iterator[Block]:
    """What scripts do to databases, and what is wrong with it."""
    found = [f for f in dossier.findings if f.family in ("workflow", "environment")]
    if found:
        yield Listing(tuple(Item(shown(f), f.origin, TONES[f.severity]) for f in found))
    else:
        yield say("Nothing is wrong with the scripts and workflows that were read.", tone="good")
    if dossier.runs:
        yield Grid(
            "Prisma commands in scripts and workflows",
            ("Script", "Command", "For"),
            tuple(
                (Item(quoted(run.script)), Item(quoted(run.command), run.origin), Item(run.purpose))
                for run in dossier.runs
            ),
        )


def environments(dossier: Dossier) -> Iterator[Block]:
    """What the bound databases hold, and what each other kind probably holds."""
    yield from read_environments(dossier.surveys)
    if not dossier.environments:
        yield say("No script, workflow or file name speaks of an environment.", tone="muted")
        return
    none = "" if dossier.surveys else "No database was read. "
    yield say(f"{none}Every row is {INFERRED}, from scripts, workflows and the names of files.")
    yield Grid(
        "Likely state of the environments",
        ("Environment", "Schema comes from", "Likely state", "Evidence"),
        tuple(_environment(dossier, one) for one in dossier.environments),
    )


def _environment(dossier: Dossier, environment: Environment) -> tuple[Item, ...]:
    text, tone = _state(dossier, environment)
    evidence = "; ".join(dict.fromkeys(sentence for sentence, _ in environment.evidence))
    origin = next((place for _, place in environment.evidence if place is not None), None)
    return (
        Item(environment.name),
        Item(environment.source),
        Item(f"{text} ({INFERRED})", tone=tone),
        Item(evidence, origin),
    )


def _state(dossier: Dossier, environment: Environment) -> tuple[str, Tone]:
    lacks = sum(finding.family == "drift" for finding in dossier.findings)
    if not environment.feeds:
        return "nothing says how it is brought up to date", "muted"
    if environment.feeds == {"push"}:
        return "as the schema says, past the migrations", "warn" if lacks else "info"
    if environment.feeds == {"push", "deploy"}:
        return "either: two ways lead there", "warn"
    used = sum(finding.rule == "code-uses-missing-column" for finding in dossier.findings)
    if lacks and used and environment.name == "Development":
        return (
            f"ahead of the migrations: code uses what none of them makes ({counted(used, 'place')})"
            ", so somebody's database has it, perhaps by `prisma db push`"
        ), "warn"
    if lacks:
        return f"as the migrations make it: {counted(lacks, 'difference')} from the schema", "bad"
    return "as the schema says", "good"


def causes(dossier: Dossier) -> Iterator[Block]:
    """Why it came to this, as far as the repository shows."""
    if not dossier.causes:
        yield say("Nothing to explain.", tone="muted")
    for cause in dossier.causes:
        yield Heading(cause.sentence)
        yield Listing(tuple(Item(text, origin) for text, origin in cause.evidence))
