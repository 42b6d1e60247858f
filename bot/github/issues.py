"""Issues that the App keeps: one for each subject, known by a hidden marker and its author."""

from __future__ import annotations

from typing import Any

from bot.github.transport import Transport

_MARKER = "<!-- driftline:{subject} -->"


class Issues:
    """The App's issues in one repository; `repository` is its path, `/repos/owner/name`."""

    def __init__(self, transport: Transport, repository: str, login: str) -> None:
        self._transport = transport
        self._path = f"{repository}/issues"
        self._login = login

    def find(self, subject: str) -> int | None:
        """The number of the open issue about a subject, the oldest where there are several."""
        marker = _MARKER.format(subject=subject)
        items = self._transport.pages(self._path, state="open", creator=self._login)
        found = [int(one["number"]) for one in items if marker in (one.get("body") or "")]
        return min(found, default=None)

    def keep(self, subject: str, title: str, body: str) -> int:
        """Open the issue about a subject, or bring the open one up to date; its number.

        `Forbidden` where the installation does not grant `issues: write`.
        """
        text = f"{body}\n\n{_MARKER.format(subject=subject)}"
        number = self.find(subject)
        if number is None:
            made: Any = self._transport.write("POST", self._path, {"title": title, "body": text})
            return int(made["number"])
        known = self._transport.get(f"{self._path}/{number}")
        if (known["title"], known.get("body")) != (title, text):
            change = {"title": title, "body": text}
            self._transport.write("PATCH", f"{self._path}/{number}", change, may_repeat=True)
        return number

    def close(self, subject: str) -> int | None:
        """Close the issue about a subject, if one is open; its number."""
        number = self.find(subject)
        if number is not None:
            change = {"state": "closed", "state_reason": "completed"}
            self._transport.write("PATCH", f"{self._path}/{number}", change, may_repeat=True)
        return number
