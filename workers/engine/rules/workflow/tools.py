"""How the project under review calls Prisma."""

from __future__ import annotations

from workers.engine.prevention.tool import Tool, tool_for
from workers.engine.rules.context import Context


def tool_of(context: Context) -> Tool:
    """The package manager, the version and the paths, as commands for this project need them."""
    if context.project is None:
        return Tool("npm", context.prisma_version, "", context.schema_path, context.migrations_path)
    return tool_for(context.project, context.head.paths)
