"""Sends signed deliveries at a fixed rate, in a process of its own, and times each answer.

The time counts from the moment at which the delivery was due, not from when a connection came free:
a receiver that stalls is charged for all that waited. One thread serves all connections, since many
would wait for each other and charge the receiver for it. Reads one JSON object on standard input
(`Orders`), writes one (`Outcome`) on standard output.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import select
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field

CONNECTIONS = 48
PATIENCE = 10.0


@dataclass
class Orders:
    """What to send where: bodies in base64, taken in turns."""

    port: int
    secret: str
    rate: float
    seconds: float
    bodies: list[str]
    prefix: str
    connections: int = CONNECTIONS


@dataclass
class Outcome:
    """Every answer's time in milliseconds, sorted, and how many had which status."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    late: float = 0.0
    """The longest, in milliseconds, that the sender itself was behind its plan."""
    cpu: float = 0.0

    def add(self, status: str, due: float) -> None:
        """What was due then is answered now."""
        self.milliseconds.append((time.perf_counter() - due) * 1000)
        self.statuses[status] = self.statuses.get(status, 0) + 1


def main() -> None:
    """Send, and report."""
    orders = Orders(**json.load(sys.stdin))
    json.dump(asdict(send(orders)), sys.stdout)


def send(orders: Orders) -> Outcome:
    """Send all; a connection that breaks is opened again and its delivery counts as `broken`."""
    return _Sending(orders).run()


class _Sending:
    """Connections take turns, so that all processes of the receiver have their share."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._total = int(orders.rate * orders.seconds)
        self._sent = 0
        self._requests = [_request(base64.b64decode(one), orders.secret) for one in orders.bodies]
        self._outcome = Outcome()
        self._free = deque(_connected(orders.port) for _ in range(orders.connections))
        self._busy: dict[int, _Connection] = {}
        self._begin = time.perf_counter() + 0.2

    def run(self) -> Outcome:
        """Until all is answered."""
        while self._sent < self._total or self._busy:
            self._send_what_is_due()
            self._hear()
        self._outcome.seconds = time.perf_counter() - self._begin
        self._outcome.milliseconds.sort()
        self._outcome.cpu = time.process_time()
        return self._outcome

    def _due(self) -> float:
        """When the next is due; where there is none, or no connection for it, never."""
        if self._sent == self._total or not self._free:
            return math.inf
        return self._begin + self._sent / self._orders.rate

    def _send_what_is_due(self) -> None:
        now, was_free = time.perf_counter(), bool(self._free)
        while (due := self._due()) <= now:
            if was_free:
                self._outcome.late = max(self._outcome.late, (now - due) * 1000)
            head, rest = self._requests[self._sent % len(self._requests)]
            whole = head + f"{self._orders.prefix}{self._sent:07}\r\n".encode() + rest
            self._sent += 1
            connection = self._free.popleft() or _connected(self._orders.port)
            if connection is None:
                self._free.append(None)
                self._outcome.add("broken", due)
                continue
            connection.give(whole, due)
            self._busy[connection.number] = connection

    def _hear(self) -> None:
        """Wait for answers until the next is due."""
        wait = max(0.0, min(1.0, self._due() - time.perf_counter()))
        unsent = [number for number, one in self._busy.items() if one.left]
        readable, writable, _ = select.select(list(self._busy), unsent, [], wait)
        for number in writable:
            self._busy[number].push()
        for number in readable:
            if status := self._busy[number].pull():
                self._end(number, status)
        if not readable:
            late = time.perf_counter() - PATIENCE
            for number in [number for number, one in self._busy.items() if one.due < late]:
                self._end(number, "broken")

    def _end(self, number: int, status: str) -> None:
        connection = self._busy.pop(number)
        self._outcome.add(status, connection.due)
        if status == "broken":
            connection.close()
        self._free.append(connection if connection.is_open else None)


def _connected(port: int) -> _Connection | None:
    try:
        return _Connection(port)
    except OSError:
        return None


class _Connection:
    """A connection with at most one delivery under way."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self.number = self._socket.fileno()
        self.left: memoryview | bytes = b""
        self.due = 0.0
        self.is_open = True

    def give(self, request: bytes, due: float) -> None:
        """Begin to send."""
        self.left, self.due, self._read = memoryview(request), due, b""
        self.push()

    def push(self) -> None:
        """Send what is left, as far as it goes."""
        try:
            self.left = self.left[self._socket.send(self.left) :]
        except BlockingIOError:
            pass
        except OSError:
            self.left = b""  # reading says so, too

    def pull(self) -> str:
        """The answer's status once it is whole, else ""."""
        try:
            piece = self._socket.recv(65_536)
        except BlockingIOError:
            return ""
        except OSError:
            piece = b""
        self._read += piece
        head, end, body = self._read.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            if b"connection: close" in head.lower():
                self.close()
            return head[9:12].decode()
        if piece:
            return ""
        return "broken"

    def close(self) -> None:
        """The next delivery needs another connection."""
        self.is_open = False
        self._socket.close()


def _request(body: bytes, secret: str) -> tuple[bytes, bytes]:
    """A request's bytes before and behind the delivery's id."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "User-Agent: GitHub-Hookshot/5a2c1f7\r\nX-GitHub-Event: pull_request\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n"
        "X-GitHub-Delivery: "
    )
    return head.encode(), b"\r\n" + body


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))


if __name__ == "__main__":
    main()
