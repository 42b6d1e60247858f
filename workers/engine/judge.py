"""Running the rules: each value to each rule that wants it, and no rule may spoil the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from workers.engine.errors import Diagnostic
from workers.engine.findings import Finding, Fix, Severity
from workers.engine.rule import Catalogue, Check, Rule
from workers.engine.rules.catalogue import CATALOGUE, OF_DATABASE, OF_PAIR, OF_REPOSITORY, Supplier
from workers.engine.rules.context import Context
from workers.engine.settings import Settings


class Judgement(Struct):
    """What the rules say of one state of the repository."""

    findings: list[Finding] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def judge_pair(context: Context, settings: Settings, catalogue: Catalogue = CATALOGUE) -> Judgement:
    """Every rule on every change of a pair, on its whole states, and on what families prepare."""
    judgement = Judgement()
    for subject in _guarded(_subjects(context), "the comparison", judgement):
        _hand_over(subject, context, settings, catalogue, judgement)
    if context.project is not None and context.project.is_second:
        return judgement
    _ask(OF_PAIR, context, settings, catalogue, judgement)
    if not context.is_covered:
        _ask(OF_DATABASE, _as_whole(context), settings, catalogue, judgement)
    if context.code is not None:
        from workers.engine.rules.code.beside import with_uses

        judgement.findings = [with_uses(finding, context) for finding in judgement.findings]
    return judgement


def judge_repository(
    context: Context, settings: Settings, catalogue: Catalogue = CATALOGUE
) -> Judgement:
    """Every rule on what belongs to the repository as a whole: its scripts and workflows."""
    judgement = Judgement()
    _ask(OF_REPOSITORY, context, settings, catalogue, judgement)
    return judgement


def _ask(
    suppliers: Iterable[Supplier],
    context: Context,
    settings: Settings,
    catalogue: Catalogue,
    judgement: Judgement,
) -> None:
    for supplier in suppliers:
        for subject in _supplied(supplier, context, judgement):
            _hand_over(subject, context, settings, catalogue, judgement)


def _as_whole(context: Context) -> Context:
    """The context with everything that the repository's runners make of the database."""
    base = _as_whole(context.base) if context.base is not None else None
    return replace(context, replay=context.whole or context.replay, base=base)


def judge_subjects(
    subjects: Iterable[object],
    context: Context,
    settings: Settings,
    catalogue: Catalogue = CATALOGUE,
) -> Judgement:
    """Every rule on values that were found out after the others had been judged."""
    judgement = Judgement()
    for subject in subjects:
        _hand_over(subject, context, settings, catalogue, judgement)
    return judgement


def _subjects(context: Context) -> Iterator[object]:
    yield from context.comparison.changes
    yield context.comparison
    yield context.declaration
    yield context.replay
    yield context


def _supplied(supplier: Supplier, context: Context, judgement: Judgement) -> Iterator[object]:
    return _guarded(_started(supplier, context), supplier.__name__, judgement)


def _started(supplier: Supplier, context: Context) -> Iterator[object]:
    yield from supplier(context)


def _guarded(subjects: Iterator[object], name: str, judgement: Judgement) -> Iterator[object]:
    while True:
        try:
            subject = next(subjects)
        except StopIteration:
            return
        except Exception as error:  # a broken supplier must not cost the other families
            judgement.diagnostics.append(_broken(f"`{name}`", error))
            return
        yield subject


def _hand_over(
    subject: object,
    context: Context,
    settings: Settings,
    catalogue: Catalogue,
    judgement: Judgement,
) -> None:
    for rule, check in catalogue.checks_for(subject):
        try:
            found = list(_findings(rule, check, subject, context, settings))
        except Exception as error:  # said as a diagnostic; the other rules go on
            judgement.diagnostics.append(_broken(f"The rule `{rule.name}`", error))
            continue
        judgement.findings += found


def _findings(
    rule: Rule, check: Check, subject: object, context: Context, settings: Settings
) -> Iterable[Finding]:
    for finding in check(subject, context):
        severity = settings.severity_of(finding)
        if severity is not None:
            severity = min(severity, _highest(rule, context))
            fix = _readable(finding.fix, context)
            yield replace(finding, severity=severity, pair=context.pair, fix=fix)


def _readable(fix: Fix | None, context: Context) -> Fix | None:
    """The remedy as it is, or without its SQL where PostgreSQL's own grammar does not take it:
    people run what they are offered."""
    if fix is None or fix.sql is None or context.replayed.provider != "postgresql":
        return fix
    from workers.engine.sql.postgres import SqlSyntaxError, tree_of

    try:
        tree_of(fix.sql.encode())
    except (SqlSyntaxError, UnicodeEncodeError):
        return replace(fix, sql=None) if fix.edits else None
    return fix


_EXPERIMENTAL = ("sqlserver", "cockroachdb")
_OF_FILES = ("migration-lock-mismatch", "migration-deleted", "migration-edited")
"""Rules that look at files, whatever the database."""


def _highest(rule: Rule, context: Context) -> Severity:
    """A warning at most where the database is one that no test can run."""
    is_sure = context.replayed.provider not in _EXPERIMENTAL
    is_of_files = rule.name in _OF_FILES or rule.family in ("workflow", "config", "environment")
    return Severity.ERROR if is_sure or is_of_files else Severity.WARNING


def _broken(what: str, error: Exception) -> Diagnostic:
    return Diagnostic(
        "rule-failed",
        f"{what} is broken and was left out: {type(error).__name__}: {error}"[:500],
        None,
    )
