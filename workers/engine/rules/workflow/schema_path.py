"""A script that names a schema file which does not exist.

What it means
    `--schema` in a script, or `prisma.schema` in package.json, points to a path that is not in the
    repository.

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

from workers.engine.findings import Edit, Finding, Fix, Severity
from workers.engine.project.paths import folder_of, is_generated, join, name_of
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.workflow.subjects import NamedSchema, ScriptedCommand
from workers.engine.source import Origin, Span

schema_path_missing = Rule(
    "schema-path-missing", family="workflow", severity=Severity.WARNING, since="0.1"
)

_MOVING = frozenset({"cd", "pushd"})
_ELSEWHERE = frozenset(
    {"--filter", "-F", "--prefix", "--cwd", "-C", "--dir", "workspace", "-w", "--workspace"}
)


@schema_path_missing.on(ScriptedCommand)
def check(command: ScriptedCommand, context: Context) -> Iterator[Finding]:
    """A literal path that neither the script's folder nor the repository's root holds."""
    invocation = command.invocation
    path = invocation.option("--schema")
    if not path or not _is_plain(path) or not context.schema_path:
        return
    folder = folder_of(invocation.script.path) if invocation.script.is_package else ""
    is_exact = invocation.script.is_package and not _is_moved(command, context)
    if _is_there(path, folder, context, is_exact=is_exact):
        return
    yield schema_path_missing.finding(
        subject=command.subject,
        detail=path,
        origin=invocation.origin,
        message=(
            f"The script `{invocation.script.name}` runs `prisma` with `--schema {path}`, and"
            f" the repository has no `{join(folder, path)}`; its schema is `{context.schema_path}`."
        ),
        remedy=f"Name the schema that exists: `{context.schema_path}`.",
        fix=_fix(invocation.origin, path, folder, context)
        if invocation.script.is_package
        else None,
    )


@schema_path_missing.on(NamedSchema)
def check_named(named: NamedSchema, context: Context) -> Iterator[Finding]:
    """The path of package.json, which every command of Prisma's takes."""
    folder = folder_of(named.manifest)
    if not _is_plain(named.path) or not context.schema_path:
        return
    if _is_there(named.path, folder, context, is_exact=True):
        return
    yield schema_path_missing.finding(
        subject=f"{named.manifest}#prisma.schema",
        detail=named.path,
        origin=named.origin,
        message=f"`{named.manifest}` names the schema `{named.path}`, and the repository has no"
        f" `{join(folder, named.path)}`; its schema is `{context.schema_path}`.",
        remedy=f"Name the schema that exists: `{context.schema_path}`.",
        fix=_fix(named.origin, named.path, folder, context),
    )


def _is_moved(command: ScriptedCommand, context: Context) -> bool:
    """Whether the command runs in another folder than its script's: after `cd`, by a workspace."""
    script, origin = command.invocation.script, command.invocation.origin
    source = context.sources.get(origin.path)
    written = source.text[origin.span.start : origin.span.end] if source else ""
    is_elsewhere = any(word.partition("=")[0] in _ELSEWHERE for word in written.split())
    return is_elsewhere or any(word in _MOVING for word in script.body.text.split())


def _is_plain(path: str) -> bool:
    """Whether the path says all, and is not one of a package or of what a build makes."""
    if any(letter in path for letter in "$*?~`{%") or path.startswith("/"):
        return False
    return "node_modules" not in path.split("/") and not is_generated(f"{path}/x")


def _is_there(path: str, folder: str, context: Context, *, is_exact: bool) -> bool:
    """Whether the path leads somewhere from its package, or from the root.

    A workflow, a container and a shell script may have changed their folder: there it is enough
    that some path of the repository ends so.
    """
    wanted = join(folder, path)
    if wanted is None or _exists(wanted, context) or _exists(join("", path), context):
        return True
    bare = path.removeprefix("./").lstrip("./").rstrip("/")
    if is_exact:
        return False
    return any(
        f"/{known}".endswith(f"/{bare}") or f"/{bare}/" in f"/{known}"
        for known in context.head.paths
    )


def _exists(path: str | None, context: Context) -> bool:
    if path is None:
        return False
    paths = context.head.paths
    return path in paths or any(known.startswith(f"{path.rstrip('/')}/") for known in paths)


def _fix(origin: Origin, path: str, folder: str, context: Context) -> Fix | None:
    """The path replaced where it stands once, by that of the schema seen from the package."""
    source, pair = context.sources.get(origin.path), context.project
    if source is None or pair is None or pair.schema is None:
        return None
    text = source.text[origin.span.start : origin.span.end]
    found = pair.schema.root
    if folder and not found.startswith(f"{folder}/"):
        return None
    if text.count(path) != 1 or name_of(found) == "":
        return None
    start = origin.span.start + text.index(path)
    place = Span(start, start + len(path))
    edit = Edit(origin.path, place, found.removeprefix(f"{folder}/") if folder else found)
    return Fix("Name the schema that exists", safe=False, edits=(edit,))
