"""Which function or operator a call means.

Follows func_match_argtypes and func_select_candidate of src/backend/parser/parse_func.c, and
oper_select_candidate of parse_oper.c.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.schema.model import SqlType
from workers.engine.schema.types import builtin
from workers.engine.sql.builtin.operators import OPERATORS
from workers.engine.sql.builtin.signatures import FUNCTIONS
from workers.engine.sql.expressions.kinds import (
    POLYMORPHIC,
    UNKNOWN,
    base,
    category,
    coerces,
    is_preferred,
)
from workers.engine.sql.expressions.polymorphic import agree
from workers.engine.sql.scope import Scope

Types = tuple[SqlType, ...]


class Candidate(Struct, frozen=True):
    """A function or operator: its arguments, the last one VARIADIC or not, and its result."""

    arguments: Types
    result: SqlType
    is_variadic: bool = False
    optional: int = 0
    """How many arguments, from the end, have a default."""
    fixed: int = 0
    """How many stand before the VARIADIC one, once that is spelled out."""
    schema: str | None = None
    is_mutable: bool = False
    kind: str = "function"
    is_set: bool = False
    signature: str = ""
    is_ambiguous: bool = False
    """Whether another one of its schema takes the same, with defaults."""


@cache
def _kind(name: str) -> SqlType:
    if name.endswith("[]"):
        kind = _kind(name[:-2])
        return SqlType(kind.name, is_array=True)
    return builtin(name) or SqlType(name)


@cache
def _signatures(words: str, mark: str) -> dict[str, tuple[str, ...]]:
    """The signatures by name, unread."""
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for word in words.split():
        if mark in word and len(word) > len(mark) and word[-1] not in "<>=@&|~!:*":
            here.append(word)
        else:
            here = found.setdefault(word, [])
    return {name: tuple(signatures) for name, signatures in found.items()}


@cache
def builtin_functions(name: str) -> tuple[Candidate, ...]:
    """pg_catalog's functions of a name that people call."""
    return tuple(_function(word) for word in _signatures(FUNCTIONS, ">").get(name, ()))


def _function(word: str) -> Candidate:
    before, _, result = word.rpartition(">")
    names = before.split(",") if before else []
    optional = sum(name.endswith("=") for name in names)
    is_variadic = bool(names) and names[-1].startswith("*")
    arguments = tuple(_kind(name.strip("*=")) for name in names)
    return Candidate(arguments, _kind(result), is_variadic, optional)


@cache
def builtin_operators(name: str) -> tuple[Candidate, ...]:
    """pg_catalog's operators of a name, prefix ones with one argument."""
    return tuple(_operator(word) for word in _signatures(OPERATORS, ":").get(name, ()))


def _operator(word: str) -> Candidate:
    operands, _, result = word.rpartition(":")
    left, _, right = operands.partition(",")
    names = (left, right) if left else (right,)
    return Candidate(tuple(_kind(name) for name in names), _kind(result))


def fitted(candidates: Iterable[Candidate], count: int) -> list[Candidate]:
    """The candidates that take so many arguments, spelled out to just those."""
    found = []
    for one in candidates:
        size = len(one.arguments)
        if one.is_variadic and count >= size:
            last = one.arguments[-1]
            item = SqlType(last.name, (), False, last.schema) if last.is_array else last
            if last.name in ("anyarray", "anycompatiblearray"):
                item = SqlType(
                    last.name.replace("array", "element").replace("tibleelement", "tible")
                )
            arguments = (*one.arguments[:-1], *[item] * (count - size + 1))
            found.append(
                replace(one, arguments=arguments, is_variadic=True, optional=0, fixed=size - 1)
            )
        elif size - one.optional <= count <= size:
            found.append(replace(one, arguments=one.arguments[:count], optional=0))
    return found


def merged(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that take the same as one: the first schema's, and one that is not VARIADIC.

    FuncnameGetCandidates of src/backend/catalog/namespace.c.
    """
    found: dict[Types, Candidate] = {}
    for one in candidates:
        old = found.get(one.arguments)
        if old is None or (old.schema == one.schema and old.is_variadic and not one.is_variadic):
            found[one.arguments] = one
        elif old.schema == one.schema is not None and old.is_variadic == one.is_variadic:
            found[one.arguments] = replace(old, is_ambiguous=True)
    return list(found.values())


def exact(candidates: Sequence[Candidate], types: Types) -> Candidate | None:
    """The candidate that takes just these types."""
    return next((one for one in candidates if one.arguments == types), None)


def exact_operator(candidates: Sequence[Candidate], types: Types) -> Candidate | None:
    """binary_oper_exact: an untyped literal is taken to be of the other operand's type."""
    if len(types) == 2 and UNKNOWN in types and types[0] != types[1]:
        other = types[0] if types[1] == UNKNOWN else types[1]
        types = (other, other)
    return exact(candidates, types)


def matching(candidates: Iterable[Candidate], types: Types, scope: Scope) -> list[Candidate]:
    """The candidates that accept these types with implicit casts."""
    return [one for one in candidates if _accepts(one, types, scope)]


def _accepts(one: Candidate, types: Types, scope: Scope) -> bool:
    has_generics = False
    for given, wanted in zip(types, one.arguments, strict=True):
        if wanted in POLYMORPHIC:
            has_generics = True
        elif not coerces(given, wanted, scope):
            return False
    return not has_generics or agree(types, one.arguments, scope)


class _NoUserTypes:
    """The scope of a choice among pg_catalog's types alone, where no name is looked up."""

    def domain(self, kind: SqlType) -> SqlType | None:
        return None

    def enum(self, kind: SqlType) -> tuple[str, ...] | None:
        return None

    def is_fresh(self, kind: SqlType, value: str) -> bool:
        return False


_PLAIN = cast(Scope, _NoUserTypes())


@lru_cache(maxsize=4096)
def plain_operator(name: str, types: Types) -> Candidate | None:
    """The operator that operands of pg_catalog's types mean, or None."""
    usable = [one for one in builtin_operators(name) if len(one.arguments) == len(types)]
    return exact_operator(usable, types) or select(matching(usable, types, _PLAIN), types, _PLAIN)


@lru_cache(maxsize=4096)
def plain_function(name: str, types: Types) -> Candidate | None:
    """The same for a function of pg_catalog's."""
    usable = fitted(builtin_functions(name), len(types))
    return exact(usable, types) or select(matching(usable, types, _PLAIN), types, _PLAIN)


def select(candidates: list[Candidate], types: Types, scope: Scope) -> Candidate | None:
    """The best of several candidates that all accept the types, or None if none is."""
    if len(candidates) <= 1:
        return next(iter(candidates), None)
    bases = tuple(kind if kind == UNKNOWN else base(kind, scope) for kind in types)
    candidates = _best(candidates, bases, lambda given, wanted: given == wanted)
    if len(candidates) <= 1:
        return next(iter(candidates), None)
    categories = [category(kind, scope) for kind in bases]

    def exact_or_preferred(given: SqlType, wanted: SqlType) -> bool:
        return given == wanted or (
            is_preferred(wanted) and category(wanted, scope) == category(given, scope)
        )

    candidates = _best(candidates, bases, exact_or_preferred)
    if len(candidates) == 1 or UNKNOWN not in bases:
        return candidates[0] if len(candidates) == 1 else None
    candidates = _by_category(candidates, bases, categories, scope)
    if len(candidates) == 1:
        return candidates[0]
    known = {kind for kind in bases if kind != UNKNOWN}
    if len(known) == 1:
        assumed = tuple(known.copy().pop() for _ in bases)
        fitting = [one for one in candidates if _accepts(one, assumed, scope)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _best(candidates: list[Candidate], bases: Types, fits: object) -> list[Candidate]:
    scored = [
        (
            sum(
                given != UNKNOWN and fits(given, wanted)  # type: ignore[operator]
                for given, wanted in zip(bases, one.arguments, strict=True)
            ),
            one,
        )
        for one in candidates
    ]
    top = max(score for score, _ in scored)
    return [one for score, one in scored if score == top]


def _by_category(
    candidates: list[Candidate], bases: Types, categories: list[str], scope: Scope
) -> list[Candidate]:
    """Settle untyped literals: as strings if any candidate takes one, else as they all agree."""
    wanted: list[tuple[str, bool] | None] = []
    for at, kind in enumerate(bases):
        if kind != UNKNOWN:
            wanted.append(None)
            continue
        found = [(category(one.arguments[at], scope), one.arguments[at]) for one in candidates]
        letters = {letter for letter, _ in found}
        letter = "S" if "S" in letters else letters.pop() if len(letters) == 1 else ""
        if not letter:
            return candidates
        has_preferred = any(one == letter and is_preferred(kind) for one, kind in found)
        wanted.append((letter, has_preferred))

    def keeps(one: Candidate) -> bool:
        for want, kind in zip(wanted, one.arguments, strict=True):
            if want is None:
                continue
            if category(kind, scope) != want[0] or (want[1] and not is_preferred(kind)):
                return False
        return True

    return [one for one in candidates if keeps(one)] or candidates
