"""Links to lines on the remote, for the files that are there as they were judged."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from msgspec import Struct

from workers.engine.report import Report
from workers.engine.source import Origin


class Remote(Struct, frozen=True):
    """A repository on GitHub: its address, a commit, and the paths that are unchanged there.

    `prefix` is where the judged folder lies within the repository, with "/" at its end.
    """

    address: str
    commit: str
    prefix: str = ""
    paths: frozenset[str] = frozenset()


class Place(Struct, frozen=True):
    """A place as people read it, and its link where there is one."""

    text: str
    url: str = ""


class Places:
    """Turns places of a report into text and links."""

    def __init__(self, report: Report, remote: Remote | None = None) -> None:
        self._report = report
        self._remote = remote

    def of(self, origin: Origin) -> Place:
        """`path:line`, with a link to the lines at the commit that was judged."""
        place = self._report.location(origin)
        text = f"{place.path}:{place.line}"
        remote = self._remote
        if remote is None or origin.path not in remote.paths:
            return Place(text)
        lines = f"#L{place.line}"
        if place.end_line != place.line:
            lines += f"-L{place.end_line}"
        path = quote(remote.prefix + place.path)
        return Place(text, f"{remote.address}/blob/{remote.commit}/{path}{lines}")


def address_of(url: str) -> str | None:
    """`https://host/owner/name` of a remote in any of git's spellings; never its credentials."""
    text = url.strip().removesuffix("/").removesuffix(".git")
    if "://" in text:
        parts = urlsplit(text)
        host, path = parts.hostname or "", parts.path
        if parts.scheme not in ("https", "http", "ssh", "git", "git+ssh"):
            return None
    else:
        user_and_host, colon, path = text.partition(":")
        host = user_and_host.rpartition("@")[2].lower() if colon else ""
    names = path.strip("/").split("/")
    if not host or len(names) != 2 or not all(_is_name(name) for name in (*names, host)):
        return None
    return f"https://{host}/{names[0]}/{names[1]}"


def _is_name(text: str) -> bool:
    return bool(text) and all(sign.isascii() and (sign.isalnum() or sign in "-_.") for sign in text)
