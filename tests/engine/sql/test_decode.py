"""Any bytes become a text, and PostgreSQL's answer to them is known."""

from __future__ import annotations

from workers.engine.sql.decode import decode

SQL = "SELECT 'é';"


def test_plain_utf8_is_taken_as_it_is() -> None:
    assert decode(SQL.encode()).text == SQL
    assert decode(SQL.encode()).sqlstate is None


def test_a_byte_order_mark_of_utf8_is_read_and_refused_as_a_part_of_the_first_word() -> None:
    found = decode(b"\xef\xbb\xbf" + SQL.encode())
    assert (found.text, found.sqlstate) == (SQL, "42601")
    assert found.message == 'syntax error at or near "\ufeffSELECT"'
    assert decode(b"\xef\xbb\xbf-- x\n" + SQL.encode()).message.endswith('near "\ufeff"')


def test_utf16_is_read_and_refused() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        found = decode(SQL.encode(encoding))
        assert (found.text, found.sqlstate) == (SQL, "42601")


def test_latin_1_is_read_and_refused_as_an_invalid_sequence() -> None:
    found = decode(SQL.encode("latin-1"))
    assert (found.text, found.sqlstate) == (SQL, "22021")
    assert found.message == 'invalid byte sequence for encoding "UTF8": 0xe9 0x27 0x3b'


def test_zero_bytes_are_refused() -> None:
    found = decode(b"SELECT 1;\0")
    assert (found.text, found.sqlstate) == ("SELECT 1; ", "42601")


def test_ten_thousand_byte_order_marks_are_one_refusal() -> None:
    decoded = decode(b"\xef\xbb\xbf" * 10_000 + b"SELECT 1;")
    assert (decoded.text, decoded.sqlstate) == ("SELECT 1;", "42601")
