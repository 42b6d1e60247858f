"""Registering the App from its manifest, and installing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import yaml

from tests.sandbox import Sandbox
from tests.sandbox.receiver import Receiver

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "app.yml").read_text())


def sent(github: Sandbox, manifest: dict[str, Any]) -> requests.Response:
    url = f"{github.url}/organizations/acme/settings/apps/new"
    form = {"manifest": json.dumps(manifest)}
    return requests.post(url, params={"state": "s3"}, data=form, timeout=10)


def test_the_projects_own_manifest_registers_the_app_by_a_code_that_works_once(
    github: Sandbox, receiver: Receiver
) -> None:
    hook = {"hook_attributes": {"url": receiver.url}, "redirect_url": "http://app.test/created"}
    page = sent(github, MANIFEST | hook)
    assert page.status_code == 200
    address = page.text.split('<p><a href="')[1].split('"')[0].replace("&amp;", "&")
    query = parse_qs(urlsplit(address).query)
    assert query["state"] == ["s3"]
    url = f"{github.api_url}/app-manifests/{query['code'][0]}/conversions"
    made = requests.post(url, timeout=10)
    assert made.status_code == 201
    assert made.json()["pem"] == github.app.private_key
    assert made.json()["permissions"] == MANIFEST["default_permissions"]
    assert requests.post(url, timeout=10).status_code == 404


def test_a_manifest_with_an_unknown_permission_is_refused(github: Sandbox) -> None:
    wrong = MANIFEST | {"default_permissions": {"cheks": "write"}}
    answer = sent(github, wrong)
    assert answer.status_code == 422
    assert "unknown permission cheks: write" in github.violations.pop()


def test_installing_tells_the_app(github: Sandbox, receiver: Receiver) -> None:
    github.create_repository("acme/app", {"README.md": "Hello\n"}, install=False)
    page = f"{github.url}/apps/driftline/installations/new"
    assert "acme" in requests.get(page, timeout=10).text
    requests.post(page, data={"account": "acme"}, timeout=10)
    github.drain()
    (told,) = github.deliveries
    assert told.name == "installation.created"
    assert [one["full_name"] for one in told.payload["repositories"]] == ["acme/app"]
