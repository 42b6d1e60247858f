"""Pure: the text of a comment -> the slash command in it, if a person meant one.

A command stands at the start of a line, outside of quotes, code and HTML comments, as people
paste logs and quote each other, and mail programs quote everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MOST_CHARACTERS = 1_000
_MOST_ARGUMENTS = 50
_RAW_TAGS = ("pre", "code", "script", "style", "textarea")


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """`name` is "recheck", "help", "explain", "ignore", "fix", or whatever word was written.

    `arguments` are the words behind it, backticks around them taken off; `text` is the rest of
    the line as it was written.
    """

    name: str
    arguments: tuple[str, ...] = ()
    text: str = ""


def parse_command(comment: str) -> SlashCommand | None:
    """The first command of a comment, or None."""
    for line in _spoken_lines(comment):
        command = _command(line)
        if command is not None:
            return command
    return None


def _command(line: str) -> SlashCommand | None:
    head, _, rest = line[:_MOST_CHARACTERS].partition(" ")
    word = head.casefold()
    rest = rest.strip()
    if word == "/recheck":
        return SlashCommand("recheck", _words(rest), rest)
    if word != "/driftline":
        return None
    name, _, text = rest.partition(" ")
    return SlashCommand(name.strip("`").casefold() or "help", _words(text), text.strip())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip("`") or word for word in text.split())[:_MOST_ARGUMENTS]


def _spoken_lines(comment: str) -> Iterator[str]:
    """Lines that start in a person's own words, with tabs as spaces and none at either end."""
    fence: str | None = None
    closing: str | None = None
    ticks = 0
    for line in comment.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        bare = line.replace("\t", "    ").strip(" ")
        indent = len(line.replace("\t", "    ")) - len(line.replace("\t", "    ").lstrip(" "))
        if fence is not None:
            if indent < 4 and _closes(bare, fence):
                fence = None
            continue
        if closing is None and not ticks and (opened := _opens(bare)) and indent < 4:
            fence = opened
            continue
        if not bare:
            ticks = 0  # a code span ends with its paragraph
            continue
        if closing is None and not ticks and indent < 4 and bare.startswith("/"):
            yield bare
        closing, ticks = _scan(line, closing, ticks)


def _opens(line: str) -> str | None:
    """The fence that a line opens: three or more backticks or tildes."""
    for mark in "`~":
        length = len(line) - len(line.lstrip(mark))
        if length >= 3 and not (mark == "`" and mark in line[length:]):
            return mark * length
    return None


def _closes(line: str, fence: str) -> bool:
    return line.startswith(fence) and not line.strip(fence[0])


def _scan(line: str, closing: str | None, ticks: int) -> tuple[str | None, int]:
    """What a line leaves open: the end of a comment or raw tag, the backticks of a code span."""
    position = 0
    while position < len(line):
        if closing is not None:
            end = line.lower().find(closing, position)
            if end < 0:
                return closing, ticks
            position, closing = end + len(closing), None
        elif line[position] == "`":
            run = len(line) - position - len(line[position:].lstrip("`"))
            ticks = run if not ticks else 0 if run == ticks else ticks
            position += run
        elif line[position] == "<" and not ticks:
            closing = _raw_end(line[position : position + 12].lower())
            position += 1
        else:
            position += 1
    return closing, ticks


def _raw_end(text: str) -> str | None:
    if text.startswith("<!--"):
        return "-->"
    for tag in _RAW_TAGS:
        if text.startswith(f"<{tag}") and text[len(tag) + 1 : len(tag) + 2] in ("", " ", ">"):
            return f"</{tag}>"
    return None
