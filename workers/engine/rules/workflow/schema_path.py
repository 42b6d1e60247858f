"""A script that names a schema file which does not exist.

What it means
    `--schema` in a script points to a path that is not in the repository.

Why it matters
    The command fails when it is needed, which for a deployment script is during the deployment.
    Often the schema has been moved, and the script still speaks of an old copy.

Example
    "scripts": { "deploy": "prisma migrate deploy --schema=prisma/schema.prisma" }
    in a project whose schema is `db/schema.prisma`.

Fix
    Write the path of the schema that exists.

When to ignore it
    Where the file is made by an earlier step of the same script.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import ScriptedCommand

schema_path_missing = Rule(
    "schema-path-missing", family="workflow", severity=Severity.WARNING, since="0.1"
)


@schema_path_missing.on(ScriptedCommand)
def check(command: ScriptedCommand, context: Context) -> Iterator[Finding]:
    """A literal path that neither the script's folder nor the repository's root holds."""
    invocation = command.invocation
    path = invocation.option("--schema")
    if not path or not invocation.script.is_package or not _is_plain(path):
        return
    folder = invocation.script.path.rpartition("/")[0]
    wanted = _joined(folder, path)
    if wanted is None or _exists(wanted, context) or _exists(path.removeprefix("./"), context):
        return
    yield schema_path_missing.finding(
        subject=command.subject,
        detail=path,
        origin=invocation.origin,
        message=(
            f"The script `{invocation.script.name}` runs `prisma` with `--schema {path}`, and"
            f" the repository has no `{wanted}`; its schema is `{context.schema_path}`."
        ),
        remedy=f"Name the schema that exists: `{context.schema_path}`.",
    )


def _is_plain(path: str) -> bool:
    return not any(letter in path for letter in "$*?~`") and not path.startswith("/")


def _joined(folder: str, path: str) -> str | None:
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _exists(path: str, context: Context) -> bool:
    paths = context.head.paths
    return path in paths or any(known.startswith(f"{path.rstrip('/')}/") for known in paths)
