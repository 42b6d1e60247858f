"""Files read as statements, whatever is in them."""

from __future__ import annotations

import pytest

from workers.engine.sql import split
from workers.engine.sql.text import Text


def kinds(sql: str) -> list[str]:
    return [one.kind for one in split.read(Text("a.sql", sql)).statements]


def test_statements_have_their_own_span_without_comments_before() -> None:
    text = Text("a.sql", "-- first\nSELECT 1;\n\n/* é /* nested */ */ SELECT 'ü';\n")
    found = split.read(text).statements
    spans = [text.origin(one.start, one.end).span for one in found]
    assert [text.text[span.start : span.end] for span in spans] == ["SELECT 1", "SELECT 'ü'"]


def test_a_syntax_error_does_not_silence_the_others() -> None:
    script = split.read(Text("a.sql", "SELECT 1; CREATE TABEL x (a int); SELECT 2;"))
    assert [one.kind for one in script.statements] == ["SelectStmt", "SelectStmt"]
    (trouble,) = script.troubles
    assert trouble.sqlstate == "42601"
    assert trouble.message == 'syntax error at or near "TABEL"'
    assert trouble.offset == 17


def test_words_without_any_keyword_are_a_trouble_too() -> None:
    script = split.read(Text("a.sql", "SELECT 1; hello there; SELECT 2"))
    assert len(script.statements) == 2
    assert [one.message for one in script.troubles] == ['syntax error at or near "hello"']


def test_an_unterminated_string_is_told_and_what_stands_before_it_is_read() -> None:
    script = split.read(Text("a.sql", "SELECT 1; SELECT 'oops; SELECT 2;"))
    assert len(script.statements) == 1
    assert "unterminated quoted string" in script.troubles[0].message


@pytest.mark.parametrize(
    "sql",
    ["\\connect other\nSELECT 1;", "{{ template }}; SELECT 1;", "<%= erb %> SELECT 1;"],
)
def test_meta_commands_and_templates_are_located_troubles(sql: str) -> None:
    assert split.read(Text("a.sql", sql)).troubles[0].sqlstate == "42601"


def test_dollar_quotes_hold_semicolons() -> None:
    sql = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $x$ SELECT 1; $x$; SELECT oops oops oops"
    assert kinds(sql) == ["CreateFunctionStmt"]


def test_a_chain_of_many_thousand_operators_is_bounded_before_the_parser_sees_it() -> None:
    script = split.read(Text("a.sql", "SELECT " + "1+" * 200_000 + "1; SELECT 2;"))
    assert [one.kind for one in script.statements] == ["SelectStmt"]
    assert script.troubles[0].is_ours


def test_five_thousand_concatenations_and_five_hundred_joins_are_read() -> None:
    joins = "".join(f" JOIN t{n} ON true" for n in range(500))
    assert kinds("SELECT " + "||".join(["a"] * 5000)) == ["SelectStmt"]
    assert kinds("SELECT 1 FROM t" + joins) == ["SelectStmt"]


def test_of_megabytes_of_rows_only_the_first_is_read() -> None:
    rows = ",".join(f"({n}, 'text; with (brackets)')" for n in range(50_000))
    script = split.read(Text("a.sql", f"INSERT INTO t (a, b) VALUES {rows}; SELECT 1;"))
    assert [one.kind for one in script.statements] == ["InsertStmt", "SelectStmt"]
    assert script.skipped == 1


def test_what_follows_megabytes_of_rows_is_read_where_it_stands() -> None:
    rows = ",".join(f"({n}, 'text')" for n in range(5_000))
    text = f"INSERT INTO t (a, b) VALUES {rows} ON CONFLICT (a) DO NOTHING"
    (insert,) = split.read(Text("a.sql", text)).statements
    assert insert.fields["onConflictClause"]["action"] == "ONCONFLICT_NOTHING"
    assert insert.fields["onConflictClause"]["location"] == text.index("ON CONFLICT")


def test_the_rows_of_a_subquery_are_no_rows_of_the_insert() -> None:
    rows = ",".join(f"({n}, 'text')" for n in range(5_000))
    text = f"INSERT INTO t SELECT * FROM (VALUES {rows}) AS v (a, b) WHERE a > 1"
    script = split.read(Text("a.sql", text))
    assert not script.troubles
    assert [one.kind for one in script.statements] == ["InsertStmt"]
