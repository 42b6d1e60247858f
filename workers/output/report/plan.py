"""The chapters at the end: what is missing, what to do in order, and whether it is ready."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import ndiff

from workers.engine.dossier.actions import Action
from workers.engine.dossier.affected import EXTRAS
from workers.engine.dossier.dossier import Dossier, PairDossier
from workers.engine.dossier.readiness import Readiness, Word
from workers.engine.dossier.remedies import Statement, is_missing_migration
from workers.engine.dossier.steps import Phase
from workers.engine.findings import Finding, Status
from workers.output.report.document import (
    Block,
    CheckItem,
    Checklist,
    Code,
    Fold,
    Heading,
    Item,
    Listing,
    Tone,
    quoted,
    say,
)
from workers.output.report.summary import TONES
from workers.output.report.surveys import states
from workers.output.wording import counted, shown

VERDICTS: dict[Word, tuple[str, Tone]] = {
    "READY": ("Nothing that Driftline knows of stands in the way.", "good"),
    "READY IN STEPS": ("It can be deployed, in the order of the steps below.", "warn"),
    "BLOCKED": ("Do not deploy before the blocking findings are settled.", "bad"),
    "UNKNOWN": ("Something could not be read, so nobody can say.", "bad"),
}


def missing(one: PairDossier) -> Iterator[Block]:
    """The SQL that is missing, as one text to start from, and each part with its reason.

    What would drop data that the schema does not know of stands apart: that is to be decided.
    """
    wanted = [each for each in one.statements if each.finding.rule not in EXTRAS]
    drops = [each for each in one.statements if each.finding.rule in EXTRAS]
    if not wanted:
        yield say("No migration is missing.", tone="good")
    else:
        yield from _wanted(one, wanted)
    if drops:
        about = say(
            "The migrations make these and the schema does not declare them. Declare what shall "
            "stay; the statements are for what shall go, with its data.",
            tone="warn",
        )
        title = f"{counted(len(drops), 'object')} to declare or to drop"
        yield Fold(title, (about, _listed(drops), _sql(drops)), "warn")


def _wanted(one: PairDossier, wanted: list[Statement]) -> Iterator[Block]:
    unsafe = sum(not statement.is_safe for statement in wanted)
    yield say(
        f"{counted(len(wanted), 'change')} in an order that works, for a new migration. "
        + (f"Read {unsafe} of them first: they rename, drop, or need values. " if unsafe else "")
        + "Where code runs against the database meanwhile, split them as the steps of the last "
        "chapter say."
    )
    yield _listed(wanted)
    proposal = one.proposal
    if proposal is None or not proposal.files:
        yield _sql(wanted)
        return
    yield say(
        "As `driftline fix` writes them; replayed on top of the history, they leave no drift and "
        "move nothing else."
    )
    for file in proposal.files:
        yield Heading(quoted(file.path))
        yield Code(file.text, "sql" if file.path.endswith(".sql") else "")
    if proposal.todos:
        yield say("Only people can know:")
        yield Listing(tuple(Item(todo) for todo in proposal.todos))


def _listed(statements: list[Statement]) -> Listing:
    return Listing(
        tuple(
            Item(
                _title(statement.title)
                + (f": {quoted(statement.subject)}" if statement.subject else "")
                + ("" if statement.is_safe else " (read it first)"),
                statement.finding.origin,
            )
            for statement in statements
        ),
        is_ordered=True,
    )


def _sql(statements: list[Statement]) -> Code:
    return Code("\n\n".join(statement.sql for statement in statements), "sql")


def _title(title: str) -> str:
    return title.removesuffix(" in a new migration").rstrip(",")


def actions(dossier: Dossier) -> Iterator[Block]:
    """What to do, the most urgent first, each with the findings behind it."""
    if not dossier.actions:
        yield say("Nothing to do.", tone="good")
    for number, action in enumerate(dossier.actions, start=1):
        yield _action(dossier, number, action)
    waved = dossier.report.suppressed
    if waved:
        yield Fold(
            f"{counted(len(waved), 'finding')} waved through",
            (Listing(tuple(_waved(finding) for finding in waved)),),
        )


def _waved(finding: Finding) -> Item:
    why = f" Reason: {finding.waiver}" if finding.waiver else ""
    return Item(shown(finding) + why, finding.origin, "muted")


def _action(dossier: Dossier, number: int, action: Action) -> Fold:
    first, *rest = action.text.splitlines() or [""]
    blocks: list[Block] = [Code("\n".join(rest))] if rest else []
    blocks.append(Listing(tuple(_found(dossier, finding) for finding in action.findings)))
    blocks += [
        Code(finding.fix.sql, "sql")
        for finding in action.findings
        if finding.fix and finding.fix.sql and not is_missing_migration(finding)
    ]
    head = f"{number}. {action.severity.word} `{action.rule}`"
    return Fold(f"{head}: {first}", tuple(blocks), TONES[action.severity])


def _found(dossier: Dossier, finding: Finding) -> Item:
    has_base = any(pair.pair.context and pair.pair.context.base for pair in dossier.pairs)
    old = has_base and finding.status is Status.EXISTING
    return Item(shown(finding) + (" (there before)" if old else ""), finding.origin)


_LANGUAGES = {"json": "json", "yml": "yaml", "yaml": "yaml", "md": "markdown"}


def prevention(dossier: Dossier) -> Iterator[Block]:
    """What keeps drift away from now on: what `driftline init` writes and is not there yet."""
    if not dossier.offers:
        return
    yield say(
        "`driftline init` writes these, fitted to the project's package manager and its version of "
        "Prisma; nothing that is there is replaced."
    )
    yield Listing(tuple(Item(f"{quoted(one.path)}: {one.why}") for one in dossier.offers))
    for one in dossier.offers:
        text = "\n".join(added_lines(one.before or "", one.text or "")) if one.before else one.text
        what = "what is added to" if one.before else "the whole of"
        language = _LANGUAGES.get(one.path.rpartition(".")[2], "sh")
        yield Fold(f"{what.capitalize()} {quoted(one.path)}", (Code(text or "", language),))


def added_lines(before: str, after: str) -> Iterator[str]:
    """The lines that one text has over another."""
    for line in ndiff(before.splitlines(), after.splitlines()):
        if line.startswith("+ "):
            yield line[2:]


def ready(dossier: Dossier) -> Iterator[Block]:
    """The verdict, why, the steps in order, and the checklist."""
    told = dossier.readiness
    sentence, tone = VERDICTS[told.word]
    yield say(f"{told.word}. {sentence}", tone=tone)
    if told.unknown:
        yield Heading("What could not be told")
        yield Listing(tuple(Item(text, tone="bad") for text in told.unknown))
    if told.blocking:
        yield Heading(f"Blocking findings ({len(told.blocking)})")
        items = Listing(tuple(Item(shown(f), f.origin, "bad") for f in told.blocking))
        yield Fold(counted(len(told.blocking), "error"), (items,), "bad", len(told.blocking) <= 30)
    yield from _steps(told)
    yield from states(dossier.surveys)
    yield Heading("Checklist")
    yield say("Ticked is what Driftline verified; the rest is for people.")
    stages = dict.fromkeys(check.stage for check in told.checks)
    for stage in stages:
        items_of = tuple(
            CheckItem(check.text, check.tick, check.note)
            for check in told.checks
            if check.stage == stage
        )
        yield Checklist(stage, items_of)


def _steps(told: Readiness) -> Iterator[Block]:
    if not told.steps:
        return
    yield Heading("Steps in order")
    for phase in Phase:
        own = [step for step in told.steps if step.phase is phase]
        if own:
            yield say(f"{phase.value}:")
            yield Listing(tuple(Item(step.text) for step in own), is_ordered=True)
