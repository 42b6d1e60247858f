"""What GitHub would make of the text, judged by a CommonMark renderer and by what it may hold."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from workers.review import markdown

NASTY = st.text(
    st.sampled_from("`*_[]()<>&|~#@:/.!\\\"' \n\t-+=ab1w\u202e\u200b\u0000é\u2028"), max_size=30
)


def render(text: str) -> str:
    return MarkdownIt("commonmark").render(text)


def test_a_name_with_backticks_stays_inside_its_code() -> None:
    assert markdown.code("a`b``c") == "```a`b``c```"
    assert render(markdown.code("`x`")) == "<p><code>`x`</code></p>\n"


def test_mentions_references_and_links_outside_code_are_defused() -> None:
    assert "@octocat" not in render(markdown.prose("by @octocat in #12"))
    assert "#12" not in render(markdown.prose("by @octocat in #12"))
    assert "https://" not in markdown.prose("see https://example.com")
    assert "www." not in render(markdown.prose("see www.example.com"))
    assert "https://" not in render(markdown.prose("see https://example.com"))
    assert "gh-12" not in render(markdown.prose("as gh-12 says"))
    assert "high-12" in render(markdown.prose("high-12"))


def test_a_sentence_keeps_its_names_as_code() -> None:
    text = "Column `model_type` of `personal_models` is *missing*."
    assert render(markdown.prose(text)) == (
        "<p>Column <code>model_type</code> of <code>personal_models</code> is *missing*.</p>\n"
    )


def test_what_hides_is_shown() -> None:
    assert markdown.code("a\u202eb\u200bc\x07") == "`a\\u{202e}b\\u{200b}c\\u{0007}`"
    assert markdown.hides_something("a\u2066b")
    assert not markdown.hides_something("naïve\n\tzażółć 表")


def test_a_code_block_cannot_be_ended_by_its_content() -> None:
    html = render(markdown.fenced("SELECT 1;\n```\n<script>", "sql"))
    assert html.count("<pre>") == 1
    assert "<script>" not in html


def test_a_fold_shows_tags_in_its_summary_as_text() -> None:
    assert markdown.folded("`<b>` & @you", "x").startswith(
        "<details><summary><code>&lt;b&gt;</code> &amp; @&#8203;you</summary>"
    )


@pytest.mark.parametrize("start", ["- a", "+ a", "= a", "1. a", "2) a", "# a", "> a"])
def test_a_sentence_never_begins_a_block(start: str) -> None:
    html = render(markdown.prose(start))
    assert html.startswith("<p>")
    assert html.count("<") == 2


@given(NASTY)
def test_no_value_leaves_its_code_span(text: str) -> None:
    html = render("before " + markdown.code(text) + " after")
    inner = html.removeprefix("<p>before ").removesuffix(" after</p>\n")
    assert inner == "(empty)" or (inner.startswith("<code>") and inner.endswith("</code>"))
    assert inner.count("<") <= 2


@given(NASTY)
def test_no_sentence_makes_markup_but_code(text: str) -> None:
    html = render(markdown.prose(text))
    rest = html.replace("<p>", "").replace("</p>", "")
    rest = rest.replace("<code>", "").replace("</code>", "")
    assert "<" not in rest
    assert "\u202e" not in unescape(rest)


@given(NASTY)
def test_no_text_leaves_its_code_block(text: str) -> None:
    html = render(markdown.fenced(text) + "\n\nafter")
    assert html.endswith("<p>after</p>\n")
    assert html.count("<pre>") == 1
