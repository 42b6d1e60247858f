"""The workflow that checks each pull request: a database made by the migrations, compared."""

from __future__ import annotations

from workers.engine.prevention.tool import Tool
from workers.engine.project.discovery import Pair

_POSTGRES = """\
    services:
      postgres:
        image: postgres:17
        env:
          POSTGRES_PASSWORD: postgres
        ports:
          - 5432:5432
        options: >-
          --health-cmd pg_isready --health-interval 2s --health-timeout 5s --health-retries 15
    env:
"""
_SQLITE = """\
    env:
"""
_URLS = {
    "sqlite": "file:./drift-check.db",
    "postgresql": "postgresql://postgres:postgres@localhost:5432/postgres",
}
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
  drift:
    runs-on: ubuntu-latest
{database}    steps:
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


def workflow(pair: Pair, tool: Tool) -> str | None:
    """The workflow's text for a pair; None for a provider that needs a server of another kind."""
    databases = {"postgresql": _POSTGRES, "postgres": _POSTGRES, "sqlite": _SQLITE}
    database = databases.get(pair.provider)
    if database is None:
        return None
    return _WORKFLOW.format(
        database=database + _variables(pair),
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


def _variables(pair: Pair) -> str:
    """Every variable that may hold the connection, set to the job's own database."""
    url = _URLS["sqlite" if pair.provider == "sqlite" else "postgresql"]
    names = sorted({"DATABASE_URL", *(connection.variable for connection in pair.connections)})
    return "".join(f"      {name}: {url}\n" for name in names)
