"""Which values a new row needs and is not given."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.code.client import ClientField, ClientModel, ClientSchema
from workers.engine.code.evidence import CodeUse, origin_of
from workers.engine.code.places import is_past, is_test
from workers.engine.code.uses import Creation
from workers.engine.compare import changes as c
from workers.engine.rules.context import Context
from workers.engine.source import Origin


class Incomplete(Struct, frozen=True):
    """A `create` without some values; `by_database` where only the migrations require them."""

    model: str
    fields: tuple[str, ...]
    origin: Origin
    declared: tuple[Origin, ...]
    is_certain: bool
    by_database: bool = False


def incomplete(context: Context, code: CodeUse) -> Iterator[Incomplete]:
    """Every creation that lacks something, by the schema or by the migrations."""
    needed = dict(_needed_by_database(context, code))
    for one in code.usage.creations:
        model = code.client.models[one.model]
        if is_test(one.path) or is_past(one.path) or _is_closed(model):
            continue
        lacking = _lacking(code.client, model, one) if one.is_certain else ()
        if lacking:
            places = tuple(field.origin for field in lacking if field.origin is not None)
            names = tuple(field.name for field in lacking)
            yield Incomplete(one.model, names, origin_of(one), places, True)
        names = tuple(name for name in needed.get(one.model, {}) if name not in one.given)
        if names:
            places = tuple(needed[one.model][name] for name in names)
            yield Incomplete(one.model, names, origin_of(one), places, one.is_certain, True)


def _is_closed(model: ClientModel) -> bool:
    """Whether the client cannot create rows at all: a required column of an unknown type."""
    return model.is_view or any(
        field.kind == "unsupported" and field.arity == "required" and not field.has_default
        for field in model.fields.values()
    )


def _lacking(client: ClientSchema, model: ClientModel, one: Creation) -> tuple[ClientField, ...]:
    set_by_relation = {
        key
        for field in model.fields.values()
        if field.kind == "relation" and (field.name in one.given or _is_parent(client, field, one))
        for key in field.keys
    }
    return tuple(
        field
        for field in model.fields.values()
        if field.kind in ("scalar", "enum")
        and field.arity == "required"
        and not field.has_default
        and field.name not in one.given
        and field.name not in set_by_relation
    )


def _is_parent(client: ClientSchema, field: ClientField, one: Creation) -> bool:
    """Whether a relation leads to the row through which this one is created."""
    return bool(one.parent) and field.type == one.parent


def _needed_by_database(context: Context, code: CodeUse) -> Iterator[tuple[str, dict[str, Origin]]]:
    """Fields that the schema leaves free and the migrations do not, by model."""
    found: dict[str, dict[str, Origin]] = {}
    for change in context.comparison.changes:
        if not isinstance(change, c.ColumnNullabilityChanged):
            continue
        column = change.replayed
        if not column.not_null or column.default is not None or column.identity is not None:
            continue
        for model in code.client.models.values():
            for field in model.fields.values() if model.table == change.table.name else ():
                if field.column == change.declared.name and not field.has_default:
                    place = context.place(column.history, change.replayed_table.history)
                    found.setdefault(model.name, {})[field.name] = place
    yield from found.items()
