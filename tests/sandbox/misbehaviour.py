"""What the sandbox does wrong on demand: the ways in which GitHub is known to fail."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from fnmatch import fnmatch

# Of requests: the answer's status, whether the work was done all the same, and Retry-After.
REQUESTS = {
    "500": (500, False, None),
    "502": (502, False, None),
    "502-after": (502, True, None),
    "503": (503, False, None),
    "403-secondary": (403, False, None),
    "403-secondary-retry-after": (403, False, 1),
    "403-primary": (403, False, None),
    "429": (429, False, None),
    "429-retry-after": (429, False, 1),
    "422": (422, False, None),
    "404": (404, False, None),
    "401": (401, False, None),
    "drop": (0, False, None),
    "drop-after": (0, True, None),
    "slow": (200, True, None),  # waits `seconds`, then does the work
    "slow-after": (200, True, None),  # does the work, then waits `seconds` with the answer
    "expire": (200, True, None),  # every token ends right before the request
}
# Of deliveries: lost (never sent, recorded as failed), doubled (sent twice with one id), held
# (sent after the next delivery).
DELIVERIES = ("lose", "double", "hold")


@dataclass
class Misbehaviour:
    """One planned fault; `match` is a glob over `METHOD /path` or an event's name."""

    kind: str
    match: str = "*"
    times: int = 1
    seconds: float = 0.0
    retry_after: int | None = None
    hits: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it has happened as often as was asked for."""
        return len(self.hits) >= self.times


class Misbehaviours:
    """The planned faults, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.planned: list[Misbehaviour] = []
        self._lock = threading.Lock()

    def plan(self, fault: Misbehaviour) -> Misbehaviour:
        """Adds a fault; raises ValueError for a kind that is not known."""
        if fault.kind not in REQUESTS and fault.kind not in DELIVERIES:
            known = ", ".join([*REQUESTS, *DELIVERIES])
            raise ValueError(f"unknown misbehaviour {fault.kind!r}; known are {known}")
        with self._lock:
            self.planned.append(fault)
        return fault

    def request(self, method: str, path: str) -> Misbehaviour | None:
        """The fault that strikes this request, now used up once more."""
        return self._take(f"{method} {path}", tuple(REQUESTS))

    def delivery(self, name: str) -> Misbehaviour | None:
        """The fault that strikes this delivery, `event.action`."""
        return self._take(name, DELIVERIES)

    def clear(self) -> None:
        """Forgets all planned faults."""
        with self._lock:
            self.planned.clear()

    def _take(self, text: str, kinds: tuple[str, ...]) -> Misbehaviour | None:
        with self._lock:
            for fault in self.planned:
                if not fault.done and fault.kind in kinds and fnmatch(text, fault.match):
                    fault.hits.append(text)
                    return fault
        return None
