"""A pull request's states over HTTP: a bare, partial, shallow fetch, then one batch of blobs.

First the commits of base, head and merge base with their trees and no file at all; then, where the
change concerns a file that Driftline reads, every such file of the three in a single request.
https://git-scm.com/docs/partial-clone
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from workers.checkout import CheckoutError, merge_base
from workers.codefiles import Known, code_of, concerns, merged_code, missing_code, wider
from workers.engine.project.layout import is_wanted
from workers.engine.snapshot import Snapshot, Tree
from workers.git import Git, GitError
from workers.merge import changed_paths, merged_paths, workshop
from workers.partial import fetch, fetch_objects, forget_remote, has, remote_of
from workers.states import Checkout, States, compared
from workers.trees import Listing, Wanted, list_tree, read_blobs

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DEPTHS = (50, 500, 5_000, 50_000)
_BASE = "refs/driftline/base"
_REFUSED = ("not our ref", "unadvertised object", "couldn't find remote ref", "no such remote ref")


class HeadGone(CheckoutError):
    """The commit cannot be fetched any more: the branch was pushed over or deleted."""


@dataclass(frozen=True)
class Source:
    """Where a review's commits are. `merge_base_sha` spares deepening where GitHub told it.

    `base_ref` (`refs/heads/main`) stands for the base where its tip of the moment is meant: what
    GitHub writes into a pull request is the tip as it was when somebody pushed last.

    `refs` are asked for where the server gives no commit by its name alone (a pull request's head
    is at `refs/pull/N/head` of the base's repository, forks included).
    """

    url: str
    base_sha: str
    head_sha: str
    token: str | None = field(default=None, repr=False)
    merge_base_sha: str | None = None
    refs: tuple[str, ...] = ()
    base_ref: str | None = None


def fetch_checkout(
    source: Source,
    *,
    wanted: Wanted = is_wanted,
    timeout: float = 180,
    all_files: bool = False,
    known: Known | None = None,
) -> Checkout:
    """Fetch and compare. Where nothing that is wanted changed, no file is fetched (see `Checkout`).

    Raises `HeadGone`, `GitTimeout` and `GitError` (text without secrets). `all_files` reads the
    files even then. `known` tells which code is remembered, so that it need not be fetched.
    """
    for sha in (source.base_sha, source.head_sha, source.merge_base_sha or source.head_sha):
        if not _SHA.fullmatch(sha):
            raise CheckoutError(f"{sha!r} is not the name of a commit.")
    kind = "sha256" if len(source.head_sha) == 64 else "sha1"
    with workshop(object_format=kind) as local:
        remote = remote_of(local, source.url, source.token, time.monotonic() + timeout)
        source = _fetch_commits(remote, source)
        local = dataclasses.replace(local, deadline=remote.deadline)
        ancestor = source.merge_base_sha
        commits = {source.base_sha, source.head_sha, ancestor or source.head_sha}
        listed = {sha: list_tree(local, sha, wanted) for sha in commits}
        states = States(
            base=listed[source.base_sha],
            head=listed[source.head_sha],
            ancestor=None if ancestor is None else listed[ancestor],
        )
        changed = changed_paths(states.origin, states.head)
        shown = wider(wanted, changed)
        is_asked = all_files or any(wanted(path) for path in changed)
        if not is_asked and not _is_code_touched(remote, local, states, changed):
            return _untouched(states, changed)
        code = merged_code(states.origin, states.base, states.head)
        oids = missing_code(code_of(states.base), known) | missing_code(code, known)
        fetch_objects(remote, states.oids(shown) | oids)
        forget_remote(local)
        return compared(local, states, wanted, reads_code=True)


def _is_code_touched(remote: Git, local: Git, states: States, changed: frozenset[str]) -> bool:
    """Whether code that changed mentions a client or SQL; its files alone are fetched for that."""
    sides = [
        {path: entry for path, entry in code_of(side).items() if path in changed}
        for side in (states.origin, states.head)
    ]
    oids = frozenset(entry.oid for side in sides for entry in side.values())
    if not oids:
        return False
    fetch_objects(remote, oids)
    here = dataclasses.replace(local, protocols=(), access=None)
    return concerns(read_blobs(here, oids).contents, *sides)


def _untouched(states: States, changed: frozenset[str]) -> Checkout:
    def named(listing: Listing, paths: frozenset[str]) -> Tree:
        return Tree({}, paths, listing.skipped)

    paths = merged_paths(states.origin.paths, states.base.paths, states.head.paths)
    return Checkout(
        Snapshot(
            head=named(states.head, paths),
            base=named(states.base, states.base.paths),
            changed=changed,
        )
    )


def _fetch_commits(remote: Git, source: Source) -> Source:
    """Fetch the commits with their trees; the source with its base and merge base as they are."""
    names = [source.head_sha, source.merge_base_sha or ""]
    names.insert(0, source.base_sha if source.base_ref is None else f"{source.base_ref}:{_BASE}")
    _fetch_by_name(remote, source, list(dict.fromkeys(filter(None, names))), "--depth=1")
    if source.base_ref is not None:
        tip = remote.run("rev-parse", "--verify", _BASE).text.strip()
        source = dataclasses.replace(source, base_sha=tip)
    if source.merge_base_sha:
        return source
    ancestor = _deepened(remote, source)
    if ancestor is not None:
        fetch(remote, "--filter=blob:none", "--depth=1", names=[ancestor])
    return dataclasses.replace(source, merge_base_sha=ancestor)


def _deepened(remote: Git, source: Source) -> str | None:
    """Look for the merge base in ever more history, commits alone."""
    if source.base_sha == source.head_sha:
        return source.base_sha
    for depth in _DEPTHS:
        names = [source.base_sha, source.head_sha]
        fetch(remote, "--filter=tree:0", f"--depth={depth}", names=names)
        found = merge_base(remote, *names)
        assert remote.git_dir is not None
        if found is not None or not (remote.git_dir / "shallow").exists():
            return found
    return None


def _fetch_by_name(remote: Git, source: Source, names: list[str], *options: str) -> None:
    try:
        fetch(remote, "--filter=blob:none", *options, names=names)
    except GitError as error:
        if not any(word in str(error) for word in _REFUSED):
            raise
        _fetch_by_ref(remote, source, names, options, error)


def _fetch_by_ref(
    remote: Git, source: Source, names: list[str], options: Iterable[str], cause: GitError
) -> None:
    """Ask for the refs that should hold the commits, and look whether they do."""
    try:
        if not source.refs:
            raise cause
        fetch(remote, "--filter=blob:none", *options, names=list(source.refs))
        for name in names:
            if ":" in name or not has(remote, name):
                fetch(remote, "--filter=blob:none", *options, names=[name])
    except GitError as error:
        if any(word in str(error) for word in _REFUSED):
            raise HeadGone("The commit to review is not in the repository any more.") from error
        raise
