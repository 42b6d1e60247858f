"""Names that would break out of the text they are quoted in: none of them does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.e2e.projects import PROJECT, SCHEMA_PATH, schema
from tests.e2e.quiet import settle
from tests.support.stack import Stack
from workers.review.markdown import hides_something

EVIL = "x`` @octocat #1 <img src=//e> [a](https://evil.example) | --> \u202e\u200b </details>"
FOLDER = "20240404000000_<b>`@octocat`_[a](https:evil)"
SQL = EVIL.replace('"', "")
HOSTILE = {
    SCHEMA_PATH: schema(f'title String? @map("{EVIL}")', f'other Int? @map("{EVIL} 2")'),
    f"prisma/migrations/{FOLDER}/migration.sql": (
        f'CREATE TABLE "{SQL}" ("id" INTEGER, "{SQL}" TEXT);\n'
        f'ALTER TABLE "missing {SQL}" ADD COLUMN "a" INTEGER;\n'
    ),
    "supabase/readme.md": EVIL,
}
ALLOWED = re.compile(r"</?(?:details|summary|sub|code)>|<!-- driftline:[a-z]+:[0-9a-f]{16} -->")
MENTION = re.compile(r"(?<![\w`])[@#][A-Za-z0-9]")


def tokens(text: str) -> Iterator[Token]:
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for token in reader.parse(text):
        yield token
        yield from token.children or ()


def assert_tame(text: str, home: str) -> None:
    """It holds no markup, mention or address but our own."""
    assert not hides_something(text)
    for token in tokens(text):
        if token.type in ("html_block", "html_inline"):
            rest = ALLOWED.sub("", token.content)
            assert "<" not in rest, token.content
            shown = unescape(re.sub(r"<code>.*?</code>", "", token.content))
            assert not MENTION.search(shown), token.content
        elif token.type == "text":
            assert not MENTION.search(token.content), token.content
            assert "https://" not in token.content, token.content
        elif token.type == "link_open":
            assert str(token.attrs["href"]).startswith(home), token.attrs
        assert token.type != "image"
    assert _outside_code(text, "<details>") == _outside_code(text, "</details>")


def _outside_code(text: str, tag: str) -> int:
    found = [one for one in tokens(text) if one.type in ("html_block", "html_inline")]
    return sum(one.content.count(tag) for one in found)


def test_hostile_names_stay_names_wherever_they_are_told(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", HOSTILE, title=EVIL)
    run = pull.wait_for_check()
    home = stack.sandbox.url

    assert pull.review_comments()
    for one in pull.review_comments():
        assert_tame(one.body, home)
    for review in pull.reviews():
        assert_tame(review.body, home)
    assert run.summary
    assert_tame(run.summary, home)
    for annotation in run.annotations:
        told = f"{annotation['title']}{annotation['message']}{annotation.get('raw_details', '')}"
        assert not hides_something(told)

    pull.comment("alice", f"/driftline ignore {EVIL}")
    pull.comment("alice", f"/driftline explain {EVIL}")
    pull.comment("alice", f"/driftline {EVIL}")
    pull.comment("alice", "/driftline ignore nothing")
    pull.comment("alice", "/driftline fix")
    settle(stack)

    replies = [one.body for one in pull.comments() if one.by_app]
    assert len(replies) == 5
    for reply in replies:
        assert_tame(reply, home)

    pull.push({SCHEMA_PATH: PROJECT[SCHEMA_PATH]})
    pull.wait_for_check()
    for one in pull.review_comments():
        assert_tame(one.body, home)
