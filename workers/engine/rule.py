"""The rule catalogue: what a rule is, and how it is found.

A rule module makes a `Rule` and hangs a check on it with `@rule.on(Subject)`, where `Subject` is
the type of the value that the check is handed: a change (`compare.changes`), a timeline, a whole
replayed state, a project file. The module's docstring is the rule's page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct, field

from .findings import Confidence, Family, Finding, Fix, Related, Severity
from .source import Origin

Subject = TypeVar("Subject")
Check = Callable[[Any, Any], Iterable[Finding]]


class Rule(Struct, eq=False):
    """A rule: a kebab-case name for the bad thing, its family and its severity as shipped."""

    name: str
    family: Family
    severity: Severity
    since: str
    folds_from: int = 0
    """From so many findings of a kind on one stands for all (`fold.py`); 0 for never."""
    checks: list[tuple[type, Check]] = field(default_factory=list)
    _document: str = ""

    @property
    def page(self) -> str:
        """The rule's page: the docstring of the module that checks it, without its indentation."""
        import inspect  # only what prints a page pays for it

        return inspect.cleandoc(self._document)

    def on(
        self, subject: type[Subject]
    ) -> Callable[
        [Callable[[Subject, Any], Iterable[Finding]]], Callable[[Subject, Any], Iterable[Finding]]
    ]:
        """Register a check that is handed each value of a type, and the context."""

        def register(
            check: Callable[[Subject, Any], Iterable[Finding]],
        ) -> Callable[[Subject, Any], Iterable[Finding]]:
            self.checks.append((subject, check))
            self._document = sys.modules[check.__module__].__doc__ or ""
            return check

        return register

    def finding(
        self,
        *,
        subject: str,
        message: str,
        origin: Origin,
        remedy: str = "",
        detail: str = "",
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.CERTAIN,
        identity: str = "",
    ) -> Finding:
        """A finding of this rule; `severity` only where it is graded."""
        return Finding(
            rule=self.name,
            family=self.family,
            severity=self.severity if severity is None else severity,
            confidence=confidence,
            subject=subject,
            message=message,
            origin=origin,
            remedy=remedy,
            detail=detail,
            related=tuple(related),
            fix=fix,
            identity=identity,
        )


class Catalogue:
    """All rules by name; a name used twice stops the program."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[str, Rule] = {}
        for rule in rules:
            if rule.name in self._rules:
                raise ValueError(f"two rules are named {rule.name!r}")
            self._rules[rule.name] = rule

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def __contains__(self, name: str) -> bool:
        return name in self._rules

    def checks_for(self, subject: object) -> Iterator[tuple[Rule, Check]]:
        """The checks that want a value of this type."""
        for rule in self:
            for wanted, check in rule.checks:
                if isinstance(subject, wanted):
                    yield rule, check
