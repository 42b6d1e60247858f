"""The whole document about a repository's schema drift, as data: what each chapter holds."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workers.engine.dossier.actions import Action, actions
from workers.engine.dossier.affected import AffectedTable, affected_tables
from workers.engine.dossier.causes import RootCause, root_causes
from workers.engine.dossier.environments import Environment, Run, environments, runs
from workers.engine.dossier.indexes import IndexRow, index_rows
from workers.engine.dossier.readiness import Readiness, readiness
from workers.engine.dossier.remedies import Statement, statements
from workers.engine.dossier.security import Guard, guard
from workers.engine.dossier.subjects import TableNames, standing
from workers.engine.findings import Finding
from workers.engine.observed.survey import Survey
from workers.engine.prevention.offers import Offer, offers
from workers.engine.project.discovery import discover
from workers.engine.project.texts import Texts
from workers.engine.repair.proposal import Proposal
from workers.engine.report import FieldTable, PairReport, Report


class PairDossier(Struct, frozen=True):
    """The chapters about one schema and its migrations."""

    pair: PairReport
    affected: tuple[AffectedTable, ...]
    fields: tuple[FieldTable, ...]
    indexes: tuple[IndexRow, ...]
    guard: Guard | None
    statements: tuple[Statement, ...]
    proposal: Proposal | None = None
    """The repair of `driftline fix`, where one is proven."""


class Dossier(Struct, frozen=True):
    """The document: the report that it is made of, and what is told about it."""

    report: Report
    findings: tuple[Finding, ...]
    pairs: tuple[PairDossier, ...]
    runs: tuple[Run, ...]
    environments: tuple[Environment, ...]
    surveys: tuple[Survey, ...]
    causes: tuple[RootCause, ...]
    actions: tuple[Action, ...]
    readiness: Readiness
    offers: tuple[Offer, ...] = ()
    """What `driftline init` would write."""

    @property
    def is_drifted(self) -> bool:
        """Whether the migrations make another schema than the one declared."""
        return any(finding.family == "drift" for finding in self.findings)


def compile_dossier(report: Report, proposals: Sequence[Proposal] = ()) -> Dossier:
    """Gather every chapter out of a report that `analyze` made."""
    findings = standing(report)
    pairs = tuple(_pair(report, pair, findings, proposals) for pair in report.pairs)
    scripts = runs(report.sources.values())
    guards = [pair.guard for pair in pairs if pair.guard is not None]
    return Dossier(
        report=report,
        findings=findings,
        pairs=pairs,
        runs=scripts,
        environments=environments(report.sources.values(), _paths(report)),
        surveys=report.surveys,
        causes=root_causes(report, findings, scripts),
        actions=actions(findings),
        readiness=readiness(report, guards),
        offers=_offers(report),
    )


def _offers(report: Report) -> tuple[Offer, ...]:
    first = next((pair.context for pair in report.pairs if pair.context), None)
    if first is None:
        return ()
    texts = Texts(first.head)
    return tuple(offer for offer in offers(texts, discover(texts)) if offer.text is not None)


def _paths(report: Report) -> frozenset[str]:
    first = next((pair.context for pair in report.pairs if pair.context), None)
    return first.head.paths if first is not None else frozenset(report.sources)


def _pair(
    report: Report,
    pair: PairReport,
    findings: tuple[Finding, ...],
    proposals: Sequence[Proposal],
) -> PairDossier:
    own = tuple(finding for finding in findings if finding.pair == pair.name)
    return PairDossier(
        pair=pair,
        affected=affected_tables(pair, own, TableNames(pair)),
        fields=pair.field_tables,
        indexes=index_rows(pair),
        guard=guard(report, pair),
        statements=statements(report, pair),
        proposal=next((one for one in proposals if _is_of(one, pair)), None),
    )


def _is_of(proposal: Proposal, pair: PairReport) -> bool:
    """Whether a repair is this pair's and may be shown: it is proven."""
    same = proposal.pair == pair.name and proposal.migrations_path == (pair.migrations_path or "")
    return same and not proposal.refusal
