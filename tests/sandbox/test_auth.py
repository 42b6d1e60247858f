"""App and installation: JWTs, tokens, permissions, and git with a token."""

from __future__ import annotations

import base64
import os
import subprocess
import time
from pathlib import Path

import jwt
import pytest
import requests
from github import GithubException

from tests.sandbox import PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.conftest import Client
from tests.sandbox.world import private_key


def signed(github: Sandbox, **claims: object) -> dict[str, str]:
    now = int(time.time())
    whole = {"iat": now - 60, "exp": now + 300, "iss": str(github.app.id)} | claims
    return {"Authorization": f"Bearer {jwt.encode(whole, github.app.private_key, 'RS256')}"}


def asked(github: Sandbox, headers: dict[str, str]) -> tuple[int, str]:
    answer = requests.get(f"{github.api_url}/app", headers=headers, timeout=10)
    return answer.status_code, answer.json().get("message", "")


def test_the_app_signs_in_by_its_id_or_its_client_id(github: Sandbox) -> None:
    assert asked(github, signed(github))[0] == 200
    assert asked(github, signed(github, iss=github.app.client_id))[0] == 200


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"exp": 4102444800}, "too far in the future"),
        ({"exp": 1000}, "must be a numeric value representing the future time"),
        ({"iat": 4102444800}, "'Issued at' claim"),
        ({"iss": "7"}, "'Issuer' claim"),
    ],
)
def test_a_wrong_jwt_is_refused_with_the_reason(
    github: Sandbox, claims: dict[str, object], said: str
) -> None:
    status, message = asked(github, signed(github, **claims))
    assert status == 401
    assert said in message


def test_a_jwt_of_another_key_is_refused(github: Sandbox) -> None:
    private_key.cache_clear()
    with Sandbox() as other:
        status, message = asked(github, signed(other, iss=str(github.app.id)))
    assert (status, message) == (401, "A JSON web token could not be decoded")


def test_a_token_lives_an_hour(
    github: Sandbox, repository: RepositoryHandle, client: Client
) -> None:
    found = client.repository()
    github.advance(minutes=61)
    with pytest.raises(GithubException) as caught:
        found.get_pulls().totalCount  # noqa: B018
    assert caught.value.status == 401


def test_a_token_is_as_long_as_githubs_newest(
    github: Sandbox, repository: RepositoryHandle, client: Client
) -> None:
    client.repository()
    (token,) = github.world.tokens
    assert token.startswith("ghs_")
    assert len(token) > 500


def test_a_token_does_only_what_it_was_narrowed_to(pull: PullHandle, client: Client) -> None:
    narrow = client.repository({"contents": "read"})
    with pytest.raises(GithubException) as caught:
        narrow.create_check_run("Driftline", pull.head_sha)
    assert caught.value.status == 403
    assert caught.value.data["message"] == "Resource not accessible by integration"


def test_a_permission_that_was_not_granted_gives_no_token(pull: PullHandle, client: Client) -> None:
    with pytest.raises(GithubException) as caught:
        client.repository({"contents": "write"})
    assert caught.value.status == 422


def test_a_suspended_installation_may_do_nothing(
    github: Sandbox, repository: RepositoryHandle, client: Client
) -> None:
    found = client.repository()
    installation = next(iter(github.world.installations.values()))
    github.suspend(installation)
    with pytest.raises(GithubException) as caught:
        found.get_pull(1)
    assert caught.value.data["message"] == "This installation has been suspended"


def test_the_permission_of_a_collaborator_is_told(
    repository: RepositoryHandle, client: Client
) -> None:
    repository.add_collaborator("mona", "maintain")
    repository.add_collaborator("tria", "triage")
    found = client.repository()
    assert found.get_collaborator_permission("mona") == "write"
    assert found.get_collaborator_permission("tria") == "read"


def test_git_fetches_with_a_token_and_refuses_strangers(
    github: Sandbox, pull: PullHandle, client: Client, tmp_path: Path
) -> None:
    client.repository()
    (token,) = github.world.tokens
    url = f"{github.url}/acme/app.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path)], check=True)
    fetch = ["fetch", "--quiet", "--depth=1", "--filter=blob:none", url, pull.head_sha]
    stranger = git(tmp_path, *fetch)
    assert stranger.returncode == 128
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    known = git(tmp_path, "-c", f"http.extraHeader=Authorization: Basic {basic}", *fetch)
    assert known.returncode == 0, known.stderr
    missing = git(tmp_path, "rev-list", "--objects", "--missing=print", "FETCH_HEAD").stdout
    assert sum(line.startswith("?") for line in missing.splitlines()) == 3


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
