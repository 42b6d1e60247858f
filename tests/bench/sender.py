"""Sends signed deliveries at a fixed rate, in a process of its own, and times each answer.

The time counts from the moment at which the delivery was due, not from when a connection came free:
a receiver that stalls is charged for all that waited. Reads one JSON object on standard input
(`Orders`), writes one (`Outcome`) on standard output.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from itertools import count

CONNECTIONS = 48


@dataclass
class Orders:
    """What to send where: bodies in base64, taken in turns."""

    port: int
    secret: str
    rate: float
    seconds: float
    bodies: list[str]
    prefix: str
    threads: int = CONNECTIONS


@dataclass
class Outcome:
    """Every answer's time in milliseconds, sorted, and how many had which status."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    late: float = 0.0
    """The longest, in milliseconds, that the sender itself was behind its plan."""
    cpu: float = 0.0


def main() -> None:
    """Send, and report."""
    orders = Orders(**json.load(sys.stdin))
    json.dump(asdict(send(orders)), sys.stdout)


def send(orders: Orders) -> Outcome:
    """Send all; a connection that breaks is opened again and its delivery counts as `broken`."""
    total = int(orders.rate * orders.seconds)
    requests = [_request(base64.b64decode(body), orders.secret) for body in orders.bodies]
    turns = count()
    outcome = Outcome()
    begin = time.perf_counter() + 0.2

    def go_on() -> None:
        connection: socket.socket | None = None
        times: list[float] = []
        statuses: dict[str, int] = {}
        late = 0.0
        while (turn := next(turns)) < total:
            due = begin + turn / orders.rate
            wait = due - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
                late = max(late, time.perf_counter() - due)
            head, rest = requests[turn % len(requests)]
            whole = head + f"{orders.prefix}{turn:07}\r\n".encode() + rest
            try:
                connection = connection or socket.create_connection(("127.0.0.1", orders.port), 10)
                connection.sendall(whole)
                status, is_over = _answer(connection)
            except OSError:
                status, is_over = "broken", True
            if is_over and connection is not None:
                connection.close()
                connection = None
            times.append((time.perf_counter() - due) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
        outcome.milliseconds += times
        outcome.late = max(outcome.late, late * 1000)
        for name, number in statuses.items():
            outcome.statuses[name] = outcome.statuses.get(name, 0) + number

    threads = [threading.Thread(target=go_on) for _ in range(orders.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.perf_counter() - begin
    outcome.milliseconds.sort()
    outcome.cpu = time.process_time()
    return outcome


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


def _answer(connection: socket.socket) -> tuple[str, bool]:
    """The status, and whether the server closes the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            raise OSError("closed")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65_536)
    return head[9:12].decode(), b"connection: close" in lines


if __name__ == "__main__":
    main()
