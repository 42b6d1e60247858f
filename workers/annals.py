"""A repository's past, read out of its git history when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from workers.engine.annals import Commit, Line, words_of
from workers.git import Git, GitError

_COMMITS = 600
_SECONDS = 5.0
_LIMIT = 64 * 1024 * 1024
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
_BLOCKS = frozenset(("model", "enum", "view", "type"))


class GitAnnals:
    """The past of a commit (`head`; the one that is checked out where it is None)."""

    def __init__(self, repository: Path, head: str | None = None) -> None:
        self._git = Git(directory=repository.resolve())
        self._head = head or "HEAD"
        self._known: dict[tuple[tuple[str, ...], str], tuple[Commit, ...]] = {}

    def commits(self, schema: Sequence[str], migrations: str) -> Sequence[Commit]:
        """The commits that changed these files, newest first.

        None where git knows nothing, takes too long, or lacks objects (a partial clone). The last
        commit of a shallow clone seems to make everything, so it is left out.
        """
        key = tuple(schema), migrations
        if key not in self._known:
            try:
                self._known[key] = tuple(read_commits(self._git, (self._head,), *key))
            except GitError:
                self._known[key] = ()
        return self._known[key]


def read_commits(
    git: Git, heads: Sequence[str], schema: Sequence[str], migrations: str
) -> Iterator[Commit]:
    """The commits of these heads that changed the files, newest first; GitError."""
    if not schema or not migrations:
        return
    is_shallow = _run(git, "rev-parse", "--is-shallow-repository").strip() == "true"
    migrating = frozenset(_run(git, *_log("--format=%H"), *heads, "--", migrations).split())
    written = ("--format=%x00%H%x00%P%x00%cs%x00%s%x00", "-p", "-U0", "--relative", *_PLAIN)
    text = _run(git, *_log(*written), *heads, "--", *schema)
    fields = text.split("\0")[1:]
    for sha, parents, date, subject, patch in zip(*[iter(fields)] * 5, strict=False):
        if parents or not is_shallow:
            yield Commit(sha, date, subject, sha in migrating, tuple(_lines(patch)))


def versions(git: Git, heads: Sequence[str], schema: Sequence[str]) -> Iterator[str]:
    """The names of the files' contents before and after each commit that changed them."""
    raw = _log("--format=", "--raw", "--no-abbrev", "--no-renames")
    for line in _run(git, *raw, *heads, "--", *schema).splitlines():
        if line.startswith(":"):
            yield from (name for name in line.split()[2:4] if name.strip("0"))


def _log(*options: str) -> tuple[str, ...]:
    return "log", "--no-merges", f"--max-count={_COMMITS}", *options, "--end-of-options"


def _run(git: Git, *arguments: str) -> str:
    result = git.run(*arguments, timeout=_SECONDS, limit=_LIMIT, ok=(0,))
    return result.stdout.decode("utf-8", "replace")


def _lines(patch: str) -> Iterator[Line]:
    """The lines of a patch without context; git names the block that a hunk starts in."""
    block = ""
    for line in patch.split("\n"):
        if line.startswith("@@"):
            block = _opening(line.split("@@", 2)[-1]) or ""
        elif line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- ")):
            text = words_of(line[1:])
            block = _opening(text) or block
            if text:
                yield Line(block, text, line[0] == "+")


def _opening(text: str) -> str | None:
    """`model User` of a line that opens a block."""
    words = text.replace("{", " { ").split()
    return " ".join(words[:2]) if len(words) > 2 and words[0] in _BLOCKS else None
