"""The options of a new sequence: init_params of src/backend/commands/sequence.c."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.numerals import is_whole
from workers.engine.sql import resolve
from workers.engine.sql.ddl.function_options import refuse_repeated
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError

_LARGEST = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}
_SHOWN = {"int2": "smallint", "int4": "integer", "int8": "bigint"}


def check_options(options: Iterable[Node]) -> None:
    """Refuse values of a new sequence that do not go together."""
    options = tuple(options)
    refuse_repeated(options)
    given = {one["DefElem"]["defname"]: one["DefElem"].get("arg") for one in options}
    written = given.get("as")
    kind = resolve.value_text(written).rpartition(".")[2] if written else "int8"
    if kind not in _LARGEST:
        raise _refused("sequence type must be smallint, integer, or bigint")
    step = _number(given.get("increment"), 1)
    if step == 0:
        raise _refused("INCREMENT must not be zero")
    most = _LARGEST[kind]
    highest = _number(given.get("maxvalue"), most if step > 0 else -1)
    lowest = _number(given.get("minvalue"), 1 if step > 0 else -most - 1)
    for word, value in (("MAXVALUE", highest), ("MINVALUE", lowest)):
        if not -most - 1 <= value <= most:
            raise _refused(
                f"{word} ({value}) is out of range for sequence data type {_SHOWN[kind]}"
            )
    if lowest >= highest:
        raise _refused(f"MINVALUE ({lowest}) must be less than MAXVALUE ({highest})")
    start = _number(given.get("start"), lowest if step > 0 else highest)
    if start < lowest:
        raise _refused(f"START value ({start}) cannot be less than MINVALUE ({lowest})")
    if start > highest:
        raise _refused(f"START value ({start}) cannot be greater than MAXVALUE ({highest})")
    cache = _number(given.get("cache"), 1)
    if cache <= 0:
        raise _refused(f"CACHE ({cache}) must be greater than zero")


def _number(node: Node | None, default: int) -> int:
    text = resolve.value_text(node) if node else ""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * int(digits) if digits and is_whole(digits) else default


def _refused(message: str) -> RefusedError:
    return RefusedError("22023", message)
