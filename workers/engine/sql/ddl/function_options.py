"""The attributes of CREATE and ALTER FUNCTION, each of which may stand once.

compute_function_attributes of src/backend/commands/functioncmds.c.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Function
from workers.engine.schema.names import quote
from workers.engine.sql import resolve
from workers.engine.sql.ddl.option_values import amount
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError

_NOT_OF_PROCEDURES = frozenset(
    ("cost", "leakproof", "parallel", "rows", "strict", "support", "volatility", "window")
)


def refuse_repeated(options: Iterable[Node], is_procedure: bool = False) -> None:
    """Refuse an option that stands twice, and one that a procedure has not."""
    seen = set()
    for one in options:
        name = one["DefElem"]["defname"]
        if is_procedure and name in _NOT_OF_PROCEDURES:
            raise RefusedError("42P13", "invalid attribute in procedure definition")
        if name in seen and name != "set":
            raise RefusedError("42601", "conflicting or redundant options")
        seen.add(name)
        if name == "parallel":
            _need_parallel(resolve.value_text(one["DefElem"]["arg"]))


def _need_parallel(word: str) -> None:
    if word not in ("safe", "restricted", "unsafe"):
        raise RefusedError("42601", 'parameter "parallel" must be SAFE, RESTRICTED, or UNSAFE')


def need_estimates(options: Iterable[Node], is_set: bool) -> None:
    """COST and ROWS are more than nothing; ROWS is for sets."""
    for one in options:
        name = one["DefElem"]["defname"]
        if name not in ("cost", "rows"):
            continue
        if (amount(resolve.value_text(one["DefElem"]["arg"])) or 0) <= 0:
            raise RefusedError("22023", f"{name.upper()} must be positive")
        if name == "rows" and not is_set:
            raise RefusedError(
                "22023", "ROWS is not applicable when function does not return a set"
            )


def need_language(node: Node) -> None:
    """Refuse a body of text without a language."""
    names = [one["DefElem"]["defname"] for one in node.get("options", ())]
    if "language" not in names and not node.get("sql_body"):
        raise RefusedError("42P13", "no language specified")


def need_one_body(function: Function, node: Node) -> None:
    """interpret_AS_clause: text, or a body of SQL."""
    texts = _texts(node)
    if node.get("sql_body"):
        if texts:
            raise RefusedError("42P13", "duplicate function body specified")
        if function.language != "sql":
            raise RefusedError("42P13", "inline SQL function body only valid for language SQL")
    elif not texts:
        raise RefusedError("42P13", "no function body specified")
    elif len(texts) > 1 and function.language in ("sql", "plpgsql"):
        raise RefusedError("42P13", f'only one AS item needed for language "{function.language}"')


def _texts(node: Node) -> Sequence[Node]:
    for one in node.get("options", ()):
        if one["DefElem"]["defname"] == "as":
            items: Sequence[Node] = one["DefElem"].get("arg", {}).get("List", {}).get("items", ())
            return items
    return ()


def with_options(function: Function, options: Iterable[Node]) -> Function:
    """The function with what its options say."""
    changes: dict[str, Any] = {}
    settings = list(function.settings)
    for one in options:
        element = one["DefElem"]
        name, argument = element["defname"], element.get("arg", {})
        if name == "language":
            changes["language"] = resolve.value_text(argument).lower()
        elif name == "security":
            changes["is_security_definer"] = bool(argument.get("Boolean", {}).get("boolval"))
        elif name == "volatility":
            changes["volatility"] = resolve.value_text(argument).lower()
        elif name == "as":
            items = argument.get("List", {}).get("items", ())
            changes["body"] = resolve.value_text(items[0]) if items else None
        elif name == "set":
            settings = _setting(settings, argument.get("VariableSetStmt", {}))
    return replace(function, settings=tuple(settings), **changes)


def _setting(settings: list[str], node: Node) -> list[str]:
    name = node.get("name", "")
    left = [one for one in settings if one.split("=", 1)[0] != name]
    if node.get("kind") in ("VAR_RESET", "VAR_SET_DEFAULT"):
        return left
    if node.get("kind") == "VAR_RESET_ALL":
        return []
    return [*left, f"{name}={setting_text(node)}"]


def setting_text(node: Node) -> str:
    """The value that SET gives: list elements quoted where they must be."""
    values = [resolve.value_text(one) for one in node.get("args", ())]
    if node.get("name") in ("search_path", "temp_tablespaces", "session_preload_libraries"):
        return ", ".join(quote(value) if value else '""' for value in values)
    return ", ".join(values)
