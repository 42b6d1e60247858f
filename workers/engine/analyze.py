"""The engine's one door: texts of a repository in, a report out.

Every rule is handed each value that it wants: each change of each pair (`compare.changes`), the
whole `Comparison`, `Declaration`, `Replay` and `Context` of a pair, and what its family's supplier
prepares (`rules.catalogue`). With a base, the same is done there: a finding that both have was
there before, one that only the base has is mended, and only the others can fail the check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from workers.engine.coderenames import with_code
from workers.engine.compare.changes import Comparison
from workers.engine.config.review import Reviewed, review_configuration
from workers.engine.errors import Diagnostic, Effect
from workers.engine.exemption import exempted
from workers.engine.findings import Finding, Status
from workers.engine.fold import folded
from workers.engine.judge import Judgement, judge_pair, judge_repository, judge_subjects
from workers.engine.prisma.describe import Declaration
from workers.engine.report import PairReport, Report, Verdict, count
from workers.engine.rules.catalogue import CATALOGUE
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.side import Side, read_side
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.sql.replay import Memo, Replay
from workers.engine.suppression import sift
from workers.engine.tables import field_tables
from workers.engine.timeline import timeline
from workers.engine.touch import is_touched

_FAMILIES = MappingProxyType({rule.name: rule.family for rule in CATALOGUE})
_FOLDS = MappingProxyType({rule.name: rule.folds_from for rule in CATALOGUE if rule.folds_from})
_STATUS_ORDER = {Status.NEW: 0, Status.EXISTING: 1, Status.MENDED: 2}


def analyze(
    snapshot: Snapshot, settings: Settings | None = None, memo: Memo | None = None
) -> Report:
    """Review a state of a repository, against its base where there is one."""
    settings = settings or Settings()
    if not is_touched(snapshot):
        return Report("pass", is_touched=False)
    head = read_side(snapshot.head, settings, memo)
    head.contexts = [replace(context, annals=snapshot.annals) for context in head.contexts]
    reviewed = review_configuration(snapshot.head, snapshot.base, _FAMILIES)
    if snapshot.base is None:
        judgement = _judge(head, head.contexts, settings, snapshot)
        standing, suppressed = _sifted(judgement.findings, head, settings, None, reviewed)
        report = _report(head, None, standing, judgement.diagnostics, settings, snapshot)
        return replace(report, suppressed=suppressed)
    base = read_side(snapshot.base, settings, memo, head.code)
    base_contexts = _paired(base, head)
    before = _judge(base, base_contexts, settings, snapshot)
    told_before = _of_configuration(before.findings, base, settings, snapshot.base)
    contexts = [
        with_code(
            replace(
                context,
                base=_counterpart(context, base_contexts),
                changed=snapshot.changed,
                others=snapshot.others,
            )
        )
        for context in head.contexts
    ]
    head.contexts = contexts
    now = _judge(head, contexts, settings, snapshot)
    standing, suppressed = _sifted(now.findings, head, settings, snapshot.changed, reviewed)
    gone = {finding.fingerprint for finding in suppressed}
    findings = [
        finding
        for finding in _compared((*standing, *suppressed), (*before.findings, *told_before))
        if finding.fingerprint not in gone
    ]
    known = {(d.code, d.message) for d in (*base.diagnostics, *before.diagnostics)}
    told = (*head.diagnostics, *now.diagnostics)
    lasting = tuple(
        dict.fromkeys(
            d for d in told if (d.code, d.message) in known and d.effect is Effect.UNKNOWN
        )
    )
    diagnostics = [
        replace(d, effect=Effect.INFORMATION) if (d.code, d.message) in known else d for d in told
    ]
    head.diagnostics = []
    report = _report(head, base, findings, diagnostics, settings, snapshot)
    return replace(report, suppressed=suppressed, unknown_before=lasting)


def _sifted(
    findings: Iterable[Finding],
    head: Side,
    settings: Settings,
    changed: frozenset[str] | None,
    reviewed: Reviewed,
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that stand, what is wrong with what waves others through, and those others."""
    sifted = sift(findings, head.sources, changed)
    free = exempted(sifted.standing, settings.exemptions, settings.today, sifted.suppressed)
    context = head.contexts[0] if head.contexts else _bare(head, settings)
    subjects = (
        *sifted.troubles,
        *reviewed.subjects,
        *reviewed.expired(free.standing, settings.today),
        *reviewed.unused(free.unused, _FAMILIES),
    )
    troubles = judge_subjects(subjects, replace(context, pair="", changed=changed), settings)
    return (*free.standing, *troubles.findings), (*sifted.suppressed, *free.suppressed)


def _of_configuration(
    findings: Iterable[Finding], base: Side, settings: Settings, tree: Tree
) -> list[Finding]:
    """What was to be said of the base's configuration."""
    reviewed = review_configuration(tree, None, _FAMILIES)
    free = exempted(findings, settings.exemptions, settings.today)
    subjects = (
        *reviewed.subjects,
        *reviewed.expired(free.standing, settings.today),
        *reviewed.unused(free.unused, _FAMILIES),
    )
    return judge_subjects(subjects, _bare(base, settings), settings).findings


def _judge(
    side: Side, contexts: Sequence[Context], settings: Settings, snapshot: Snapshot
) -> Judgement:
    whole = Judgement()
    for context in contexts:
        part = judge_pair(context, settings)
        whole.findings += part.findings
        whole.diagnostics += part.diagnostics
    first = contexts[0] if contexts else _bare(side, settings)
    part = judge_repository(replace(first, pair=""), settings)
    whole.findings += part.findings
    whole.diagnostics += part.diagnostics
    if snapshot.observations:
        _survey(side, contexts, first, snapshot, whole)
    side.add_sources(whole.findings)
    return whole


def _survey(
    side: Side, contexts: Sequence[Context], first: Context, snapshot: Snapshot, whole: Judgement
) -> None:
    """Look at the bound environments with this state of the repository."""
    from workers.engine.observed.survey import look
    from workers.engine.observed.weight import weighed

    side.surveys, told = look(snapshot.observations, contexts)
    settings = first.settings if isinstance(first.settings, Settings) else Settings()
    part = judge_subjects(side.surveys, replace(first, pair=""), settings)
    whole.findings = [*weighed(whole.findings, side.surveys), *part.findings]
    whole.diagnostics += [*told, *part.diagnostics]


def _bare(side: Side, settings: Settings) -> Context:
    """The context of a repository without any schema."""
    return Context(
        declaration=Declaration(Schema()),
        replay=Replay(Schema()),
        comparison=Comparison(()),
        head=side.tree,
        sources=side.sources,
        settings=settings,
    )


def _paired(base: Side, head: Side) -> list[Context]:
    """The base's contexts under the names of the head's pairs, so that their findings match."""
    free = list(head.contexts)
    named = []
    for context in base.contexts:
        match = next((other for other in free if _same(context, other)), None)
        if match is None and len(base.contexts) == len(head.contexts) == 1:
            match = free[0]
        if match is not None:
            free.remove(match)
        named.append(
            replace(context, pair=match.pair if match else context.schema_path, is_base=True)
        )
    return named


def _same(one: Context, other: Context) -> bool:
    if _has_models(one) or _has_models(other):
        return one.schema_path == other.schema_path
    is_second = [bool(each.project and each.project.is_second) for each in (one, other)]
    return one.migrations_path == other.migrations_path and is_second[0] == is_second[1]


def _has_models(context: Context) -> bool:
    """Whether a Prisma schema names the pair; one in SQL may come and go over its migrations."""
    return context.project is not None and context.project.schema is not None


def _counterpart(context: Context, others: Sequence[Context]) -> Context | None:
    return next((other for other in others if other.pair == context.pair), None)


def _compared(now: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    old = {finding.fingerprint: finding for finding in before}
    found = []
    seen = set()
    for finding in now:
        seen.add(finding.fingerprint)
        status = Status.EXISTING if finding.fingerprint in old else Status.NEW
        found.append(replace(finding, status=status))
    found += [
        replace(finding, status=Status.MENDED)
        for print_, finding in old.items()
        if print_ not in seen
    ]
    return found


def _report(
    head: Side,
    base: Side | None,
    findings: Iterable[Finding],
    diagnostics: Iterable[Diagnostic],
    settings: Settings,
    snapshot: Snapshot,
) -> Report:
    one_by_one = sorted(_unique(findings), key=_place)
    ordered = folded(one_by_one, _FOLDS, by_file=base is not None)
    told = tuple(dict.fromkeys((*_conflict_notes(snapshot), *head.diagnostics, *diagnostics)))
    pairs = tuple(_pair_report(context) for context in head.contexts)
    return Report(
        verdict=_verdict(ordered, told, settings),
        findings=ordered,
        diagnostics=told,
        pairs=pairs,
        summary=count(ordered, pairs),
        sources=head.sources,
        base_sources=base.sources if base else {},
        surveys=head.surveys,
    )


def _unique(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One finding for each fingerprint and place: two ways to the same sentence are one."""
    return {(f.fingerprint, f.origin, f.status): f for f in findings}.values()


def _place(finding: Finding) -> tuple[int, int, str, int, str]:
    return (
        _STATUS_ORDER[finding.status],
        -finding.severity,
        finding.origin.path,
        finding.origin.span.start,
        finding.rule,
    )


def _verdict(
    findings: Iterable[Finding], diagnostics: Iterable[Diagnostic], settings: Settings
) -> Verdict:
    if any(f.status is Status.NEW and settings.fails(f) for f in findings):
        return "fail"
    if any(diagnostic.effect is Effect.UNKNOWN for diagnostic in diagnostics):
        return "unknown"
    return "pass"


def _conflict_notes(snapshot: Snapshot) -> Iterable[Diagnostic]:
    if snapshot.conflicts:
        names = ", ".join(f"`{path}`" for path in snapshot.conflicts[:5])
        yield Diagnostic(
            "merge-conflict",
            f"The head conflicts with its base in {names}, so it was judged alone.",
            None,
            Effect.INFORMATION,
        )


def _pair_report(context: Context) -> PairReport:
    project = context.project
    in_name_order = context.in_name_order or context.replay
    return PairReport(
        name=context.pair,
        schema_paths=project.schema_files if project else (),
        migrations_path=context.migrations_path or None,
        declaration=context.declaration,
        replay=in_name_order,
        friendliest=context.replay if context.in_name_order is not None else None,
        comparison=context.comparison,
        field_tables=field_tables(context),
        resolved=tuple(context.replay.resolved),
        timeline=timeline(context),
        context=context,
    )
