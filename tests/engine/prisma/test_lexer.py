from __future__ import annotations

import pytest

from workers.engine.prisma.lexer import Token, tokenize, unquote


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text)]


def test_every_token_knows_its_place() -> None:
    text = "model A {\n  id Int @id // key\n}\n"
    assert all(text[t.start : t.end] == t.text for t in tokenize(text))


def test_comments_are_left_out_and_documentation_is_kept() -> None:
    assert kinds("/// what it is\na // aside\n/* b\n c */ d") == [
        ("doc", "/// what it is"),
        ("newline", "\n"),
        ("word", "a"),
        ("newline", "\n"),
        ("word", "d"),
        ("end", ""),
    ]


def test_a_string_may_hold_slashes_braces_and_escaped_quotation_marks() -> None:
    assert kinds(r'"// { \" }"') == [("string", r'"// { \" }"'), ("end", "")]


def test_a_string_that_is_not_closed_ends_with_its_line() -> None:
    assert kinds('a "b\nc') == [
        ("word", "a"),
        ("bad", '"b'),
        ("newline", "\n"),
        ("word", "c"),
        ("end", ""),
    ]


def test_a_comment_that_is_not_closed_takes_the_rest() -> None:
    assert kinds("a /* b\nc") == [("word", "a"), ("bad", "/* b\nc"), ("end", "")]


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble() -> None:
    assert kinds("\ufeffa\r\nb") == [
        ("word", "a"),
        ("newline", "\r\n"),
        ("word", "b"),
        ("end", ""),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("-1.5", "number"), ("12", "number"), ("2xl", "word"), ("my-value", "word"), ("_x", "word")],
)
def test_numbers_and_names_are_told_apart(text: str, kind: str) -> None:
    assert kinds(text)[0] == (kind, text)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r'"a\nb"', "a\nb"),
        (r'"\u00e9"', "é"),
        (r'"a\"b\\c"', 'a"b\\c'),
        (r'"a\qb"', r"a\qb"),
    ],
)
def test_string_literals_follow_json(literal: str, value: str) -> None:
    assert unquote(literal) == value


def test_a_token_is_a_plain_tuple_of_four() -> None:
    assert tokenize("x")[0] == Token("word", "x", 0, 1)
