"""Base, head and where they parted: the three states of a review, made into one checkout."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from workers.codefiles import code_of, merged_code, wider, with_code
from workers.engine.errors import Diagnostic, Effect
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.touch import is_touched
from workers.git import Git
from workers.merge import (
    Merge,
    changed_paths,
    line_shifts,
    merge,
    merged_paths,
    renames,
    unified_diff,
    write_tree,
)
from workers.trees import Blobs, Listing, Wanted, read_blobs, tree_of


class Checkout(Struct, frozen=True):
    """What a review works on.

    `diff` is the unified diff of the wanted files from the merge base to the head, as GitHub
    shows it. `shifts` is the bare diff from the judged state (head merged into base) to the head:
    findings stand in the former, comments in the latter.
    """

    snapshot: Snapshot
    diff: str = ""
    shifts: str = ""

    @property
    def is_touched(self) -> bool:
        """The change concerns a file that Driftline reads."""
        return is_touched(self.snapshot)


class States(Struct, frozen=True):
    """The three states that a review knows. `ancestor` is None where history has none."""

    base: Listing
    head: Listing
    ancestor: Listing | None

    @property
    def origin(self) -> Listing:
        """What the change is measured from."""
        return self.base if self.ancestor is None else self.ancestor

    @property
    def changed(self) -> frozenset[str]:
        """The paths that the head itself changes."""
        return changed_paths(self.origin, self.head)

    def oids(self, wanted: Wanted) -> frozenset[str]:
        """The objects to be had before `compared` can work: one batch.

        Deleted files that are not wanted belong to it where wanted files are new: GitHub may
        show such a pair as a rename, with fewer lines to comment on.
        """
        states = (self.base, self.head, self.origin)
        chosen = frozenset[str]().union(*(state.only(wanted).oids for state in states))
        return chosen | self.sources(wanted).oids

    def sources(self, wanted: Wanted) -> Listing:
        """Deleted files that a new wanted file may come from."""
        before, after = self.origin.entries, self.head.entries
        suffixes = {Path(path).suffix for path in after.keys() - before.keys() if wanted(path)}
        gone = {
            path: before[path]
            for path in before.keys() - after.keys()
            if not wanted(path) and Path(path).suffix in suffixes
        }
        return Listing(gone if len(gone) <= _RENAME_SOURCES else {})


_RENAME_SOURCES = 50


def compared(git: Git, states: States, wanted: Wanted, *, reads_code: bool = False) -> Checkout:
    """The snapshot and the diffs of three states whose wanted objects are all at hand.

    With `reads_code` the code comes along, as far as its objects are at hand.
    """
    head, base = states.head.only(wanted), states.base.only(wanted)
    origin = states.origin.only(wanted)
    judged = (
        merge(git, origin, base, head)
        if states.ancestor is not None
        else Merge(head, write_tree(git, head))
    )
    sources = states.sources(wanted)
    shown = wider(wanted, states.changed) if reads_code else wanted
    earlier = states.origin.only(shown).entries
    old = Listing({**earlier, **sources.entries})
    new = states.head.only(shown)
    before = write_tree(git, old)
    is_judged = new.entries == judged.listing.entries
    after = judged.tree if is_judged else write_tree(git, new)
    blobs = read_blobs(git, judged.listing.oids | base.oids)
    paths = merged_paths(states.origin.paths, states.base.paths, states.head.paths)
    snapshot = Snapshot(
        head=_judged_tree(judged, blobs, wanted, states.head.paths if judged.conflicts else paths),
        base=with_paths(tree_of(base, wanted, blobs), states.base.paths),
        changed=states.changed,
        # What is renamed is gone from where it was.
        renamed=renames(git, before, after) if old.entries.keys() - new.entries else {},
        conflicts=judged.conflicts,
    )
    if reads_code:
        code = merged_code(states.origin, states.base, states.head)
        snapshot = with_code(git, snapshot, code_of(states.base), code)
    shifts = line_shifts(git, judged.tree, after) if judged.tree != after else ""
    return Checkout(snapshot, unified_diff(git, before, after), shifts)


def _judged_tree(judged: Merge, blobs: Blobs, wanted: Wanted, paths: frozenset[str]) -> Tree:
    tree = with_paths(tree_of(judged.listing, wanted, blobs), paths)
    if judged.problem is None:
        return tree
    note = Diagnostic(
        "merge-failed",
        "The head could not be merged into its base, so it was judged alone.",
        None,
        Effect.INFORMATION,
    )
    return replace(tree, skipped=(*tree.skipped, note))


def with_paths(tree: Tree, paths: frozenset[str]) -> Tree:
    """The tree with every path that the state has, read or not."""
    return replace(tree, paths=paths | tree.paths)
