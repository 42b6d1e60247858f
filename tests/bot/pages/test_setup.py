"""Registering the App by its manifest: what GitHub is asked, and that only its beginner ends it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from bot.app import create_setup_app
from bot.manifest import read_manifest
from bot.settings import Settings, SettingsError, SetupSettings
from tests.bot.github.scripted import Answer, ScriptedServer, scripted_server
from tests.bot.test_manifest import MANIFEST

CONVERSION = "POST /api/v3/app-manifests/c0de/conversions"


@pytest.fixture
def server(private_key: str) -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        registered = {
            "id": 99,
            "slug": "driftline-octo",
            "html_url": "https://ghe.example.com/apps/driftline-octo",
            "pem": private_key,
            "webhook_secret": "s3cret",
        }
        server.say(CONVERSION, Answer(201, registered))
        yield server


@pytest.fixture
def client(server: ScriptedServer) -> FlaskClient:
    settings = SetupSettings(server.url, "https://ghe.example.com", "https://drift.example.com")
    return create_setup_app(settings).test_client()


def begin(client: FlaskClient, query: str = "") -> tuple[str, dict[str, Any]]:
    """Where the form goes and the manifest in it."""
    page = client.get(f"/setup{query}").text
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    manifest = re.search(r'name="manifest" value="([^"]+)"', page)
    assert action is not None
    assert manifest is not None
    return html.unescape(action[1]), json.loads(html.unescape(manifest[1]))


def state_of(action: str) -> str:
    return action.partition("?state=")[2]


def test_the_manifest_is_app_yml_for_this_address(client: FlaskClient) -> None:
    action, manifest = begin(client)
    assert action.startswith("https://ghe.example.com/settings/apps/new?state=")
    written = yaml.safe_load(MANIFEST.read_text())
    assert manifest == {
        **written,
        "url": "https://drift.example.com",
        "hook_attributes": {"url": "https://drift.example.com/webhooks/github", "active": True},
        "redirect_url": "https://drift.example.com/setup/registered",
    }
    assert read_manifest() == written


def test_an_organization_may_own_the_app(client: FlaskClient) -> None:
    action, manifest = begin(client, "?owner=octo-org&name=Schema+Watch")
    assert action.startswith("https://ghe.example.com/organizations/octo-org/settings/apps/new?")
    assert manifest["name"] == "Schema Watch"


@pytest.mark.parametrize("owner", ["../x", "a/b", "-a", "a" * 40, "é"])
def test_what_is_no_owner_is_refused(client: FlaskClient, owner: str) -> None:
    assert client.get("/setup", query_string={"owner": owner}).status_code == 400


def test_a_link_cannot_send_the_events_elsewhere(client: FlaskClient) -> None:
    _, manifest = begin(client, "?address=https://evil.example.com")
    assert "evil" not in json.dumps(manifest)


def test_the_settings_that_are_shown_are_those_that_are_read(
    client: FlaskClient, private_key: str
) -> None:
    action, _ = begin(client)
    done = client.get(f"/setup/registered?code=c0de&state={state_of(action)}")
    assert done.status_code == 200
    assert done.headers["Cache-Control"] == "no-store"
    shown = re.search(r"<pre>(.*)</pre>", done.text, re.DOTALL)
    assert shown is not None
    lines = (line.partition("=") for line in html.unescape(shown[1]).splitlines())
    environment = {name: value for name, _, value in lines}
    settings = Settings.from_environment({**environment, "REDIS_URL": "redis://localhost"})
    assert (settings.app_id, settings.webhook_secrets) == ("99", ("s3cret",))
    assert settings.private_key == private_key
    assert "https://ghe.example.com/apps/driftline-octo/installations/new" in done.text


def test_only_the_browser_that_began_can_end_it(
    client: FlaskClient, server: ScriptedServer
) -> None:
    action, _ = begin(client)
    stranger = client.application.test_client()
    for state in (state_of(action), "", "guessed"):
        assert stranger.get(f"/setup/registered?code=c0de&state={state}").status_code == 400
    assert client.get("/setup/registered?code=c0de&state=guessed").status_code == 400
    assert server.count(CONVERSION) == 0


def test_a_registration_ends_once(client: FlaskClient) -> None:
    action, _ = begin(client)
    url = f"/setup/registered?code=c0de&state={state_of(action)}"
    assert client.get(url).status_code == 200
    assert client.get(url).status_code == 410
    assert client.get("/setup").status_code == 410


def test_what_shall_be_possible_is_asked_for(client: FlaskClient) -> None:
    _, manifest = begin(client, "?fixes=1&issues=1")
    assert manifest["default_permissions"] == {
        **read_manifest()["default_permissions"],
        "contents": "write",
        "issues": "write",
    }


@pytest.mark.parametrize("answer", [Answer(404), Answer(422), Answer(502), Answer(hangs_up=True)])
def test_a_code_that_github_refuses_is_said_so(
    client: FlaskClient, server: ScriptedServer, answer: Answer
) -> None:
    server.say(CONVERSION, answer)
    action, _ = begin(client)
    failed = client.get(f"/setup/registered?code=c0de&state={state_of(action)}")
    assert failed.status_code == 502
    assert "begin again" in failed.text


def test_names_cannot_break_out_of_the_page(client: FlaskClient) -> None:
    page = client.get("/setup", query_string={"name": '"><script>alert(1)</script>'})
    assert "<script>" not in page.text
    assert "form-action 'self' https://ghe.example.com" in page.headers["Content-Security-Policy"]


def test_an_instance_in_setup_takes_no_deliveries(client: FlaskClient) -> None:
    assert client.post("/webhooks/github").status_code == 404


def test_setup_is_only_on_where_it_is_asked_for() -> None:
    assert SetupSettings.from_environment({}) is None
    assert SetupSettings.from_environment({"DRIFTLINE_SETUP": "0"}) is None
    asked = SetupSettings.from_environment(
        {"DRIFTLINE_SETUP": "1", "DRIFTLINE_URL": "https://drift.example.com/"}
    )
    assert asked == SetupSettings(
        "https://api.github.com", "https://github.com", "https://drift.example.com"
    )
    with pytest.raises(SettingsError, match="DRIFTLINE_URL must be"):
        SetupSettings.from_environment({"DRIFTLINE_SETUP": "1", "DRIFTLINE_URL": "drift"})


@pytest.mark.parametrize(
    "step",
    ["Rulesets", "Choose this App as the source", "merge queue", "Before the App is removed"],
)
def test_the_page_tells_how_to_require_the_check_and_the_way_out(
    client: FlaskClient, step: str
) -> None:
    assert step in client.get("/setup").text
