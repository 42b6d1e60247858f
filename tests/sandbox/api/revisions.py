"""What a ref of a request stands for, and content as GitHub writes it."""

from __future__ import annotations

import base64

from tests.sandbox.errors import ApiError, not_found
from tests.sandbox.state import Repository


def revision(repository: Repository, text: str) -> str:
    """The commit that a branch, tag, pull ref or sha stands for; raises 404 or 422."""
    for candidate in (f"refs/heads/{text}", f"refs/tags/{text}", f"refs/{text}", text):
        sha = None if candidate.startswith("-") else repository.git.resolve(candidate)
        if sha:
            return sha
    if len(text) == 40:
        raise ApiError(422, f"No commit found for SHA: {text}")
    raise not_found()


def encoded(raw: bytes) -> str:
    """Base64 as GitHub wraps it: 60 columns and a newline at the end."""
    text = base64.b64encode(raw).decode()
    return "".join(text[start : start + 60] + "\n" for start in range(0, len(text), 60))
