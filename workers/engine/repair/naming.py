"""Names of the new migrations: after the newest, in the manner of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.fixes.plan import Part
from workers.engine.rules.history.stamps import between, newest_after, stamp_of

_STAMP = 14
_LONGEST = 60


def names_for(parts: Sequence[Part], taken: Sequence[str], stamp: str, about: str) -> list[str]:
    """A name for each file: the moment in front where the others have one, or the next number."""
    names = list(taken)
    found = []
    for part in parts:
        title = "_".join(word for word in (about, part.name) if word)
        name = _name(names, stamp, title)
        names.append(name)
        found.append(name)
    return found


def _name(names: Sequence[str], stamp: str, title: str) -> str:
    now = f"{stamp}_{title}"
    if not names:
        return now
    newest = max(names)
    digits = stamp_of(newest)
    if digits and len(digits) < _STAMP:
        number = str(int(digits) + 1).zfill(len(digits))
        separator = newest[len(digits) : len(digits) + 1]
        separator = separator if separator in ("-", "_") else "_"
        candidate = f"{number}{separator}{title}"
        return candidate if candidate > newest else between(newest, None, now)
    return now if now > newest else newest_after(list(names), now)


def title_of(tables: Sequence[str]) -> str:
    """`fix_personal_models` for one table, else `mend_schema_drift`."""
    if len(tables) != 1:
        return "mend_schema_drift"
    slug = "_".join(_plain(tables[0]))
    return f"fix_{slug[:_LONGEST]}" if slug else "mend_schema_drift"


def _plain(name: str) -> Iterator[str]:
    current = ""
    for at, letter in enumerate(name):
        is_hump = letter.isupper() and at and name[at - 1].islower()
        if current and (is_hump or not letter.isalnum()):
            yield current
            current = ""
        if letter.isascii() and letter.isalnum():
            current += letter.lower()
    if current:
        yield current
