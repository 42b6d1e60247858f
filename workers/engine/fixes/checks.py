"""Statements that stop a migration where rows stand in its way, and say how many.

Each is a DO block. The query in it is built as a tree and printed, the message is a constant; what
comes out is read as PL/pgSQL before it is used.
"""

from __future__ import annotations

from typing import Any

from workers.engine.errors import EngineError
from workers.engine.fixes.tree import Names, Statement, string
from workers.engine.fixes.tree import statement as make
from workers.engine.fixes.written import written
from workers.engine.schema.names import quote_literal
from workers.engine.sql.postgres import parse_plpgsql


def stop_if_any(query: Statement, message: str) -> Statement:
    """Raise `message` where the query has a row."""
    body = (
        f"\nBEGIN\n    IF EXISTS ({_line(query)}) THEN\n"
        f"        RAISE EXCEPTION {_message(message)};\n    END IF;\nEND\n"
    )
    return _block(body)


def stop_with_count(query: Statement, message: str) -> Statement:
    """Raise `message` with the query's number in front, unless that is 0."""
    body = (
        f"\nDECLARE\n    found bigint := ({_line(query)});\nBEGIN\n    IF found > 0 THEN\n"
        f"        RAISE EXCEPTION {_message('# ' + message, counted=True)}, found;\n"
        f"    END IF;\nEND\n"
    )
    return _block(body)


def empty_rows(names: Names, table: Any, column: str) -> Statement:
    """The rows that have no value in the column."""
    return make('SELECT 1 FROM "$table" WHERE "$column" IS NULL', names, table=table, column=column)


def rows_where(names: Names, table: Any, condition: Any) -> Statement:
    """The number of rows of which a condition holds."""
    pattern = 'SELECT count(*) FROM "$table" WHERE "$condition"'
    return make(pattern, names, table=table, condition=condition)


def repeated(names: Names, table: Any, columns: tuple[str, ...]) -> Statement:
    """The number of combinations of values that several rows share; NULL is like nothing."""
    pattern = (
        'SELECT count(*) FROM (SELECT 1 FROM "$table" WHERE a IS NOT NULL AND b IS NOT NULL '
        "GROUP BY a, b HAVING count(*) > 1) AS repeated"
    )
    found = make(pattern, names, table=table)
    query = found.fields["fromClause"][0]["RangeSubselect"]["subquery"]["SelectStmt"]
    tests = query["whereClause"]["BoolExpr"]["args"]
    references = [{"ColumnRef": {"fields": [string(column)]}} for column in columns]
    filled = [{"NullTest": {**tests[0]["NullTest"], "arg": one}} for one in references]
    if len(filled) == 1:
        query["whereClause"] = filled[0]
    else:
        query["whereClause"]["BoolExpr"]["args"] = filled
    query["groupClause"] = references
    return found


def _line(query: Statement) -> str:
    return " ".join(written(query).rstrip(";").split("\n"))


def _message(text: str, *, counted: bool = False) -> str:
    """A message as RAISE takes it: its own signs of percent doubled."""
    doubled = text.replace("%", "%%")
    return quote_literal("%" + doubled[1:] if counted else doubled)


def _block(body: str) -> Statement:
    block = Statement(
        "DoStmt",
        {
            "args": [
                {
                    "DefElem": {
                        "defname": "as",
                        "arg": {"String": {"sval": body}},
                        "defaction": "DEFELEM_UNSPEC",
                    }
                }
            ]
        },
    )
    if not parse_plpgsql(written(block)):
        raise EngineError("a check of rows is no PL/pgSQL")
    return block
