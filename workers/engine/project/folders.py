"""Which migrations folders there are, and which schema each belongs to."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.project.migrations import (
    LOCK,
    SCRIPT,
    MigrationFolder,
    read_folder,
    runner_of,
)
from workers.engine.project.paths import (
    distance,
    folder_of,
    is_copy,
    is_generated,
    is_under,
    join,
    name_of,
)
from workers.engine.project.schemas import PrismaSchema, provider_of
from workers.engine.project.texts import Texts
from workers.engine.settings import Settings
from workers.engine.source import SourceFile

_MANY = 3
_NAME = "migrations"

Match = tuple[PrismaSchema | None, MigrationFolder | None]


def find_folders(
    texts: Texts, schemas: list[PrismaSchema], settings: Settings
) -> dict[str, MigrationFolder]:
    """Every migrations folder worth looking at, by path."""
    found = {}
    for folder in sorted(_candidates(texts, schemas, settings)):
        runner = runner_of(folder, texts.tree.paths)
        if runner is not None and (runner != "files" or settings.migrations_path is not None):
            found[folder] = read_folder(texts, folder, runner)
    return _without_strays(texts, found)


def match(
    texts: Texts,
    schemas: list[PrismaSchema],
    folders: dict[str, MigrationFolder],
    settings: Settings,
) -> list[Match]:
    """Each schema with its migrations, then schemas and folders that have no partner.

    A schema without migrations is left out beside one that has some: there is nothing to say of it.
    """
    if settings.migrations_path is not None and folders:
        (folder,) = folders.values()
        return [(_schema_of(texts, schemas, folder, settings), folder)]
    free = dict(folders)
    pairs: list[Match] = []
    alone = []
    for schema in schemas:
        found = next((free.pop(path) for path in beside(schema) if path in free), None)
        if found is None:
            alone.append(schema)
        else:
            pairs.append((schema, found))
    free = _likely_ones(free, has_pairs=bool(pairs))
    for schema in list(alone):
        near = _partner(texts, schema, alone, free, has_pairs=bool(pairs))
        if near is not None:
            alone.remove(schema)
            pairs.append((schema, replace(free.pop(near), is_conventional=False)))
    if pairs and settings.schema_path is None:
        alone = []
    strays = (replace(folder, is_conventional=False) for folder in free.values())
    return [*pairs, *((schema, None) for schema in alone[:_MANY]), *((None, f) for f in strays)]


def _schema_of(
    texts: Texts, schemas: list[PrismaSchema], folder: MigrationFolder, settings: Settings
) -> PrismaSchema | None:
    """The schema for a folder that was named: the one beside it, of its provider, or alike."""
    if settings.schema_path is not None:
        return schemas[0] if schemas else None

    def fitness(schema: PrismaSchema) -> tuple[bool, bool, bool, int]:
        return (
            folder.path not in beside(schema),
            folder.lock_provider not in (provider_of(texts, schema), None),
            not _is_alike(schema, folder.path),
            distance(schema.folder, folder_of(folder.path)),
        )

    best = min(schemas, key=fitness, default=None)
    if best is None or (fitness(best)[1] and fitness(best)[0]):
        return None
    return best


def beside(schema: PrismaSchema) -> list[str]:
    """Where the migrations of a schema may be, the likeliest first."""
    if schema.migrations is not None:
        return [schema.migrations]
    folders = [schema.folder, schema.root, folder_of(schema.root)]
    wanted = [f"{folder}/migrations" if folder else "migrations" for folder in folders]
    return list(dict.fromkeys(wanted))


def _candidates(texts: Texts, schemas: list[PrismaSchema], settings: Settings) -> set[str]:
    if settings.migrations_path is not None:
        return {join("", settings.migrations_path) or ""}
    found = {path for schema in schemas for path in beside(schema)}
    for path in texts.tree.paths:
        name = name_of(path)
        if name == LOCK:
            found.add(folder_of(path))
        elif name == SCRIPT:
            found.add(folder_of(folder_of(path)))
        elif name.endswith(".sql") and folder_of(path).endswith("supabase/migrations"):
            found.add(folder_of(path))
    return {path for path in found if not settings.is_ignored(path)}


def _without_strays(texts: Texts, found: dict[str, MigrationFolder]) -> dict[str, MigrationFolder]:
    """Folders of migrations within another's, or one level above it, are mislaid parts of it."""
    prisma = [path for path, folder in found.items() if folder.runner == "prisma"]
    homes = [path for path in prisma if found[path].has_lock or not _is_around(path, found, prisma)]
    kept = {}
    for path, folder in found.items():
        if folder.runner == "prisma":
            if path not in homes:
                continue
            if any(home and home != path and is_under(path, home) for home in homes):
                continue
        kept[path] = replace(folder, above=_above(texts, found, path))
    return kept


def _is_around(path: str, found: dict[str, MigrationFolder], others: list[str]) -> bool:
    """Whether a folder only surrounds the migrations: a `migration.sql` that lies about beside the
    schema makes one of the folder above."""
    within = [other for other in others if other != path and (not path or is_under(other, path))]
    if any(folder_of(other) == path for other in within):
        return True
    return name_of(path) != _NAME and any(
        found[other].has_lock or name_of(other) == _NAME for other in within
    )


def _above(texts: Texts, found: dict[str, MigrationFolder], path: str) -> tuple[SourceFile, ...]:
    parent = found.get(folder_of(path))
    if parent is None or parent.path == path or parent.has_lock or parent.runner != "prisma":
        return ()
    stamped = (migration for migration in parent.migrations if migration.name[:1].isdigit())
    scripts = (texts.source(migration.source.path) for migration in stamped)
    return tuple(
        source for source in scripts if source is not None and not is_under(source.path, path)
    )


def _likely_ones(
    free: dict[str, MigrationFolder], *, has_pairs: bool
) -> dict[str, MigrationFolder]:
    """The folders without a schema that are meant as migrations, not examples or other papers."""
    free = {path: folder for path, folder in free.items() if _is_likely(folder)}
    for is_aside in (is_copy, is_generated):
        if has_pairs or any(not is_aside(path + "/x") for path in free):
            free = {path: folder for path, folder in free.items() if not is_aside(path + "/x")}
    return free


def _is_likely(folder: MigrationFolder) -> bool:
    if not folder.migrations:
        return False
    return folder.has_lock or "migration" in name_of(folder.path).lower()


def _partner(
    texts: Texts,
    schema: PrismaSchema,
    alone: list[PrismaSchema],
    free: dict[str, MigrationFolder],
    *,
    has_pairs: bool,
) -> str | None:
    """The migrations folder of a schema that has none beside it, where there is no doubt.

    Some projects keep one schema and one folder for each database and copy them into place: there
    the lock file's provider and the names tell which belong together.
    """
    home = folder_of(schema.root)
    provider = provider_of(texts, schema)
    near = [path for path in free if path and folder_of(path) in (home, schema.root)]
    fitting = [path for path in near if free[path].lock_provider in (provider, None)]
    twins = [other for other in alone if provider_of(texts, other) == provider]
    if len(fitting) == 1 and (len(twins) == 1 or _is_alike(schema, fitting[0])):
        return fitting[0]
    if has_pairs or len(alone) != 1:
        return None
    prisma = [path for path, folder in free.items() if folder.runner == "prisma"]
    others = [path for path, folder in free.items() if folder.runner != "prisma"]
    choice = prisma or others
    return choice[0] if len(choice) == 1 else None


def _is_alike(schema: PrismaSchema, folder: str) -> bool:
    """Whether `postgresql-schema.prisma` and `postgresql-migrations` carry one name."""
    words = name_of(schema.root).replace("_", "-").replace(".", "-").split("-")
    return name_of(folder).replace("_", "-").split("-")[0] == words[0]
