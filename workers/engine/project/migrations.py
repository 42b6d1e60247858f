"""Migration folders: what their runner runs, in which order, and what it passes over.

Prisma runs `<folder>/*/migration.sql` in the order of the folders' names and nothing else; a folder
without that file stops `prisma migrate deploy` (P3015, https://pris.ly/d/error-reference). The
Supabase CLI runs `<folder>/<version>_<name>.sql` in the order of the file names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from workers.engine.project.paths import folder_of, is_under, name_of
from workers.engine.project.sections import upward
from workers.engine.project.texts import Texts
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Migration

Runner = Literal["prisma", "supabase", "files"]
LOCK = "migration_lock.toml"
SCRIPT = "migration.sql"
_DOWN = (".down.sql", "_down.sql", ".undo.sql", ".rollback.sql")
_DOWN_NAMES = frozenset({"down.sql", "rollback.sql", "undo.sql", "revert.sql"})


class MigrationFolder(Struct, frozen=True):
    """A folder of migrations as its runner reads it.

    `loose` are SQL files beside the migrations that the runner passes over, `scriptless` the
    folders that hold no `migration.sql`, `nested` the scripts that lie one level too deep, `above`
    those one level too high.
    `lock_provider` is the provider that `migration_lock.toml` names, None without that file.
    """

    path: str
    runner: Runner
    migrations: tuple[Migration, ...]
    loose: tuple[SourceFile, ...] = ()
    scriptless: tuple[str, ...] = ()
    nested: tuple[SourceFile, ...] = ()
    above: tuple[SourceFile, ...] = ()
    lock_provider: str | None = None
    has_lock: bool = False
    is_conventional: bool = True
    """Whether Prisma finds the folder by itself: it lies beside the schema, or is configured."""


def is_undo(path: str) -> bool:
    """Whether a file's name says that it takes a migration back; nobody wants it run."""
    name = name_of(path).lower()
    return name in _DOWN_NAMES or name.endswith(_DOWN)


def runner_of(folder: str, paths: Iterable[str]) -> Runner | None:
    """Who runs the migrations in a folder, told by its shape; None where it holds none."""
    has_lock = has_script = has_file = False
    for path in paths:
        if not is_under(path, folder):
            continue
        rest = path[len(folder) + 1 :] if folder else path
        depth = rest.count("/")
        has_lock |= rest == LOCK
        has_script |= depth == 1 and rest.endswith("/" + SCRIPT)
        has_file |= depth == 0 and rest.lower().endswith(".sql")
    if has_script or has_lock:
        return "prisma"
    if not has_file:
        return None
    return "supabase" if folder.endswith("supabase/migrations") else "files"


def read_folder(texts: Texts, folder: str, runner: Runner) -> MigrationFolder:
    """The migrations of a folder, in the order in which the runner takes them."""
    inside = sorted(path for path in texts.tree.paths if is_under(path, folder))
    if runner == "prisma":
        return _read_prisma(texts, folder, inside)
    files = [p for p in inside if folder_of(p) == folder and p.lower().endswith(".sql")]
    files = [path for path in files if not is_undo(path)]
    if runner == "supabase":
        files = [path for path in files if version_of(name_of(path)) is not None]
    migrations = (
        Migration(name_of(path).removesuffix(".sql"), upward(source), _refusal(texts, path, runner))
        for path in files
        if (source := texts.source(path))
    )
    return MigrationFolder(folder, runner, tuple(migrations))


def _refusal(texts: Texts, path: str, runner: Runner) -> tuple[str, str] | None:
    """What PostgreSQL says to a file that is not bare UTF-8, or holds zero bytes.

    Files of which nobody knows what runs them may be run by psql, which takes a byte-order mark
    away; Prisma and Supabase send it.
    """
    data = texts.tree.files.get(path, b"")
    if data.isascii() and b"\0" not in data:
        return None
    from workers.engine.sql.decode import MARKED, decode

    found = decode(data)
    if found.encoding == MARKED and runner == "files":
        return None
    return (found.sqlstate, found.message) if found.sqlstate else None


def version_of(name: str) -> str | None:
    """The digits before the first underscore of a file name: Supabase's version, or None."""
    digits = name.partition("_")[0]
    return digits if digits.isascii() and digits.isdigit() and "_" in name else None


def _read_prisma(texts: Texts, folder: str, inside: list[str]) -> MigrationFolder:
    migrations = []
    loose = []
    nested = []
    folders: dict[str, bool] = {}
    for path in inside:
        rest = path[len(folder) + 1 :] if folder else path
        first, slash, tail = rest.partition("/")
        if not slash:
            if rest.lower().endswith(".sql") and not is_undo(path):
                loose += _sources(texts, path)
            continue
        folders[first] = folders.get(first, False) or tail == SCRIPT
        if tail == SCRIPT:
            source = texts.source(path)
            if source is not None:
                migrations.append(Migration(first, source, _refusal(texts, path, "prisma")))
        elif tail.endswith("/" + SCRIPT):
            nested += _sources(texts, path)
    migrations.sort(key=lambda migration: migration.name)
    return MigrationFolder(
        folder,
        "prisma",
        tuple(migrations),
        loose=tuple(loose),
        scriptless=tuple(sorted(name for name, has_script in folders.items() if not has_script)),
        nested=tuple(nested),
        lock_provider=_lock_provider(texts.text(f"{folder}/{LOCK}" if folder else LOCK)),
        has_lock=(f"{folder}/{LOCK}" if folder else LOCK) in texts.tree.paths,
    )


def _sources(texts: Texts, path: str) -> list[SourceFile]:
    source = texts.source(path)
    return [source] if source else []


def _lock_provider(text: str) -> str | None:
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip() == "provider":
            found = value.partition("#")[0].strip().strip("\"'")
            # Prisma writes another name here than in the schema, for this one database.
            return "sqlserver" if found == "mssql" else found or None
    return None
