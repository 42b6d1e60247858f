"""What names mean in the SQL of a Prisma schema, extensions that it only implies included."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.schema.types import parse_type
from workers.engine.sql.builtin import extensions
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.printing import TableScope
from workers.engine.sql.resolve import split_path
from workers.engine.sql.scope import KnownFunction

_IMPLIED = ("uuid-ossp", "pgcrypto")
"""Extensions whose functions make defaults; few schemas declare them."""


class DeclaredScope(TableScope, frozen=True):
    """The scope of an expression on a declared table."""

    default_schema: str = "public"

    def functions(self, path: tuple[str, ...]) -> tuple[KnownFunction, ...]:
        """The extensions' functions of a name; empty for built-in ones."""
        schema, name = split_path(path)
        if schema is None and is_builtin_function(name):
            return ()
        return tuple(self._brought(schema, name))

    def _brought(self, schema: str | None, name: str) -> Iterator[KnownFunction]:
        declared = self.state.schema.extensions
        for extension in dict.fromkeys((*declared, *_IMPLIED)):
            facts = extensions.find(extension)
            known = declared.get(extension)
            place = known.schema if known is not None else self.default_schema
            if facts is None or schema not in (None, place):
                continue
            for function in facts.functions:
                if function.name == name:
                    arguments = tuple(parse_type(one) for one in function.arguments)
                    yield KnownFunction(place, name, arguments, parse_type(function.returns))
