"""What a pull request would make of its base: merged states, what it changes, and its diff.

All of it works on trees that hold the wanted files alone, so that no other file is ever fetched
for it, and a conflict in a file that Driftline does not read is no conflict here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from workers.git import MEGABYTE, Git, GitError
from workers.trees import Entry, Listing

_DIFF_LIMIT = 64 * MEGABYTE
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index")


@contextmanager
def workshop(borrowed: Path | None = None, object_format: str = "sha1") -> Iterator[Git]:
    """A bare repository for the time being; it may borrow the objects of another, read only."""
    from tempfile import TemporaryDirectory  # only a merge needs a workshop

    with TemporaryDirectory(prefix="driftline-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        git = Git(directory=path, git_dir=path / "repository.git", object_format=object_format)
        git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}")
        if borrowed is not None:
            information = path / "repository.git" / "objects" / "info"
            information.mkdir(parents=True, exist_ok=True)
            (information / "alternates").write_bytes(os.fsencode(borrowed) + b"\n")
        yield git


class Merge(Struct, frozen=True):
    """The result of merging: a tree's listing, and the paths that conflict (then it is the head's).

    `problem` says in a sentence why merging was not possible at all.
    """

    listing: Listing
    tree: str
    conflicts: tuple[str, ...] = ()
    problem: str | None = None


def merge(git: Git, ancestor: Listing, base: Listing, head: Listing) -> Merge:
    """Merge the head into the base as git does, renames included; on conflict the head alone."""
    tree = write_tree(git, head)
    if base.entries == ancestor.entries or base.entries == head.entries:
        return Merge(head, tree)
    if head.entries == ancestor.entries:
        return Merge(base, write_tree(git, base))
    root = _commit(git, write_tree(git, ancestor))
    ours = _commit(git, write_tree(git, base), root)
    theirs = _commit(git, tree, root)
    try:
        result = git.run(
            "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs,
            ok=(0, 1),
        )  # fmt: skip
    except GitError as error:
        return Merge(head, tree, problem=str(error))
    merged, *names = (record.decode("utf-8", "replace") for record in result.records)
    if result.code == 1:
        return Merge(head, tree, conflicts=tuple(sorted(set(names))))
    return Merge(_listed(git, merged, head), merged)


def _listed(git: Git, tree: str, head: Listing) -> Listing:
    entries: dict[str, Entry] = {}
    for record in git.run("ls-tree", "-r", "-z", "--full-tree", tree).records:
        description, _, name = record.partition(b"\t")
        mode, _, oid = description.decode("ascii").split(" ")
        entries[name.decode("utf-8")] = Entry(mode, oid)
    return Listing(entries, head.skipped)


def write_tree(git: Git, listing: Listing) -> str:
    """Write the tree that holds these files; its object name."""
    lines = b"".join(
        f"{entry.mode} {entry.oid}\t{path}\0".encode() for path, entry in listing.entries.items()
    )
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="driftline-index-") as folder:
        extra = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.run("update-index", "-z", "--add", "--index-info", stdin=lines, extra=extra)
        return git.run("write-tree", "--missing-ok", extra=extra).text.strip()


def _commit(git: Git, tree: str, *parents: str) -> str:
    flags = [flag for parent in parents for flag in ("-p", parent)]
    return git.run("commit-tree", *flags, "-m", "state", tree).text.strip()


def changed_paths(before: Listing, after: Listing) -> frozenset[str]:
    """The paths whose content or kind differs; a rename counts with both of its names."""
    old, new = before.entries, after.entries
    return frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))


def merged_paths(
    ancestor: frozenset[str], base: frozenset[str], head: frozenset[str]
) -> frozenset[str]:
    """The paths after a merge: what both have, and what either of them added."""
    return (base & head) | (head - ancestor) | (base - ancestor)


def renames(git: Git, before: str, after: str) -> Mapping[str, str]:
    """Old path by new path, as git and GitHub see it: at least half of the content alike."""
    output = git.run(
        "diff-tree", "-r", "-z", "-M50%", "--diff-filter=R", "--name-status", before, after
    )
    records = [record.decode("utf-8", "replace") for record in output.records]
    return dict(zip(records[2::3], records[1::3], strict=True))


def unified_diff(git: Git, before: str, after: str) -> str:
    """The diff as GitHub shows it: three lines of context, renames found; "" past a bound."""
    return _diff(git, "-M50%", "--unified=3", before, after)


def line_shifts(git: Git, before: str, after: str) -> str:
    """The bare changes between two states of the same paths, to find lines again."""
    return _diff(git, "--no-renames", "--unified=0", "--diff-filter=MD", before, after)


def _diff(git: Git, *arguments: str) -> str:
    try:
        return git.run(*_DIFF, *arguments, limit=_DIFF_LIMIT).text
    except GitError:
        return ""
