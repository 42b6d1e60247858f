"""What a change of the configuration will do once it counts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.config.configuration import Configuration, Value
from workers.engine.config.keys import (
    CONVENTION_KEYS,
    FAMILIES,
    KEYS,
    Conventions,
    Exemptions,
    Pairs,
    Severities,
)
from workers.engine.exemption import Exemption
from workers.engine.findings import Severity
from workers.engine.source import Origin

_AS_SHIPPED = "as shipped"
_NESTED = (Severities, Exemptions, Pairs, Conventions)


class ConfigurationChange(Struct, frozen=True):
    """A changed configuration: its file, each effect in words, and the first key that changes."""

    path: str
    effects: tuple[str, ...]
    origin: Origin | None


_Effects = Iterator[tuple[str, str]]
"""Each effect in words, and the way to the key that has it."""


def difference(old: Configuration, new: Configuration) -> ConfigurationChange | None:
    """The change from one configuration to another; None where it has no effect."""
    found = [
        *_settings(old, new),
        *_pairs(old, new),
        *_severities(old, new),
        *_more_exemptions(old, new),
        *_fewer_exemptions(old, new),
    ]
    if not found:
        return None
    exact = [place for place in (new.places.get(key) for _, key in found) if place is not None]
    around = [new.places.get(key.partition(".")[0]) for _, key in found]
    places = exact or [place for place in around if place is not None]
    first = min(places, key=lambda origin: origin.span.start, default=None)
    return ConfigurationChange(new.path, tuple(text for text, _ in found), first)


def _settings(old: Configuration, new: Configuration) -> _Effects:
    plain = [(key.name, key.default) for key in KEYS if not isinstance(key.kind, _NESTED)]
    plain += [(f"conventions.{key.name}", "") for key in CONVENTION_KEYS]
    for name, default in plain:
        before = _told(old.values.get(name), default)
        after = _told(new.values.get(name), default)
        if before != after:
            yield f"`{name}` goes from {before} to {after}", name


def _pairs(old: Configuration, new: Configuration) -> _Effects:
    if old.pairs != new.pairs:
        named = ", ".join(f"`{schema}`" for schema, _ in new.pairs) or "those that are found"
        yield f"the schemas that are judged become {named}", "pairs"


def _told(value: Value | None, default: str) -> str:
    if value is None:
        return f"`{default}`" if default else "nothing"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "nothing"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def _severities(old: Configuration, new: Configuration) -> _Effects:
    for name in sorted(old.severities.keys() | new.severities.keys()):
        before = old.severities.get(name, _AS_SHIPPED)
        after = new.severities.get(name, _AS_SHIPPED)
        if before == after:
            continue
        group = "families" if name in FAMILIES else "rules"
        whole = f"the family `{name}`" if group == "families" else f"`{name}`"
        yield f"{whole} {_became(after)}", f"{group}.{name}"


def _became(severity: Severity | str | None) -> str:
    if severity is None:
        return "is switched off"
    if isinstance(severity, Severity):
        return f"counts as {'an' if severity is Severity.ERROR else 'a'} {severity.word}"
    return "counts as shipped again"


def _more_exemptions(old: Configuration, new: Configuration) -> _Effects:
    known = {(*one.identity, one.until) for one in old.exemptions}
    for one in new.exemptions:
        if (*one.identity, one.until) not in known:
            until = f" until {one.until.isoformat()}" if one.until else ""
            yield f"{_what(one)} is waved through{until}", f"exempt.{one.name}:{one.subject}"


def _fewer_exemptions(old: Configuration, new: Configuration) -> _Effects:
    left = {one.identity for one in new.exemptions}
    for one in old.exemptions:
        if one.identity not in left:
            yield f"{_what(one)} is no longer waved through", "exempt."


def _what(exemption: Exemption) -> str:
    where = "" if exemption.subject == "*" else f" on `{exemption.subject}`"
    return f"`{exemption.name}`{where}"
