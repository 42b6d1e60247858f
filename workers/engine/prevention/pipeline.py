"""The workflow that checks each pull request: a database made by the migrations, compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.prevention.servers import SERVERS, Server
from workers.engine.prevention.tool import Tool
from workers.engine.project.discovery import Pair
from workers.engine.project.texts import Texts
from workers.engine.reading import declare

_SETUP = {
    "npm": "      - uses: actions/setup-node@v4\n        with:\n          node-version: 22\n",
    "pnpm": "      - uses: actions/setup-node@v4\n        with:\n          node-version: 22\n"
    "      - run: corepack enable\n",
    "yarn": "      - uses: actions/setup-node@v4\n        with:\n          node-version: 22\n"
    "      - run: corepack enable\n",
    "bun": "      - uses: oven-sh/setup-bun@v2\n",
}
_WORKFLOW = """\
name: Schema drift

on:
  pull_request:

permissions:
  contents: read

jobs:
"""
_JOB = """\
  {name}:
    runs-on: ubuntu-latest
{services}    env:
{variables}    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
{setup}      - run: {install}
{lock_folder}      - name: The schema is valid
        run: {run} prisma validate{option}
{folder}      - name: The migrations run on an empty database
        run: {run} {deploy}
{folder}      - name: They make what the schema declares
        run: {run} {diff}
{folder}      - name: Driftline, where the runner has it
        run: if command -v driftline; then driftline check --base "origin/$GITHUB_BASE_REF"; fi
"""


def has_job(pair: Pair) -> bool:
    """Whether a job can start the pair's database."""
    return pair.provider in SERVERS


def workflow(texts: Texts, parts: Sequence[tuple[Pair, Tool]]) -> str:
    """The workflow's text: a job for each pair whose database one can start."""
    names = job_names([tool for _, tool in parts])
    jobs = (_job(name, texts, pair, tool) for name, (pair, tool) in zip(names, parts, strict=True))
    return _WORKFLOW + "\n".join(jobs)


def job_names(tools: Sequence[Tool]) -> list[str]:
    """`drift`; where there are several, each with what tells its schema from the others."""
    if len(tools) == 1:
        return ["drift"]
    names: list[str] = []
    for tool in tools:
        name = f"drift-{tool.label}"
        names.append(name if name not in names else f"{name}-{len(names) + 1}")
    return names


def _job(name: str, texts: Texts, pair: Pair, tool: Tool) -> str:
    server = SERVERS[pair.provider]
    return _JOB.format(
        name=name,
        services=server.services,
        variables=_variables(texts, pair, server),
        setup=_SETUP[tool.manager],
        install=tool.install,
        run=tool.run,
        option=tool.option,
        deploy=tool.deploy,
        diff=tool.diff,
        folder=_within(tool.folder),
        lock_folder=_within(tool.lock_folder),
    )


def _within(folder: str) -> str:
    return f"        working-directory: {folder}\n" if folder else ""


def _variables(texts: Texts, pair: Pair, server: Server) -> str:
    """Every variable that may hold the connection, set to the job's own database."""
    names = {"DATABASE_URL", *(connection.variable for connection in pair.connections)}
    names |= set(_read(texts, pair))
    return "".join(f"      {name}: {server.url}\n" for name in sorted(names))


def _read(texts: Texts, pair: Pair) -> Iterator[str]:
    """The variables that the schema and its configuration take connections from.

    A shadow database is none: Prisma would empty it, and the job needs none.
    """
    if pair.schema is None:
        return
    values = [pair.schema.url or ""]
    declared = declare(pair, texts.sources).datasource
    values += [value for key, value in declared.items() if key in ("url", "directUrl")]
    for value in values:
        kind, _, name = value.partition(":")
        if kind == "env" and name.isidentifier():
            yield name
