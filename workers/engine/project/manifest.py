"""What package.json says about Prisma."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from workers.engine.project.paths import folder_of, join
from workers.engine.project.texts import Texts


class Manifest(Struct, frozen=True):
    """One package.json: its scripts, its dependencies' ranges, and the schema that it names."""

    path: str
    scripts: dict[str, str] = field(default_factory=dict)
    dependencies: dict[str, str] = field(default_factory=dict)
    schema: str | None = None

    @property
    def folder(self) -> str:
        """The folder of the package."""
        return folder_of(self.path)

    def named_schemas(self) -> Iterator[str]:
        """The schema paths that the manifest names, from the root: its own entry, then scripts."""
        if self.schema is not None:
            resolved = join(self.folder, self.schema)
            if resolved is not None:
                yield resolved
        for script in self.scripts.values():
            for written in _schema_options(script):
                resolved = join(self.folder, written)
                if resolved is not None:
                    yield resolved


def read_manifests(texts: Texts) -> list[Manifest]:
    """All package.json files that parse, those nearest to the root first."""
    paths = [path for path in texts.tree.files if path.rpartition("/")[2] == "package.json"]
    found = []
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):
        manifest = _read(path, texts.text(path))
        if manifest is not None:
            found.append(manifest)
    return found


def _read(path: str, text: str) -> Manifest | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    prisma = data.get("prisma")
    schema = prisma.get("schema") if isinstance(prisma, dict) else None
    dependencies: dict[str, str] = {}
    for key in ("peerDependencies", "optionalDependencies", "devDependencies", "dependencies"):
        dependencies.update(_strings(data.get(key)))
    return Manifest(
        path,
        scripts=_strings(data.get("scripts")),
        dependencies=dependencies,
        schema=schema if isinstance(schema, str) else None,
    )


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: entry for key, entry in value.items() if isinstance(entry, str)}


def _schema_options(script: str) -> Iterator[str]:
    if "prisma" not in script:
        return
    words = script.split()
    for at, word in enumerate(words):
        if word.startswith("--schema="):
            value = word.removeprefix("--schema=")
        elif word == "--schema" and at + 1 < len(words):
            value = words[at + 1]
        else:
            continue
        value = value.strip("\"'")
        if value and "$" not in value:
            yield value
