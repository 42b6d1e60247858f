"""Decode JSON of any depth.

`json.loads` recurses and gives up near a thousand levels; the syntax tree of a chain of five
thousand `||` is ten thousand levels deep. This decoder keeps its own stack.
"""

from __future__ import annotations

from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

_WORDS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


def loads(text: str) -> Any:
    """The value of a JSON text without blank space around it."""
    root: list[Any] = []
    stack: list[Any] = [root]
    keys: list[str] = []
    at, length = 0, len(text)
    while at < length:
        letter = text[at]
        if letter in ",: \n\r\t":
            at += 1
        elif letter in "}]":
            stack.pop()
            at += 1
        elif letter in "{[":
            made: Any = {} if letter == "{" else []
            _put(stack[-1], keys, made)
            stack.append(made)
            at += 1
        elif letter == '"':
            word, at = scanstring(text, at + 1, True)
            if isinstance(stack[-1], dict) and text[at] == ":":
                keys.append(word)
            else:
                _put(stack[-1], keys, word)
        else:
            value, at = _plain(text, at)
            _put(stack[-1], keys, value)
    return root[0]


def _put(holder: Any, keys: list[str], value: Any) -> None:
    if isinstance(holder, dict):
        holder[keys.pop()] = value
    else:
        holder.append(value)


def _plain(text: str, at: int) -> tuple[Any, int]:
    known = _WORDS.get(text[at])
    if known is not None:
        return known[1], at + len(known[0])
    end = at
    while end < len(text) and text[end] in "+-0123456789.eE":
        end += 1
    number = text[at:end]
    return (float(number) if "." in number or "e" in number else int(number)), end
