"""The App's manifest, out of app.yml, for one address and one name.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_PATH = Path(__file__).with_name("app.yml")
"""A link to the file at the top of the repository, so that it is packaged too."""


def read_manifest() -> dict[str, Any]:
    """app.yml as it is."""
    manifest = yaml.safe_load(_PATH.read_text("utf-8"))
    assert isinstance(manifest, dict)
    return manifest


def manifest_for(
    address: str,
    name: str,
    *,
    webhook_path: str,
    return_to: str,
    with_fixes: bool = False,
    with_issues: bool = False,
) -> dict[str, Any]:
    """What to send to GitHub for an instance at `address` (`https://driftline.example.com`).

    A manifest knows no optional permission, so the operator says before what shall be possible:
    `with_fixes` to push proposed fixes, `with_issues` to keep an issue while a database drifts.
    """
    manifest = read_manifest()
    permissions = dict(manifest["default_permissions"])
    permissions |= {"contents": "write"} if with_fixes else {}
    permissions |= {"issues": "write"} if with_issues else {}
    return {
        **manifest,
        "default_permissions": permissions,
        "name": name,
        "url": address,
        "hook_attributes": {"url": f"{address}{webhook_path}", "active": True},
        "redirect_url": return_to,
    }
