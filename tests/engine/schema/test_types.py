"""Types as people write them and as `format_type` prints them."""

from __future__ import annotations

import pytest

from workers.engine.schema.model import SqlType
from workers.engine.schema.types import builtin, format_type, parse_type


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("varchar(255)", "character varying(255)"),
        ("TIMESTAMP(3)", "timestamp(3) without time zone"),
        ("timestamptz", "timestamp with time zone"),
        ("time(6) with time zone", "time(6) with time zone"),
        ("numeric(10)", "numeric(10,0)"),
        ("decimal(65,30)", "numeric(65,30)"),
        ("char(3)", "character(3)"),
        ("char", "character(1)"),
        ("bpchar", "bpchar"),
        ("bit", "bit(1)"),
        ("int[]", "integer[]"),
        ("_text", "text[]"),
        ('public."Role"[]', 'public."Role"[]'),
        ('"My Schema".thing(3)', '"My Schema".thing(3)'),
    ],
)
def test_a_type_is_printed_as_postgresql_prints_it(written: str, printed: str) -> None:
    assert format_type(parse_type(written)) == printed


def test_the_internal_names_are_known() -> None:
    assert builtin("int8") == SqlType("bigint")
    assert builtin("_int4") == SqlType("integer", is_array=True)
    assert builtin("geometry") is None
