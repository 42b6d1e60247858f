"""GitHub-flavoured Markdown that names out of a repository cannot break out of.

Two kinds of text come in: Driftline's own sentences, which hold the user's names in backticks, and
bare values. Mentions and references are found by GitHub in the rendered text, so that an entity
for `@` is no help: a zero-width space behind it is, as Renovate does it.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from urllib.parse import quote

_BREAK = "&#8203;"
_OUTSIDE = re.compile(r"[\\*_\[\]<>&|~`#@:.]|(?<=\bGH)-(?=\d)", re.IGNORECASE)
_ENTITIES = MappingProxyType({"<": "&lt;", ">": "&gt;", "&": "&amp;"})
_BLOCK_START = re.compile(r"\A\s*(?:[-+=]|\d{1,9}(?=[.)]))")
_BACKTICKS = re.compile(r"`+")


def visible(text: str) -> str:
    """Each control, bidirectional and zero-width character as an escape that can be seen."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t":
        return character
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return f"\\u{{{ord(character):04x}}}"
    return character


def hides_something(text: str) -> bool:
    """The text holds a character that `visible` would have to escape."""
    return visible(text) != text


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def code(text: str) -> str:
    """A value as inline code, whatever it holds."""
    plain = _one_line(text)
    if not plain:
        return "(empty)"
    longest = max((len(run) for run in _BACKTICKS.findall(plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def prose(text: str) -> str:
    """A sentence with names in backticks: the names stay code, nothing else is markup."""
    parts = _one_line(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner is no markup
        parts[-2:] = ["`".join(parts[-2:])]
    out: list[str] = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            out.append(escaped(part))
        elif part:
            out.append(code(part))
        else:
            out.append("&#96;&#96;")
    line = "".join(out)
    return _BLOCK_START.sub(lambda match: _entity_last(match[0]), line, count=1)


def _entity_last(text: str) -> str:
    return f"{text[:-1]}&#{ord(text[-1])};"


def escaped(text: str) -> str:
    """Plain text: no markup, no mention, no reference, no link of its own making."""
    return _OUTSIDE.sub(lambda match: _defused(match), text)


def _defused(match: re.Match[str]) -> str:
    character = match[0]
    text, at = match.string, match.end()
    if character in _ENTITIES:
        return _ENTITIES[character]
    if character in "@#":
        return character + _BREAK
    if character == "_" and at > 1 and text[at - 2].isalnum() and text[at : at + 1].isalnum():
        return character  # inside a word it is no markup
    if character == ":":
        return character + _BREAK if text.startswith("//", at) else character
    if character == ".":
        return _BREAK + character if text[max(0, at - 4) : at].lower() == "www." else character
    if character == "-":
        return character + _BREAK
    return f"\\{character}"


def cell(text: str) -> str:
    """Rendered Markdown made fit for a table's cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def fenced(text: str, language: str = "") -> str:
    """A code block that its content cannot end."""
    plain = visible(text).strip("\n")
    longest = max((len(run) for run in _BACKTICKS.findall(plain)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{plain}\n{fence}"


def link(label: str, url: str) -> str:
    """A link; the label is rendered Markdown already."""
    return f"[{label}]({quote(url, safe=':/?#=&%~+,;@!$*-._')})" if url else label


def folded(summary: str, content: str) -> str:
    """A block that opens on a click; the summary is plain text, with names in backticks."""
    return f"<details><summary>{summary_line(summary)}</summary>\n\n{content}\n\n</details>"


def summary_line(text: str) -> str:
    """The line of a fold: HTML, since GitHub reads no Markdown there."""
    parts = _one_line(text).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return "".join(
        f"<code>{_html(part)}</code>" if number % 2 else _html(part)
        for number, part in enumerate(parts)
    )


def _html(text: str) -> str:
    marked = text.replace("@", "@\0").replace("#", "#\0")
    safe = marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("\0", _BREAK)


def size(text: str) -> int:
    """The size in bytes, as GitHub counts it."""
    return len(text.encode("utf-8", "surrogatepass"))
