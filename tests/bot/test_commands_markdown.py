"""Commands held against a Markdown parser: what it shows as code or a comment commands nothing.

markdown-it is the oracle. The reader may hear less than it shows (a person who is not heard sees
no reaction and writes again), but nothing that it does not show as text at a line's start.
"""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.commands import parse_command

PIECES = [
    "/recheck",
    "/driftline fix",
    "> ",
    "```",
    "````",
    "~~~",
    "``` sql",
    "`",
    "``",
    "<!--",
    "-->",
    "<pre>",
    "</pre>",
    "<pre class='a'>",
    "<code>",
    "</code>",
    "<details>",
    "- ",
    "    ",
    "\t",
    " ",
    "text",
    "# ",
    "\\",
    "",
]
PROSE = ["text", "", "> quote", "- item", "**bold**", "a ` tick"]
LINES = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
COMMENTS = st.lists(LINES, max_size=8).map("\n".join)


@settings(max_examples=600, deadline=None)
@given(COMMENTS)
@example("```\n```\n/recheck")
@example("a `\n/recheck\n` b")
@example("<!-- a\n\n/recheck\n-->")
@example("<code>```</code>\n/recheck\n/recheck```")
def test_only_what_is_shown_as_text_is_heard(comment: str) -> None:
    if parse_command(comment) is not None:
        starts = list(_line_starts(MarkdownIt("commonmark").parse(comment)))
        assert any(start.lstrip().startswith(("/recheck", "/driftline")) for start in starts)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["text", "", "> quote", "- item", "**bold**", "a ` tick"]), max_size=6)
)
def test_in_plain_prose_a_command_of_its_own_paragraph_is_always_heard(lines: list[str]) -> None:
    assert parse_command("\n".join([*lines, "", "/recheck", "", *lines])) is not None


def _line_starts(tokens: list[Token]) -> Iterator[str]:
    """The first words of each line of text, as a reader of the page would see them."""
    for token in tokens:
        if token.type == "html_block" and not token.content.startswith(("<!--", "<pre", "<code")):
            # A block such as <details> shows the lines in it as they are.
            yield from token.content.split("\n")
        if token.type == "inline" and token.children is not None:
            is_start = True
            for child in token.children:
                if child.type == "text" and is_start and child.content:
                    yield child.content
                    is_start = False
                elif child.type in ("softbreak", "hardbreak"):
                    is_start = True
                elif child.type != "html_inline":
                    is_start = False
