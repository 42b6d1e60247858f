"""Searches that no index serves, gathered over the code base."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.code.client import ClientModel
from workers.engine.code.evidence import CodeUse, origin_of
from workers.engine.code.places import is_past, is_test
from workers.engine.code.uses import Search
from workers.engine.rules.context import Context
from workers.engine.schema.model import Index, KeyConstraint, QualifiedName, Table
from workers.engine.source import Origin

_FEWEST = 2
"""A search that stands in the code once is not worth a word."""
_Kind = tuple[str, frozenset[str], frozenset[str], tuple[tuple[str, bool], ...], bool, bool]
_ORDERED = ("btree",)


class Unserved(Struct, frozen=True):
    """Searches of one kind on one model: the fields for an index, in order, and the places."""

    model: str
    table: QualifiedName
    fields: tuple[str, ...]
    """With `(sort: Desc)` where the order asks for it."""
    equal: tuple[str, ...]
    ranged: tuple[str, ...]
    order: tuple[str, ...]
    places: tuple[Origin, ...]
    declared: Origin


class Advice(Struct, frozen=True):
    """Unserved searches, the most frequent first: one that is new, or all that were there."""

    searches: tuple[Unserved, ...]
    is_new: bool


def advised(context: Context, code: CodeUse) -> Iterator[Advice]:
    """What this change brings, each by itself; what was there before, in one."""
    found = tuple(advice(context, code))
    base = context.base
    before = None
    if base is not None and base.code is not None:
        before = {(one.model, one.fields) for one in advice(base, base.code)}
    old = []
    for one in found:
        if before is None or (one.model, one.fields) in before:
            old.append(one)
        else:
            yield Advice((one,), is_new=True)
    if old:
        yield Advice(tuple(old), is_new=False)


def advice(context: Context, code: CodeUse) -> Iterator[Unserved]:
    """Every kind of search that stands in the code several times and that no index serves."""
    groups: dict[tuple[str, frozenset[str], tuple[str, ...]], list[Search]] = {}
    known: dict[_Kind, tuple[str, ...]] = {}
    for search in code.usage.searches:
        if is_test(search.path) or is_past(search.path):
            continue
        kind = (
            search.model, search.equal, search.ranged, search.order,
            search.is_open, search.is_limited,
        )  # fmt: skip
        wanted = known.get(kind)
        if wanted is None:
            wanted = known[kind] = _lacking(search, context, code)
        if wanted:
            groups.setdefault((search.model, search.equal, wanted), []).append(search)
    found = [_unserved(code, key[0], key[2], searches) for key, searches in groups.items()]
    frequent = [one for one in found if len(one.places) >= _FEWEST]
    yield from sorted(frequent, key=lambda one: (-len(one.places), one.model, one.fields))


def _lacking(search: Search, context: Context, code: CodeUse) -> tuple[str, ...]:
    """The fields of the index that a search lacks; none where it is served."""
    model = code.client.models[search.model]
    table = context.replayed.tables.get(model.table)
    if table is None or model.is_view or _is_served(search, model, table):
        return ()
    return _wanted(search, model)


def _unserved(
    code: CodeUse, name: str, wanted: tuple[str, ...], searches: list[Search]
) -> Unserved:
    model = code.client.models[name]
    first = searches[0]
    places = dict.fromkeys(origin_of(one) for one in sorted(searches, key=_place))
    order = tuple(field for field, _ in first.order)
    ranged = tuple(sorted(first.ranged))
    equal = tuple(sorted(first.equal))
    return Unserved(name, model.table, wanted, equal, ranged, order, tuple(places), model.origin)


def _place(search: Search) -> tuple[str, int]:
    return search.path, search.start


def _columns(model: ClientModel, names: frozenset[str]) -> frozenset[str]:
    return frozenset(column for name in names if (column := model.fields[name].column) is not None)


def _is_served(search: Search, model: ClientModel, table: Table) -> bool:
    """Whether an index does what the search needs.

    An index narrows a search by those of its leading columns that are compared for equality, or by
    its first column for a range. Where a few rows are asked for in an order, its next column has
    to be the order's first. A unique whose columns are all given finds one row.
    """
    equal, ranged = _columns(model, search.equal), _columns(model, search.ranged)
    order = [
        column
        for name, _ in search.order
        if (column := model.fields[name].column) is not None and column not in equal
    ]
    if any(set(key.columns) <= equal for key in _uniques(table)):
        return True
    return any(
        _serves(index, equal, ranged, order, is_limited=search.is_limited)
        for index in table.indexes
        if not index.is_invalid and (index.where is None or _covers(index.where, equal | ranged))
    )


def _uniques(table: Table) -> Iterator[KeyConstraint]:
    yield from table.uniques
    if table.primary_key is not None:
        yield table.primary_key
    for index in table.indexes:
        if index.is_unique and index.where is None and index.columns is not None:
            yield KeyConstraint(index.name, index.columns)


def _serves(
    index: Index,
    equal: frozenset[str],
    ranged: frozenset[str],
    order: list[str],
    *,
    is_limited: bool,
) -> bool:
    columns = [key.column for key in index.keys]
    if index.method not in _ORDERED:
        return columns[:1] != [None] and columns[0] in equal
    used = 0
    while used < len(columns) and columns[used] in equal:
        used += 1
    following = columns[used] if used < len(columns) else None
    if not used and following not in ranged:
        return not equal and not ranged and order[:1] == [following]
    is_sorted = not order or following == order[0]
    return is_sorted or not is_limited or bool(ranged)


def _covers(where: str, columns: frozenset[str]) -> bool:
    """Whether a partial index's condition is about what is searched for; then it is left alone."""
    return any(column in where for column in columns)


def _wanted(search: Search, model: ClientModel) -> tuple[str, ...]:
    """The fields of an index for the search: equalities, then the order or a range."""
    if search.is_open and not search.equal:
        return ()
    equal = sorted(name for name in search.equal if _is_indexable(model, name))
    if len(equal) > 3:
        return ()
    wanted = list(equal)
    if search.order and not search.ranged:
        fields = [(n, d) for n, d in search.order if n not in search.equal][:2]
        wanted += [f"{name}(sort: Desc)" if is_desc and len(fields) > 1 else name
                   for name, is_desc in fields if _is_indexable(model, name)]  # fmt: skip
    elif search.ranged:
        wanted += sorted(name for name in search.ranged if _is_indexable(model, name))[:1]
    if not search.equal and not search.ranged and not search.is_limited:
        return ()  # the whole table is read in order: an index saves only the sort
    if (
        equal
        and all(model.fields[name].type == "Boolean" for name in equal)
        and len(wanted) == len(equal)
    ):
        return ()  # half of the table either way
    return tuple(wanted)


def _is_indexable(model: ClientModel, name: str) -> bool:
    field = model.fields[name]
    return field.kind in ("scalar", "enum") and field.type not in ("Json", "Bytes")
