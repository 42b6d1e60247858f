"""Schemas that are declared in SQL: Supabase's `schemas` folder, a `schema.sql`, a `structure.sql`.

Supabase takes the files that `[db.migrations] schema_paths` in its config.toml names, in that
order, else every SQL file below `supabase/schemas` in the order of the names
(https://supabase.com/docs/guides/local-development/declarative-database-schemas). Rails and dbmate
write a dump beside the migrations.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

from workers.engine.project.folders import Match
from workers.engine.project.migrations import MigrationFolder, read_folder, runner_of
from workers.engine.project.paths import folder_of, is_copy, is_generated, is_under, join, name_of
from workers.engine.project.texts import Texts
from workers.engine.settings import Settings

Warrant = Literal["named", "supabase", "beside"]
_NAMES = frozenset({"schema.sql", "structure.sql"})
_MOST = 5
"""Each has to be replayed before anybody knows what it is."""
_FOLDERS = ("migrations", "migrate")


class PlainSchema(Struct, frozen=True):
    """Files of SQL that say what a database shall hold, in the order in which they are run.

    `warrant` says why they are taken for that: the user names them, Supabase does, or they lie
    beside the migrations, so that what they hold has to show it.
    """

    root: str
    files: tuple[str, ...]
    warrant: Warrant = "beside"

    @property
    def folder(self) -> str:
        """The folder that the schema is or lies in."""
        return folder_of(self.root) if self.root.endswith(".sql") else self.root


class PlainPair(Struct, frozen=True):
    """A schema in SQL with the migrations that should make it."""

    schema: PlainSchema
    migrations: MigrationFolder


def plain_at(texts: Texts, path: str) -> PlainSchema | None:
    """The schema that a user means by a path: an SQL file, or a folder of them."""
    if path in texts.tree.files and path.lower().endswith(".sql"):
        return PlainSchema(path, (path,), "named")
    inside = _below(texts, path)
    return PlainSchema(path, inside, "named") if inside else None


def pair_named(
    texts: Texts, named: PlainSchema, folders: dict[str, MigrationFolder]
) -> list[PlainPair]:
    """A schema that the user names, with the migrations beside it, or the only ones there are."""
    home = folder_of(named.root)
    places = [
        f"{folder}/{name}" if folder else name for folder in (home, named.root) for name in _FOLDERS
    ]
    for place in places:
        folder = folders.get(place) or _read(texts, place)
        if folder is not None:
            return [PlainPair(named, folder)]
    only = list(folders.values())
    return [PlainPair(named, only[0])] if len(only) == 1 else []


def find_plain(
    texts: Texts, matched: list[Match], folders: dict[str, MigrationFolder], settings: Settings
) -> list[PlainPair]:
    """The schemas in SQL that could be another side of migrations, each with these."""
    found = [*_supabase(texts, folders), *islice(_beside(texts, matched, folders), _MOST)]
    return [
        pair
        for pair in found
        if not settings.is_ignored(pair.schema.root)
        and not settings.is_ignored(pair.migrations.path)
    ]


def _supabase(texts: Texts, folders: dict[str, MigrationFolder]) -> Iterator[PlainPair]:
    for path, folder in sorted(folders.items()):
        if folder.runner != "supabase":
            continue
        home = folder_of(path)
        named = _schema_paths(texts, home)
        files = named if named else _below(texts, f"{home}/schemas")
        if files:
            root = files[0] if len(files) == 1 else f"{home}/schemas"
            yield PlainPair(PlainSchema(root, files, "supabase"), folder)


def _below(texts: Texts, folder: str) -> tuple[str, ...]:
    inside = (p for p in texts.tree.files if is_under(p, folder) and p.lower().endswith(".sql"))
    return tuple(sorted(inside, key=lambda path: path.split("/"))) if folder else ()


def _schema_paths(texts: Texts, home: str) -> tuple[str, ...]:
    """The files that config.toml names, patterns spread out, each once."""
    text = texts.text(f"{home}/config.toml")
    if "schema_paths" not in text:
        return ()
    import tomllib  # not needed by most

    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ()
    patterns = _at(config, "db", "migrations", "schema_paths")
    if not isinstance(patterns, list):
        return ()
    found: list[str] = []
    for pattern in patterns:
        wanted = join(home, pattern) if isinstance(pattern, str) else None
        if wanted:
            found += sorted(
                path
                for path in texts.tree.files
                if path.lower().endswith(".sql") and _fits(path, wanted)
            )
    return tuple(dict.fromkeys(found))


def _at(config: object, *keys: str) -> Any:
    for key in keys:
        config = config.get(key) if isinstance(config, dict) else None
    return config


def _fits(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern, part by part; `**` stands for any number of parts."""
    if "**" in pattern:
        return fnmatchcase(path, pattern.replace("**/", "*"))
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _beside(
    texts: Texts, matched: list[Match], folders: dict[str, MigrationFolder]
) -> Iterator[PlainPair]:
    """Dumps and schemas in SQL that lie where their migrations lie, if no Prisma schema does."""
    taken = {folder.path for schema, folder in matched if schema is not None and folder is not None}
    for path in sorted(texts.tree.files):
        if name_of(path).lower() not in _NAMES or is_copy(path) or is_generated(path):
            continue
        home = folder_of(path)
        for name in _FOLDERS:
            place = f"{home}/{name}" if home else name
            folder = folders.get(place) or _read(texts, place)
            if folder is not None and place not in taken:
                yield PlainPair(PlainSchema(path, (path,)), folder)
                break


def _read(texts: Texts, place: str) -> MigrationFolder | None:
    runner = runner_of(place, texts.tree.paths)
    folder = read_folder(texts, place, runner) if runner is not None else None
    return folder if folder is not None and folder.migrations else None
