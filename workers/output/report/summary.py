"""The chapters at the front: how bad it is, and which tables it is about."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.dossier.affected import AffectedTable
from workers.engine.dossier.dossier import Dossier, PairDossier
from workers.engine.dossier.pictures import relations_of
from workers.engine.dossier.subjects import short
from workers.engine.findings import Finding, Severity, Status
from workers.output.report.document import Block, Figure, Grid, Item, Listing, Tone, quoted, say
from workers.output.wording import counted, shown

TONES: dict[Severity, Tone] = {
    Severity.ERROR: "bad",
    Severity.WARNING: "warn",
    Severity.NOTICE: "info",
}
_KEY_FINDINGS = 16
_NAMED = 8
_WEIGHTS = ("drift", "history", "security", "code", "data-loss", "environment", "locking")
_TOGETHER = frozenset({"table-missing", "enum-missing", "row-level-security-missing"})
_TROUBLES = ("migration-order", "migration-fails", "migration-never-run")


def summary(dossier: Dossier) -> Iterator[Block]:
    """What was read, how many findings of each severity, and the worst of them."""
    for one in dossier.pairs:
        yield say(_read(one))
        if one.pair.friendliest is not None:
            yield say(_judged(one))
    if not dossier.pairs:
        yield say("There is neither a Prisma schema nor a migrations folder here.")
    yield Grid(
        "Findings by severity", ("Severity", "Findings", "About"), tuple(_severities(dossier))
    )
    key = list(_key_findings(dossier))
    if key:
        more = len(key) - _KEY_FINDINGS
        if more > 0:
            key[_KEY_FINDINGS:] = [Item(f"and {more} more, in the chapters below", tone="muted")]
        yield say("Key findings:")
        yield Listing(tuple(key))
    mended = dossier.report.of_status(Status.MENDED)
    if mended:
        yield say(f"Mended by this change ({len(mended)}):")
        yield Listing(tuple(Item(finding.message, tone="good") for finding in mended))


def _judged(one: PairDossier) -> str:
    is_moved = any(entry.needed not in (None, entry.position) for entry in one.pair.timeline)
    way = "in the order that they need, " if is_moved else ""
    return (
        "These migrations do not run on an empty database. Drift is judged on what they make "
        f"{way}without the statements that fail."
    )


def _read(one: PairDossier) -> str:
    pair = one.pair
    count = counted(len(pair.timeline), "migration")
    schema = ", ".join(quoted(path) for path in pair.schema_paths[:3])
    if len(pair.schema_paths) > 3:
        schema += f" and {len(pair.schema_paths) - 3} more"
    if not schema:
        return (
            f"Read {quoted(pair.migrations_path or '')} ({count}): no Prisma schema describes it."
        )
    if pair.migrations_path is None:
        return f"Read {schema}, which has no migrations."
    return f"Compared {schema} with {quoted(pair.migrations_path)} ({count})."


def _severities(dossier: Dossier) -> Iterator[tuple[Item, ...]]:
    for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTICE):
        own = [finding for finding in dossier.findings if finding.severity is severity]
        families = sorted({finding.family for finding in own})
        yield (
            Item(severity.word, tone=TONES[severity]),
            Item(str(len(own))),
            Item(", ".join(families) or "—"),
        )


def _key_findings(dossier: Dossier) -> Iterator[Item]:
    """The errors, by what they are about: those of one table and rule as one line."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    errors = [finding for finding in dossier.findings if finding.severity is Severity.ERROR]
    for finding in sorted(errors, key=_weight):
        groups.setdefault((finding.pair, finding.rule, _table_of(finding)), []).append(finding)
    for (_, rule, table), own in groups.items():
        if len(own) == 1:
            yield Item(shown(own[0]), own[0].origin, "bad")
            continue
        parts = (finding.subject.removeprefix(f"{table}.") for finding in own)
        names = list(dict.fromkeys(quoted(short(part)) for part in parts))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        words = rule.replace("-", " ")
        text = f"{quoted(short(table))}: {words}" if table else words.capitalize()
        text += f" ({len(own)}): "
        yield Item(f"{text}{', '.join(names[:_NAMED])}{more}.", own[0].origin, "bad")


def _weight(finding: Finding) -> tuple[int, int]:
    family = _WEIGHTS.index(finding.family) if finding.family in _WEIGHTS else len(_WEIGHTS)
    return family, _TROUBLES.index(finding.rule) if finding.rule in _TROUBLES else 0


def _table_of(finding: Finding) -> str:
    """The table that a finding is counted under; its whole subject where that is no part of one;
    nothing where whole objects are missing or open, which are told together."""
    if finding.rule in _TOGETHER:
        return ""
    is_part = finding.family in ("drift", "code") or finding.rule.startswith("unrun-column")
    parts = finding.subject.split(".")
    return ".".join(parts[:2]) if is_part and len(parts) > 2 else finding.subject


def affected(one: PairDossier) -> Iterator[Block]:
    """The tables with what is wrong, how bad it is, and what they need."""
    if not one.affected:
        yield say("No table is affected.", tone="good")
        return
    yield Grid(
        "Tables affected",
        ("Table", "What is wrong", "Severity", "Needs"),
        tuple(_affected_row(row) for row in one.affected),
    )
    picture = relations_of(one.pair)
    if picture is not None:
        left = picture.left_out
        more = f" {counted(left, 'drifted table')} more are not drawn." if left else ""
        caption = (
            "The drifted tables, those next to them (dashed frame) and their foreign keys; a "
            f"dashed arrow is a key that only one side has.{more}"
        )
        yield Figure(caption, picture)


def _affected_row(row: AffectedTable) -> tuple[Item, ...]:
    kinds = ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in row.kinds)
    severity = (
        Item("resolved", tone="good")
        if row.severity is None
        else Item(row.severity.word, tone=TONES[row.severity])
    )
    return Item(quoted(short(str(row.table)))), Item(kinds), severity, Item(row.needs)
