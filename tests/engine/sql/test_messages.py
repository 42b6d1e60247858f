"""The messages that the printer takes, against those that protobuf's own library writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from postgast import pg_query_pb2

from workers.engine.sql.messages import NoMessage
from workers.engine.sql.postgres import SqlSyntaxError, _messages, deparse, parse

CASES = Path(__file__).parents[2] / "cases"


def _scripts() -> list[str]:
    """The SQL of every case file."""
    found = []
    for path in sorted(CASES.rglob("*.md")):
        for block in path.read_text().split("```sql")[1:]:
            found.append(block.partition("\n")[2].partition("```")[0])
    return found


def _whole(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"stmts": [{"stmt": {kind: fields}}]}


def test_every_statement_of_the_cases_is_written_as_protobuf_writes_it() -> None:
    count = 0
    for script in _scripts():
        try:
            statements = parse(script.encode())
        except SqlSyntaxError:
            continue
        for one in statements:
            tree = _whole(one.kind, one.fields)
            ours = pg_query_pb2.ParseResult.FromString(_messages().write("ParseResult", tree))
            theirs = json_format.ParseDict(tree, pg_query_pb2.ParseResult())
            assert ours == theirs
            count += 1
    assert count > 1_000


@pytest.mark.parametrize(
    "value", [0, 1, 127, 128, 300, 16_384, 2**31 - 1, -1, -128, -(2**31)], ids=str
)
def test_numbers_are_written_as_protobuf_writes_them(value: int) -> None:
    tree = _whole("A_Const", {"ival": {"ival": value}, "location": value})
    ours = pg_query_pb2.ParseResult.FromString(_messages().write("ParseResult", tree))
    assert ours == json_format.ParseDict(tree, pg_query_pb2.ParseResult())


@pytest.mark.parametrize(
    "fields",
    [
        {"nothing": 1},
        {"tableOnly": "yes"},
        {"relation": "t"},
        {"objtype": "OBJECT_NOWHERE"},
        {"relation": {"location": 2**31}},
        {"relation": {"relname": 7}},
        {"cmds": 1},
    ],
    ids=str,
)
def test_what_no_message_holds_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(NoMessage):
        _messages().write("AlterTableStmt", fields)
    with pytest.raises(SqlSyntaxError):
        deparse("AlterTableStmt", fields)
