"""What the engine is given: the texts of one or two commits, and how they were reached."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from .annals import Annals
from .errors import Diagnostic
from .observed.observation import Observation


class Code(Struct, frozen=True):
    """A state's code: the blob of each file by path, and the bytes of those blobs at hand."""

    names: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)


class Tree(Struct, frozen=True):
    """One state of a repository.

    `files` holds the bytes of every file that was read (schema, migrations, SQL, configuration,
    package and workflow files; code where it was asked for), by path from the root with "/".
    `paths` names every regular file, read or not. What could not be read is in `skipped`.
    """

    files: Mapping[str, bytes]
    paths: frozenset[str]
    skipped: tuple[Diagnostic, ...] = ()
    code: Code = Code()
    """TypeScript and JavaScript; a file that stands in `files` too is read from there."""


class OpenPull(Struct, frozen=True):
    """Another open pull request onto the same base: its number and the paths that it adds.

    `touched` says by path which objects its migrations touch (`table public.User`), None where that
    is not known.
    """

    number: int
    paths: tuple[str, ...]
    touched: Mapping[str, frozenset[str]] | None = None


class Snapshot(Struct, frozen=True):
    """The state to judge (`head`) and, where there is one, the state to judge it against.

    For a pull request `head` is the result of merging the head into the base's tip, or the head
    alone if that conflicts (`conflicts` then names the files); `base` is the base's tip.
    `changed` holds the paths that the pull request itself changes, measured from the merge base;
    None where there is no base.
    """

    head: Tree
    base: Tree | None = None
    changed: frozenset[str] | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Old path of each file that the pull request renames, by its new path."""
    conflicts: tuple[str, ...] = ()
    others: tuple[OpenPull, ...] = ()
    """The other open pull requests that bring migrations, as far as somebody has asked."""
    observations: tuple[Observation, ...] = ()
    """What the bound environments were seen to hold."""
    annals: Annals | None = None
    """The past of the head, for whom wants to know who wrote a line."""
