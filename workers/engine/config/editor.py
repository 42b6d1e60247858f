"""The JSON Schema of `.github/driftline.yml`, for editors."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from workers.engine.config.keys import (
    CONVENTION_KEYS,
    EXEMPTION_KEYS,
    FAMILIES,
    KEYS,
    OFF,
    PAIR_KEYS,
    SEVERITIES,
    Branches,
    Choice,
    Conventions,
    Day,
    Exemptions,
    Key,
    Kind,
    Names,
    Number,
    Pairs,
    Paths,
    RuleName,
    Severities,
    Switch,
)

Json = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string", "pattern": "\\S"}


def json_schema(rules: Collection[str]) -> Json:
    """The schema; `rules` are the names of all rules."""
    names = {"rule": sorted(rules), "family": sorted(FAMILIES)}
    return {
        "$schema": _DRAFT,
        "title": "Driftline's configuration, .github/driftline.yml",
        "type": ["object", "null"],
        **_keys(KEYS, names),
    }


def _keys(keys: tuple[Key, ...], names: dict[str, list[str]]) -> Json:
    return {
        "properties": {key.name: _key(key, names) for key in keys},
        "additionalProperties": False,
    }


def _key(key: Key, names: dict[str, list[str]]) -> Json:
    data: Json = {"description": key.what, **_kind(key.kind, names)}
    if not key.default:
        return data
    if isinstance(key.kind, Names):
        return data
    default: object = key.default
    if isinstance(key.kind, Number):
        default = int(key.default)
    elif isinstance(key.kind, Switch):
        default = key.default == "true"
    return data | {"default": default}


def _kind(kind: Kind, names: dict[str, list[str]]) -> Json:
    match kind:
        case Choice(words):
            return {"enum": list(words)}
        case Switch():
            return {"type": "boolean"}
        case Number(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Paths() | Names():
            return {"type": "array", "items": _TEXT}
        case Branches():
            return {"type": "object", "additionalProperties": _TEXT}
        case Conventions():
            return {"type": "object", **_keys(CONVENTION_KEYS, names)}
        case Severities(of):
            # YAML 1.1 reads a bare `off` as false, 1.2 as a word.
            severity = {"enum": [*SEVERITIES, OFF, False]}
            return {
                "type": "object",
                "properties": dict.fromkeys(names[of], severity),
                "additionalProperties": False,
            }
        case RuleName(of):
            return {"enum": names[of]}
        case Day():
            return {"type": "string", "format": "date"}
        case Exemptions():
            return {"type": "array", "items": _exemption(names)}
        case Pairs():
            pair = {"type": "object", **_keys(PAIR_KEYS, names), "required": ["schema"]}
            return {"type": "array", "maxItems": 50, "items": pair}
    return dict(_TEXT)


def _exemption(names: dict[str, list[str]]) -> Json:
    return {
        "type": "object",
        **_keys(EXEMPTION_KEYS, names),
        "required": ["reason"],
        "oneOf": [{"required": ["rule"]}, {"required": ["family"]}],
    }
