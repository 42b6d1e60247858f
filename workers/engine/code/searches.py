"""What a query asks an index for: equalities, ranges and an order on one table's columns."""

from __future__ import annotations

from workers.engine.code import facts
from workers.engine.code.client import ClientModel, ClientSchema
from workers.engine.code.following import Follower, Placed, Property
from workers.engine.code.uses import Search

_SEARCHING = frozenset(
    {"findFirst", "findFirstOrThrow", "findMany", "count", "updateMany", "updateManyAndReturn",
     "deleteMany", "aggregate", "groupBy"}
)  # fmt: skip
_RANGES = frozenset({"lt", "lte", "gt", "gte", "startsWith"})
_EQUALITIES = frozenset({"equals", "in"})


class _Conditions:
    def __init__(self) -> None:
        self.equal: set[str] = set()
        self.ranged: set[str] = set()
        self.is_open = False


def search_of(
    schema: ClientSchema,
    follower: Follower,
    model: ClientModel,
    method: str,
    properties: list[Property],
    place: tuple[str, int, int],
) -> Search | None:
    """The search of one call; None where it searches nothing, or by a key."""
    if method not in _SEARCHING:
        return None
    found = _Conditions()
    order: list[tuple[str, bool]] = []
    is_limited = method.startswith("findFirst")
    for one in properties:
        if one.name == "where":
            _read(schema, follower, model, one.value, found)
        elif one.name == "orderBy" and not _read_order(model, follower, one.value, order):
            order.clear()
            found.is_open = True
        elif one.name == "take":
            is_limited = True
    if not (found.equal or found.ranged or order):
        return None
    equal, ranged = frozenset(found.equal), frozenset(found.ranged - found.equal)
    return Search(*place, model.name, equal, ranged, tuple(order), found.is_open, is_limited)


def _read(
    schema: ClientSchema,
    follower: Follower,
    model: ClientModel,
    placed: Placed,
    found: _Conditions,
) -> None:
    options = list(follower.options(placed))
    if len(options) != 1 or not isinstance(options[0].value, facts.Object):
        found.is_open = True
        return
    properties, is_open = follower.properties(options[0])
    found.is_open = found.is_open or is_open
    for one in properties:
        if one.name == "AND":
            items = one.value.value
            inner = items.items if isinstance(items, facts.Array) else (items,)
            for item in inner:
                _read(schema, follower, model, Placed(item, one.value.path), found)
        elif not _keep(model, follower, one, found):
            found.is_open = True


def _keep(model: ClientModel, follower: Follower, one: Property, found: _Conditions) -> bool:
    """Note one condition; whether it was understood."""
    if one.name in model.uniques and one.name not in model.fields:
        found.equal.update(model.uniques[one.name])
        return True
    field = model.fields.get(one.name)
    if field is None or field.kind not in ("scalar", "enum") or field.arity == "list":
        return False
    options = list(follower.options(one.value))
    is_optional = not one.is_sure or len(options) != 1
    if is_optional:
        return False
    value = options[0].value
    if not isinstance(value, facts.Object):
        found.equal.add(one.name)
        return not isinstance(value, facts.Constant) or value.text != "undefined"
    names = {inner.name for inner in follower.properties(options[0])[0]}
    if names & _EQUALITIES:
        found.equal.add(one.name)
    elif names & _RANGES and "mode" not in names:
        found.ranged.add(one.name)
    else:
        return False
    return True


def _read_order(
    model: ClientModel, follower: Follower, placed: Placed, order: list[tuple[str, bool]]
) -> bool:
    for option in follower.options(placed):
        value = option.value
        items = value.items if isinstance(value, facts.Array) else (value,)
        for item in items:
            for one in follower.properties(Placed(item, option.path))[0]:
                field = model.fields.get(one.name)
                direction = _direction(follower, one)
                if field is None or field.kind == "relation" or direction is None:
                    return False
                order.append((one.name, direction == "desc"))
    return True


def _direction(follower: Follower, one: Property) -> str | None:
    options = list(follower.options(one.value))
    if len(options) != 1:
        return None
    value = options[0].value
    if isinstance(value, facts.Object):
        for inner in follower.properties(options[0])[0]:
            if inner.name == "sort":
                return _direction(follower, inner)
        return None
    if isinstance(value, facts.Text) and value.text in ("asc", "desc"):
        return value.text
    if isinstance(value, facts.Reference) and isinstance(value.ref, facts.Member):
        return value.ref.name if value.ref.name in ("asc", "desc") else None
    return None
