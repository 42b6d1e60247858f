"""Base and head of a review as texts, out of git objects.

Three ways in: a folder as it lies, two commits of a local or bare repository, and a pull request
over HTTP. None makes a work tree, and nothing of the repository is executed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from workers.codefiles import code_of, with_code
from workers.engine.project.layout import is_wanted
from workers.engine.snapshot import Snapshot, Tree
from workers.folders import read_folder, walk
from workers.git import Git, GitError
from workers.merge import workshop
from workers.states import Checkout, States, compared, with_paths
from workers.trees import Entry, Listing, Wanted, list_tree, read_blobs, tree_of, write_blob


class CheckoutError(Exception):
    """The repository cannot be read as asked; the sentence says why and what to do."""


def local_snapshot(
    repository: Path,
    *,
    head: str | None = None,
    base: str | None = None,
    wanted: Wanted = is_wanted,
    reads_code: bool = False,
) -> Snapshot:
    """The snapshot of a folder or a bare repository; `CheckoutError` where it cannot be had.

    Without `head` the files as they lie (tracked and new ones, ignored ones left out; all of them
    where git knows nothing of the folder); with it, git objects only. With `base` the head is
    judged merged into it, and what it changes is measured from their merge base. With
    `reads_code` the code is read, too.
    """
    return local_checkout(
        repository, head=head, base=base, wanted=wanted, reads_code=reads_code
    ).snapshot


def local_checkout(
    repository: Path,
    *,
    head: str | None = None,
    base: str | None = None,
    wanted: Wanted = is_wanted,
    reads_code: bool = False,
) -> Checkout:
    """Like `local_snapshot`, with the diffs."""
    if not repository.is_dir():
        raise CheckoutError(f"{repository} is not a folder.")
    local = Git(directory=repository.resolve())
    try:
        if head is None and base is None:
            return Checkout(Snapshot(_folder_tree(local, wanted, reads_code)))
        return _between(local, head, base, wanted, reads_code)
    except GitError as error:
        raise CheckoutError(f"{repository} could not be read: {error}") from error


def _folder_tree(local: Git, wanted: Wanted, reads_code: bool) -> Tree:
    return read_folder(local.directory, _folder_paths(local), wanted, reads_code=reads_code)


def _folder_paths(local: Git) -> Sequence[str]:
    """The files that git would add, or all of them where it does not look after the folder."""
    folder = local.directory
    if not _may_be_gits(folder):  # git takes longer to say so
        return list(walk(folder))
    asked = ("--is-bare-repository", "--is-inside-work-tree")
    is_bare, is_inside, *_ = [*local.run("rev-parse", *asked, ok=(0, 128)).text.split(), "", ""]
    if is_bare == "true":
        raise CheckoutError(f"{folder} is a bare repository: say with --head which commit to read.")
    if is_inside != "true":
        return list(walk(folder))
    listed = local.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = [record.decode("utf-8", "surrogateescape") for record in listed.records]
    if not paths:
        return list(walk(local.directory))  # ignored by the repository around it
    return list(dict.fromkeys(paths))


def _may_be_gits(folder: Path) -> bool:
    """Whether git could look after a folder: it, or one around it, holds `.git`, or is bare."""
    return any(
        (each / ".git").exists() or (each / "HEAD").exists() for each in (folder, *folder.parents)
    )


def _between(
    local: Git, head: str | None, base: str | None, wanted: Wanted, reads_code: bool
) -> Checkout:
    prefix = local.run("rev-parse", "--show-prefix", ok=(0, 128))
    if prefix.code != 0:
        raise CheckoutError(f"{local.directory} is not a git repository.")
    within = prefix.text.rstrip("\n").rstrip("/")
    head_commit = resolve(local, "HEAD" if head is None else head)
    objects = Path(local.run("rev-parse", "--git-path", "objects").text.rstrip("\n"))
    kind = local.run("rev-parse", "--show-object-format").text.strip()
    with workshop(local.directory / objects, kind) as git:

        def listing(commit: str) -> Listing:
            return list_tree(git, f"{commit}:{within}" if within else commit, wanted)

        if base is None:
            whole = listing(head_commit)
            snapshot = Snapshot(_read(git, whole, wanted))
            code = code_of(whole) if reads_code else {}
            return Checkout(with_code(git, snapshot, {}, code))
        base_commit = resolve(local, base)
        fork_point = merge_base(local, base_commit, head_commit)
        ancestor = None if fork_point is None else listing(fork_point)
        if head is None:
            tree = _folder_tree(local, wanted, reads_code)
            states_head = _written(git, local, tree, ancestor)
        else:
            states_head = listing(head_commit)
        states = States(listing(base_commit), states_head, ancestor)
        return compared(git, states, wanted, reads_code=reads_code)


def resolve(git: Git, revision: str) -> str:
    """The commit that a revision names; `CheckoutError` where there is none."""
    result = git.run(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
        ok=(0, 1, 128),
    )  # fmt: skip
    if result.code != 0:
        raise CheckoutError(f"`{revision}` names no commit of this repository.")
    return result.text.strip()


def merge_base(git: Git, one: str, other: str) -> str | None:
    """The commit where both parted; None where they have none in common."""
    result = git.run("merge-base", one, other, ok=(0, 1, 128))
    return result.text.strip() or None if result.code == 0 else None


def _written(git: Git, local: Git, tree: Tree, ancestor: Listing | None) -> Listing:
    """The files of a folder as objects, so that they can be merged.

    A file that is not read counts as unchanged where it is still there.
    """
    known: Mapping[str, Entry] = ancestor.entries if ancestor is not None else {}
    entries = {
        path: entry
        for path, entry in known.items()
        if path in tree.paths or (local.directory / path).is_symlink()
    }
    for path in tree.paths - known.keys():
        entries[path] = Entry("100644", "")
    for path, content in tree.files.items():
        entries[path] = Entry("100644", write_blob(git, content))
    for path, name in tree.code.names.items():
        if path not in known or known[path].oid != name:
            entries[path] = Entry("100644", write_blob(git, tree.code.contents[name]))
    return Listing(entries, tree.skipped)


def _read(git: Git, listing: Listing, wanted: Wanted) -> Tree:
    chosen = listing.only(wanted)
    tree = tree_of(chosen, wanted, read_blobs(git, chosen.oids))
    return with_paths(tree, listing.paths)
