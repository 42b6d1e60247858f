"""Types and defaults as Prisma's schema engine reads them from SQLite.

SQLite keeps any type name that is written; the engine sorts them into families by the name, and
compares the families. Measured on engine 8.1.0-2 (Prisma 7.10).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_FAMILIES = {
    "int": "int",
    "integer": "int",
    "serial": "int",
    "bigint": "bigint",
    "real": "float",
    "float": "float",
    "double": "float",
    "boolean": "boolean",
    "text": "string",
    "date": "datetime",
    "datetime": "datetime",
    "timestamp": "datetime",
    "binary": "binary",
    "blob": "binary",
    "jsonb": "json",
}
_NOW = frozenset(("current_timestamp", "datetime('now')", "datetime('now', 'localtime')"))


def family_of(name: str) -> str:
    """The family of a type's name; a name that the engine does not know is its own."""
    name = name.lower()
    if name in _FAMILIES:
        return _FAMILIES[name]
    if "char" in name:
        return "string"
    if "numeric" in name or "decimal" in name:
        return "decimal"
    return f"unsupported {name}"


def value_of(text: str, family: str) -> tuple[str, object] | None:
    """The literal that a default is, with its sort; None where it is an expression."""
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
    if family in ("int", "bigint"):
        digits = bare.removeprefix("-")
        return ("int", int(bare)) if digits.isascii() and digits.isdigit() else None
    if family in ("float", "decimal"):
        try:
            return ("float", Decimal(bare))
        except InvalidOperation:
            return None
    if family == "boolean":
        known = {"1": True, "0": False, "true": True, "false": False}
        return ("bool", known[text.lower()]) if text.lower() in known else None
    if family == "string":
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            text = text[1:-1]
        return ("text", text.replace("''", "'"))
    if family == "json":
        return ("json", text)
    return None


def is_now(text: str) -> bool:
    """Whether a default of a time is the present, as the engine knows it."""
    return text.lower() in _NOW
