"""A bound on how often one address may be refused: who guesses signatures is turned away unread.

In the memory of one web process, and bounded itself. The address is that of the connection, or,
behind DRIFTLINE_PROXIES proxies of one's own, the one that the outermost of them saw. Without
proxies told, an address of a private network is taken for a proxy that everybody comes through,
GitHub too, and is never bounded.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

_MOST_ADDRESSES = 10_000
_MOST_READ = 2_000


class Floods:
    """Refusals by address, in windows of a minute."""

    def __init__(
        self, most: int = 60, *, window: float = 60.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._window = window
        self._now = now
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str | None) -> int:
        """Seconds until an address is heard again; 0 where it is heard."""
        if not self._counts:
            return 0
        with self._lock:
            began, count = self._counts.get(address or "", (0.0, 0))
        left = began + self._window - self._now()
        return max(1, round(left)) if count >= self._most and left > 0 else 0

    def refused(self, address: str | None) -> None:
        """Count a refusal of an address."""
        if address is None:
            return
        now = self._now()
        with self._lock:
            began, count = self._counts.pop(address, (now, 0))
            if now - began >= self._window:
                began, count = now, 0
            self._counts[address] = (began, count + 1)
            while len(self._counts) > _MOST_ADDRESSES:
                self._counts.popitem(last=False)


def peer(connected: str | None, forwarded: str | None, proxies: int) -> str | None:
    """Whom to count a request under; None where that cannot be known.

    `forwarded` is X-Forwarded-For, to which each proxy adds the address it saw: what stands further
    to the left than our own proxies wrote is the sender's own word.
    """
    if proxies:
        hops = [hop.strip() for hop in (forwarded or "")[-_MOST_READ:].split(",")]
        return hops[-proxies] or None if len(hops) >= proxies else None
    return _public(connected or "")


@lru_cache(_MOST_ADDRESSES)
def _public(connected: str) -> str | None:
    try:
        address = ipaddress.ip_address(connected)
    except ValueError:
        return None
    return None if address.is_private or address.is_loopback else str(address)
