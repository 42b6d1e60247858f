"""Prisma's own schema engine as a test oracle: the npm package, driven through node.

The packages are no dependency of Driftline. They are looked for in the directory that
`DRIFTLINE_PRISMA_ENGINE` names, else in `.oracle/` at the root of the repository; `install` puts
them there. Without node or without them `find_engine` says why, and a test skips with that reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGES = (
    "@prisma/schema-engine-wasm@8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323",
    "@prisma/adapter-pg@7.10.1",
    "@prisma/adapter-libsql@7.10.0",
    "@prisma/driver-adapter-utils@7.10.1",
)
DRIVER = Path(__file__).with_name("prisma_engine.mjs")
ROOT = Path(__file__).parents[2]


class PrismaEngineError(Exception):
    """The engine's own complaint: the schema is invalid, or a migration failed."""


@dataclass(frozen=True)
class Answer:
    """What the engine would do: a script and a summary for people; both empty when in step."""

    script: str
    summary: str
    is_different: bool


def engine_directory() -> Path:
    """Where the npm packages are, or would be."""
    return Path(os.environ.get("DRIFTLINE_PRISMA_ENGINE") or ROOT / ".oracle")


def why_not() -> str | None:
    """Why the engine cannot be used here, or None where it can."""
    if shutil.which("node") is None:
        return "node is not installed"
    directory = engine_directory()
    if not (directory / "node_modules/@prisma/schema-engine-wasm").is_dir():
        return f"Prisma's engine is not installed in {directory}"
    return None


def install() -> None:
    """Fetch the packages with npm; does nothing where they are."""
    directory = engine_directory()
    if (directory / "node_modules/@prisma/schema-engine-wasm").is_dir():
        return
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "package.json").write_text('{"private": true}\n')
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES]
    subprocess.run(command, cwd=directory, check=True)


KNOWN_FEATURES = {"partialIndexes", "postgresqlExtensions", "relationJoins", "views"}


def for_prisma_7(text: str) -> str:
    """A schema of an older Prisma as Prisma 7 wants to read it.

    Connection strings leave the datasource, `referentialIntegrity` becomes `relationMode`, and
    preview features that are gone are taken out. Line for line, so that places stay true.
    """
    text = re.sub(r"(?m)^(\s*)(url|directUrl|shadowDatabaseUrl)\s*=.*$", r"\1", text)
    text = re.sub(r"(?m)^(\s*)referentialIntegrity(\s*=)", r"\1relationMode\2", text)

    def keep_known(match: re.Match[str]) -> str:
        names = re.findall(r'"(\w+)"', match[0])
        kept = ", ".join(f'"{name}"' for name in names if name in KNOWN_FEATURES)
        return f"previewFeatures = [{kept}]" + "\n" * match[0].count("\n")

    return re.sub(r"previewFeatures\s*=\s*\[[^\]]*\]", keep_known, text)


class PrismaEngine:
    """One running engine. A panic ends its process; the next question starts another."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> PrismaEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait(timeout=20)
            if process.stdout is not None:
                process.stdout.close()

    def script(self, files: Mapping[str, str], provider: str = "postgresql") -> str:
        """The SQL that makes a schema from nothing (`migrate diff --from-empty --script`)."""
        return self._ask({"do": "script", "provider": provider, "files": list(files.items())})[
            "script"
        ]

    def drift(
        self,
        files: Mapping[str, str],
        migrations: Iterable[tuple[str, str]],
        url: str | None,
        provider: str = "postgresql",
        schema: str | None = None,
    ) -> Answer:
        """`migrate diff --from-migrations --to-schema`, on a shadow database of the server.

        `url` is a PostgreSQL connection string; SQLite needs none. `schema` is the connection's
        `?schema=`.
        """
        request = {
            "do": "drift",
            "provider": provider,
            "files": list(files.items()),
            "migrations": list(migrations),
            "url": url,
            "schema": schema,
        }
        return _answer(self._ask(request))

    def live(
        self,
        files: Mapping[str, str],
        url: str,
        provider: str = "postgresql",
        schema: str | None = None,
    ) -> Answer:
        """What separates a database as it stands from a schema."""
        request = {
            "do": "live",
            "provider": provider,
            "files": list(files.items()),
            "url": url,
            "schema": schema,
        }
        return _answer(self._ask(request))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = _start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise PrismaEngineError("the engine ended without an answer")
        reply: dict[str, Any] = json.loads(line)
        if not reply["ok"]:
            raise PrismaEngineError(reply["error"])
        return reply


def _answer(reply: dict[str, Any]) -> Answer:
    return Answer(reply["script"], reply["summary"], reply["exitCode"] == 2)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["node", str(DRIVER), str(engine_directory())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
