"""Pairs of drawn schemas: what a project had, and what it declares after some changes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.support.drawn_schemas import (
    COLUMNS,
    NAMES,
    TYPES,
    defaults,
    fields,
    indexes,
    keys,
    models,
    worlds,
)
from tests.support.whole_schemas import SCHEMAS, Field, Model, World


@st.composite
def changed_pairs(draw: st.DrawFn, provider: str = "postgresql") -> tuple[World, World]:
    """What was, and what is declared after some changes; now and then none."""
    before = draw(worlds(provider))
    after = before
    for _ in range(draw(st.integers(0, 4))):
        after = draw(_changed(after))
    return before, after


@st.composite
def _changed(draw: st.DrawFn, world: World) -> World:
    kind = draw(st.sampled_from((*("model",) * 9, "enum", "enum", "pairs", "mode", "more", "less")))
    if kind == "mode":
        return replace(world, mode=draw(st.sampled_from(("", "prisma", "foreignKeys"))))
    if kind == "enum":
        return replace(world, enums=draw(_enums(world.enums)))
    if kind == "pairs":
        return replace(world, pairs=world.pairs[1:])
    if kind == "more" and all(one.name != "More" for one in world.models):
        return replace(world, models=(*world.models, draw(models("More", world.provider))))
    if kind == "less":
        return _without(world, draw(st.sampled_from(world.models)).name)
    at = draw(st.integers(0, len(world.models) - 1))
    model = draw(_changed_model(world.models[at], world.provider))
    return replace(world, models=(*world.models[:at], model, *world.models[at + 1 :]))


def _without(world: World, name: str) -> World:
    kept = tuple(
        replace(one, links=tuple(link for link in one.links if link.target != name))
        for one in world.models
        if one.name != name
    )
    pairs = tuple(pair for pair in world.pairs if name not in pair[1:])
    return replace(world, models=kept, pairs=pairs) if kept else world


@st.composite
def _enums(
    draw: st.DrawFn, enums: tuple[tuple[str, str, tuple[str, ...]], ...]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    name, mapped, values = enums[0]
    what = draw(st.sampled_from(("more", "less", "order", "map", "mapped")))
    if what == "more" and "MORE" not in values:
        values = (*values[:1], "MORE", *values[1:])
    elif what == "less":
        values = values[:2]
    elif what == "order":
        values = values[::-1]
    elif what == "map":
        mapped = "" if mapped else "roles"
    else:
        values = (*values[:-1], f'{values[-1].partition(" ")[0]} @map("other")')
    return (name, mapped, values), *enums[1:]


@st.composite
def _changed_model(draw: st.DrawFn, model: Model, provider: str) -> Model:
    what = draw(st.sampled_from(
        ("field", "field", "field", "add", "drop", "index", "index", "table", "schema", "key",
         "link", "link", "default", "default", "arity", "native", "unique", "column")
    ))  # fmt: skip
    if what in ("table", "schema", "key", "index", "add", "drop", "link"):
        return draw(_changed_whole(model, what, provider))
    at = draw(st.integers(0, len(model.fields) - 1))
    new = draw(_changed_field(model.fields[at], what, provider))
    return replace(model, fields=(*model.fields[:at], new, *model.fields[at + 1 :]))


@st.composite
def _changed_whole(draw: st.DrawFn, model: Model, what: str, provider: str) -> Model:
    if what == "table":
        return replace(model, table=draw(st.sampled_from(("", "other_table"))))
    if what == "schema":
        return replace(model, schema=draw(st.sampled_from(SCHEMAS)))
    if what == "key" and model.key:
        return replace(model, key=draw(keys(provider)))
    if what == "index":
        return replace(model, indexes=draw(indexes(model.fields, provider)))
    if what == "add":
        free = [name for name in NAMES if all(one.name != name for one in model.fields)]
        new = draw(fields(draw(st.sampled_from(free)), provider))
        return replace(model, fields=(*model.fields, new))
    if what == "drop" and len(model.fields) > 2:
        gone = draw(st.sampled_from(model.fields[2:]))
        kept = tuple(one for one in model.fields if one is not gone)
        indexes_ = tuple(one for one in model.indexes if gone.name not in one)
        return replace(model, fields=kept, indexes=indexes_)
    if what == "link" and model.links:
        link = replace(
            model.links[0],
            actions=draw(st.sampled_from(("", ", onDelete: Cascade", ", onUpdate: NoAction"))),
            constraint=draw(st.sampled_from(("", "", "another fk"))),
            is_optional=draw(st.booleans()),
        )
        return replace(model, links=(link, *model.links[1:]))
    return model


@st.composite
def _changed_field(draw: st.DrawFn, old: Field, what: str, provider: str) -> Field:
    if what == "default":
        return replace(old, default=draw(defaults(old, provider)))
    if what == "arity" and old.arity != "[]" and "autoincrement" not in old.default:
        return replace(old, arity="" if old.arity else "?", rest="")
    if what == "native" and old.type in TYPES[provider]:
        return replace(old, native=draw(st.sampled_from(TYPES[provider][old.type])))
    if what == "unique" and old.arity != "[]" and old.type in ("String", "Int", "BigInt"):
        return replace(old, unique="" if old.unique else "@unique")
    if what == "column":
        return replace(old, column="" if old.column else COLUMNS.get(old.name, ""))
    return draw(fields(old.name, provider))
