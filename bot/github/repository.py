"""What the subjects of one repository share: the transport and the path."""

from __future__ import annotations

from urllib.parse import quote

from bot.github.transport import Transport


class RepositoryClient:
    """One repository through one transport."""

    _transport: Transport

    @property
    def name(self) -> str:
        """`owner/name`, as GitHub calls it now."""
        raise NotImplementedError

    def _path(self, *parts: str | int) -> str:
        """`/repos/owner/name/part/part`, each part quoted."""
        tail = "".join(f"/{quote(str(part), safe='')}" for part in parts)
        return f"/repos/{self.name}{tail}"
