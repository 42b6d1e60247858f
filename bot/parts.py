"""Pure: a payload's JSON -> the parts of it that events are read from.

GitHub sends 20 KB and more for a push to a pull request, of which a dozen values are asked for. To
make objects of those alone takes a quarter of the time that the whole takes. Where a part is not
of the kind that GitHub documents, the whole is read, so that the sentence of refusal is the same.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

_Value = Any


class _App(Struct):
    id: _Value = UNSET
    client_id: _Value = UNSET


class _Account(Struct):
    login: _Value = UNSET
    type: _Value = UNSET


class _Commit(Struct):
    sha: _Value = UNSET
    ref: _Value = UNSET


class _Repository(Struct):
    id: _Value = UNSET
    full_name: _Value = UNSET


class _Installation(Struct):
    id: _Value = UNSET
    account: _Account | UnsetType | None = UNSET
    repository_selection: _Value = UNSET


class _PullRequest(Struct):
    number: _Value = UNSET
    state: _Value = UNSET
    merged: _Value = UNSET
    head: _Commit | UnsetType | None = UNSET
    base: _Commit | UnsetType | None = UNSET


class _Numbered(Struct):
    number: _Value = UNSET


class _Issue(Struct):
    number: _Value = UNSET
    pull_request: _Value = UNSET


class _Comment(Struct):
    id: _Value = UNSET
    body: _Value = UNSET
    in_reply_to_id: _Value = UNSET
    user: _Account | UnsetType | None = UNSET


class _Check(Struct):
    id: _Value = UNSET
    head_sha: _Value = UNSET
    app: _App | UnsetType | None = UNSET
    pull_requests: list[_Numbered] | UnsetType | None = UNSET


class _Payload(Struct):
    action: _Value = UNSET
    changes: _Value = UNSET
    check_run: _Check | UnsetType | None = UNSET
    check_suite: _Check | UnsetType | None = UNSET
    comment: _Comment | UnsetType | None = UNSET
    installation: _Installation | UnsetType | None = UNSET
    issue: _Issue | UnsetType | None = UNSET
    merge_group: _Value = UNSET
    pull_request: _PullRequest | UnsetType | None = UNSET
    repositories: list[_Repository] | UnsetType | None = UNSET
    repositories_added: list[_Repository] | UnsetType | None = UNSET
    repositories_removed: list[_Repository] | UnsetType | None = UNSET
    repository: _Repository | UnsetType | None = UNSET
    requested_action: _Value = UNSET
    sender: _Account | UnsetType | None = UNSET


_PARTS = msgspec.json.Decoder(_Payload)


def read_parts(body: bytes) -> Any:
    """What the JSON holds: of an object the parts that events are read from, else all of it.

    Raises ValueError or RecursionError where it is no JSON.
    """
    try:
        return msgspec.to_builtins(_PARTS.decode(body))
    except (ValueError, RecursionError):
        return read_whole(body)


def read_whole(body: bytes) -> Any:
    """All that the JSON holds. By the standard library where msgspec refuses half of a surrogate
    pair, which JSON may hold. Raises ValueError or RecursionError."""
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return json.loads(body.decode())
