"""`driftline setup`: registers an App of the operator's own, and writes its settings into a file.

The page runs here, on this machine's own address, for the operator's browser alone; GitHub sends
the browser back to it with a code, and the process ends once that is exchanged. Where the machine
has no browser, `ssh -L 8765:127.0.0.1:8765` brings the page to one.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from workers.refusals import WrongUse

if TYPE_CHECKING:
    from bot.github.registration import Registered
    from bot.settings import SetupSettings

_HOUR = 3_600.0


def setup(options: argparse.Namespace) -> int:
    """Serve the page until an App is registered; 0 then, 3 where nobody came within an hour."""
    path = Path(options.output)
    if path.exists():
        raise WrongUse(f"{path} exists: name another file by --output, or move it away.")
    if not path.parent.is_dir():
        raise WrongUse(f"{path.parent} is no folder.")
    done: list[Registered] = []
    over = threading.Event()

    def registered(app: Registered) -> None:
        write_settings(path, app, os.environ.get("DRIFTLINE_GITHUB_URL", ""))
        done.append(app)
        over.set()

    from werkzeug.serving import WSGIRequestHandler, make_server

    from bot.app import create_setup_app

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
            """Nothing: an address of this page holds a code."""

    key = secrets.token_urlsafe(16)
    settings = _settings(options)
    try:
        server = make_server(
            "127.0.0.1", options.port, create_setup_app(settings, registered, key=key),
            request_handler=Quiet,
        )  # fmt: skip
    except SystemExit:
        raise WrongUse(f"Port {options.port} is taken: name another by --port.") from None
    here = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    address = f"{here}/setup?{_query(options, key)}"
    print(f"Open this in your browser, and press the button:\n\n  {address}\n")
    print(f"GitHub's events will go to {settings.address}/webhooks/github.", flush=True)
    is_done = over.wait(_HOUR)
    time.sleep(0.3)  # the last page is on its way
    server.shutdown()
    if not is_done:
        print("driftline: nobody registered an App within an hour.", file=sys.stderr)
        return 3
    (app,) = done
    print(
        f"\n{app.slug} is registered; its id, key and secret are in {path} (for you alone to read)."
        "\nNext:"
        "\n  1. add REDIS_URL to it, and start `driftline serve` and `driftline work` with it"
        f"\n  2. install the App: {app.url}/installations/new"
        "\n  3. see that all is well: driftline doctor"
    )
    return 0


def write_settings(path: Path, app: Registered, github_url: str) -> None:
    """The file that compose, systemd and kubectl read; its owner alone may."""
    lines = [
        f"DRIFTLINE_APP_ID={app.app_id}",
        f"DRIFTLINE_WEBHOOK_SECRET={app.webhook_secret}",
        f"DRIFTLINE_PRIVATE_KEY={base64.b64encode(app.private_key.encode()).decode()}",
    ]
    if github_url:
        lines.append(f"DRIFTLINE_GITHUB_URL={github_url}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def _settings(options: argparse.Namespace) -> SetupSettings:
    from bot.settings import SettingsError, SetupSettings

    values = {**os.environ, "DRIFTLINE_SETUP": "1", "DRIFTLINE_URL": options.url}
    if options.github_url:
        values["DRIFTLINE_GITHUB_URL"] = os.environ["DRIFTLINE_GITHUB_URL"] = options.github_url
    try:
        settings = SetupSettings.from_environment(values)
    except SettingsError as error:
        raise WrongUse(str(error)) from error
    assert settings is not None
    return settings


def _query(options: argparse.Namespace, key: str) -> str:
    query = {"name": options.name, "key": key}
    if options.owner:
        query["owner"] = options.owner
    query |= {"fixes": "1"} if options.with_fixes else {}
    query |= {"issues": "1"} if options.with_issues else {}
    return urlencode(query)
