"""A server that answers what a test tells it to, for failures that no well-made server shows.

The sandbox is GitHub; this is the weather between it and us.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What to answer after so many seconds; `hangs_up` closes the connection instead."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    seconds: float = 0


@dataclass(frozen=True)
class Received:
    """A request that came."""

    verb: str
    path: str
    headers: Mapping[str, str]
    body: Any


class ScriptedServer:
    """Answers by `VERB /path`: the listed answers in turn, the last of them for ever."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []
        self._answers: dict[str, list[Answer]] = {}
        self._lock = threading.Lock()

    def say(self, request: str, *answers: Answer) -> None:
        """Script the answers to `VERB /path` (without its query)."""
        self._answers[request] = list(answers)

    def count(self, request: str) -> int:
        """How often it was asked."""
        return sum(
            f"{each.verb} {each.path.partition('?')[0]}" == request for each in self.received
        )

    def take(self, received: Received) -> Answer:
        """The answer to one request."""
        with self._lock:
            self.received.append(received)
            answers = self._answers.get(f"{received.verb} {received.path.partition('?')[0]}", [])
            if not answers:
                return Answer(404, {"message": "Not Found"})
            return answers.pop(0) if len(answers) > 1 else answers[0]


def _content(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return json.dumps(body).encode() if body is not None else b""


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """A server on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: else each waits for a delayed acknowledgement

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length)
            body = json.loads(text) if text else None
            received = Received(self.command, self.path, dict(self.headers), body)
            answer = script.take(received)
            if answer.hangs_up:
                self.close_connection = True
                return
            time.sleep(answer.seconds)
            content = _content(answer.body)
            self.send_response_only(answer.status)
            self.send_header("Content-Length", str(len(content)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script = ScriptedServer(f"http://127.0.0.1:{server.server_port}/api/v3")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
