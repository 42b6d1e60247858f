"""SET, RESET and set_config: the search path decides where names go."""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_SINCE = {"default_toast_compression": 14, "idle_session_timeout": 14, "transaction_timeout": 17}
"""What the dumps of newer servers set, and since when there is such a parameter."""


_WELL_KNOWN = ("search_path", "role")


def set_variable(run: Run, node: Node) -> None:
    """SET and RESET; only the search path matters to the catalogue."""
    state = run.state
    name = node.get("name", "")
    kind = node.get("kind")
    if _SINCE.get(name, 0) > state.reads_as:
        raise RefusedError("42704", f'unrecognized configuration parameter "{name}"')
    if name not in _WELL_KNOWN and kind not in ("VAR_RESET_ALL", "VAR_SET_MULTI"):
        from workers.engine.sql.ddl import parameter_settings

        parameter_settings.check(run, node)
    if kind == "VAR_RESET_ALL" or (name == "search_path" and kind != "VAR_SET_VALUE"):
        state.search_path = tuple(state.hidden.settings.get("search_path", "public").split("\0"))
    elif name in ("role", "session_authorization") and kind == "VAR_SET_VALUE":
        role = resolve.value_text(node["args"][0]) if node.get("args") else "none"
        if role != "none" and role not in state.hidden.roles:
            raise RefusedError("22023", f'role "{role}" does not exist')
    elif name == "check_function_bodies":
        value = resolve.value_text(node["args"][0]).lower() if node.get("args") else "on"
        is_off = value in ("off", "false", "no", "0")
        state.hidden.settings[name] = "off" if is_off else "on"
    elif name == "search_path":
        state.search_path = tuple(resolve.value_text(one) for one in node.get("args", ()))


def show_variable(run: Run, node: Node) -> None:
    """SHOW: there must be such a parameter; one with a dot may have been set elsewhere."""
    name = str(node.get("name", "")).lower()
    if name not in ("all", *_WELL_KNOWN) and "." not in name:
        from workers.engine.sql.ddl import parameter_settings

        parameter_settings.need(run, name)


def alter_setting(run: Run, node: Node) -> None:
    """ALTER ROLE and ALTER DATABASE ... SET: the parameter must exist and take the value."""
    setting = node.get("setstmt", {})
    if setting.get("kind") in ("VAR_SET_VALUE", "VAR_SET_DEFAULT"):
        from workers.engine.sql.ddl import parameter_settings

        if setting.get("name") != "role":
            parameter_settings.check(run, setting)


def set_config(run: Run, node: Node) -> None:
    """`SELECT set_config('search_path', '...', false)`, which pg_dump writes."""
    for one in node.get("targetList", ()):
        call = one["ResTarget"].get("val", {}).get("FuncCall")
        if call is None or resolve.strings(call["funcname"])[-1] != "set_config":
            continue
        values = [resolve.value_text(argument) for argument in call.get("args", ())]
        if len(values) >= 2 and all("A_Const" in one for one in call["args"][:2]):
            _check_config(run, values[0].lower(), values[1])
        if len(values) >= 2 and values[0] == "search_path":
            names = (part.strip().strip('"') for part in values[1].split(","))
            run.state.search_path = tuple(name for name in names if name)


def _check_config(run: Run, name: str, value: str) -> None:
    if name not in _WELL_KNOWN and "." not in name:
        from workers.engine.sql.ddl import parameter_settings

        parameter_settings.need(run, name)
        parameter_settings.check_value(name, value)
