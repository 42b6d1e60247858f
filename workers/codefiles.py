"""A repository's code, let in cheaply: by the names of its blobs, and only what is not known yet.

Code is read only beside a Prisma schema. It takes no part in the merge of head and base: a file
that both change is read as the head has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from workers.engine.code.codebase import memo_key
from workers.engine.code.places import is_code, is_config, may_concern
from workers.engine.project.layout import is_schema_file
from workers.engine.snapshot import Code, Snapshot, Tree
from workers.git import Git
from workers.trees import REGULAR, Entry, Listing, Wanted, read_blobs, trouble_with_content

MOST_FILES = 40_000
"""A tree with more code than this is read without it."""
Known = Callable[[Iterable[str]], frozenset[str]]
"""Which of these keys of the memo are remembered."""


def code_of(listing: Listing) -> dict[str, Entry]:
    """The code of a tree by path; nothing where the tree holds no Prisma schema."""
    if not any(is_schema_file(path) for path in listing.entries):
        return {}
    found = {
        path: entry
        for path, entry in listing.entries.items()
        if entry.mode in REGULAR and is_code(path)
    }
    return found if len(found) <= MOST_FILES else {}


def merged_code(origin: Listing, base: Listing, head: Listing) -> dict[str, Entry]:
    """The code after a merge: the head's where the head changed it, else the base's."""
    before, ours, theirs = origin.entries, code_of(base), code_of(head)
    merged: dict[str, Entry] = {}
    for path in ours.keys() | theirs.keys():
        is_changed = before.get(path) != theirs.get(path)
        found = (theirs if is_changed else ours).get(path)
        if found is not None:
            merged[path] = found
    return merged


def missing_code(entries: Mapping[str, Entry], known: Known | None) -> frozenset[str]:
    """The blobs of code whose facts nobody remembers."""
    if known is None:
        return frozenset(entry.oid for entry in entries.values())
    keys = {memo_key(path, entry.oid): entry.oid for path, entry in entries.items()}
    remembered = known(keys)
    return frozenset(oid for key, oid in keys.items() if key not in remembered)


def wider(wanted: Wanted, changed: Iterable[str]) -> Wanted:
    """What is wanted, and the code that a change touches: one may comment on it."""
    code = {path for path in changed if is_code(path) and not is_config(path)}
    return lambda path: wanted(path) or path in code


def concerns(contents: Mapping[str, bytes], *listings: Mapping[str, Entry]) -> bool:
    """Whether code that changed mentions a client or SQL, at one end or the other."""
    for entries in listings:
        for path, entry in entries.items():
            data = contents.get(entry.oid)
            if data is not None and not is_config(path) and may_concern(path, data):
                return True
    return False


def with_code(
    git: Git, snapshot: Snapshot, base: Mapping[str, Entry], head: Mapping[str, Entry]
) -> Snapshot:
    """The snapshot with its code, as far as the blobs are here."""
    if not base and not head:
        return snapshot
    oids = {entry.oid for entry in (*base.values(), *head.values()) if entry.oid}
    contents = {
        oid: data
        for oid, data in read_blobs(git, oids).contents.items()
        if trouble_with_content(data) is None
    }
    base_tree = snapshot.base
    if base_tree is not None:
        base_tree = _with(base_tree, base, contents)
    return replace(snapshot, head=_with(snapshot.head, head, contents), base=base_tree)


def _with(tree: Tree, entries: Mapping[str, Entry], contents: Mapping[str, bytes]) -> Tree:
    names = {path: entry.oid for path, entry in entries.items() if entry.oid}
    return replace(tree, code=Code(names, contents))
