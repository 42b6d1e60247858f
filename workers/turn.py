"""A job's turn at one pull request or merge group: alone, current, and on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

from bot.leases import Lease
from bot.queue import Serials
from workers.inflight import InFlight, Review, Served

if TYPE_CHECKING:
    from redis import Redis

LEASE_SECONDS = 15.0
"""How long after a worker's death its review is nobody's; renewed every third of it."""


class Superseded(Exception):
    """A newer review of the same subject was asked for: stop, it will see to everything."""


class AlreadyServed(Exception):
    """A later job did what this one was queued for."""


class Turn:
    """`with Turn(...) as turn:` raises `LeaseHeld` or `AlreadyServed` where there is no turn.

    The record of the review in progress is forgotten when the block ends, unless it ends with an
    exception that calls for another attempt: then the caller decides, by `end` or `wait`.
    """

    def __init__(
        self,
        redis: Redis,
        repository_id: int,
        subject: str | int,
        request: Mapping[str, Any],
        *,
        with_comments: bool = True,
    ) -> None:
        self.name = lease_name(repository_id, subject)
        self.records = InFlight(redis)
        self._served = Served(redis)
        self._lease = Lease(redis, self.name, ttl=LEASE_SECONDS)
        self._serials = Serials(redis)
        self._about = (repository_id, subject)
        self._request = request
        self._with_comments = with_comments
        self._serial = 0
        self.record: Review | None = None

    def __enter__(self) -> Turn:
        self._lease.__enter__()
        try:
            self._serial = self._serials.current(*self._about)
            if self._served.has(self.name, self._serial, with_comments=self._with_comments):
                raise AlreadyServed(f"{self.name} was reviewed meanwhile.")
            left = self.records.get(self.name)
            if left is not None and not self._with_comments and left.comments:
                # One that comments has lost its worker, and is to be taken up as what it is.
                raise AlreadyServed(f"{self.name} has a review on record that says more.")
            self.record = self.records.begin(self.name, self._request)
        except BaseException:
            self._lease.release()
            self._lease.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, Superseded):
            self.records.end(self.name)
        self._lease.__exit__(kind, error, trace)

    def step(self) -> None:
        """Before anything that others see: go on only while the turn is ours and wanted."""
        self._lease.check()
        if not self._serials.is_current(*self._about, self._serial):
            raise Superseded(f"A newer review of {self.name} was asked for.")

    def note_run(self, head_sha: str, run_id: int) -> None:
        """Write down which check run has to be concluded, whatever becomes of this process."""
        if self.record is not None:
            self.record = replace(self.record, head_sha=head_sha, run_id=run_id)
            self.records.write(self.record)

    def wait(self, seconds: float, *, counts: bool = True) -> None:
        """The review is put off; see `InFlight.wait`."""
        self.records.wait(self.name, seconds, counts=counts)

    def give_up(self) -> None:
        """There will be no other attempt."""
        self.records.end(self.name)

    def finished(self) -> None:
        """All that was asked for is published."""
        self._served.note(self.name, self._serial, with_comments=self._with_comments)


def lease_name(repository_id: int, subject: str | int) -> str:
    """The lease under which a pull request or a merge group is reviewed."""
    return f"review:{repository_id}:{subject}"
