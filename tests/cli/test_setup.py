"""`driftline setup` against the sandbox: from the printed address to the written settings."""

from __future__ import annotations

import html
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bot.settings import Settings
from tests.sandbox import Sandbox


@pytest.fixture
def github() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def started(github: Sandbox, folder: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
    command = [
        sys.executable, "-m", "workers.cli", "setup", "--url", "https://drift.example.com",
        "--github-url", github.api_url, "--port", "0", "--output", str(folder / "made.env"), *more,
    ]  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DRIFTLINE")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "http://127.0.0.1" in line:
            return process, line.strip()
    raise AssertionError("no address was printed")


def test_an_operator_is_taken_from_the_command_to_the_settings(
    github: Sandbox, tmp_path: Path
) -> None:
    process, address = started(
        github, tmp_path, "--owner", "acme", "--with-fixes", "--with-issues", "--name", "Watch"
    )
    try:
        browser = requests.Session()
        page = browser.get(address, timeout=10).text
        action = html.unescape(re.findall(r'<form method="post" action="([^"]+)"', page)[0])
        manifest = html.unescape(re.findall(r'name="manifest" value="([^"]+)"', page)[0])
        assert f"{github.url}/organizations/acme/settings/apps/new" in action
        sent = browser.post(action, data={"manifest": manifest}, timeout=10)
        back = html.unescape(re.findall(r'<p><a href="([^"]+)"', sent.text)[0])
        assert back.startswith(address.partition("/setup")[0])
        stranger = requests.get(back, timeout=10)
        assert stranger.status_code == 400
        done = browser.get(back, timeout=10)
        assert done.status_code == 200
        assert github.app.webhook_secret not in done.text
        told, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
    assert "driftline doctor" in told
    assert github.app.webhook_secret not in told
    made = tmp_path / "made.env"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    values = dict(line.split("=", 1) for line in made.read_text().splitlines())
    settings = Settings.from_environment({**values, "REDIS_URL": "redis://localhost"})
    assert settings.app_id == str(github.app.id)
    assert settings.private_key.strip() == github.app.private_key.strip()
    assert settings.github_url == github.api_url
    assert github.app.permissions["contents"] == "write"
    assert github.app.permissions["issues"] == "write"
    assert github.violations == []


def test_who_was_not_told_the_address_cannot_begin(github: Sandbox, tmp_path: Path) -> None:
    process, address = started(github, tmp_path)
    try:
        assert requests.get(address.partition("?")[0], timeout=10).status_code == 403
        page = requests.get(address, timeout=10).text
        assert "contents: read" in page
        assert "issues: write</code>)" in page
    finally:
        process.kill()
        process.wait()


def test_a_file_that_exists_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "made.env").write_text("mine")
    done = subprocess.run(
        [
            sys.executable, "-m", "workers.cli", "setup", "--url", "https://x.example.com",
            "--output", str(tmp_path / "made.env"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "exists" in done.stderr
