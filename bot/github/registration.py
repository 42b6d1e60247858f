"""The last step of registering an App from a manifest: a code for the App's key and secrets.

https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import quote

import requests

from bot.github.connection import API_VERSION
from bot.github.errors import NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class Registered:
    """An App that was registered. GitHub tells its key this once."""

    app_id: int
    slug: str
    url: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def convert_code(github_url: str, code: str, *, timeout: float = 15.0) -> Registered:
    """Exchange the code, which holds for an hour and for once; nobody is authenticated here.

    `NotFound` where the code was used or is too old, `Unavailable` where GitHub does not answer.
    """
    url = f"{github_url}/app-manifests/{quote(code, safe='')}/conversions"
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API_VERSION}
    try:
        answer = requests.post(url, headers=headers, timeout=timeout, allow_redirects=False)
    except requests.RequestException as error:
        raise Unavailable(f"GitHub cannot be reached ({type(error).__name__}).") from error
    if answer.status_code != 201:
        kind = Unavailable if answer.status_code >= 500 else NotFound
        raise kind(f"GitHub answered with {answer.status_code}.", status=answer.status_code)
    value = json.loads(answer.text)
    return Registered(
        app_id=value["id"],
        slug=value["slug"],
        url=value["html_url"],
        private_key=value["pem"],
        webhook_secret=value["webhook_secret"],
    )
