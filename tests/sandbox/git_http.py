"""git's smart HTTP protocol, by `git http-backend`, with an installation token as password."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.sandbox.auth import Caller, identify
from tests.sandbox.errors import ApiError
from tests.sandbox.git import environment
from tests.sandbox.misbehaviour import REQUESTS
from tests.sandbox.state import Repository
from tests.sandbox.world import World

PATH = re.compile(r"^/([^/]+)/([^/]+?)(?:\.git)?(/info/refs|/git-upload-pack|/git-receive-pack)$")


class GitServer:
    """The WSGI application for paths that git asks for."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """git's answer, or a refusal."""
        fault = self.world.misbehaviours.request(f"GIT {request.method}", request.path)
        if fault is not None and fault.seconds:
            time.sleep(fault.seconds)
        if fault is not None and not REQUESTS[fault.kind][1]:
            return Response("Unicorn!", status=REQUESTS[fault.kind][0] or 503)
        match = PATH.match(request.path)
        assert match is not None
        repository = self.world.repository(match[1], match[2])
        service = request.args.get("service", match[3].lstrip("/"))
        try:
            caller = identify(self.world, request.headers.get("Authorization"))
            self.allow(caller, repository, service)
        except ApiError as error:
            self.world.observe("refusal", f"git {request.path}: {error.message}")
            return refusal(error)
        assert repository is not None
        body = request.get_data()
        if service == "git-upload-pack" and request.method == "POST":
            text = f"git fetch from {repository.full_name}"
            self.world.observe("git", text, repository=repository.full_name, size=len(body))
        return self.run(request, repository, match[3], body)

    def allow(self, caller: Caller, repository: Repository | None, service: str) -> None:
        """Raises 401 for strangers, 403 and 404 where the token does not reach."""
        if caller.token is None:
            if repository is None or repository.private or service != "git-upload-pack":
                raise ApiError(401, "Authentication required")
            return
        if repository is None:
            raise ApiError(404, "Repository not found.")
        level = "read" if service == "git-upload-pack" else "write"
        caller.allowed(repository, ["contents"], level)

    def run(self, request: Request, repository: Repository, rest: str, body: bytes) -> Response:
        """Runs the CGI program on the request."""
        env = environment() | {
            "GIT_PROJECT_ROOT": str(repository.git.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": rest,
            "QUERY_STRING": request.query_string.decode(),
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.content_type or "",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_USER": "x-access-token",
            "REMOTE_ADDR": "127.0.0.1",
        }
        for header, name in (
            ("Content-Encoding", "HTTP_CONTENT_ENCODING"),
            ("Git-Protocol", "GIT_PROTOCOL"),
        ):
            if header in request.headers:
                env[name] = request.headers[header]
        env["PATH"] = os.environ["PATH"]
        done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        response = Response(content, status=200)
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                response.status = value
            elif name:
                response.headers[name] = value
        return response


def refusal(error: ApiError) -> Response:
    """An error as git shows it to people."""
    response = Response(error.message, status=error.status, content_type="text/plain")
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="GitHub"'
    return response
