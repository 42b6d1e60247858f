"""Storage parameters: which ones each kind of relation has, and the values that they take.

The tables of src/backend/access/common/reloptions.c, PostgreSQL 12 to 18.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from workers.engine.sql import resolve
from workers.engine.sql.ddl import option_values
from workers.engine.sql.ddl.named import is_dark
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_MOST = 2**31 - 1


class Kind(Struct, frozen=True):
    """What values a parameter takes: "integer", "floating point", "boolean" or "enum"."""

    word: str
    low: float = 0
    high: float = 0
    words: tuple[str, ...] = ()


FLAG = Kind("boolean")


def whole(low: int, high: int = _MOST) -> Kind:
    """Whole numbers between two, both among them."""
    return Kind("integer", low, high)


def real(high: float, low: float = 0) -> Kind:
    """Numbers between two, both among them."""
    return Kind("floating point", low, high)


_VACUUM = {
    "autovacuum_enabled": FLAG,
    "autovacuum_freeze_max_age": whole(100_000, 2_000_000_000),
    "autovacuum_freeze_min_age": whole(0, 1_000_000_000),
    "autovacuum_freeze_table_age": whole(0, 2_000_000_000),
    "autovacuum_multixact_freeze_max_age": whole(10_000, 2_000_000_000),
    "autovacuum_multixact_freeze_min_age": whole(0, 1_000_000_000),
    "autovacuum_multixact_freeze_table_age": whole(0, 2_000_000_000),
    "autovacuum_vacuum_cost_delay": real(100),
    "autovacuum_vacuum_cost_limit": whole(1, 10_000),
    "autovacuum_vacuum_insert_scale_factor": real(100),
    "autovacuum_vacuum_insert_threshold": whole(-1),
    "autovacuum_vacuum_max_threshold": whole(-1),
    "autovacuum_vacuum_scale_factor": real(100),
    "autovacuum_vacuum_threshold": whole(0),
    "log_autovacuum_min_duration": whole(-1),
    "vacuum_index_cleanup": Kind(
        "enum", words=("auto", "on", "off", "true", "false", "yes", "no", "1", "0")
    ),
    "vacuum_max_eager_freeze_failure_rate": real(1),
    "vacuum_truncate": FLAG,
}
_TABLE = {
    **_VACUUM,
    "autovacuum_analyze_scale_factor": real(100),
    "autovacuum_analyze_threshold": whole(0),
    "fillfactor": whole(10, 100),
    "parallel_workers": whole(0, 1024),
    "toast_tuple_target": whole(128, 8160),
    "user_catalog_table": FLAG,
}
_VIEW = {
    "check_option": Kind("enum", words=("local", "cascaded")),
    "security_barrier": FLAG,
    "security_invoker": FLAG,
}
_COLUMN = {"n_distinct": real(1.7e308, -1), "n_distinct_inherited": real(1.7e308, -1)}

_SINCE = {
    "autovacuum_vacuum_insert_scale_factor": 13, "autovacuum_vacuum_insert_threshold": 13,
    "autovacuum_vacuum_max_threshold": 18, "security_invoker": 15,
    "vacuum_max_eager_freeze_failure_rate": 18,
}  # fmt: skip


def given(fields: Node) -> list[Node]:
    """What SET (...) and RESET (...) of ALTER name."""
    items: list[Node] = fields.get("def", {}).get("List", {}).get("items", [])
    return items


def changed(options: tuple[str, ...], fields: Node) -> tuple[str, ...]:
    """The parameters of a relation after SET (...) or RESET (...)."""
    known = dict(one.split("=", 1) for one in options)
    for one in given(fields):
        element = one["DefElem"]
        if element.get("defnamespace"):
            continue
        if fields["subtype"] == "AT_ResetRelOptions":
            known.pop(element["defname"], None)
        else:
            known[element["defname"]] = resolve.value_text(element.get("arg")) or "true"
    return tuple(f"{key}={value}" for key, value in known.items())


def check_table(run: Run, options: Iterable[Node], *, is_reset: bool = False) -> None:
    """Refuse parameters that tables and materialised views have not.

    What keeps a table's rows may be an extension's, as columnar and orioledb are, with its own.
    """
    if is_dark(run.state):
        return
    elements = [one["DefElem"] for one in options]
    if is_reset:
        _refuse_foreign_spaces(run, elements)
        return
    own = [one for one in elements if not one.get("defnamespace") and one["defname"] != "oids"]
    refuse(own, _TABLE, run.state.reads_as)
    _refuse_foreign_spaces(run, elements)
    toast = [one for one in elements if one.get("defnamespace") == "toast"]
    refuse(toast, _VACUUM, run.state.reads_as)


def check_view(run: Run, options: Iterable[Node]) -> None:
    """Refuse parameters that views have not."""
    elements = [one["DefElem"] for one in options]
    refuse_spaces(elements, ())
    refuse(elements, _VIEW, run.state.reads_as)


def check_column(run: Run, options: Iterable[Node]) -> None:
    """Refuse parameters that columns have not."""
    elements = [one["DefElem"] for one in options]
    refuse_spaces(elements, ())
    refuse(elements, _COLUMN, run.state.reads_as)


def _refuse_foreign_spaces(run: Run, elements: list[Node]) -> None:
    """An extension, as timescaledb does, may take options of its own."""
    refuse_spaces(elements, ("toast", *run.state.schema.extensions))


def refuse_spaces(elements: list[Node], known: tuple[str, ...]) -> None:
    """Refuse a parameter of a namespace that is not among `known`."""
    for one in elements:
        space = one.get("defnamespace")
        if space and space not in known:
            raise RefusedError("22023", f'unrecognized parameter namespace "{space}"')


def refuse(elements: list[Node], known: dict[str, Kind], version: int = 99) -> None:
    """Refuse a parameter that is not among `known`, is given twice, or cannot have its value."""
    seen = set()
    for element in elements:
        name = element["defname"]
        if name in seen:
            raise RefusedError("22023", f'parameter "{name}" specified more than once')
        seen.add(name)
    for element in elements:
        name = element["defname"]
        kind = known.get(name)
        if kind is None or _SINCE.get(name, 0) > version:
            raise RefusedError("22023", f'unrecognized parameter "{name}"')
        text = resolve.value_text(element["arg"]) if "arg" in element else "true"
        _check_value(name, text, kind)


def _check_value(name: str, text: str, kind: Kind) -> None:
    if kind.word == "boolean":
        is_fine = option_values.is_boolean(text)
    elif kind.word == "enum":
        is_fine = text.lower() in kind.words
    else:
        number = option_values.amount(text)
        is_fine = number is not None and (kind.word != "integer" or abs(number) <= _MOST)
        if number is not None and is_fine:
            _check_bounds(name, text, round(number) if kind.word == "integer" else number, kind)
    if not is_fine:
        raise RefusedError("22023", f'invalid value for {kind.word} option "{name}": {text}')


def _check_bounds(name: str, text: str, number: float, kind: Kind) -> None:
    if not kind.low <= number <= kind.high:
        raise RefusedError("22023", f'value {text} out of bounds for option "{name}"')
