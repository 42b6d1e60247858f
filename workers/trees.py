"""A repository's states as texts, read out of git objects.

Nothing is written into a work tree and nothing is followed: symbolic links, submodules, names that
could lead elsewhere, huge files, binary files and pointers into Git LFS are skipped, and said.
"""

from __future__ import annotations

import hashlib
import posixpath
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct, field

from workers.engine.errors import Diagnostic, Effect
from workers.engine.snapshot import Tree
from workers.engine.source import Origin, Span
from workers.git import MEGABYTE, Git

FILE_LIMIT = 5 * MEGABYTE
"""A file larger than this is not read: no schema or migration written by people comes near."""
TOTAL_LIMIT = 200 * MEGABYTE
LISTING_LIMIT = 512 * MEGABYTE
_LINK, _SUBMODULE = "120000", "160000"
REGULAR = frozenset({"100644", "100755", "100664"})
_LFS = b"version https://git-lfs.github.com/spec/"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Wanted = Callable[[str], bool]


class Entry(Struct, frozen=True):
    """One file of a tree: its mode as git writes it, and the object that holds its bytes."""

    mode: str
    oid: str


class Listing(Struct, frozen=True):
    """The files of one tree: regular ones and links by path, and what was refused by name."""

    entries: Mapping[str, Entry]
    skipped: tuple[Diagnostic, ...] = ()

    @property
    def paths(self) -> frozenset[str]:
        """The paths of the regular files."""
        return frozenset(path for path, entry in self.entries.items() if entry.mode in REGULAR)

    def only(self, wanted: Wanted) -> Listing:
        """The files that somebody wants to read."""
        chosen = {path: entry for path, entry in self.entries.items() if wanted(path)}
        return Listing(chosen, self.skipped)

    @property
    def oids(self) -> frozenset[str]:
        """The objects that hold the files."""
        return frozenset(entry.oid for entry in self.entries.values())


class Blobs(Struct):
    """The bytes of objects, by object name; `refused` says why others were not read."""

    contents: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def skipped(path: str, code: str, reason: str) -> Diagnostic:
    """What to say of a file that was not read; only a schema or a migration matters."""
    return Diagnostic(
        code=code,
        message=f"`{path}` was not read: {reason}.",
        origin=Origin(path, Span(0, 0)),
        effect=Effect.UNKNOWN if _matters(path) else Effect.INFORMATION,
    )


def skipped_link(path: str) -> Diagnostic:
    """What to say of a link that leads nowhere known."""
    return skipped(path, "symbolic-link", "it is a symbolic link, and links are not followed")


def link_to(path: str, target: str) -> Diagnostic:
    """What to say of a link to a file of the same tree."""
    return Diagnostic(
        "symbolic-link",
        f"`{path}` is a symbolic link; `{target}`, where it points, is read instead.",
        Origin(path, Span(0, 0)),
        Effect.INFORMATION,
    )


def _matters(path: str) -> bool:
    return path.endswith((".prisma", "/migration.sql")) or (
        path.endswith(".sql") and "migrations/" in path
    )


def list_tree(git: Git, treeish: str, wanted: Wanted) -> Listing:
    """List a tree and all below it. Names that could lead out of the repository are refused."""
    output = git.run("ls-tree", "-r", "-z", "--full-tree", treeish, limit=LISTING_LIMIT)
    entries: dict[str, Entry] = {}
    refused: list[Diagnostic] = []
    for record in output.records:
        head, _, name = record.partition(b"\t")
        mode, _, oid = head.decode("ascii").split(" ")
        path = name.decode("utf-8", "backslashreplace")
        if mode == _SUBMODULE:
            continue
        trouble = trouble_with_name(name)
        if trouble is None:
            entries[path] = Entry(mode, oid)
        elif wanted(_shown(path)):
            refused.append(skipped(_shown(path), "unsafe-path", trouble))
    return Listing(entries, tuple(refused))


_ESCAPES = frozenset(("", ".", ".."))


def trouble_with_name(name: bytes) -> str | None:
    """Why a path is refused; git itself allows any byte but NUL in a tree object."""
    try:
        path = name.decode("utf-8")
    except UnicodeDecodeError:
        return "its name is not UTF-8"
    if not _ESCAPES.isdisjoint(path.split("/")):
        return "its name leads out of its folder"
    if "\\" in path:
        return "its name holds a backslash"
    if not path.isprintable() and any(ord(c) < 32 or 127 <= ord(c) < 160 for c in path):
        return "its name holds control characters"
    if ".git" in path.lower().split("/"):
        return "its name reaches into git's own folder"
    return None


def _shown(path: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in path)


def read_blobs(git: Git, oids: Iterable[str]) -> Blobs:
    """Read objects in one go; the sizes are asked first, so that a huge one is never loaded."""
    blobs = Blobs()
    wanted = sorted(set(oids))
    if not wanted:
        return blobs
    asked = "".join(f"{oid}\n" for oid in wanted).encode()
    chosen: list[str] = []
    total = 0
    for line in git.run("cat-file", "--batch-check", stdin=asked).stdout.splitlines():
        oid, kind, *size = line.decode("ascii", "replace").split(" ")
        if kind != "blob" or not size:
            blobs.refused[oid] = "its content is not in this clone"
        elif int(size[0]) > FILE_LIMIT:
            blobs.refused[oid] = (
                f"it is larger than {FILE_LIMIT // MEGABYTE} MB ({int(size[0]) // MEGABYTE} MB)"
            )
        elif total + int(size[0]) > TOTAL_LIMIT:
            blobs.refused[oid] = f"all files together are larger than {TOTAL_LIMIT // MEGABYTE} MB"
        else:
            total += int(size[0])
            chosen.append(oid)
    if chosen:
        asked = "".join(f"{oid}\n" for oid in chosen).encode()
        output = git.run("cat-file", "--batch", stdin=asked, limit=TOTAL_LIMIT + LISTING_LIMIT)
        blobs.contents.update(_parsed_batch(output.stdout))
    return blobs


def write_blob(git: Git, content: bytes) -> str:
    """Write an object as git does (loose, by its hash); its name."""
    assert git.git_dir is not None
    body = b"blob %d\0" % len(content) + content
    oid = hashlib.new(git.object_format, body, usedforsecurity=False).hexdigest()
    path = git.git_dir / "objects" / oid[:2] / oid[2:]
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(body, 1))
    return oid


def _parsed_batch(output: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        oid, _, size = output[at:end].decode("ascii").split(" ")
        start = end + 1
        stop = start + int(size)
        yield oid, output[start:stop]
        at = stop + 1


def tree_of(listing: Listing, wanted: Wanted, blobs: Blobs) -> Tree:
    """The tree as the engine wants it: the wanted files' bytes, and what was skipped."""
    files: dict[str, bytes] = {}
    refused = list(listing.skipped)
    for path, entry in listing.entries.items():
        if not wanted(path):
            continue
        content = blobs.contents.get(entry.oid)
        if entry.mode == _LINK:
            refused.append(_link(path, content, listing))
        elif content is None:
            reason = blobs.refused.get(entry.oid, "its content is not in this clone")
            refused.append(skipped(path, "unread-file", reason))
        elif trouble := trouble_with_content(content):
            refused.append(skipped(path, "unread-file", trouble))
        else:
            files[path] = content
    return Tree(files, listing.paths, tuple(refused))


def _link(path: str, content: bytes | None, listing: Listing) -> Diagnostic:
    """A link whose target is a file of the same tree costs nothing: that file is read itself."""
    target = (content or b"").decode("utf-8", "replace")
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    entry = listing.entries.get(resolved)
    if target and entry is not None and entry.mode in REGULAR:
        return link_to(path, resolved)
    return skipped_link(path)


def trouble_with_content(content: bytes) -> str | None:
    """Why a file is not read, told by its bytes."""
    if content.startswith(_LFS):
        return "it is stored in Git LFS"
    if b"\0" in content[:8000] and not content.startswith(_UTF16):
        return "it is a binary file"
    return None
