"""How a project names things: its convention is found, not prescribed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from workers.engine.source import Origin

_LEAST = 3
_CLEAR_SHARE = 0.75
_DELIBERATE_SHARE = 0.4


class Style(Enum):
    """A way to write a name of several words."""

    SNAKE = "snake_case"
    CAMEL = "camelCase"
    PASCAL = "PascalCase"
    UPPER = "UPPER_CASE"

    # By identity, as members are equal: Enum's own asks Python for each of thousands of names.
    __hash__ = object.__hash__


class NamedThing(Struct, frozen=True):
    """One table, column, model ... by its name, and whether somebody chose that name.

    `label` is the name that a reader knows it by ("`User.createdAt`"); `is_chosen` says that
    `@map` or `@@map` gave the name, so that it is a decision and not Prisma's default.
    """

    name: str
    subject: str
    label: str
    origin: Origin
    is_chosen: bool = False
    is_new: bool = False


class Convention(Struct, frozen=True):
    """The style that a kind of thing mostly follows, and those that do not."""

    style: Style
    followers: int
    total: int
    odd: tuple[NamedThing, ...]
    is_configured: bool = False
    """Whether the configuration says so, whatever the names show."""

    def reason(self, things: str) -> str:
        """Why the style is the one: "as 3 of this schema's 5 columns are"."""
        if self.is_configured:
            return "as the configuration wants it"
        return f"as {self.followers} of this schema's {self.total} {things} are"


@lru_cache(maxsize=8192)
def styles_of(name: str) -> frozenset[Style]:
    """Every style that the name fits: one lower-case word fits two, a mixture none."""
    bare = name.strip("_")
    if not bare or not bare.replace("_", "").isalnum() or not bare.isascii():
        return frozenset(Style)
    found = set()
    has_underscore = "_" in bare
    if bare == bare.lower():
        found.add(Style.SNAKE)
        if not has_underscore:
            found.add(Style.CAMEL)
    if bare == bare.upper() and (has_underscore or len(bare) > 1):
        found.add(Style.UPPER)
    if not has_underscore and bare[0].isupper():
        found.add(Style.PASCAL)
    if not has_underscore and bare[0].islower():
        found.add(Style.CAMEL)
    return frozenset(found)


def find_convention(things: Iterable[NamedThing], wanted: Style | None = None) -> Convention | None:
    """The convention, if the names show one clearly or one is `wanted`, else None.

    Names of a single style count. A style is the convention when three quarters follow it; or when
    at least three names, and two fifths of all, were deliberately mapped to it, and the others
    have merely been left as Prisma makes them.
    """
    told = list(things)
    telling = [(thing, styles_of(thing.name)) for thing in told]
    single = [(thing, next(iter(styles))) for thing, styles in telling if len(styles) == 1]
    style = wanted or _majority([style for _, style in single]) or _deliberate(single)
    if style is None:
        return None
    odd = tuple(thing for thing, styles in telling if style not in styles)
    followers = sum(1 for _, found in single if found is style)
    return Convention(style, followers, len(told), odd, is_configured=wanted is not None)


def _majority(styles: Sequence[Style]) -> Style | None:
    if not styles:
        return None
    style, followers = Counter(styles).most_common(1)[0]
    is_clear = followers >= _LEAST and followers / len(styles) >= _CLEAR_SHARE
    return style if is_clear else None


def _deliberate(single: Sequence[tuple[NamedThing, Style]]) -> Style | None:
    chosen = Counter(style for thing, style in single if thing.is_chosen)
    if len(chosen) != 1:
        return None
    style, followers = chosen.most_common(1)[0]
    is_clear = followers >= _LEAST and followers / len(single) >= _DELIBERATE_SHARE
    return style if is_clear else None


def restyle(name: str, style: Style) -> str:
    """The name in another style: `ChatMessage` in snake_case is `chat_message`."""
    parts = [part.lower() for part in words(name)]
    if style is Style.SNAKE:
        return "_".join(parts)
    if style is Style.UPPER:
        return "_".join(parts).upper()
    capital = [part.capitalize() for part in parts]
    if style is Style.CAMEL and capital:
        capital[0] = parts[0]
    return "".join(capital)


def words(name: str) -> list[str]:
    """The words of a name, split at underscores and at changes of case."""
    found: list[str] = []
    for chunk in name.split("_"):
        start = 0
        for at in range(1, len(chunk)):
            starts_word = chunk[at].isupper() and not chunk[at - 1].isupper()
            ends_acronym = (
                chunk[at].isupper()
                and chunk[at - 1].isupper()
                and at + 1 < len(chunk)
                and chunk[at + 1].islower()
            )
            if starts_word or ends_acronym:
                found.append(chunk[start:at])
                start = at
        if chunk[start:]:
            found.append(chunk[start:])
    return found
