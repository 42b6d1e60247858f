"""SET of a server's parameter: it must exist, may be set, and takes the value.

set_config_option of src/backend/utils/misc/guc.c.
"""

from __future__ import annotations

from functools import cache

from workers.engine.sql import resolve
from workers.engine.sql.builtin.parameters import FIXED, FLAGS, NUMBERS, TEXTS, WORDS
from workers.engine.sql.ddl import option_values
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_MOST = 2**31 - 1
_OWN = ("apg_", "aurora_", "gp_", "optimizer", "polar_", "rds_", "yb_")
"""How the parameters of servers begin that are PostgreSQL with something of their own."""
_LOUDNESS = ("debug", "info")
"""Words that every level of messages takes, and that the server does not tell of."""
_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000}


def check(run: Run, node: Node) -> None:
    """Refuse SET, RESET and SHOW of what is no parameter, and a value that it cannot have."""
    name = str(node.get("name", "")).lower()
    need(run, name)
    if node.get("kind") != "VAR_SET_VALUE":
        return
    if name in FIXED:
        raise RefusedError("55P02", f'parameter "{name}" cannot be changed')
    values = [resolve.value_text(one) for one in node.get("args", ())]
    if any("TypeCast" in one for one in node.get("args", ())):
        return
    if len(values) > 1 and (name in FLAGS or name in _numbers() or name in _words()):
        raise RefusedError("22023", f"SET {name} takes only one argument")
    if len(values) == 1:
        check_value(name, values[0])


def need(run: Run, name: str) -> None:
    """Refuse a name that is no parameter's; one with a dot is an extension's, or anybody's."""
    if "." in name:
        _check_custom(run, name)
        return
    is_known = name in FLAGS or name in TEXTS or name in _numbers() or name in _words()
    if name and not is_known and not name.startswith(_OWN):
        raise RefusedError("42704", f'unrecognized configuration parameter "{name}"')


def _check_custom(run: Run, name: str) -> None:
    """valid_custom_variable_name: each part is an identifier, since 14."""
    if run.state.reads_as < 14:
        return
    for part in name.split("."):
        bare = part.replace("_", "").replace("$", "")
        is_fine = not bare or bare.isalnum() or not bare.isascii()
        if not part or part[0] in "$0123456789" or not is_fine:
            raise RefusedError("42602", f'invalid configuration parameter name "{name}"')


def check_value(name: str, text: str) -> None:
    """Refuse a value that a parameter cannot have."""
    if name in FIXED:
        raise RefusedError("55P02", f'parameter "{name}" cannot be changed')
    if name in FLAGS:
        if not option_values.is_boolean(text):
            raise RefusedError("22023", f'parameter "{name}" requires a Boolean value')
    elif name in _words():
        words = _words()[name]
        is_level = "notice" in words and text.lower() in _LOUDNESS
        is_switch = "on" in words and option_values.is_boolean(text)
        if text.lower() not in words and not is_level and not is_switch:
            raise _invalid(name, text)
    elif name in _numbers():
        _check_number(name, text, *_numbers()[name])


def _check_number(name: str, text: str, kind: str, low: float, high: float, unit: str) -> None:
    number = _amount(text, unit)
    if number is None or (kind == "whole" and abs(number) > _MOST):
        raise _invalid(name, text)
    if not low <= (round(number) if kind == "whole" else number) <= high:
        shown = f'{text} is outside the valid range for parameter "{name}"'
        raise RefusedError("22023", shown)


def _amount(text: str, unit: str) -> float | None:
    if unit in _MILLISECONDS:
        return option_values.amount(text, option_values.TIME, _MILLISECONDS[unit])
    if unit:
        count = unit.rstrip("kMB")
        base = int(count or 1) * option_values.MEMORY[unit.removeprefix(count)]
        return option_values.amount(text, option_values.MEMORY, base)
    return option_values.amount(text)


def _invalid(name: str, text: str) -> RefusedError:
    return RefusedError("22023", f'invalid value for parameter "{name}": "{text}"')


@cache
def _words() -> dict[str, tuple[str, ...]]:
    rows = (line.partition(" ") for line in WORDS.split("\n") if line)
    return {name: tuple(words.split("|")) for name, _, words in rows}


@cache
def _numbers() -> dict[str, tuple[str, float, float, str]]:
    found = {}
    for line in NUMBERS.split("\n"):
        if line:
            name, kind, low, high, *unit = line.split()
            found[name] = (kind, float(low), float(high), unit[0] if unit else "")
    return found
