"""Kysely's query builder: the tables and columns that a chain of its calls names.

https://kysely-org.github.io/kysely-apidoc/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.facts import Mention
from workers.engine.code.functions import arguments_of
from workers.engine.code.methods import BUILDERS
from workers.engine.code.script import Script

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_JOINS = frozenset(
    {"innerJoin", "leftJoin", "rightJoin", "fullJoin", "crossJoin", "from", "using",
     "innerJoinLateral", "leftJoinLateral", "crossJoinLateral"}
)  # fmt: skip
_READ = {
    "select": "reads", "distinctOn": "reads", "returning": "reads", "groupBy": "reads",
    "where": "filters by", "whereRef": "filters by", "having": "filters by",
    "havingRef": "filters by", "orderBy": "sorts by", "columns": "writes",
}  # fmt: skip
_REFS = frozenset({"whereRef", "havingRef"})
_WRITTEN = frozenset({"values", "set"})
_NAMING = frozenset({"with", "withRecursive", "as"})
_MOST_CALLS = 200


class Builders:
    """Collects the built queries of one file."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.built: list[facts.Built] = []
        self._inside: list[tuple[int, int]] = []
        self._own: frozenset[str] | None = None

    def read(self, root: Node, method: str, listed: list[Node]) -> None:
        """Note the chain that begins with a call such as `selectFrom`."""
        chain = list(self._chain(root))
        last = chain[-1][0] if chain else root
        tables = list(self._tables(listed[:1]))
        if not tables:
            return
        columns: list[Mention] = []
        is_open = len(tables) != _count(listed[:1])
        for _, name, given in chain:
            if name in _JOINS:
                joined = list(self._tables(given[:1]))
                is_open = is_open or len(joined) != _count(given[:1])
                tables += joined
                columns += self._names(given[1:3], "reads")
            else:
                columns += self._named(name, given)
        place = root.start_byte, last.end_byte
        is_open = is_open or any(start <= place[0] < end for start, end in self._inside)
        self._inside.append(place)
        own = self._labels()
        is_open = is_open or any(one.name.split(" ")[0] in own for one in tables)
        labels = tuple(sorted({one.alias for one in columns if one.alias} | own))
        found = facts.Built(method, tuple(tables), tuple(columns), labels, is_open)
        self.built.append(found)

    def _chain(self, root: Node) -> Iterator[tuple[Node, str, list[Node]]]:
        """The calls that follow on a call, each with its method's name and its arguments."""
        node = root
        for _ in range(_MOST_CALLS):
            member = self.script.parent(node)
            if member is None or member.type != "member_expression":
                return
            call = self.script.parent(member)
            name = member.child_by_field_name("property")
            if call is None or call.type != "call_expression" or name is None:
                return
            yield call, self.script.text(name), arguments_of(call)
            node = call

    def _named(self, method: str, given: list[Node]) -> Iterator[Mention]:
        """The columns that one call of a chain names."""
        how = _READ.get(method)
        if method in _REFS:
            yield from self._names([*given[:1], *given[2:3]], "filters by")
        elif how is not None:
            yield from self._names(given[:1], how)
        elif method in _WRITTEN:
            yield from self._keys(given)
            yield from self._names(given[:1], "writes")

    def _tables(self, given: list[Node]) -> Iterator[Mention]:
        yield from self._names(given, "reads")

    def _names(self, given: list[Node], how: str) -> Iterator[Mention]:
        """Names written out: alone, or in a list; `a as b` with what it is called from then on."""
        for node in given:
            bare = self.script.bare(node)
            items = bare.named_children if bare.type == "array" else [bare]
            for item in items:
                text = self.script.string(item)
                if text is None or not text or "\\" in self.script.text(item):
                    continue
                name, _, alias = text.partition(" as ")
                if how == "sorts by":
                    name, alias = name.split(" ")[0], ""
                start = self.script.span(item)[0] + 1
                yield Mention(name.strip(), alias.strip(), start, start + len(name.strip()), how)

    def _keys(self, given: list[Node]) -> Iterator[Mention]:
        """The columns of rows written out: `values({ a: 1 })`."""
        for node in given[:1]:
            bare = self.script.bare(node)
            rows = bare.named_children if bare.type == "array" else [bare]
            for row in rows:
                for child in row.named_children if row.type == "object" else ():
                    key = child.child_by_field_name("key")
                    if child.type == "shorthand_property_identifier":
                        key = child
                    if key is None or key.type == "computed_property_name":
                        continue
                    quote = 1 if key.type == "string" else 0
                    start, end = self.script.span(key)
                    name = self.script.text(key).strip("'\"")
                    yield Mention(name, "", start + quote, end - quote, "writes")

    def _labels(self) -> frozenset[str]:
        """What the file itself calls queries and expressions: `with("recent", ...)`, `as("n")`."""
        if self._own is None:
            self._own = frozenset(self._labelled())
        return self._own

    def _labelled(self) -> Iterator[str]:
        for call in self.script.points.get("call", ()):
            callee, listed = call.child_by_field_name("function"), arguments_of(call)
            name = callee.child_by_field_name("property") if callee is not None else None
            if name is not None and listed and self.script.text(name) in _NAMING:
                text = self.script.string(self.script.bare(listed[0]))
                if text:
                    yield text.partition("(")[0].strip()


def _count(given: list[Node]) -> int:
    """How many tables stand in an argument."""
    return sum(node.named_child_count if node.type == "array" else 1 for node in given)


def is_builder(method: str, listed: list[Node]) -> bool:
    """Whether a call begins a chain that names a table."""
    return method in BUILDERS and bool(listed) and listed[0].type in ("string", "array")
