"""The commands of a Dockerfile: RUN, CMD and ENTRYPOINT, each with the stage that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.syntax import Fragment


class Instruction(Struct, frozen=True):
    """One instruction that runs something; `stage` is the name behind `FROM image AS`."""

    name: str
    stage: str
    body: Fragment


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions in order: continued lines joined, exec form as words, here-documents too."""
    start, stage = 0, ""
    while start < len(text):
        end = _end(text, start)
        word, _, rest = text[start:end].lstrip().partition(" ")
        name = word.upper()
        mark = _mark(rest.partition("\n")[0]) if name in ("RUN", "COPY") else ""
        if mark:
            first, end = end, _end_of_document(text, end, mark)
            if name == "RUN" and first < end:
                body = Fragment(text[first:end], tuple(range(first, end + 1)))
                yield Instruction(name, stage, body)
        elif name == "FROM":
            words = rest.split()
            is_named = len(words) > 2 and words[-2].upper() == "AS"
            stage = words[-1] if is_named else ""
        elif name in ("RUN", "CMD", "ENTRYPOINT"):
            yield Instruction(name, stage, _body(text, text.index(word, start) + len(word), end))
        start = end + 1


def _body(text: str, start: int, end: int) -> Fragment:
    body = "".join(" " if letter in '[]",' else letter for letter in text[start:end])
    body = body.replace("\\\n", " \n" if "\n" in body else "  ").replace("\n", " ")
    return Fragment(body, tuple(range(start, start + len(body) + 1)))


def _end(text: str, start: int) -> int:
    end = text.find("\n", start)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1)
    return len(text) if end < 0 else end


def _mark(line: str) -> str:
    """The word that ends a here-document which begins on this line."""
    _, found, rest = line.partition("<<")
    words = rest.removeprefix("-").split()
    return words[0].strip("\"'") if found and words and not rest.startswith("<") else ""


def _end_of_document(text: str, start: int, mark: str) -> int:
    """Where the line begins that holds the mark alone, less its line break."""
    at = start + 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip() == mark:
            # The mark's own line is no instruction, and is passed over as one.
            return at - 1
        at = end + 1
    return len(text)
