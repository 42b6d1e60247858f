"""One commit onto a branch through the Git data API, signed by GitHub as the App's.

https://docs.github.com/en/rest/git: a tree on top of the head's, a commit, then the branch moved to
it, which GitHub refuses unless the head is still where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.github.errors import GitHubError, UnknownOutcome, Unprocessable
from bot.github.transport import Transport

_FILE = "100644"
_FILES = frozenset((_FILE, "100755"))


class HeadMoved(GitHubError):
    """The branch is not where it was: nothing was written to it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit does: new texts by path, the text that an edited file must have had, and
    renamed files, the new path by the old one."""

    files: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)


class Commits:
    """Commits to one repository; `repository` is its path, `/repos/owner/name`."""

    def __init__(self, transport: Transport, repository: str) -> None:
        self._transport = transport
        self._git = f"{repository}/git"

    def commit(self, branch: str, head_sha: str, changes: Changes, message: str) -> str:
        """Put one commit on a branch; its sha.

        `HeadMoved` where the branch is elsewhere or an edited file is another than was judged,
        `Forbidden` where the installation does not grant it.
        """
        head = self._transport.get(f"{self._git}/commits/{head_sha}")
        base = head["tree"]["sha"]
        entries = self._entries(base)
        _refuse_other_texts(entries, changes)
        tree = self._write("trees", {"base_tree": base, "tree": _tree(entries, changes)})
        body = {"message": message, "tree": tree["sha"], "parents": [head_sha]}
        made = str(self._write("commits", body)["sha"])
        if self._tip(branch) != head_sha:
            raise HeadMoved("The branch has moved on meanwhile.")
        self._move(branch, made)
        return made

    def _write(self, kind: str, body: Mapping[str, Any]) -> Any:
        # An object that nothing refers to yet may be made twice without harm.
        return self._transport.write("POST", f"{self._git}/{kind}", body, may_repeat=True)

    def _entries(self, tree: str) -> dict[str, tuple[str, str]]:
        """Mode and sha of every file, by path."""
        answer = self._transport.get(f"{self._git}/trees/{tree}", recursive=1)
        if answer.get("truncated"):
            raise Unprocessable("The repository has more files than GitHub lists.")
        return {
            entry["path"]: (entry["mode"], entry["sha"])
            for entry in answer["tree"]
            if entry["type"] == "blob"
        }

    def _move(self, branch: str, sha: str) -> None:
        path = f"refs/heads/{quote(branch, safe='/')}"
        try:
            self._transport.write("PATCH", f"{self._git}/{path}", {"sha": sha, "force": False})
        except Unprocessable as error:
            raise HeadMoved("The branch has moved on meanwhile.") from error
        except UnknownOutcome:
            if self._tip(branch) != sha:
                raise

    def _tip(self, branch: str) -> str:
        """Where the branch is: one that was set back would take the commit on top of what it
        dropped, for GitHub alone refuses only what is beside it."""
        answer = self._transport.get(f"{self._git}/ref/heads/{quote(branch, safe='/')}")
        return str(answer["object"]["sha"])


def _refuse_other_texts(entries: Mapping[str, tuple[str, str]], changes: Changes) -> None:
    """What was judged is the head merged into its base: an edit must fit the head itself."""
    for path, text in changes.before.items():
        mode, sha = entries.get(path, ("", ""))
        if mode not in _FILES or sha != blob_sha(text):
            raise HeadMoved(f"`{path}` is another on the branch than merged into its base.")
    for old in changes.renamed:
        if entries.get(old, ("", ""))[0] not in _FILES:
            raise HeadMoved(f"`{old}` is not on the branch.")
    for path in (*changes.files.keys() - changes.before.keys(), *changes.renamed.values()):
        if path in entries:
            raise HeadMoved(f"`{path}` is on the branch already.")


def _tree(entries: Mapping[str, tuple[str, str]], changes: Changes) -> list[dict[str, Any]]:
    tree: list[dict[str, Any]] = []
    for old, new in changes.renamed.items():
        mode, sha = entries[old]
        tree.append({"path": old, "mode": mode, "type": "blob", "sha": None})
        tree.append({"path": new, "mode": mode, "type": "blob", "sha": sha})
    for path, text in changes.files.items():
        mode = entries.get(path, (_FILE, ""))[0]
        tree.append({"path": path, "mode": mode, "type": "blob", "content": text})
    return tree


def blob_sha(text: str) -> str:
    """What git calls a file of this text."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
