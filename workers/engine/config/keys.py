"""The keys of `.github/driftline.yml`: the one definition that reading, editors and docs share."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from workers.engine.findings import Family, Severity

SEVERITIES = tuple(severity.word for severity in reversed(Severity))
OFF = "off"
FAMILIES: tuple[str, ...] = get_args(Family)


class Choice(Struct, frozen=True):
    """One of some words."""

    words: tuple[str, ...]


class Switch(Struct, frozen=True):
    """True or false."""


class Number(Struct, frozen=True):
    """A whole number within bounds."""

    least: int
    most: int


class Name(Struct, frozen=True):
    """A name as the database knows it."""


class Path(Struct, frozen=True):
    """A path from the repository's root."""


class Paths(Struct, frozen=True):
    """A list of paths from the repository's root."""


class Names(Struct, frozen=True):
    """A list of names as the database or the Prisma schema knows them, with `*` for any
    characters."""


class Conventions(Struct, frozen=True):
    """A style for each of some kinds of names, with the keys of `CONVENTION_KEYS`."""


class Branches(Struct, frozen=True):
    """A branch for each of some environments."""


class Severities(Struct, frozen=True):
    """A severity, or `off`, for each of some rules or families."""

    of: Literal["rule", "family"]


class Exemptions(Struct, frozen=True):
    """A list of exemptions, each with the keys of `EXEMPTION_KEYS`."""


class Pairs(Struct, frozen=True):
    """A list of schemas with their migrations, each with the keys of `PAIR_KEYS`."""


class RuleName(Struct, frozen=True):
    """The name of a rule or of a family."""

    of: Literal["rule", "family"]


class Sentence(Struct, frozen=True):
    """Words for people."""


class Subjects(Struct, frozen=True):
    """What findings may be about, with `*` for any characters."""


class Day(Struct, frozen=True):
    """A day, as `2027-01-31`."""


Kind = (
    Choice | Switch | Number | Name | Path | Paths | Severities | Exemptions | Pairs
    | RuleName | Sentence | Subjects | Day | Names | Conventions | Branches
)  # fmt: skip


class Key(Struct, frozen=True):
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
    Key(
        "postgres-version",
        Number(12, 18),
        "PostgreSQL's major version, where it is not what compose files, CI and Supabase say.",
        "15",
    ),
    Key(
        "conventions",
        Conventions(),
        "How names are written, where the project's own style shall not be asked.",
    ),
    Key(
        "non-personal-tables",
        Names(),
        "Tables that hold nothing personal: a column that names a person is a finding there.",
    ),
    Key(
        "personal-columns",
        Names(),
        "The columns that name a person.",
        "user_id, email, phone and their like",
    ),
    Key(
        "environments",
        Branches(),
        "On GitHub: the branch that is deployed to each bound environment, by its name.",
    ),
    Key("rules", Severities("rule"), "Severities by rule; a rule's own wins over its family's."),
    Key("families", Severities("family"), "Severities by family."),
    Key("exempt", Exemptions(), "Findings that are waved through, each with a reason."),
)

STYLES = ("snake_case", "camelCase", "PascalCase", "UPPER_CASE")
MARKS = ("_idx", "idx_", "_index", "index_", "_ix", "ix_")
CONVENTION_KEYS: tuple[Key, ...] = (
    *(
        Key(name, Choice(STYLES), f"How {name} are named.")
        for name in ("tables", "columns", "enums", "models", "fields")
    ),
    Key("indexes", Choice(MARKS), "What the names of indexes begin or end with."),
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
