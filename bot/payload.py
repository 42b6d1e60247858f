"""A webhook's payload, read by path; what is missing or odd is one clear sentence."""

from __future__ import annotations

from typing import Any

_HEX = frozenset("0123456789abcdef")


class InvalidPayload(ValueError):
    """A payload lacks what its event must hold; the sentence names it."""


class Payload:
    """Values by path: `payload.text("pull_request", "head", "sha")`."""

    def __init__(self, value: dict[str, Any], where: str = "") -> None:
        self._value = value
        self._where = where

    @property
    def action(self) -> str:
        """The event's action."""
        return self.text("action")

    def get(self, *path: str) -> Any:
        """The value, or None where any step of the way is missing or null."""
        value: Any = self._value
        for step in path:
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        return value

    def has(self, *path: str) -> bool:
        """There is something that is not null."""
        return self.get(*path) is not None

    def text(self, *path: str) -> str:
        """A text that is not empty."""
        value = self.get(*path)
        if not isinstance(value, str) or not value:
            raise self._odd(path, "a text")
        return value

    def sha(self, *path: str) -> str:
        """A commit's id: 40 hexadecimal digits, or 64 where the repository uses SHA-256."""
        value = self.get(*path)
        if not isinstance(value, str) or len(value) not in (40, 64) or not _HEX.issuperset(value):
            raise self._odd(path, "a commit's sha")
        return value

    def number(self, *path: str) -> int:
        """A whole number."""
        value = self.get(*path)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._odd(path, "a whole number")
        return value

    def login(self, *path: str) -> str:
        """The login of an account, or "" where the account is gone or unsaid."""
        login = self.get(*path, "login")
        return login if isinstance(login, str) else ""

    def items(self, *path: str) -> tuple[Payload, ...]:
        """A list of objects; none where it is missing or null."""
        value = self.get(*path)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._odd(path, "a list")
        name = ".".join((*filter(None, [self._where]), *path))
        return tuple(
            Payload(item if isinstance(item, dict) else {}, f"{name}[{index}]")
            for index, item in enumerate(value)
        )

    def _odd(self, path: tuple[str, ...], wanted: str) -> InvalidPayload:
        name = ".".join((*filter(None, [self._where]), *path))
        return InvalidPayload(f"The payload's {name} is not {wanted}.")
