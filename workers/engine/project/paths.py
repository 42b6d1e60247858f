"""Paths within a repository: "/"-separated, from the root, "" being the root itself."""

from __future__ import annotations

_COPIES = frozenset(
    {
        "__fixtures__",
        "__mocks__",
        "__tests__",
        "archive",
        "archived",
        "backup",
        "backups",
        "deprecated",
        "docs",
        "e2e",
        "example",
        "examples",
        "fixture",
        "fixtures",
        "mock",
        "mocks",
        "old",
        "playground",
        "sandbox",
        "sample",
        "samples",
        "template",
        "templates",
        "test",
        "tests",
        "testdata",
    }
)
_GENERATED = frozenset({"generated", "__generated__", ".prisma", "dist", "build", "out"})


def folder_of(path: str) -> str:
    """The folder that holds a path."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def join(folder: str, relative: str) -> str | None:
    """A path relative to a folder, normalised; None where it leaves the repository."""
    parts = [] if relative.startswith("/") or not folder else folder.split("/")
    for part in relative.replace("\\", "/").split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def is_under(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, at any depth."""
    return not folder or path.startswith(folder + "/")


def is_copy(path: str) -> bool:
    """Whether a folder's name says that this is an example, a fixture or something kept aside."""
    return any(part.lower() in _COPIES for part in path.split("/")[:-1])


def is_generated(path: str) -> bool:
    """Whether a folder's name says that a tool wrote this."""
    return any(part.lower() in _GENERATED for part in path.split("/")[:-1])


def distance(one: str, other: str) -> int:
    """How many steps lie between two folders."""
    left = one.split("/") if one else []
    right = other.split("/") if other else []
    shared = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        shared += 1
    return len(left) + len(right) - 2 * shared
