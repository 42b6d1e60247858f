"""Servers of foreign data, and the tables on them.

Wrappers are known where the history makes them; extensions bring others.
"""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.ddl.dependents import Blocked, table_label
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def create_server(run: Run, node: Node) -> None:
    """CREATE SERVER."""
    name = node["servername"]
    servers = run.state.hidden.servers
    if name in servers and node.get("if_not_exists"):
        return
    if name in servers:
        raise RefusedError("42710", f'server "{name}" already exists')
    servers[name] = node["fdwname"]


def import_schema(run: Run, node: Node) -> None:
    """IMPORT FOREIGN SCHEMA: tables whose columns, and perhaps names, the other server knows."""
    place = node["local_schema"]
    if not run.state.has_schema(place):
        raise RefusedError("3F000", f'schema "{place}" does not exist')
    other = run.state.hidden.other
    if node.get("list_type") != "FDW_IMPORT_SCHEMA_LIMIT_TO":
        other["opaque schema", place] = True
        return
    for one in node.get("table_list", ()):
        other["relation", f"{place}.{one['RangeVar']['relname']}"] = True


def rename_server(run: Run, node: Node) -> None:
    """ALTER SERVER ... RENAME."""
    hidden = run.state.hidden
    old, new = resolve.value_text(node["object"]), node["newname"]
    if new in hidden.servers:
        raise RefusedError("42710", f'server "{new}" already exists')
    if old in hidden.servers:
        hidden.servers[new] = hidden.servers.pop(old)
        for table in [key for key, server in hidden.foreign.items() if server == old]:
            hidden.foreign[table] = new


def drop_server(run: Run, node: Node) -> None:
    """DROP SERVER: its tables stand in the way, or fall with it."""
    names = [resolve.value_text(one) for one in node.get("objects", ())]
    _drop(run, [one for one in names if one in run.state.hidden.servers], node, "server")


def drop_wrapper(run: Run, node: Node) -> None:
    """DROP FOREIGN DATA WRAPPER: its servers fall with it."""
    names = [resolve.value_text(one) for one in node.get("objects", ())]
    servers = run.state.hidden.servers
    found = [server for server, wrapper in servers.items() if wrapper in names]
    if found and node.get("behavior") != "DROP_CASCADE":
        blocked = Blocked()
        blocked.add(f"server {found[0]}", f"foreign-data wrapper {servers[found[0]]}")
        blocked.refuse(f"foreign-data wrapper {servers[found[0]]}")
    _drop(run, found, node, "server")


def _drop(run: Run, servers: list[str], node: Node, word: str) -> None:
    from workers.engine.sql.ddl.drops import drop_tables

    tables = _tables_on(run, servers)
    if tables and node.get("behavior") != "DROP_CASCADE":
        blocked, label = Blocked(), f"{word} {servers[0]}"
        for table in tables:
            blocked.add(table_label(run.state, table), label)
        blocked.refuse(label)
    if tables:
        drop_tables(run, tables, cascade=True)
    for server in servers:
        del run.state.hidden.servers[server]


def _tables_on(run: Run, servers: list[str]) -> list[QualifiedName]:
    tables = run.state.schema.tables
    on = run.state.hidden.foreign.items()
    return [one for one, server in on if server in servers and one in tables]
