"""The Prisma version that a project is locked to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.project.locks import (
    LOCK_FILES,
    PACKAGES,
    Version,
    locked_version,
    parse_version,
)
from workers.engine.project.manifest import Manifest
from workers.engine.project.paths import folder_of, is_under, name_of
from workers.engine.project.texts import Texts

SPLIT_SINCE = (7, 4)
"""From this version on Prisma sends the statements of a migration one by one, before as one text:
https://github.com/prisma/prisma/issues/14456."""


def prisma_version(texts: Texts, manifests: Iterable[Manifest], folder: str) -> Version | None:
    """The locked version for a folder's schema: the nearest lock file's, else the range's floor.

    None where nothing in the repository names Prisma's packages.
    """
    by_path = {manifest.path: manifest for manifest in manifests}
    above = sorted(_above(by_path, folder), key=len, reverse=True)
    ranges: dict[str, str] = {}
    for path in reversed(above):
        ranges.update(by_path[path].dependencies)
    locks = [path for path in texts.tree.files if name_of(path) in LOCK_FILES]
    for path in sorted(_above(locks, folder), key=len, reverse=True):
        within = folder.removeprefix(folder_of(path)).strip("/")
        version = locked_version(name_of(path), texts.text(path), within, ranges)
        if version is not None:
            return version
    for path in [*above, *(path for path in by_path if path not in above)]:
        for package in PACKAGES:
            version = parse_version(by_path[path].dependencies.get(package, ""))
            if version is not None:
                return version
    return None


def _above(paths: Iterable[str], folder: str) -> Iterator[str]:
    return (path for path in paths if is_under(folder + "/x", folder_of(path)))
