"""Findings: what Driftline says, as plain data."""

from __future__ import annotations

import hashlib
from enum import Enum, IntEnum
from typing import Literal

from msgspec import Struct

from .source import Origin, Span

Family = Literal[
    "drift",
    "history",
    "security",
    "naming",
    "index",
    "data-loss",
    "locking",
    "code",
    "workflow",
    "environment",
    "unseen",
    "config",
]


class Severity(IntEnum):
    """How bad a finding is; larger is worse."""

    NOTICE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The severity as it stands in JSON."""
        return self.name.lower()


class Confidence(Enum):
    """How sure the finding is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Status(Enum):
    """How a finding stands to the base."""

    NEW = "new"
    EXISTING = "existing"
    MENDED = "mended"


class Related(Struct, frozen=True):
    """Another place that belongs to a finding, and what it has to do with it."""

    message: str
    origin: Origin


class Edit(Struct, frozen=True):
    """Replace the text of a span by another; an empty span inserts; a new path makes a file."""

    path: str
    span: Span
    text: str


class Fix(Struct, frozen=True):
    """A remedy: what it does, whether it can be applied unread, and the edits that do it.

    `sql` holds statements for a new migration where the remedy is one; it is shown, and belongs
    into a migration of its own.
    """

    title: str
    safe: bool
    edits: tuple[Edit, ...] = ()
    sql: str | None = None


class Finding(Struct, frozen=True):
    """One thing that is wrong, where, and how to mend it.

    `message` is one sentence that names both sides. `detail` tells apart two findings of one rule
    about one subject; it is part of the fingerprint, positions are not. `remedy` says in words
    what to do.
    """

    rule: str
    family: Family
    severity: Severity
    confidence: Confidence
    subject: str
    message: str
    origin: Origin
    remedy: str = ""
    detail: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    status: Status = Status.NEW
    pair: str = ""
    """The schema that this is about, where the repository has several."""
    identity: str = ""
    """What stands for the subject in the fingerprint: its older name, where it was renamed."""
    waiver: str = ""
    """Why the project's people have waved it through, where they have."""
    folded: tuple[Finding, ...] = ()
    """All that it stands for, where it is one for a pattern; the first of them is its own self."""

    @property
    def parts(self) -> tuple[Finding, ...]:
        """What it stands for one by one; else itself."""
        return self.folded or (self,)

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits: the same finding on another line keeps them."""
        text = "\0".join((self.pair, self.rule, self.identity or self.subject, self.detail))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
