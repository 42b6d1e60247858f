"""Where a local repository lies on GitHub, and which of its files are there as they were judged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from workers.checkout import CheckoutError, resolve
from workers.git import Git, GitError
from workers.output.report.links import Remote, address_of


def commit_of(repository: Path, head: str | None) -> str | None:
    """The commit that a state belongs to: the one named, or the one that is checked out."""
    try:
        return resolve(Git(directory=repository.resolve()), head or "HEAD")
    except (CheckoutError, GitError):
        return None


def find_remote(
    repository: Path, head: str | None, files: Mapping[str, bytes], url: str | None = None
) -> Remote | None:
    """The remote to link to: the one named, or `origin` where that is on github.com.

    Only files that the commit holds with the very content that was judged are linked, so that
    every link shows the lines that are meant. Whether the commit was pushed is not asked.
    """
    git = Git(directory=repository.resolve())
    try:
        address = address_of(url) if url is not None else _origin(git)
        commit = commit_of(repository, head)
        if address is None or commit is None:
            return None
        prefix = git.run("rev-parse", "--show-prefix", ok=(0, 128)).text.rstrip("\n")
        return Remote(address, commit, prefix, frozenset(_unchanged(git, commit, prefix, files)))
    except GitError:
        return None


def origin_of(repository: Path) -> str | None:
    """`owner/name` of the repository on GitHub that `origin` names, or None."""
    try:
        address = _origin(Git(directory=repository.resolve()))
    except GitError:
        return None
    return address.removeprefix("https://github.com/").rstrip("/") if address else None


def _origin(git: Git) -> str | None:
    found = git.run("config", "--get", "remote.origin.url", ok=(0, 1, 128))
    address = address_of(found.text) if found.code == 0 else None
    return address if address and address.startswith("https://github.com/") else None


def _unchanged(git: Git, commit: str, prefix: str, files: Mapping[str, bytes]) -> list[str]:
    tree = f"{commit}:{prefix.rstrip('/')}" if prefix else commit
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", tree, ok=(0, 128))
    known: dict[str, str] = {}
    for record in listed.records:
        about, _, path = record.decode("utf-8", "surrogateescape").partition("\t")
        known[path] = about.split()[-1]
    return [path for path, content in files.items() if _oid(content, known.get(path))]


def _oid(content: bytes, known: str | None) -> bool:
    """Whether the content is git's object of that name (SHA-1, or SHA-256 where it is longer)."""
    if known is None:
        return False
    kind = hashlib.sha256 if len(known) == 64 else hashlib.sha1
    return kind(b"blob %d\0" % len(content) + content).hexdigest() == known
