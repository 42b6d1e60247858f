"""The past of a repository on a server, fetched when a finding's cause is asked for.

The newest commits come with their trees and no file, then the versions of the schema's files in one
batch: two requests of git's, none of GitHub's API.
https://git-scm.com/docs/partial-clone
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

from workers.annals import read_commits, versions
from workers.engine.annals import Commit
from workers.fetch import Source
from workers.git import GitError
from workers.merge import workshop
from workers.partial import fetch, fetch_objects, forget_remote, remote_of

_DEPTH = 500
"""Commits back from each side; with their trees, of a large repository, a megabyte or two."""
_SECONDS = 8.0
"""For all of it: the review that asks has 45 s in all."""


class FarAnnals:
    """The newest commits of a pull request's head and base."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[tuple[tuple[str, ...], str], tuple[Commit, ...]] = {}

    def commits(self, schema: Sequence[str], migrations: str) -> Sequence[Commit]:
        """The commits that changed these files, newest first, of the last 500 of each side.

        None where the server cannot be asked, or not in time: a review does not fail for it.
        """
        key = tuple(schema), migrations
        if key not in self._known:
            try:
                self._known[key] = tuple(self._fetched(*key))
            except (GitError, OSError):
                self._known[key] = ()
        return self._known[key]

    def _fetched(self, schema: tuple[str, ...], migrations: str) -> list[Commit]:
        source = self._source
        heads = tuple(dict.fromkeys((source.head_sha, source.base_sha)))
        deadline = time.monotonic() + _SECONDS
        far = source.url, source.token, deadline
        with workshop(object_format="sha256" if len(source.head_sha) == 64 else "sha1") as made:
            local = dataclasses.replace(made, deadline=deadline)
            fetch(remote_of(local, *far), "--filter=blob:none", f"--depth={_DEPTH}", names=heads)
            forget_remote(local)
            wanted = set(versions(local, heads, schema))
            fetch_objects(remote_of(local, *far), wanted)
            forget_remote(local)
            return list(read_commits(local, heads, schema, migrations))
