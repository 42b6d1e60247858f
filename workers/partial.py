"""A bare repository whose remote may leave objects out for later (a partial clone).

https://git-scm.com/docs/partial-clone
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from workers.git import Access, Git, GitError


def remote_of(local: Git, url: str, token: str | None, deadline: float) -> Git:
    """The same repository, with a remote that may leave objects out for later."""
    assert local.git_dir is not None
    quoted = url.replace("\\", "\\\\").replace('"', '\\"')
    if any(ord(character) < 32 for character in url):
        raise GitError("The repository's address holds control characters.")
    kind = "\tobjectFormat = sha256\n" if local.object_format == "sha256" else ""
    (local.git_dir / "config").write_text(
        "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n"
        f"[extensions]\n\tpartialClone = origin\n{kind}"
        f'[remote "origin"]\n\turl = "{quoted}"\n'
        "\tpromisor = true\n\tpartialCloneFilter = blob:none\n"
    )
    scheme = url.partition("://")[0]
    return dataclasses.replace(
        local,
        access=Access(url, token),
        protocols=(scheme,) if scheme in ("http", "https") else (),
        deadline=deadline,
    )


def forget_remote(local: Git) -> None:
    """What is not here now stays away: git is not to fetch file by file behind our back."""
    assert local.git_dir is not None
    kind = "[extensions]\n\tobjectFormat = sha256\n" if local.object_format == "sha256" else ""
    version = 1 if kind else 0
    (local.git_dir / "config").write_text(
        f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = true\n{kind}"
    )


def has(remote: Git, sha: str) -> bool:
    """Whether an object is here; nobody is asked for it."""
    here = dataclasses.replace(remote, protocols=(), access=None)
    return here.run("cat-file", "-e", sha, ok=(0, 1, 128)).code == 0


def fetch_objects(remote: Git, oids: Iterable[str]) -> None:
    """Every object in one request, as git itself fetches what a partial clone lacks."""
    wanted = sorted(set(oids))
    if wanted:
        fetch(remote, "--filter=blob:none", names=wanted, have_nothing=True)


def fetch(remote: Git, *options: str, names: Iterable[str], have_nothing: bool = False) -> None:
    """One request for commits, refs or objects by name."""
    config = ("-c", "fetch.negotiationAlgorithm=noop") if have_nothing else ()
    remote.run(
        *config,
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--recurse-submodules=no",
        *options,
        "--stdin",
        "origin",
        stdin="".join(f"{name}\n" for name in names).encode(),
        timeout=120,
    )
