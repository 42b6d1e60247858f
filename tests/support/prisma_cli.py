"""Prisma's own command line, as npm gives it: does it take the commands that Driftline offers?

The packages are no dependency of Driftline; `install` puts them under `.oracle/`. The schema engine
that the command line would fetch for itself (from binaries.prisma.sh) is not asked for: a command
has proven its options once it calls that engine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

VERSIONS = {6: "6.19.0", 7: "7.5.0"}
ROOT = Path(__file__).parents[2]


def folder(major: int) -> Path:
    """Where the packages of one major version lie."""
    return ROOT / ".oracle" / f"prisma-{major}"


def install() -> None:
    """Install each version that is not there yet."""
    for major, version in VERSIONS.items():
        if entry(major) is None:
            folder(major).mkdir(parents=True, exist_ok=True)
            command = ["npm", "install", "--prefix", str(folder(major)), "--ignore-scripts"]
            options = ["--no-audit", "--no-fund", "--silent", f"prisma@{version}"]
            subprocess.run([*command, *options], check=True)


def entry(major: int) -> Path | None:
    """The command's script, None where node or the package is missing."""
    script = folder(major) / "node_modules" / "prisma" / "build" / "index.js"
    return script if script.exists() and shutil.which("node") else None


def run(major: int, project: Path, *arguments: str) -> tuple[int, str]:
    """Run it in a project: the exit code and all that it says."""
    script = entry(major)
    assert script is not None
    modules = project / "node_modules"
    with contextlib.suppress(FileExistsError):
        modules.symlink_to(folder(major) / "node_modules")
    environment = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@localhost:1/none",
        "PRISMA_SCHEMA_ENGINE_BINARY": shutil.which("false") or "/bin/false",
        "PRISMA_QUERY_ENGINE_LIBRARY": shutil.which("false") or "/bin/false",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        "CHECKPOINT_DISABLE": "1",
    }
    done = subprocess.run(
        ["node", str(script), *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr
