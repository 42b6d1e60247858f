"""Pure: the text of a comment -> the slash command in it, if a person meant one.

A command stands at the start of a line of a plain paragraph: not in a quote, a list, code, HTML or
a comment, as people paste logs and quote each other, and mail programs quote everything.
"""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

_WORDS = ("/recheck", "/driftline")
_MOST_HEARD = 20_000
"""Characters of a comment: to read the Markdown of more, were it hostile, would take too long."""
_MOST_CHARACTERS = 1_000
_MOST_ARGUMENTS = 50
_TICKS = re.compile(r"`+")
_HIDING = re.compile(r"`+|<!--|<(?:code|pre|kbd|samp|script|style|textarea)\b[^<>]{0,200}>", re.I)


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
    heard = comment[:_MOST_HEARD]
    if not any(word in heard.casefold() for word in _WORDS):
        return None  # nearly every comment: no need to read its Markdown
    for paragraph in _paragraphs(heard):
        for line in _spoken_lines(paragraph):
            command = _command(line)
            if command is not None:
                return command
    return None


def _command(line: str) -> SlashCommand | None:
    words = line[:_MOST_CHARACTERS].split(maxsplit=1)
    word = words[0].casefold() if words else ""
    rest = words[1].strip() if len(words) > 1 else ""
    if word == "/recheck":
        return SlashCommand("recheck", _arguments(rest), rest)
    if word != "/driftline":
        return None
    name, *more = rest.split(maxsplit=1) or [""]
    text = more[0].strip() if more else ""
    return SlashCommand(name.strip("`").casefold() or "help", _arguments(text), text)


def _arguments(text: str) -> tuple[str, ...]:
    return tuple(word.strip("`") or word for word in text.split())[:_MOST_ARGUMENTS]


def _paragraphs(comment: str) -> Iterator[str]:
    """The paragraphs that stand in no quote, list or other block.

    Markdown's blocks are read by markdown-it, of which the inline part is left out: it is what
    takes long on hostile text.
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark").disable("reference")
    reader.core.ruler.enableOnly(["normalize", "block"])
    tokens = reader.parse(comment)
    for opening, content in itertools.pairwise(tokens):
        if opening.type == "paragraph_open" and opening.level == 0:
            yield content.content


def _spoken_lines(paragraph: str) -> Iterator[str]:
    """The lines that do not begin inside of code or a comment."""
    hidden = deque(_hidden(paragraph))
    start = 0
    for line in paragraph.split("\n"):
        while hidden and hidden[0][1] <= start:
            hidden.popleft()
        if not (hidden and hidden[0][0] < start):
            yield line.strip(" \t")
        start += len(line) + 1


def _hidden(paragraph: str) -> Iterator[tuple[int, int]]:
    """Half-open stretches of code spans, HTML comments and elements that show text as code."""
    closings: dict[int, deque[int]] = {}
    for run in _TICKS.finditer(paragraph):
        closings.setdefault(len(run[0]), deque()).append(run.start())
    position = 0
    while opening := _HIDING.search(paragraph, position):
        position = opening.end()
        end = _end_of(opening, closings)
        if end is not None:
            yield opening.start(), end
            position = end


def _end_of(opening: re.Match[str], closings: dict[int, deque[int]]) -> int | None:
    """Where what was opened ends; None where backticks have no partner, which makes them text."""
    if opening[0].startswith("`"):
        return _span_end(opening, closings)
    if opening[0] == "<!--":
        found = opening.string.find("-->", opening.end())
        return found + 3 if found >= 0 else len(opening.string)
    return _element_end(opening, closings)


def _span_end(opening: re.Match[str], closings: dict[int, deque[int]]) -> int | None:
    mark = opening[0]
    starts = closings[len(mark)]
    while starts and starts[0] < opening.end():
        starts.popleft()
    return starts[0] + len(mark) if starts else None


def _element_end(opening: re.Match[str], closings: dict[int, deque[int]]) -> int:
    """The end of an element; code inside of it is read first, so a closing tag there is none."""
    name = opening[0][1:-1].split()[0]
    steps = re.compile(f"`+|</{name}>", re.IGNORECASE)
    position = opening.end()
    while step := steps.search(opening.string, position):
        if not step[0].startswith("`"):
            return step.end()
        position = _span_end(step, closings) or step.end()
    return len(opening.string)
