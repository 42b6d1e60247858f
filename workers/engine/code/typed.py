"""Values of which an annotation names the generated type: `const where: Prisma.UserWhereInput`."""

from __future__ import annotations

from workers.engine.code.arguments import Walk
from workers.engine.code.client import ClientModel
from workers.engine.code.following import Placed

_SUFFIXES = (
    ("WhereUniqueInput", "where"),
    ("ScalarWhereInput", "where"),
    ("WhereInput", "where"),
    ("OrderByWithRelationAndSearchRelevanceInput", "order"),
    ("OrderByWithRelationInput", "order"),
    ("OrderByWithAggregationInput", "order"),
    ("CountOutputTypeSelect", "count"),
    ("SelectScalar", "select"),
    ("Select", "select"),
    ("Include", "select"),
    ("UncheckedCreateInput", "create"),
    ("CreateManyInput", "create"),
    ("CreateInput", "create"),
    ("UncheckedUpdateManyInput", "data"),
    ("UncheckedUpdateInput", "data"),
    ("UpdateManyMutationInput", "data"),
    ("UpdateInput", "data"),
    ("GetPayload", "arguments"),
    ("DefaultArgs", "arguments"),
    ("FindManyArgs", "arguments"),
    ("FindFirstArgs", "arguments"),
    ("FindUniqueArgs", "arguments"),
    ("Args", "arguments"),
)


def read_typed(walk: Walk, name: str, placed: Placed) -> bool:
    """Walk a value by the name of its type; whether the type was one of the schema's models."""
    for suffix, kind in _SUFFIXES:
        if name.endswith(suffix):
            model = walk.schema.models.get(name.removesuffix(suffix))
            if model is not None:
                _walk(walk, kind, model, placed)
                return True
    return False


def _walk(walk: Walk, kind: str, model: ClientModel, placed: Placed) -> None:
    if kind == "where":
        walk.where(model, placed)
    elif kind == "order":
        walk.order(model, placed)
    elif kind == "select":
        walk.select(model, placed)
    elif kind == "count":
        walk.select_counted(model, placed)
    elif kind == "arguments":
        walk.nested(model, placed)
    else:
        walk.data(model, placed)
