"""SQL/JSON and SQL/XML: the types of what the standard's own syntax gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.schema.model import SqlType
from workers.engine.sql.expressions.kinds import BOOLEAN, INTEGER, TEXT, bare
from workers.engine.sql.expressions.typed import Opaque, Typed, UnprintableError
from workers.engine.sql.postgres import Node

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Analysis

_JSON = SqlType("json")
_XML = SqlType("xml")
_PLAIN = {
    "JsonArrayConstructor": _JSON,
    "JsonArrayQueryConstructor": _JSON,
    "JsonObjectConstructor": _JSON,
    "JsonArrayAgg": _JSON,
    "JsonObjectAgg": _JSON,
    "JsonScalarExpr": _JSON,
    "JsonParseExpr": _JSON,
    "JsonSerializeExpr": TEXT,
    "JsonIsPredicate": BOOLEAN,
    "GroupingFunc": INTEGER,
    "MergeSupportFunc": TEXT,
}
_FUNCTIONS = {
    "JSON_EXISTS_OP": BOOLEAN,
    "JSON_QUERY_OP": SqlType("jsonb"),
    "JSON_VALUE_OP": TEXT,
}
KINDS = (*_PLAIN, "JsonFuncExpr", "XmlExpr", "XmlSerialize")


def typed(analysis: Analysis, kind: str, fields: Node) -> Typed:
    """A node of a kind as a value of its type; raises UnprintableError where text is wanted."""
    if analysis.is_printed:
        raise UnprintableError(f"a {kind} is not printed")
    given = fields.get("output") or fields.get("constructor", {}).get("output") or {}
    named = given.get("typeName") or (fields.get("typeName") if kind == "XmlSerialize" else None)
    made: SqlType | None
    if named:
        made = analysis.scope.type_of(named)
    elif kind == "XmlExpr":
        made = BOOLEAN if fields.get("op") == "IS_DOCUMENT" else _XML
    elif kind == "JsonFuncExpr":
        made = _FUNCTIONS.get(fields.get("op", "JSON_EXISTS_OP"))
    else:
        made = _PLAIN.get(kind)
    if made is None:
        raise UnprintableError(f"a {kind} of a type that is not known")
    return Opaque(bare(made), kind, made.arguments)
