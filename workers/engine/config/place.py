"""Where the configuration lies in a repository."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from workers.engine.config.configuration import Configuration, InvalidSetting
from workers.engine.project.texts import decode
from workers.engine.snapshot import Tree
from workers.engine.source import Origin, Span

PATHS = (".github/driftline.yml", ".github/driftline.yaml")


def path_in(tree: Tree) -> str | None:
    """The path of the file that counts, None where there is none."""
    return next((path for path in PATHS if path in tree.files), None)


def configuration_in(tree: Tree, rules: Collection[str]) -> Configuration:
    """The configuration of a state; an empty one where it has no file."""
    path = path_in(tree)
    if path is None:
        return Configuration(PATHS[0])
    from workers.engine.config.reader import read_configuration

    found = read_configuration(decode(path, tree.files[path]), rules)
    other = PATHS[1]
    if path != other and other in tree.files:
        message = f"`{path}` counts, and `{other}` beside it is not read."
        unread = InvalidSetting("", message, Origin(other, Span(0, 0)))
        found = replace(found, troubles=(*found.troubles, unread))
    return found
