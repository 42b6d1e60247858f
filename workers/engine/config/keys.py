"""The keys of `.github/driftline.yml`: the one definition that reading, editors and docs share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from workers.engine.findings import Family, Severity

SEVERITIES = tuple(severity.word for severity in reversed(Severity))
OFF = "off"
FAMILIES: tuple[str, ...] = get_args(Family)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within bounds."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the database knows it."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path from the repository's root."""


@dataclass(frozen=True, slots=True)
class Paths:
    """A list of paths from the repository's root."""


@dataclass(frozen=True, slots=True)
class Severities:
    """A severity, or `off`, for each of some rules or families."""

    of: Literal["rule", "family"]


@dataclass(frozen=True, slots=True)
class Exemptions:
    """A list of exemptions, each with the keys of `EXEMPTION_KEYS`."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """A list of schemas with their migrations, each with the keys of `PAIR_KEYS`."""


@dataclass(frozen=True, slots=True)
class RuleName:
    """The name of a rule or of a family."""

    of: Literal["rule", "family"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words for people."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """What findings may be about, with `*` for any characters."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, as `2027-01-31`."""


Kind = (
    Choice | Switch | Number | Name | Path | Paths | Severities | Exemptions | Pairs
    | RuleName | Sentence | Subjects | Day
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, what it takes, what it does, and what holds where it is not given."""

    name: str
    kind: Kind
    what: str
    default: str = ""


KEYS: tuple[Key, ...] = (
    Key(
        "fail-on",
        Choice((*SEVERITIES, "never")),
        "The least severity of a new finding that fails the check.",
        "error",
    ),
    Key(
        "on-unknown",
        Choice(("failure", "neutral")),
        "On GitHub: the conclusion where a change makes something unknowable.",
        "failure",
    ),
    Key("max-comments", Number(0, 50), "On GitHub: the most inline comments of one review.", "25"),
    Key(
        "trial", Switch(), "On GitHub: whether to comment without ever failing the check.", "false"
    ),
    Key(
        "schema", Path(), "The Prisma schema, a file or a folder, where it is not found by itself."
    ),
    Key("migrations", Path(), "The folder of the migrations, where it is not found by itself."),
    Key("pairs", Pairs(), "Several schemas with their migrations, where `schema` is not enough."),
    Key("ignore-paths", Paths(), "Folders and files whose schemas and migrations are not judged."),
    Key("default-schema", Name(), "The PostgreSQL schema that unqualified names live in."),
    Key("postgres-version", Number(12, 18), "The major version of PostgreSQL in production.", "15"),
    Key("rules", Severities("rule"), "Severities by rule; a rule's own wins over its family's."),
    Key("families", Severities("family"), "Severities by family."),
    Key("exempt", Exemptions(), "Findings that are waved through, each with a reason."),
)

PAIR_KEYS: tuple[Key, ...] = (
    Key("schema", Path(), "The Prisma schema, a file or a folder."),
    Key("migrations", Path(), "The folder of its migrations, where it is not beside it."),
)

EXEMPTION_KEYS: tuple[Key, ...] = (
    Key("rule", RuleName("rule"), "The rule whose findings are waved through."),
    Key("family", RuleName("family"), "The family whose findings are waved through."),
    Key(
        "subject",
        Subjects(),
        "What they are about, such as `public.User.email`, with or without the schema; `*` stands "
        "for any characters.",
        "*",
    ),
    Key("reason", Sentence(), "Why; without a reason an exemption does not count."),
    Key("until", Day(), "The last day on which the exemption holds."),
)
