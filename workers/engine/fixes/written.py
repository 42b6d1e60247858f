"""Trees in the house style of a project's migrations, each proven by reading it back.

libpg_query prints names in quotation marks only where they need them, and types in small letters.
Prisma quotes every name and writes types in capitals. So the names in a tree are marked with a
letter that forces the quotation marks, and the marks are taken off the printed text. What comes
out is parsed again: it must be the very tree that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.errors import EngineError
from workers.engine.fixes.manner import in_manner
from workers.engine.fixes.spelling import shown_in_tree
from workers.engine.fixes.tree import Statement, bare
from workers.engine.sql.postgres import Node, SqlSyntaxError, deparse, parse

_NAME = "\ue000"
_TYPE = "\ue001"
_MARKED_WORDS = """
    relname schemaname colname conname idxname newname subname policy_name extname aliasname
    trigname catalogname seqname
    """
_MARKED = frozenset(_MARKED_WORDS.split())
_MARKED_LISTS = frozenset(
    ("keys", "fk_attrs", "pk_attrs", "including", "objects", "object", "objname")
)
_NAMED = frozenset(("AlterTableCmd", "ResTarget", "IndexElem"))
_OF_TYPES = frozenset(("CreateEnumStmt", "AlterEnumStmt"))
_LAID_OUT = frozenset(("CreateStmt", "UpdateStmt"))


def written(statement: Statement) -> str:
    """The statement's text, with its semicolon; raises EngineError where it reads back as another.

    A comma-separated ALTER TABLE stands on a line for each action.
    """
    for text in _candidates(statement):
        if reads_back(text, statement):
            return f"{text};"
    raise EngineError(f"a {statement.kind} could not be written so that it reads back")


def _candidates(statement: Statement) -> Iterator[str]:
    """The texts to try: in the house style, without its touches, and as libpg_query has it."""
    for marks in (True, False):
        try:
            text = _printed(statement, marks=marks)
        except SqlSyntaxError:
            continue
        yield in_manner(text, statement)
        yield text


def reads_back(text: str, statement: Statement) -> bool:
    """Whether a text is this one statement and nothing more."""
    try:
        return _reads_back(text, statement)
    except SqlSyntaxError:
        return False


def _reads_back(text: str, statement: Statement) -> bool:
    parsed = parse(text.encode())
    return (
        len(parsed) == 1
        and parsed[0].kind == statement.kind
        and bare(parsed[0].fields) == bare(statement.fields)
    )


def _printed(statement: Statement, *, marks: bool) -> str:
    fields = _marked(statement.fields, statement.kind) if marks else statement.fields
    is_laid_out = statement.kind in _LAID_OUT or len(statement.fields.get("cmds", ())) > 1
    text = deparse(statement.kind, fields, is_laid_out=is_laid_out)
    return _plain(text) if marks else text


def _plain(text: str) -> str:
    """The text without the marks: `"\ue001TEXT"(3)` is `TEXT(3)`, `"\ue000id"` is `"id"`."""
    found = text.split(f'"{_TYPE}')
    for at in range(1, len(found)):
        name, _, rest = found[at].partition('"')
        found[at] = name + rest
    return "".join(found).replace(f'"{_NAME}', '"')


def _marked(node: Any, kind: str = "", key: str = "") -> Any:
    if isinstance(node, list):
        return [_marked(item, kind, key) for item in node]
    if not isinstance(node, dict):
        return _marked_text(node, kind, key)
    if "names" in node and "typemod" in node:
        return _marked_type(node)
    if "ColumnRef" in node:
        return {"ColumnRef": {**node["ColumnRef"], "fields": _strings(node["ColumnRef"]["fields"])}}
    if len(node) == 1:
        ((only, value),) = node.items()
        if only[:1].isupper():
            return {only: _marked(value, only)}
    return {
        name: _marked_field(name, value, kind)
        for name, value in node.items()
        if not (name == "accessMethod" and value == "btree")
    }


def _marked_field(name: str, value: Any, kind: str) -> Any:
    is_type_name = name == "typeName" and kind in _OF_TYPES and isinstance(value, list)
    if (name in _MARKED_LISTS and kind != "FuncCall") or is_type_name:
        return _names(value)
    if kind == "DefElem" and isinstance(value, dict) and "List" in value:
        return _names(value)
    if name in ("schemaname", "extname") or (name == "name" and kind in _NAMED):
        return _NAME + value if isinstance(value, str) and value else value
    return _marked(value, kind, name)


def _names(value: Any) -> Any:
    """Every String in a list, or a list of lists, is a name."""
    if isinstance(value, list):
        return [_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "String" in value:
        return {"String": {"sval": _NAME + value["String"].get("sval", "")}}
    if "List" in value:
        return {"List": {"items": _names(value["List"].get("items", []))}}
    if "TypeName" in value:
        return {"TypeName": _marked_type(value["TypeName"])}
    if "ObjectWithArgs" in value:
        return _marked(value)
    return value


def _strings(fields: list[Node]) -> list[Node]:
    return [_names(field) for field in fields]


def _marked_text(value: Any, kind: str, key: str) -> Any:
    if isinstance(value, str) and key == "" and kind == "":
        return value
    if isinstance(value, str) and key in _MARKED and value:
        return _NAME + value
    return value


def _marked_type(node: Node) -> Node:
    names = tuple(part["String"].get("sval", "") for part in node["names"])
    shown = shown_in_tree(names)
    if shown is not None:
        return {**node, "names": [{"String": {"sval": _TYPE + shown}}]}
    if names[:1] == ("pg_catalog",) or names == ("bpchar",):
        return node
    return {**node, "names": _names(node["names"])}
