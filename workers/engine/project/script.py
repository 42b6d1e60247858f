"""String values out of a JavaScript or TypeScript object literal, without running it.

`prisma.config.ts` may compute anything; what is read here are properties whose value is a string,
a template, `path.join(...)`/`path.resolve(...)` of strings, or a constant of the same file that is
one of these. A template may hold what is not known only where it is the URL of a database.
See https://www.prisma.io/docs/orm/reference/prisma-config-reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from workers.engine.source import Span

_IDENTIFIER_EXTRA = "_$"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


class Token(Struct, frozen=True):
    """A word, a string (`text` is its value) or one sign of punctuation."""

    kind: str
    text: str
    span: Span


class Value(Struct, frozen=True):
    """A string value and the place of its expression."""

    text: str
    span: Span
    fallback: str = ""
    """What stands after `??` or `||` of an environment variable."""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a script; comments and blanks are left out, regular expressions not known."""
    at, end = 0, len(text)
    while at < end:
        sign = text[at]
        if sign.isspace():
            at += 1
        elif text.startswith("//", at):
            stop = text.find("\n", at)
            at = end if stop < 0 else stop
        elif text.startswith("/*", at):
            stop = text.find("*/", at + 2)
            at = end if stop < 0 else stop + 2
        elif sign in "\"'`":
            value, stop = _string(text, at)
            kind = "string" if value is not None else "template"
            yield Token(kind, text[at + 1 : stop - 1] if value is None else value, Span(at, stop))
            at = stop
        elif sign.isalnum() or sign in _IDENTIFIER_EXTRA:
            stop = at
            while stop < end and (text[stop].isalnum() or text[stop] in _IDENTIFIER_EXTRA):
                stop += 1
            yield Token("word", text[at:stop], Span(at, stop))
            at = stop
        else:
            yield Token("sign", sign, Span(at, at + 1))
            at += 1


def properties(text: str) -> dict[str, Value]:
    """The string properties of all object literals, by dotted path: `migrations.path`.

    The outermost literal that is a call's argument or an export counts as the root, so that
    `defineConfig({ schema: "..." })` gives `schema`.
    """
    found: dict[str, Value] = {}
    stack: list[str] = []
    stream = list(tokens(text))
    constants = _constants(stream)
    key = ""
    at = 0
    while at < len(stream):
        token = stream[at]
        if token.kind == "sign" and token.text == "{":
            stack.append(key)
            key = ""
        elif token.kind == "sign" and token.text == "}":
            if stack:
                stack.pop()
            key = ""
        elif token.kind == "sign" and token.text in ",;":
            key = ""
        elif token.kind in ("word", "string") and _is_sign(stream, at + 1, ":") and stack:
            key = token.text
            value = _value(stream, at + 2, constants)
            if value is not None:
                found.setdefault(".".join([*filter(None, stack), key]), value)
            at += 1
        elif token.kind == "word" and token.text in constants and stack and _is_short(stream, at):
            found.setdefault(".".join([*filter(None, stack), token.text]), constants[token.text])
        at += 1
    return found


def _constants(stream: list[Token]) -> dict[str, Value]:
    """What `const NAME = ...` says, with a type or without one, by name."""
    found: dict[str, Value] = {}
    for at, token in enumerate(stream):
        if token.kind != "word" or token.text not in ("const", "let", "var"):
            continue
        if at + 1 >= len(stream) or stream[at + 1].kind != "word":
            continue
        start = at + 4 if _is_sign(stream, at + 2, ":") else at + 2
        if _is_sign(stream, start, "="):
            value = _value(stream, start + 1, found)
            if value is not None:
                found.setdefault(stream[at + 1].text, value)
    return found


def _is_short(stream: list[Token], at: int) -> bool:
    """`{ url }` and `{ url, ... }`."""
    is_first = any(_is_sign(stream, at - 1, sign) for sign in "{,")
    return is_first and any(_is_sign(stream, at + 1, sign) for sign in "},")


def _value(stream: list[Token], at: int, constants: Mapping[str, Value]) -> Value | None:
    if at >= len(stream):
        return None
    token = stream[at]
    if token.kind == "string":
        return Value(token.text, token.span)
    if token.kind == "template":
        filled = _filled(token.text, constants)
        is_whole = "${" not in filled or "://" in filled.partition("${")[0]
        return Value(filled, token.span) if is_whole else None
    if token.text in constants and any(_is_sign(stream, at + 1, sign) for sign in ",}"):
        return constants[token.text]
    if token.kind != "word":
        return None
    parts = []
    start = at
    while at < len(stream) and (stream[at].kind == "word" or _is_sign(stream, at, ".")):
        parts.append(stream[at].text)
        at += 1
    names = [part for part in parts if part != "."]
    if names[:2] == ["process", "env"] and len(names) == 3:
        return _variable(stream, start, at, names[2])
    is_indexed = _is_sign(stream, at, "[") and _is_sign(stream, at + 2, "]")
    if names == ["process", "env"] and is_indexed and stream[at + 1].kind == "string":
        return _variable(stream, start, at + 3, stream[at + 1].text)
    if parts[-1] not in ("join", "resolve", "env") or not _is_sign(stream, at, "("):
        return None
    return _joined(stream, start, at + 1, parts[-1])


def _filled(template: str, constants: Mapping[str, Value]) -> str:
    """A template with the constants put in whose value is a string; `${}` is all else."""
    before, *parts = template.split("${")
    pieces = [before]
    for part in parts:
        name, _, after = part.partition("}")
        known = constants.get(name.strip())
        is_text = known is not None and not known.text.startswith("env:")
        pieces += [known.text if known is not None and is_text else "${}", after]
    return "".join(pieces)


def _variable(stream: list[Token], start: int, at: int, name: str) -> Value:
    """An environment variable, and the string that stands in for it: `process.env.X ?? "..."`."""
    fallback = ""
    if _is_sign(stream, at, "!"):
        at += 1
    for sign in "?|":
        if _is_sign(stream, at, sign) and _is_sign(stream, at + 1, sign) and at + 2 < len(stream):
            fallback = stream[at + 2].text if stream[at + 2].kind == "string" else ""
    span = Span(stream[start].span.start, stream[at - 1].span.end)
    return Value(f"env:{name}", span, fallback)


def _joined(stream: list[Token], start: int, at: int, call: str) -> Value | None:
    pieces = []
    while at < len(stream) and not _is_sign(stream, at, ")"):
        token = stream[at]
        if token.kind == "string":
            pieces.append(token.text)
        elif token.kind == "word" and token.text not in ("__dirname", "process", "cwd", "import"):
            if token.text not in ("meta", "dirname", "string"):
                return None
        elif token.kind == "template":
            return None
        if _is_sign(stream, at, "("):
            while at < len(stream) and not _is_sign(stream, at, ")"):
                at += 1
        at += 1
    if not pieces or at >= len(stream):
        return None
    span = Span(stream[start].span.start, stream[at].span.end)
    text = f"env:{pieces[0]}" if call == "env" else "/".join(pieces)
    return Value(text, span)


def _is_sign(stream: list[Token], at: int, sign: str) -> bool:
    return at < len(stream) and stream[at].kind == "sign" and stream[at].text == sign


def _string(text: str, at: int) -> tuple[str | None, int]:
    quote = text[at]
    pieces: list[str] = []
    is_plain = True
    at += 1
    while at < len(text) and text[at] != quote:
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
            pieces.append(_ESCAPES.get(text[at], text[at]))
        elif text[at] == "\n" and quote != "`":
            break
        else:
            if quote == "`" and text.startswith("${", at):
                is_plain = False
            pieces.append(text[at])
        at += 1
    return ("".join(pieces) if is_plain else None), min(at + 1, len(text))
