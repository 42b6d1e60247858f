"""Who makes what a failing migration needs: read off the words of the other files.

PostgreSQL's message names the missing object; the statement that makes it is found by its words
(`CREATE TABLE ... name`, `ADD COLUMN name`, `RENAME TO name`), because the object may have been
renamed or dropped since and then stands in no schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql.postgres import SqlSyntaxError, scan

_RELATIONS = frozenset({"table", "view", "sequence", "index"})
_KINDS = {
    "relation": _RELATIONS,
    "table": _RELATIONS,
    "view": _RELATIONS,
    "sequence": _RELATIONS,
    "index": frozenset({"index"}),
    "type": frozenset({"type", "domain", "table"}),
    "schema": frozenset({"schema"}),
    "function": frozenset({"function", "procedure", "aggregate"}),
    "procedure": frozenset({"function", "procedure"}),
    "role": frozenset({"role", "user"}),
    "trigger": frozenset({"trigger"}),
    "policy": frozenset({"policy"}),
    "constraint": frozenset({"constraint"}),
    "column": frozenset({"column"}),
}
_SKIPPED = frozenset(
    {
        "or",
        "replace",
        "unique",
        "unlogged",
        "temp",
        "temporary",
        "global",
        "local",
        "materialized",
        "recursive",
        "concurrently",
        "foreign",
        "constraint",
        "if",
        "not",
        "exists",
        "only",
        "type",
    }
)
_EXTENSIONS = {
    "vector": "vector",
    "halfvec": "vector",
    "sparsevec": "vector",
    "vector_cosine_ops": "vector",
    "vector_l2_ops": "vector",
    "vector_ip_ops": "vector",
    "citext": "citext",
    "hstore": "hstore",
    "ltree": "ltree",
    "cube": "cube",
    "geometry": "postgis",
    "geography": "postgis",
    "uuid_generate_v4": "uuid-ossp",
    "uuid_generate_v1": "uuid-ossp",
    "uuid_generate_v1mc": "uuid-ossp",
    "gen_random_bytes": "pgcrypto",
    "crypt": "pgcrypto",
    "gen_salt": "pgcrypto",
    "digest": "pgcrypto",
    "hmac": "pgcrypto",
    "gin_trgm_ops": "pg_trgm",
    "gist_trgm_ops": "pg_trgm",
    "similarity": "pg_trgm",
    "unaccent": "unaccent",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """What PostgreSQL says is not there: its kind in the message, and its bare name."""

    kind: str
    name: str

    @property
    def extension(self) -> str | None:
        """The extension that brings an object of this name, where one is known for it."""
        return _EXTENSIONS.get(self.name)


@dataclass(frozen=True, slots=True)
class Word:
    """A token: folded as PostgreSQL folds names, with its place."""

    text: str
    start: int
    end: int
    is_name: bool


def missing_object(message: str) -> Missing | None:
    """What a message of the kind `relation "x" does not exist` is about."""
    before, found, _ = message.partition(" does not exist")
    if not found:
        return None
    if before.startswith("column "):
        name = before.removeprefix("column ").partition(" of relation ")[0]
        return Missing("column", _bare(name))
    if " of relation " in before or " for table " in before or " for relation " in before:
        kind, _, rest = before.partition(" ")
        name = rest.partition(" of relation ")[0].partition(" for ")[0]
        return Missing(kind, _bare(name))
    if before.startswith(("operator class ", "text search ")):
        return Missing("operator class", _bare(before.rpartition(' "')[2]))
    kind, _, name = before.partition(" ")
    return Missing(kind, _bare(name)) if kind in _KINDS else None


def makers(missing: Missing, sources: Iterable[SourceFile]) -> Iterator[Origin]:
    """The first place in each file where an object of that kind and name is made."""
    kinds, name = _KINDS.get(missing.kind), missing.name
    if missing.extension is not None:
        kinds, name = frozenset({"extension"}), missing.extension
    if kinds is None:
        return
    for source in sources:
        if name.lower() not in source.text.lower():
            continue
        place = _making(words_of(source.text), kinds, name)
        if place is not None:
            yield Origin(source.path, place)


def words_of(text: str) -> list[Word]:
    """The tokens of a text, without comments; none where the scanner gives up."""
    data = text.encode()
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return []
    is_ascii = len(data) == len(text)
    found = []
    for token in tokens:
        written = data[token.start : token.end].decode("utf-8", "replace")
        if written.startswith(("--", "/*")):
            continue
        start = token.start if is_ascii else len(data[: token.start].decode("utf-8", "replace"))
        is_quoted = written.startswith('"')
        folded = written[1:-1].replace('""', '"') if is_quoted else written.lower()
        found.append(Word(folded, start, start + len(written), is_quoted))
    return found


def _making(words: list[Word], kinds: frozenset[str], name: str) -> Span | None:
    for at, word in enumerate(words):
        if word.is_name:
            continue
        target = None
        if word.text == "create":
            target = _created(words, at + 1, kinds)
        elif word.text == "add" and "column" in kinds:
            target = _named(words, _after(words, at + 1, "column"))
        elif word.text == "to" and at and _is_rename(words, at, kinds):
            target = at + 1
        if target is not None and target < len(words) and words[target].text == name:
            return Span(word.start, words[target].end)
    if "column" in kinds:
        return _column_in_table(words, name)
    return None


def _created(words: list[Word], at: int, kinds: frozenset[str]) -> int | None:
    while at < len(words) and words[at].text in _SKIPPED - kinds and not words[at].is_name:
        at += 1
    if at >= len(words) or words[at].text not in kinds:
        return None
    return _named(words, at + 1)


def _named(words: list[Word], at: int) -> int | None:
    """The last part of the name that begins at a word."""
    while at < len(words) and words[at].text in _SKIPPED and not words[at].is_name:
        at += 1
    while at + 2 < len(words) and words[at + 1].text == ".":
        at += 2
    return at if at < len(words) else None


def _after(words: list[Word], at: int, keyword: str) -> int:
    return at + 1 if at < len(words) and words[at].text == keyword else at


def _is_rename(words: list[Word], at: int, kinds: frozenset[str]) -> bool:
    recent = {word.text for word in words[max(0, at - 4) : at] if not word.is_name}
    if "rename" not in recent:
        return False
    return ("column" in recent) == ("column" in kinds)


def _column_in_table(words: list[Word], name: str) -> Span | None:
    """A column in the brackets of a CREATE TABLE: the word after "(" or ","."""
    is_table = False
    for at, word in enumerate(words):
        if word.text == "create" and not word.is_name:
            is_table = _created(words, at + 1, frozenset({"table"})) is not None
        elif word.text == ";":
            is_table = False
        elif is_table and word.text == name and at and words[at - 1].text in ("(", ","):
            return Span(word.start, word.end)
    return None


def _bare(name: str) -> str:
    name = name.strip().partition("(")[0].strip('"')
    return name.rpartition(".")[2].strip('"')
