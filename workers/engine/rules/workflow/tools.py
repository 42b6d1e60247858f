"""How the project under review calls Prisma."""

from __future__ import annotations

from workers.engine.prevention.tool import Tool, manager_of
from workers.engine.project.schemas import finds_by_itself
from workers.engine.rules.context import Context


def tool_of(context: Context) -> Tool:
    """The package manager, the version and the paths, as commands for this project need them."""
    schema = context.project.schema if context.project is not None else None
    root = schema.root if schema is not None else context.schema_path
    return Tool(
        manager=manager_of(context.head.paths),
        version=context.prisma_version,
        schema="" if schema is None or finds_by_itself(schema) else root,
        schema_path=root,
        migrations_path=context.migrations_path,
    )
