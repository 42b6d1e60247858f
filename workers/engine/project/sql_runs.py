"""SQL files that a project's own scripts send to a database: by psql, Prisma or Supabase's CLI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.project.commands import Call, calls
from workers.engine.project.paths import folder_of, join
from workers.engine.project.scripts import Script
from workers.engine.source import Origin, SourceFile

_PROGRAMS = ("psql", "prisma", "supabase")
_FILE_OPTIONS = ("-f", "--file")


class SqlRun(Struct, frozen=True):
    """A file, the script that runs it, and where it does."""

    path: str
    script: Script
    origin: Origin


def sql_runs(sources: Iterable[SourceFile], paths: frozenset[str]) -> dict[str, SqlRun]:
    """The SQL files that scripts run, by path; the first script that does counts."""
    found: dict[str, SqlRun] = {}
    for call in calls(list(sources), *_PROGRAMS):
        for written in _files(call):
            folder = folder_of(call.script.path)
            for path in (join(folder, written), join("", written)):
                if path in paths and path is not None:
                    found.setdefault(path, SqlRun(path, call.script, call.origin))
                    break
    return found


def _files(call: Call) -> Iterator[str]:
    program, *rest = call.words
    if program.rpartition("/")[2] == "prisma" and rest[:2] != ["db", "execute"]:
        return
    yield from call.reads
    for at, word in enumerate(rest):
        name, equals, value = word.partition("=")
        if name in _FILE_OPTIONS and equals:
            yield value
        elif word in _FILE_OPTIONS and at + 1 < len(rest):
            yield rest[at + 1]
        elif word.startswith("-f") and not word.startswith("--") and len(word) > 2:
            yield word[2:]
