"""SQL that no runner reads and that people apply by hand."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.project.migrations import MigrationFolder, is_undo
from workers.engine.project.paths import distance, folder_of, is_copy, is_generated, name_of
from workers.engine.project.schemas import PrismaSchema
from workers.engine.project.texts import Texts
from workers.engine.source import SourceFile

_FAR = 9
_NOT_MEANT = ("test", "seed", "dump", "backup", "example", "sample", "reset", "drop")


def hand_run(
    texts: Texts,
    schema: PrismaSchema | None,
    folder: MigrationFolder | None,
    taken: Iterable[str],
) -> tuple[SourceFile, ...]:
    """The SQL files within a step of a schema or its migrations that nothing else claims.

    Seeds, dumps, tests and scripts that take things away are left out: nobody wants them in a
    history. `taken` are folders that some runner reads.
    """
    homes = set()
    if schema is not None:
        homes.add(schema.folder)
    if folder is not None:
        homes.add(folder_of(folder.path))
    taken = tuple(f"{path}/" for path in taken if path)
    mislaid = {source.path for source in folder.above} if folder is not None else set()
    found = []
    for path in sorted(texts.tree.files):
        if not path.lower().endswith(".sql") or path.startswith(taken) or path in mislaid:
            continue
        if is_undo(path) or is_copy(path) or is_generated(path) or _is_not_meant(path):
            continue
        home = folder_of(path)
        source = texts.source(path)
        if min((distance(home, other) for other in homes), default=_FAR) <= 1 and source:
            found.append(source)
    return tuple(found)


def _is_not_meant(path: str) -> bool:
    words = name_of(path).lower().replace("-", "_").replace(".", "_").split("_")
    return any(word.startswith(_NOT_MEANT) for word in words)
