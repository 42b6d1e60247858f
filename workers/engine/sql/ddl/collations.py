"""Collations by name."""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.run import Run


def collation_name(run: Run, path: tuple[str, ...]) -> str | None:
    """A collation as the catalogue names it; None for the default one."""
    schema, name = resolve.split_path(path)
    if schema is None:
        for place in resolve.searched(run.state):
            if ("collation", f"{place}.{name}") in run.state.hidden.other:
                return f"{place}.{name}"
    if schema in (None, "pg_catalog"):
        return None if name == "default" else name
    return f"{schema}.{name}"
