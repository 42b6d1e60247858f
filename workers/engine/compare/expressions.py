"""SQL expressions as text: whether two mean the same, and how PostgreSQL prints one back."""

from __future__ import annotations

from workers.engine.compare.literals import Token, tokens

_BRACKETS = (Token("sign", "("), Token("sign", ")"))
_OPERATOR = Token("word", "operator")
"""`OPERATOR(public.~)` is the operator with its schema, as a dump writes it."""
_QUALIFIERS = frozenset(("pg_catalog", "public", "extensions"))


def same_expression(one: str, other: str) -> bool:
    """Whether two expressions are the same but for case, blanks, brackets, casts of literals and
    the schema of a function or operator."""
    if one == other:
        return True
    first, second = tokens(one), tokens(other)
    if first is None or second is None:
        return False
    return _plain(first) == _plain(second)


def _plain(found: list[Token]) -> list[Token]:
    out: list[Token] = []
    skipping = False
    for index, token in enumerate(found):
        follower = found[index + 1] if index + 1 < len(found) else None
        if skipping and (
            token.kind in ("word", "quoted", "number") or token.value in (".", "(", ")", "[", "]")
        ):
            if token.value == ")" and "(" not in (t.value for t in found[index - 2 : index]):
                skipping = False
            else:
                continue
        skipping = False
        if token == Token("sign", "::") and out and out[-1].kind == "string":
            skipping = True
            continue
        if token in _BRACKETS or (token == _OPERATOR and follower == _BRACKETS[0]):
            continue
        if token.value in _QUALIFIERS and follower == Token("sign", "."):
            continue
        if token == Token("sign", ".") and index and found[index - 1].value in _QUALIFIERS:
            continue
        out.append(Token("word", token.value) if token.kind == "quoted" else token)
    return out


def unqualified(text: str, schema: str) -> str:
    """The expression without the schema before its names; what stands in strings is left alone,
    but for the name in `nextval('public.s'::regclass)`."""
    out, at = [], 0
    prefixes = (f"{schema}.", f'"{schema}".')
    while at < len(text):
        letter = text[at]
        if letter == "'":
            end = at + 1
            while end < len(text) and (text[end] != "'" or text[end + 1 : end + 2] == "'"):
                end += 2 if text[end] == "'" else 1
            out.append(text[at : end + 1])
            at = end + 1
            continue
        previous = text[at - 1] if at else " "
        is_start = not (previous.isalnum() or previous in '_$"')
        found = next((p for p in prefixes if is_start and text.startswith(p, at)), None)
        if found is not None and previous != ".":
            at += len(found)
            continue
        if letter == '"':
            end = text.find('"', at + 1)
            end = len(text) - 1 if end < 0 else end
            out.append(text[at : end + 1])
            at = end + 1
            continue
        out.append(letter)
        at += 1
    return "".join(out)
