"""A bare git repository of the sandbox: commits made from texts, and what git says about them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# What a path may become: text, bytes, an entry of another mode, or nothing (deleted).
Content = "str | bytes | Entry | None"

ZERO = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

SERVED = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowReachableSHA1InWant": "true",
    "uploadpack.allowTipSHA1InWant": "true",
    "http.receivepack": "true",
    "receive.denyDeleteCurrent": "ignore",
    "gc.auto": "0",
    "core.bigFileThreshold": "64m",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A tree entry that is no plain file: `120000` a symlink, `160000` a submodule, `100755`."""

    mode: str
    data: str | bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as `git cat-file` tells it; times in seconds since 1970."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str]
    time: int
    message: str


class GitError(Exception):
    """git ended with a code other than 0; the text is what it wrote to standard error."""


NEEDED = (2, 38)  # the first git whose merge-tree merges without a work tree


def missing() -> str | None:
    """What this machine's git lacks for the sandbox, as a sentence; None where it will do."""
    if shutil.which("git") is None:
        return "git is not installed."
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    if found and (int(found[1]), int(found[2])) < NEEDED:
        return f"git 2.38 or newer is needed, but this is {said.strip()}."
    where = subprocess.run(
        ["git", "--exec-path"], capture_output=True, text=True, check=True
    ).stdout
    if not (Path(where.strip()) / "git-http-backend").exists():
        return "git comes without git-http-backend here (Alpine: apk add git-daemon)."
    return None


class GitRepository:
    """A bare repository in a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, default_branch: str) -> None:
        """Makes the repository, so that it may be fetched as GitHub lets one fetch."""
        self.path.mkdir(parents=True)
        self.run("init", "--quiet", "--bare", f"--initial-branch={default_branch}", ".")
        with (self.path / "config").open("a") as config:
            for name, value in SERVED.items():
                section, key = name.split(".")
                config.write(f"[{section}]\n\t{key} = {value}\n")

    def run(self, *arguments: str, stdin: bytes | None = None, ok: Sequence[int] = (0,)) -> bytes:
        """git's standard output; raises GitError for another exit code than those in `ok`."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment(), input=stdin, capture_output=True
        )
        if done.returncode not in ok:
            raise GitError(f"git {' '.join(arguments[:3])}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def text(self, *arguments: str, stdin: bytes | None = None) -> str:
        """git's output as stripped text."""
        return self.run(*arguments, stdin=stdin).decode(errors="replace").strip()

    def commit(
        self,
        ref: str,
        files: Mapping[str, str | bytes | Entry | None],
        message: str,
        author: tuple[str, str],
        time: int,
        parents: Sequence[str] = (),
        replace: bool = False,
    ) -> str:
        """Commits on top of the first parent and moves `ref` there; None deletes a path.

        With `replace` the tree holds `files` and nothing else.
        """
        lines: list[bytes] = [f"commit {ref}\nmark :1\n".encode()]
        who = f"{author[0]} <{author[1]}> {time} +0000\n".encode()
        lines += [b"author " + who, b"committer " + who, data(message)]
        lines += [f"{'merge' if i else 'from'} {sha}\n".encode() for i, sha in enumerate(parents)]
        if replace:
            lines.append(b"deleteall\n")
        lines += [change(path, content) for path, content in files.items()]
        lines += [b"\nget-mark :1\ndone\n"]
        if not parents:
            self.run("update-ref", "-d", ref)
        out = self.run(
            "fast-import", "--quiet", "--force", "--done", "--cat-blob-fd=1", stdin=b"".join(lines)
        )
        return out.decode().strip()

    def resolve(self, revision: str) -> str | None:
        """The commit's full id, or None where there is none."""
        out = self.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", ok=(0, 1, 128))
        return out.decode().strip() or None

    def refs(self, prefix: str) -> dict[str, str]:
        """Full name of each ref under the prefix, and its object's id."""
        out = self.text("for-each-ref", "--format=%(refname) %(objectname)", prefix)
        return dict(line.split(" ", 1) for line in out.splitlines())

    def set_ref(self, name: str, sha: str | None) -> None:
        """Points the ref to the commit; None deletes it."""
        self.run("update-ref", *(("-d", name) if sha is None else (name, sha)))

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor, or None for unrelated histories."""
        out = self.run("merge-base", one, other, ok=(0, 1)).decode().split()
        return out[0] if out else None

    def merge(self, base: str, head: str, message: str, time: int) -> str | None:
        """A merge commit of both that no ref names, or None where they conflict."""
        out = self.run("merge-tree", "--write-tree", base, head, ok=(0, 1, 128))
        lines = out.decode(errors="replace").splitlines()
        if len(lines) != 1:
            return None
        stamp = {"GIT_AUTHOR_DATE": f"{time} +0000", "GIT_COMMITTER_DATE": f"{time} +0000"}
        return subprocess.run(
            ["git", "commit-tree", lines[0], "-p", base, "-p", head, "-m", message],
            cwd=self.path,
            env=environment() | stamp,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()

    def read_commit(self, sha: str) -> Commit:
        """The commit's facts."""
        out = self.run("log", "-1", "--format=%H%n%T%n%P%n%an%n%ae%n%at%n%B", sha)
        parts = out.decode(errors="replace").split("\n", 6)
        return Commit(
            sha=parts[0],
            tree=parts[1],
            parents=tuple(parts[2].split()),
            author=(parts[3], parts[4]),
            time=int(parts[5]),
            message=parts[6].rstrip("\n"),
        )

    def between(self, base: str, head: str) -> list[str]:
        """The commits of head that base lacks, oldest first."""
        return self.text("rev-list", "--reverse", "--topo-order", f"{base}..{head}").split()

    def tree(self, revision: str, recursive: bool) -> list[tuple[str, str, str, int | None, str]]:
        """(mode, type, id, size of a blob, path) of each entry, as git sorts them."""
        flags = ("-r", "-t") if recursive else ()
        out = self.run("ls-tree", "-z", "--long", *flags, revision)
        entries = []
        for line in filter(None, out.split(b"\0")):
            head, path = line.split(b"\t", 1)
            mode, kind, sha, size = head.decode().split()
            number = None if size == "-" else int(size)
            entries.append((mode, kind, sha, number, path.decode(errors="surrogateescape")))
        return entries

    def blob(self, sha: str) -> bytes:
        """The blob's bytes."""
        return self.run("cat-file", "blob", sha)

    def file(self, revision: str, path: str) -> bytes | None:
        """The file's bytes at the revision, or None where there is none."""
        try:
            return self.run("cat-file", "blob", f"{revision}:{path}")
        except GitError:
            return None


def data(content: str | bytes) -> bytes:
    """A `data` command of git fast-import."""
    raw = content.encode() if isinstance(content, str) else content
    return b"data %d\n%b\n" % (len(raw), raw)


def change(path: str, content: str | bytes | Entry | None) -> bytes:
    """The fast-import command that sets or deletes one path."""
    quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if content is None:
        return f"D {quoted}\n".encode()
    entry = content if isinstance(content, Entry) else Entry("100644", content)
    if entry.mode == "160000":
        return f"M 160000 {entry.data!s} {quoted}\n".encode()
    return f"M {entry.mode} inline {quoted}\n".encode() + data(entry.data)


def environment() -> dict[str, str]:
    """An environment in which no configuration of this machine changes what git does."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "GitHub",
        "GIT_AUTHOR_EMAIL": "noreply@github.com",
        "GIT_COMMITTER_NAME": "GitHub",
        "GIT_COMMITTER_EMAIL": "noreply@github.com",
    }
