"""What each index method can do, and its storage parameters.

DefineIndex of src/backend/commands/indexcmds.c; the parameters of reloptions.c and of pgvector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from workers.engine.numerals import is_whole
from workers.engine.schema.model import SqlType, Table, View
from workers.engine.sql import resolve
from workers.engine.sql.ddl.storage_parameters import (
    FLAG,
    Kind,
    real,
    refuse,
    refuse_spaces,
    whole,
)
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_FILL = {"fillfactor": whole(10, 100)}


class _Method(Struct, frozen=True):
    options: dict[str, Kind]
    is_unique: bool = False
    has_columns: bool = False
    has_included: bool = False
    is_ordered: bool = False
    excludes: bool = True


_METHODS = {
    "btree": _Method(
        {**_FILL, "deduplicate_items": FLAG, "vacuum_cleanup_index_scale_factor": real(1e10)},
        is_unique=True, has_columns=True, has_included=True, is_ordered=True,
    ),
    "hash": _Method(_FILL),
    "gist": _Method(
        {**_FILL, "buffering": Kind("enum", words=("auto", "on", "off"))},
        has_columns=True, has_included=True,
    ),
    "spgist": _Method(_FILL, has_included=True),
    "gin": _Method(
        {"fastupdate": FLAG, "gin_pending_list_limit": whole(64)},
        has_columns=True, excludes=False,
    ),
    "brin": _Method(
        {"pages_per_range": whole(1, 131_072), "autosummarize": FLAG},
        has_columns=True, excludes=False,
    ),
    "hnsw": _Method({"m": whole(2, 100), "ef_construction": whole(4, 1000)}),
    "ivfflat": _Method({"lists": whole(1, 32_768)}),
}  # fmt: skip
_MOST = {"vector": 2000, "halfvec": 4000, "bit": 64000}
"""The most dimensions that pgvector's methods take; the other kind of vector has no such limit."""


def check_features(method: str, node: Node) -> None:
    """Refuse what an index method cannot do."""
    known = _METHODS.get(method)
    if known is None:
        return
    keys = node.get("indexParams", ())
    lacks = {
        "unique indexes": node.get("unique") and not known.is_unique,
        "included columns": node.get("indexIncludingParams") and not known.has_included,
        "multicolumn indexes": len(keys) > 1 and not known.has_columns,
        "exclusion constraints": node.get("excludeOpNames") and not known.excludes,
    }
    for what, is_lacking in lacks.items():
        if is_lacking:
            _refuse(method, what)


def check_order(method: str, element: Node) -> None:
    """Refuse ASC, DESC and NULLS for a method whose entries have no order."""
    known = _METHODS.get(method)
    if known is None or known.is_ordered:
        return
    if element.get("ordering", "SORTBY_DEFAULT") != "SORTBY_DEFAULT":
        _refuse(method, "ASC/DESC options")
    if element.get("nulls_ordering", "SORTBY_NULLS_DEFAULT") != "SORTBY_NULLS_DEFAULT":
        _refuse(method, "NULLS FIRST/LAST options")


def _refuse(method: str, what: str) -> None:
    raise RefusedError("0A000", f'access method "{method}" does not support {what}')


def check_options(method: str, options: Iterable[Node]) -> None:
    """Refuse storage parameters that the method has not, or whose value is out of bounds."""
    known = _METHODS.get(method)
    elements = [one["DefElem"] for one in options]
    if known is not None and elements:
        refuse_spaces(elements, ())
        refuse(elements, known.options)


def check_dimensions(run: Run, table: Table | View, method: str, elements: Sequence[Node]) -> None:
    """pgvector's methods build on vectors of a known and bounded number of dimensions."""
    if method not in ("hnsw", "ivfflat"):
        return
    for element in elements:
        name = element.get("name")
        column = next((one for one in table.columns if one.name == name), None)
        cast = element.get("expr", {}).get("TypeCast")
        if column is not None:
            need_dimensions(column.type, method)
        elif cast is not None:
            need_dimensions(resolve.resolve_type(run.state, cast["typeName"]), method)


def need_dimensions(kind: SqlType, method: str) -> None:
    """Refuse a type on which one of pgvector's indexes cannot be built."""
    if kind.is_array or kind.name not in (*_MOST, "sparsevec"):
        return
    given = kind.arguments[0] if kind.arguments else "1" if kind.name == "bit" else ""
    if not given:
        raise RefusedError("22023", "column does not have dimensions")
    most = _MOST.get(kind.name)
    if most is not None and is_whole(given) and int(given) > most:
        raise RefusedError(
            "54000", f"column cannot have more than {most} dimensions for {method} index"
        )
