"""Which PostgreSQL a repository runs its database on, by what its files say.

`supabase/config.toml` names the major version; compose files and CI pipelines name images. They
tell where a developer or a test runs, not what production is: where they disagree, or where one
leaves it open (`latest`, a matrix), nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.numerals import is_whole
from workers.engine.project.connection import is_environment, is_source
from workers.engine.project.paths import name_of
from workers.engine.project.texts import Texts

_OLDEST, _NEWEST = 10, 18
_PLAIN = frozenset(("postgres", "postgresql", "postgis"))
"""Images whose tag begins with the version of PostgreSQL."""
_BY_MARK = frozenset(
    ("pgvector", "timescaledb", "timescaledb-ha", "pgvecto-rs", "vchord-postgres", "citus",
     "paradedb", "age")
)  # fmt: skip
"""Images of an extension: their tag holds `pg` and the version."""
_BESIDE = ("exporter", "backup", "dump", "postgrest", "meta", "operator", "pool", "bounce", "admin",
           "client", "migrat", "init")  # fmt: skip
"""What stands in the names of images that only speak with a server."""
_SPACES = str.maketrans(dict.fromkeys("\"',[]{}()`", " "))

OPEN = 0
"""An image is named, its version is not."""


def server_version(texts: Texts) -> int | None:
    """The one major version that all files speak of; None where none does, or not all the same."""
    found = set(_versions(texts))
    return found.pop() if len(found) == 1 and OPEN not in found else None


def _versions(texts: Texts) -> Iterator[int]:
    for path in texts.tree.files:
        name = name_of(path).lower()
        if path.endswith("supabase/config.toml"):
            yield from _configured(texts.text(path))
        elif is_source(path) and not is_environment(name):
            text = texts.text(path)
            if "postg" in text or "pg" in text or "timescale" in text:
                yield from _images(text)


def _configured(text: str) -> Iterator[int]:
    """`major_version` under `[db]`."""
    section = ""
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            section = line.strip("[] ")
        name, equals, value = line.partition("=")
        if section == "db" and equals and name.strip() == "major_version":
            digits = value.strip().strip("\"'")
            yield _within(int(digits)) if is_whole(digits) else OPEN


def _images(text: str) -> Iterator[int]:
    """The versions of PostgreSQL's images that the lines of a file name."""
    for line in text.splitlines():
        code = line.partition(" #")[0].strip()
        if code.startswith("#"):
            continue
        is_image = code.removeprefix("- ").startswith("image:")
        if is_image and "${{" in code:
            code = code.replace("${{", "$").replace("}}", "")
        for word in code.replace("${", "$<").replace("}", ">").translate(_SPACES).split():
            version = _of_image(word, is_named=is_image)
            if version is not None:
                yield version


def _of_image(word: str, *, is_named: bool) -> int | None:
    """The version of one image; None for what is no image of PostgreSQL's.

    Outside of `image:`, a word without a version is taken for something else.
    """
    word = word.partition("@sha256")[0]
    name, _, tag = word.partition("$")[0].rpartition("/")[2].lower().partition(":")
    tag += word[len(word.partition("$")[0]) :]
    if "://" in word or "@" in word or not _is_server(name):
        return None
    version = _of_tag(_filled(tag), is_plain=name not in _BY_MARK)
    return version if version != OPEN or is_named else None


def _is_server(name: str) -> bool:
    """Whether an image of a name is PostgreSQL's, or one that somebody made of it."""
    if name in _PLAIN or name in _BY_MARK:
        return True
    return "postgres" in name and not any(word in name for word in _BESIDE)


def _filled(tag: str) -> str:
    """`$<VERSION:-15>-alpine` as its default says."""
    if "$<" not in tag or (":-" not in tag and "-" not in tag):
        return tag
    before, _, rest = tag.partition("$<")
    inside, _, after = rest.partition(">")
    return before + inside.partition("-")[2] + after


def _of_tag(tag: str, *, is_plain: bool) -> int:
    lower = tag.lower()
    mark = lower.find("pg")
    while mark >= 0:
        digits = _digits(lower[mark + 2 :])
        if digits:
            return _within(int(digits))
        mark = lower.find("pg", mark + 2)
    digits = _digits(lower) if is_plain else ""
    return _within(int(digits)) if digits else OPEN


def _digits(text: str) -> str:
    end = 0
    while end < min(len(text), 9) and is_whole(text[end]):
        end += 1
    return text[:end]


def _within(version: int) -> int:
    """A version that can be replayed as; what is older or newer leaves it open."""
    return version if _OLDEST <= version <= _NEWEST else OPEN
