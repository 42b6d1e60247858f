"""The only door to sqlglot: the tokens of a dialect, its queries, and the tables that one reads.

sqlglot's lexers know each database's quotation marks, comments and escapes; its offsets are of
characters. Statements that change a schema are read from the tokens (`sql.reader`): sqlglot's trees
have no places but for names, and turn what they do not know into an opaque command. Loading it
takes a fifth of a second, so it is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from workers.engine.sql.reader import Kind, Token

if TYPE_CHECKING:
    from sqlglot.tokens import Tokenizer

Dialect = Literal["mysql", "tsql", "postgres", "sqlite"]


class UnreadableText(Exception):
    """A string, a name or a comment is not closed."""


class UnreadableQuery(Exception):
    """sqlglot does not know the query."""


def tokens(text: str, dialect: Dialect) -> list[Token]:
    """The tokens of a script without its comments; raises UnreadableText."""
    from sqlglot.errors import TokenError

    try:
        found = _lexer(dialect)(dialect=dialect).tokenize(text)
    except TokenError as error:
        raise UnreadableText(str(error)) from None
    return [one for token in found for one in _converted(token, text)]


def tables_read(query: str, dialect: Dialect) -> set[str]:
    """The names of the tables and views that a query reads, without its own CTEs."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(query, dialect=dialect)
    except (SqlglotError, RecursionError) as error:
        raise UnreadableQuery(str(error)) from None
    if isinstance(tree, exp.Command):
        raise UnreadableQuery(query)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {
        table.name
        for table in tree.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier) and table.name not in own and not table.catalog
    }


def queries(text: str, dialect: Dialect) -> list[Any]:
    """The statements of a text as sqlglot's trees; raises UnreadableQuery.

    A name's place is in its node's `meta`: `start` and `end`, of characters.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        trees = sqlglot.parse(text, dialect=dialect)
    except (SqlglotError, RecursionError) as error:
        raise UnreadableQuery(str(error)) from None
    if any(tree is not None and tree.key == "command" for tree in trees):
        raise UnreadableQuery(text)
    return [tree for tree in trees if tree is not None]


def is_filled(text: str, pattern: str, values: Mapping[str, str], dialect: Dialect) -> bool:
    """Whether a statement's tree is the pattern's, with these values in the place of the names and
    texts that are the keys. So it is where sqlglot has no tree for the pattern.

    `values` of ("place0": "User") make the tree of "DROP TABLE `place0`" that of "DROP TABLE
    `User`".
    """
    meant = _tree(pattern, dialect)
    if meant is None:
        return True
    read = _tree(text, dialect)
    for node in meant.walk():
        for key, value in node.args.items():
            if isinstance(value, str) and value in values:
                node.args[key] = values[value]
    return read is not None and repr(read) == repr(meant)


def _tree(statement: str, dialect: Dialect) -> Any:
    """The tree of one statement; None where sqlglot has none."""
    try:
        found = queries(statement, dialect)
    except UnreadableQuery:
        return None
    return found[0] if len(found) == 1 else None


@cache
def _lexer(name: Dialect) -> type[Tokenizer]:
    """The dialect's lexer, but that it takes no statement for an opaque command: it would end one
    at a semicolon within a string."""
    from sqlglot.dialects import Dialect as Base

    own = Base.get_or_raise(name).tokenizer_class
    made: type[Tokenizer] = type("Lexer", (own,), {"COMMANDS": set()})
    return made


def _converted(token: Any, text: str) -> Iterator[Token]:
    start, end = token.start, token.end + 1
    kind = token.token_type.name
    value = token.text
    if kind == "IDENTIFIER":
        yield Token("name", value, start, end)
    elif kind in ("STRING", "NATIONAL_STRING", "RAW_STRING"):
        yield Token("string", value, start, end)
    elif kind == "NUMBER":
        yield Token("number", value, start, end)
    elif kind.endswith("_STRING"):
        yield Token("literal", text[start:end], start, end)
    elif value[:1].isalnum() or value[:1] in ("_", "$"):
        for word in value.split():
            yield Token("word", word, start, end)
    else:
        shape: Kind = "sign"
        yield Token(shape, value, start, end)
