"""Scripts put into package.json, all else left as it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct

from workers.engine.project.discovery import Pair
from workers.engine.project.paths import folder_of, is_under
from workers.engine.project.texts import Texts
from workers.engine.syntax import json_strings


class Added(Struct, frozen=True):
    """The new text, the names that were put in, and those that were there already."""

    text: str
    names: tuple[str, ...]
    kept: tuple[str, ...]


def package_of(texts: Texts, pair: Pair | None) -> str | None:
    """The folder of the package.json nearest to a pair's schema; None where there is none."""
    if pair is None or pair.schema is None:
        return None
    folders = [folder_of(p) for p in texts.tree.files if p.rpartition("/")[2] == "package.json"]
    above = [folder for folder in folders if is_under(pair.schema.files[0], folder)]
    return max(above, key=len, default=None)


def with_scripts(text: str, scripts: Mapping[str, str]) -> Added | None:
    """The manifest with these scripts behind its own; None where it is no JSON object."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("scripts", {}), dict):
        return None
    present = data.get("scripts", {})
    missing = {name: command for name, command in scripts.items() if name not in present}
    kept = tuple(name for name in scripts if name in present)
    if not missing:
        return Added(text, (), kept)
    last = None
    for found in json_strings(text):
        if len(found.path) == 2 and found.path[0] == "scripts":
            last = found.value.offsets[-1] + 1
    if last is None:
        return _with_object(text, missing, kept, has_empty="scripts" in data)
    start = text.rfind("\n", 0, last) + 1
    line = text[start:last]
    indent = line[: len(line) - len(line.lstrip())] if start else None
    between = ",\n" + indent if indent else ", "
    told = "".join(f"{between}{_entry(name, missing[name])}" for name in missing)
    return Added(text[:last] + told + text[last:], tuple(missing), kept)


def _with_object(
    text: str, missing: Mapping[str, str], kept: tuple[str, ...], *, has_empty: bool
) -> Added | None:
    """A manifest that has no script yet: the object is put first."""
    brace = text.find("{")
    if has_empty or brace < 0:
        return None
    entries = ",\n".join(f"    {_entry(name, command)}" for name, command in missing.items())
    is_bare = not text[brace + 1 :].strip().removesuffix("}").strip()
    told = f'\n  "scripts": {{\n{entries}\n  }}' + ("\n" if is_bare else ",")
    return Added(text[: brace + 1] + told + text[brace + 1 :], tuple(missing), kept)


def _entry(name: str, command: str) -> str:
    return f"{json.dumps(name)}: {json.dumps(command)}"
