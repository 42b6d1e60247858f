"""Names as PostgreSQL makes, cuts and quotes them."""

from __future__ import annotations

from workers.engine.schema.names import (
    choose_name,
    clip,
    join_columns,
    make_object_name,
    quote,
    quote_literal,
)


def test_a_short_name_is_joined_as_it_is() -> None:
    assert make_object_name("User", "email", "key") == "User_email_key"
    assert make_object_name("User", None, "pkey") == "User_pkey"


def test_the_longer_of_two_names_is_cut_first() -> None:
    made = make_object_name("t" * 50, "c" * 20, "idx")
    assert made == "t" * 38 + "_" + "c" * 20 + "_idx"
    assert len(made) == 63


def test_a_name_is_never_cut_inside_a_character() -> None:
    assert clip("é" * 40) == "é" * 31
    assert len(make_object_name("é" * 40, None, "pkey").encode()) <= 63


def test_a_taken_name_is_numbered_after_its_label() -> None:
    taken = {"t_a_key", "t_a_key1"}
    assert choose_name("t", "a", "key", taken.__contains__) == "t_a_key2"


def test_joined_columns_end_once_they_are_too_long() -> None:
    assert join_columns(["a", "b"]) == "a_b"
    assert join_columns(["x" * 63, "y" * 10, "never"]) == "x" * 63 + "_" + "y" * 10


def test_only_what_must_be_quoted_is_quoted() -> None:
    assert [quote(name) for name in ("user_id", "User", "order", "1st", 'a"b')] == [
        "user_id",
        '"User"',
        '"order"',
        '"1st"',
        '"a""b"',
    ]


def test_a_literal_with_a_backslash_is_an_escape_string() -> None:
    assert quote_literal("it's") == "'it''s'"
    assert quote_literal("a\\b") == "E'a\\\\b'"
