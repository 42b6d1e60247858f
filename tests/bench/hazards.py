"""`python -m tests.bench.hazards`: hazards named and false alarms, beside squawk and pgfence.

Both are run where they are found: `squawk` (PyPI, squawk-cli) and `pgfence` (npm, @flvmnt/pgfence)
on PATH, in `.oracle`, or where SQUAWK and PGFENCE point. Each is given the same files. Their rules
on style and on timeouts, which speak on nearly every file, are not counted, neither for nor
against them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.support.hazards import Section, sections, snapshots
from workers.engine.analyze import analyze
from workers.engine.findings import Status

ROOT = Path(__file__).parents[2]
JUDGED = frozenset({"locking", "data-loss", "history"})
STYLE = ("prefer-", "require-lock", "require-statement", "require-timeout", "ban-char-field")
Linter = Callable[[Section], list[str]]


def driftline(section: Section) -> list[str]:
    """Our rules on a section, as a pull request to a Supabase project."""
    (snapshot,) = snapshots(section, "supabase", with_base=True)
    return [
        finding.rule
        for finding in analyze(snapshot).findings
        if finding.family in JUDGED and finding.status is Status.NEW
    ]


def squawk_with(program: str) -> Linter:
    """squawk's rules on the migrations of a section, each a file."""

    def linter(section: Section) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            files = _written(section, Path(folder))
            found = _ran(program, "--reporter", "json", "--pg-version", "15.0", *files)
        return [row["rule_name"] for row in json.loads(found or "[]")]

    return linter


def pgfence_with(program: str) -> Linter:
    """pgfence's rules on the migrations of a section, all files at once."""

    def linter(section: Section) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder) / "000_base.sql"
            base.write_text(section.base)
            files = _written(section, Path(folder))
            found = _ran(program, "analyze", "--output", "json", "--no-lock-timeout", *files)
        try:
            results = json.loads(found)["results"]
        except (ValueError, KeyError):
            return []
        return [
            check["ruleId"]
            for result in results
            for check in result["checks"]
            if check["risk"] not in ("SAFE", "LOW")
        ]

    return linter


def _written(section: Section, folder: Path) -> list[str]:
    files = []
    for number, sql in enumerate(section.migrations, 1):
        path = folder / f"{number:03}_change.sql"
        path.write_text(sql)
        files.append(str(path))
    return files


def _ran(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def linters() -> dict[str, Linter]:
    """Those that can be run here."""
    found: dict[str, Linter] = {"driftline": driftline}
    squawk = os.environ.get("SQUAWK") or shutil.which("squawk")
    if squawk:
        found["squawk"] = squawk_with(squawk)
    local = ROOT / ".oracle" / "node_modules" / ".bin" / "pgfence"
    pgfence = os.environ.get("PGFENCE") or shutil.which("pgfence")
    if pgfence or local.exists():
        found["pgfence"] = pgfence_with(pgfence or str(local))
    return found


def main() -> None:
    """Print the figures of both sets, and what each linter misses or cries."""
    for folder in ("", "second/"):
        _compare(sections(f"{folder}hazards.md"), sections(f"{folder}safe.md"))


def _compare(hazards: list[Section], safe: list[Section]) -> None:
    console = Console()
    table = Table(title="Hazards named, safe files cried at")
    for column in ("linter", "hazards", "named", "safe files", "false alarms", "findings"):
        table.add_column(column, justify="left" if column == "linter" else "right")
    notes = []
    for name, linter in linters().items():
        said = {section.title: _counted(linter(section)) for section in hazards}
        cried = {section.title: _counted(linter(section)) for section in safe}
        missed = [title for title, rules in said.items() if not rules]
        alarms = [title for title, rules in cried.items() if rules]
        total = sum(map(len, said.values()))
        row = (len(hazards), len(hazards) - len(missed), len(safe), len(alarms), total)
        table.add_row(name, *map(str, row))
        notes += [f"{name} misses: {title}" for title in missed]
        notes += [f"{name} cries at: {title} ({', '.join(cried[title])})" for title in alarms]
    console.print(table)
    for note in notes:
        console.print(note, highlight=False)


def _counted(rules: list[str]) -> list[str]:
    return [rule for rule in rules if not rule.startswith(STYLE)]


if __name__ == "__main__":
    main()
