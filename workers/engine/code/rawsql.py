"""The queries of a code base that go to one database, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from workers.engine.code.chains import Chains
from workers.engine.code.evidence import CodeUse
from workers.engine.code.facts import Facts, Query
from workers.engine.code.generators import nearest_first
from workers.engine.code.linking import Client, Generated, Linker, Method
from workers.engine.code.methods import RAW, UNSAFE
from workers.engine.code.places import is_past, is_test
from workers.engine.code.reach import Trouble
from workers.engine.code.statements import Statement, read_query
from workers.engine.schema.model import Schema
from workers.engine.source import Origin, Span

if TYPE_CHECKING:
    pass


class SqlTrouble(Struct, frozen=True):
    """Something wrong in a query, at its place in the file."""

    trouble: Trouble
    origin: Origin
    is_certain: bool
    """Whether the query goes to this database beyond doubt."""
    knows_others: bool
    """Whether the query names a table that is there."""
    places: tuple[Origin, ...] = ()
    """Where else the file says the same."""


class Judged(Struct):
    """What was found in all queries, and how many could not be read."""

    troubles: list[SqlTrouble]
    read: int = 0
    unread: int = 0


def judge_queries(code: CodeUse, schema: Schema, search_path: tuple[str, ...]) -> Judged:
    """Qualify every query that goes to this schema's database."""
    judged = Judged([])
    assert code.code.modules is not None
    outputs = {s: g.pair for g in code.generators for s in g.sources if not s.startswith("@")}
    linker = Linker(code.code.files, code.code.modules, outputs)
    others = frozenset(_made_elsewhere(code))
    chains = Chains(schema, search_path, others)
    for path, file in code.code.files.items():
        looked_up = _looked_up(file.queries)
        for query in () if is_test(path) or is_past(path) else file.queries:
            if query.route == "create":
                continue
            certain = _goes_here(query, path, code, linker)
            if certain is None:
                continue
            statement = read_query(query, schema, search_path, others)
            if statement is None:
                judged.unread += 1
                continue
            judged.read += 1
            found = _judged(path, statement, certain)
            judged.troubles += [one for one in found if not _is_known(one, looked_up)]
        judged.troubles += _built(path, file, code, chains)
    return judged


def _built(path: str, file: Facts, code: CodeUse, chains: Chains) -> Iterator[SqlTrouble]:
    """What is wrong in built queries; which database they go to is told by their tables alone."""
    if is_test(path) or is_past(path) or not (len(code.generators) == 1 or _nearest(code, path)):
        return
    for built in file.built:
        for trouble, mention, knows_some in chains.troubles(built):
            start = mention.end - len(mention.name.rpartition(".")[2])
            yield SqlTrouble(trouble, Origin(path, Span(start, mention.end)), False, knows_some)


_CATALOGUES = ("information_schema", "pg_attribute", "pg_class", "to_regclass")


def _looked_up(queries: tuple[Query, ...]) -> str:
    """What a file asks the server's catalogue for, before it dares to name it in a query."""
    texts = ("".join(text for text, _ in query.parts) for query in queries)
    return "\n".join(text for text in texts if any(word in text for word in _CATALOGUES))


def _is_known(one: SqlTrouble, looked_up: str) -> bool:
    """Whether the file itself looks whether the name is there."""
    name = one.trouble.name.rpartition(".")[2]
    return one.trouble.kind != "types" and f"'{name}'" in looked_up


def _made_elsewhere(code: CodeUse) -> Iterator[str]:
    """Relations that the code makes itself, and tables of the repository's other schemas."""
    for generator in code.generators:
        if generator.pair != code.pair:
            yield from (model.table.name for model in generator.schema.models.values())
    for file in code.code.files.values():
        for query in file.queries:
            if query.route == "create":
                yield from _named("".join(text for text, _ in query.parts))


def _named(text: str) -> Iterator[str]:
    """What `CREATE TABLE IF NOT EXISTS name` names, statement by statement."""
    words = text.replace("(", " ( ").split()
    for at, word in enumerate(words):
        if word.upper() in ("TABLE", "VIEW"):
            rest = [w for w in words[at + 1 : at + 5] if w.upper() not in ("IF", "NOT", "EXISTS")]
            if rest:
                yield rest[0].rpartition(".")[2].strip('";')


def _goes_here(query: Query, path: str, code: CodeUse, linker: Linker) -> bool | None:
    """Whether a query certainly goes to this schema's database; None where it goes elsewhere."""
    meaning = linker.meaning(query.receiver, path)
    source = ""
    if isinstance(meaning, Client | Generated):
        source = meaning.source
    elif isinstance(meaning, Method):
        source = meaning.client.source
    fitting = [g for g in code.generators if source in g.sources]
    if fitting:
        is_ours = nearest_first(fitting, path)[0].pair == code.pair
        return len(fitting) == 1 if is_ours else None
    is_prisma = query.route in RAW or query.route in UNSAFE
    if is_prisma:
        return _nearest(code, path)
    return False if len(code.generators) == 1 or _nearest(code, path) else None


def _nearest(code: CodeUse, path: str) -> bool | None:
    if len(code.generators) == 1:
        return True
    return True if nearest_first(code.generators, path)[0].pair == code.pair else None


def _judged(path: str, statement: Statement, certain: bool) -> Iterator[SqlTrouble]:
    """The troubles of one query, each once."""
    said = statement.said
    for trouble in dict.fromkeys(said.troubles):
        start = statement.place(trouble.at)
        shown = trouble.name.rpartition(".")[2] if trouble.kind == "column" else trouble.name
        length = len(shown) if trouble.kind != "types" else 1
        origin = Origin(path, Span(start, start + length))
        yield SqlTrouble(trouble, origin, certain, bool(said.tables))
