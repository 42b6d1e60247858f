"""Who makes what a failing migration needs: read off the words of the other files.

PostgreSQL's message names the missing object; the statement that makes it is found by its words
(`CREATE TABLE ... name`, `ADD COLUMN name`, `RENAME TO name`), because the object may have been
renamed or dropped since and then stands in no schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql.postgres import SqlSyntaxError, scan
from workers.engine.sql.text import Text

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
    "new table": frozenset({"table"}),
}
_PREFIXES = frozenset(
    {
        *("or", "replace", "unique", "unlogged", "temp", "temporary", "global", "local"),
        *("materialized", "recursive", "foreign", "constraint"),
    }
)
_SKIPPED = frozenset({"concurrently", "if", "not", "exists", "only"})
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


class Missing(Struct, frozen=True):
    """What PostgreSQL says is not there: its kind in the message, and its bare name."""

    kind: str
    name: str

    @property
    def extension(self) -> str | None:
        """The extension that brings an object of this name, where one is known for it."""
        return _EXTENSIONS.get(self.name)


class Word(Struct, frozen=True):
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


class Makings:
    """Where each object of some files is made: a file is read when something in it is asked for."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self._unread = {source.path: (source, source.text.lower()) for source in sources}
        self._places: dict[tuple[str, str], list[Origin]] = {}

    def of(self, missing: Missing) -> list[Origin]:
        """The first place in each file where an object of that kind and name is made."""
        kinds, name = _KINDS.get(missing.kind, frozenset()), missing.name
        if missing.extension is not None:
            kinds, name = frozenset({"extension"}), missing.extension
        self._read(name)
        found: dict[str, Origin] = {}
        for kind in kinds:
            for place in self._places.get((kind, name), ()):
                known = found.get(place.path)
                if known is None or place.span.start < known.span.start:
                    found[place.path] = place
        return [found[path] for path in sorted(found)]

    def _read(self, name: str) -> None:
        """Read the files that speak of a name; within quotation marks a mark stands twice."""
        written = name.lower().replace('"', '""')
        speaking = [path for path, (_, text) in self._unread.items() if written in text]
        for path in speaking:
            source, _ = self._unread.pop(path)
            for made, span in _first_makings(source.text):
                self._places.setdefault(made, []).append(Origin(path, span))


@lru_cache(maxsize=4096)
def _first_makings(text: str) -> tuple[tuple[tuple[str, str], Span], ...]:
    """What a file makes, each once: asked of the same files for the order and for the findings."""
    found: dict[tuple[str, str], Span] = {}
    for kind, name, span in _makings(words_of(text)):
        found.setdefault((kind, name), span)
    return tuple(found.items())


def words_of(text: str) -> list[Word]:
    """The tokens of a text, without comments; none where the scanner gives up."""
    places = Text("", text)
    try:
        tokens = scan(places.data)
    except SqlSyntaxError:
        return []
    found = []
    for token in tokens:
        written = places.data[token.start : token.end].decode("utf-8", "replace")
        if written.startswith(("--", "/*")):
            continue
        start = places.character(token.start)
        is_quoted = written.startswith('"')
        folded = written[1:-1].replace('""', '"') if is_quoted else written.lower()
        found.append(Word(folded, start, start + len(written), is_quoted))
    return found


_CREATED = frozenset().union(*_KINDS.values()) | {"extension"}


def _makings(words: list[Word]) -> Iterator[tuple[str, str, Span]]:
    """Kind, name and place of everything that the statements make, in order."""
    is_table = False
    for at, word in enumerate(words):
        if word.is_name:
            if is_table and words[at - 1].text in ("(", ","):
                yield "column", word.text, Span(word.start, word.end)
            continue
        target = None
        kind = ""
        if word.text == ";":
            is_table = False
        elif word.text == "create":
            kind, target = _created(words, at + 1)
            is_table = kind == "table"
        elif word.text == "add":
            kind, target = "column", _named(words, _after(words, at + 1, "column"))
        elif word.text == "to" and at:
            kind, target = _renamed(words, at)
        elif is_table and words[at - 1].text in ("(", ","):
            yield "column", word.text, Span(word.start, word.end)
        if target is not None:
            yield kind, words[target].text, Span(word.start, words[target].end)


def _created(words: list[Word], at: int) -> tuple[str, int | None]:
    while at < len(words) and words[at].text in _PREFIXES and not words[at].is_name:
        at += 1
    if at >= len(words) or words[at].text not in _CREATED:
        return "", None
    return words[at].text, _named(words, at + 1)


def _named(words: list[Word], at: int) -> int | None:
    """The last part of the name that begins at a word."""
    while at < len(words) and words[at].text in _SKIPPED and not words[at].is_name:
        at += 1
    while at + 2 < len(words) and words[at + 1].text == ".":
        at += 2
    return at if at < len(words) else None


def _after(words: list[Word], at: int, keyword: str) -> int:
    return at + 1 if at < len(words) and words[at].text == keyword else at


def _renamed(words: list[Word], at: int) -> tuple[str, int | None]:
    recent = {word.text for word in words[max(0, at - 4) : at] if not word.is_name}
    if "rename" not in recent or at + 1 >= len(words):
        return "", None
    return ("column" if "column" in recent else "table"), at + 1


def _bare(name: str) -> str:
    name = name.strip().partition("(")[0].strip('"')
    return name.rpartition(".")[2].strip('"')
