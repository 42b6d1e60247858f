"""Every change of type between the types that Prisma knows, tried on a server with the values at
the bounds of each type: where the server fails, or a value does not come back, it is a risk."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.postgres import Server
from workers.engine.schema.types import parse_type
from workers.engine.sql.casting import cast_risk

BOUNDS: dict[str, tuple[str, ...]] = {
    "smallint": ("32767", "-32768"),
    "integer": ("2147483647", "-2147483648", "16777217"),
    "bigint": ("9223372036854775807", "-9223372036854775808", "9007199254740993"),
    "oid": ("1", "4294967295"),
    "numeric(10,2)": ("99999999.99", "-99999999.99"),
    "numeric(4,1)": ("999.9", "-999.9"),
    "numeric(20,0)": ("99999999999999999999", "9223372036854775807"),
    "money": ("92233720368547758.07", "-92233720368547758.08"),
    "real": ("3.4028235e38", "-1.1754944e-38", "0.1"),
    "double precision": ("1.7976931348623157e308", "-2.2250738585072014e-308"),
    "text": ("", "a ", "é" * 300),
    "character varying": ("", "a ", "é" * 300),
    "character varying(3)": ("", "a ", "abc"),
    "character varying(32)": ("", "a ", "x" * 32),
    "character varying(255)": ("", "a ", "x" * 255),
    "character(1)": ("x",),
    "character(10)": ("x", "0123456789"),
    "citext": ("", "a ", "É" * 300),
    "inet": ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/127", "10.0.0.0/8", "10.0.0.1"),
    "bit(3)": ("101",),
    "bit varying": ("", "10" * 150),
    "uuid": ("f47ac10b-58cc-4372-a567-0e02b2c3d479",),
    "boolean": ("true", "false"),
    "timestamp(3) without time zone": ("2026-11-22 20:46:31.123", "0044-03-15 12:00:00.5 BC"),
    "timestamp(6) without time zone": ("2026-11-22 20:46:31.123456",),
    "timestamp(3) with time zone": ("2026-11-22 20:46:31.123+00",),
    "date": ("2026-11-22", "5874897-12-31"),
    "time(3) without time zone": ("20:46:31.123",),
    "time(3) with time zone": ("20:46:31.123+05:45",),
    "json": ('{"b": 1, "a": 2, "a": 3}', f'"{"x" * 300}"'),
    "jsonb": ('{"a": [1, 2]}', f'"{"x" * 300}"'),
    "text[]": ('{a,"b c"}', f"{{{'x' * 300}}}"),
    "integer[]": ("{1,2}", f"{{{'1,' * 300}2}}"),
}
"""Values by type, as text."""

DEBATED = {
    ("integer", "money"),  # nothing is lost, but no cast leads back
    # The digits survive, but what is computed with them is no longer exact: Prisma warns, too.
    ("numeric(10,2)", "double precision"),
    ("numeric(4,1)", "real"),
    ("numeric(4,1)", "double precision"),
    # Only dates after the year 294,276 do not fit.
    ("date", "timestamp(3) without time zone"),
    ("date", "timestamp(6) without time zone"),
    ("date", "timestamp(3) with time zone"),
}


def outcome(cursor: psycopg.Cursor[object], source: str, target: str) -> str | None:
    """What becomes of the values: "fails", "loses", or None where all survive."""
    for value in BOUNDS[source]:
        cursor.execute("BEGIN")
        try:
            cursor.execute(f"CREATE TEMP TABLE t (c {source})")
            cursor.execute("INSERT INTO t VALUES (%s)", (value,))
            before = _text(cursor, "c")
            cursor.execute(f"ALTER TABLE t ALTER COLUMN c TYPE {target}")
            after = _text(cursor, f"c::text::{source}" if _speaks(target) else f"c::{source}")
            if before != after:
                return "loses"
        except psycopg.Error as error:
            return "fails" if error.sqlstate != "42846" else "loses"
        finally:
            cursor.execute("ROLLBACK")
    return None


def _speaks(target: str) -> bool:
    return target.startswith(("character", "text", "citext"))


def _text(cursor: psycopg.Cursor[object], expression: str) -> object:
    row = cursor.execute(f"SELECT ({expression})::text FROM t").fetchone()
    return row[0] if isinstance(row, tuple) else None


def pairs() -> Iterator[tuple[str, str]]:
    """Every pair of two of the types."""
    return ((one, other) for one in BOUNDS for other in BOUNDS if one != other)


@pytest.fixture(scope="module")
def cursor(postgres15: Server) -> Iterator[psycopg.Cursor[object]]:
    with postgres15.database() as name, postgres15.connect(name) as connection:
        connection.execute("CREATE EXTENSION citext")
        connection.execute("SET timezone = 'America/New_York'")
        connection.prepare_threshold = None
        yield connection.cursor()


def test_a_cast_is_a_risk_where_the_server_says_so(cursor: psycopg.Cursor[object]) -> None:
    wrong = []
    for source, target in pairs():
        true = outcome(cursor, source, target)
        risk = cast_risk(parse_type(source), parse_type(target))
        if (true is None) != (risk is None) and (source, target) not in DEBATED:
            wrong.append((source, target, true, risk and risk.reason))
    assert wrong == []
