"""A command is what a person wrote at the start of a line, and nothing else."""

from __future__ import annotations

import time

import pytest

from bot.commands import SlashCommand, parse_command


@pytest.mark.parametrize(
    ("comment", "command"),
    [
        ("/recheck", SlashCommand("recheck")),
        ("/Recheck", SlashCommand("recheck")),
        ("  /recheck", SlashCommand("recheck")),
        ("/recheck please", SlashCommand("recheck", ("please",), "please")),
        ("Thanks!\r\n\r\n/recheck\r\n", SlashCommand("recheck")),
        ("Thanks!\n/recheck", SlashCommand("recheck")),
        ("/driftline", SlashCommand("help")),
        ("/driftline help", SlashCommand("help")),
        ("/driftline recheck", SlashCommand("recheck")),
        ("/driftline fix", SlashCommand("fix")),
        ("/driftline   Fix", SlashCommand("fix")),
        ("/driftline dance now", SlashCommand("dance", ("now",), "now")),
        (
            "/driftline explain `column-type-mismatch`",
            SlashCommand("explain", ("column-type-mismatch",), "`column-type-mismatch`"),
        ),
        (
            "/driftline ignore 3f9a we drop it next week",
            SlashCommand(
                "ignore",
                ("3f9a", "we", "drop", "it", "next", "week"),
                "3f9a we drop it next week",
            ),
        ),
        ("> quoted\n\n/recheck", SlashCommand("recheck")),
        ("```\nlog\n```\n/recheck", SlashCommand("recheck")),
        ("an unpaired ` tick\n\n/recheck", SlashCommand("recheck")),
        ("a <!-- note --> /driftline fix\n/recheck", SlashCommand("recheck")),
        ("- item\n\n/recheck", SlashCommand("recheck")),
        ("a lone ` tick\n/recheck", SlashCommand("recheck")),
        ("<details>\n\n/recheck\n\n</details>", SlashCommand("recheck")),
        ("/driftline fix\n/recheck", SlashCommand("fix")),
        ("~~~\n```\n~~~\n/recheck", SlashCommand("recheck")),
        ("`a\nb` c\n/recheck", SlashCommand("recheck")),
        ("5 < 6\n/recheck", SlashCommand("recheck")),
        ("<prefix> is a tag\n/recheck", SlashCommand("recheck")),
    ],
)
def test_a_command_is_read(comment: str, command: SlashCommand) -> None:
    assert parse_command(comment) == command


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "please /recheck",
        "> /recheck",
        ">/recheck",
        "  > /recheck",
        "`/recheck`",
        "`/recheck",
        "`code\n/recheck\nmore`",
        "```\n/recheck\n```",
        "```sh\n/recheck",
        "~~~\n/recheck\n~~~",
        "````\n```\n/recheck\n````",
        "    /recheck",
        "\t/recheck",
        "<!-- /recheck -->",
        "<!--\n/recheck\n-->",
        "<pre>\n/recheck\n</pre>",
        "/rechecking",
        "/recheck/all",
        "/driftlines help",
        "//recheck",
        "\\/recheck",
        "- /recheck",
        "- item\n  /recheck",
        "# /recheck",
        "> quoted\n/recheck",
        "> ```\n```\n/recheck",
        "see <code>\n/recheck\n</code>",
        "a <!--\n/recheck",
        "/home/me/recheck",
        "line\u2028/recheck",
    ],
)
def test_what_is_quoted_or_mentioned_is_no_command(comment: str) -> None:
    assert parse_command(comment) is None


HOSTILE = (
    r"` `a\n < <!-- <!--> `a ```\n /recheck > - <pre>\n <code> [ [a]( *a ![ \n | [a]:b\n 1. <a"
)


@pytest.mark.parametrize("piece", [*HOSTILE.split(" "), "    ", "> - ", "` ", "\\"])
def test_the_longest_comment_is_read_in_an_instant(piece: str) -> None:
    comment = "see /recheck\n\n" + piece.replace("\\n", "\n") * (65_000 // len(piece))
    started = time.process_time()
    parse_command(comment)
    assert time.process_time() - started < 1.0


def test_arguments_are_bounded() -> None:
    command = parse_command("/driftline ignore " + "x " * 30_000)
    assert command is not None
    assert len(command.arguments) <= 50
    assert len(command.text) <= 1_000
