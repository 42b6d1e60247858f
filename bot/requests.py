"""What crosses the queue: frozen values of ids and shas, never a payload, never a secret.

Each travels as a JSON object with its `kind` and a `version`. A worker of a newer release reads
what an older web process wrote: a field that is new has a default, a field that is gone is
ignored. A `version` from the future is refused with `UnreadableRequest`, so that a job waits in
the failed registry for the upgrade instead of being half understood.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, ClassVar

import msgspec

VERSION = 1


class UnreadableRequest(ValueError):
    """A request in the queue that this release cannot read; the sentence says why."""


class Reason(StrEnum):
    """Why a pull request is to be reviewed."""

    OPENED = "opened"
    PUSHED = "pushed"
    REOPENED = "reopened"
    READY = "ready"
    BASE_CHANGED = "base-changed"
    RERUN = "rerun"
    COMMAND = "command"
    SWEEP = "sweep"
    INSTALLED = "installed"

    @property
    def is_asked(self) -> bool:
        """A person asked for it: it is run although the head was reviewed already."""
        return self in (Reason.RERUN, Reason.COMMAND)


class InstallationChange(StrEnum):
    """What became of an installation."""

    CREATED = "created"
    DELETED = "deleted"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    PERMISSIONS = "permissions"
    REPOSITORIES_ADDED = "repositories-added"
    REPOSITORIES_REMOVED = "repositories-removed"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as GitHub knows it: the id stays when it is renamed, the name is for people."""

    id: int
    name: str
    """`owner/name`, as it was when the event was sent."""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Review pull request `number`.

    `head_sha` is the head that the event spoke of; None where it did not say. It is a hint for
    the job's id and the log: the worker reads the head from GitHub, since events arrive late and
    out of order. `is_first_contact` asks for the check run alone, without comments.
    """

    kind: ClassVar[str] = "review"
    installation_id: int
    repository: Repository
    number: int
    reason: Reason
    head_sha: str | None = None
    delivery: str = ""
    sender: str = ""
    is_first_contact: bool = False


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Pull request `number` was closed, or merged into `base_ref`: what runs for it stops."""

    kind: ClassVar[str] = "cancel"
    installation_id: int
    repository: Repository
    number: int
    head_sha: str | None = None
    is_merged: bool = False
    delivery: str = ""
    base_ref: str = ""


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """Somebody wrote a command on pull request `number`.

    The worker asks the permission endpoint about `login` before it obeys. `command` is the word
    ("recheck", "help", "explain", "ignore", "fix", or what was written where that is unknown),
    `arguments` the words behind it, `text` the rest of the line as written. `thread` is a
    comment, if known the first, of the thread on a line that it was written in, 0 where it is in
    the conversation.
    """

    kind: ClassVar[str] = "command"
    installation_id: int
    repository: Repository
    number: int
    comment_id: int
    login: str
    command: str
    arguments: tuple[str, ...] = ()
    text: str = ""
    delivery: str = ""
    thread: int = 0


@dataclass(frozen=True, slots=True)
class RerunRequest:
    """Re-run was clicked on a check run or on its suite.

    `numbers` is empty for pull requests out of forks (GitHub leaves `pull_requests` empty): the
    worker finds the pull request by `head_sha`. `check_run_id` is None for a whole suite.
    """

    kind: ClassVar[str] = "rerun"
    installation_id: int
    repository: Repository
    head_sha: str
    numbers: tuple[int, ...] = ()
    check_run_id: int | None = None
    sender: str = ""
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """A button of our check run was clicked: `identifier` is what we gave it.

    The worker asks the permission endpoint about `login` before it writes to the repository.
    """

    kind: ClassVar[str] = "action"
    installation_id: int
    repository: Repository
    head_sha: str
    check_run_id: int
    identifier: str
    login: str
    numbers: tuple[int, ...] = ()
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class MergeGroupRequest:
    """Review a merge group: `head_sha` (in `head_ref`) is what would land on `base_ref`.

    `base_sha...head_sha` is what the group brings, other pull requests ahead in the queue not
    counted. Refs are full (`refs/heads/main`).
    """

    kind: ClassVar[str] = "merge-group"
    installation_id: int
    repository: Repository
    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class MergeGroupGone(MergeGroupRequest):
    """The merge group was merged, invalidated or dequeued: what runs for it stops."""

    kind: ClassVar[str] = "merge-group-gone"


@dataclass(frozen=True, slots=True)
class InstallationRequest:
    """An installation came, went or changed; `repositories` are those that the event names.

    `is_selective` says that it covers some of the owner's repositories; None where nobody said.
    """

    kind: ClassVar[str] = "installation"
    installation_id: int
    change: InstallationChange
    account: str = ""
    repositories: tuple[Repository, ...] = ()
    delivery: str = ""
    is_selective: bool | None = None


Request = (
    ReviewRequest
    | CancelRequest
    | CommandRequest
    | RerunRequest
    | ActionRequest
    | MergeGroupRequest
    | MergeGroupGone
    | InstallationRequest
)

_KINDS: Mapping[str, type[Any]] = types.MappingProxyType(
    {kind.kind: kind for kind in typing.get_args(Request)}
)


def to_json(request: Request) -> dict[str, Any]:
    """The request as a JSON object."""
    return {"kind": request.kind, "version": VERSION, **msgspec.to_builtins(request)}


def from_json(value: Mapping[str, Any]) -> Request:
    """The request that `to_json` wrote, in this or an older release; else `UnreadableRequest`."""
    kind = _KINDS.get(str(value.get("kind")))
    if kind is None:
        raise UnreadableRequest(f"The queue holds a request of unknown kind {value.get('kind')!r}.")
    version = value.get("version", 1)
    if not isinstance(version, int) or version > VERSION:
        raise UnreadableRequest(
            f"The queue holds a {kind.kind} request of version {version}, and this worker reads"
            f" up to {VERSION}: upgrade the workers."
        )
    request: Request = _build(kind, value)
    return request


def _fields(kind: type[Any]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)


def _build(kind: type[Any], value: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    try:
        arguments = {
            field.name: _rich(hints[field.name], value[field.name])
            for field in _fields(kind)
            if field.name in value
        }
        return kind(**arguments)
    except (KeyError, TypeError, ValueError) as error:
        name = getattr(kind, "kind", kind.__name__)
        raise UnreadableRequest(f"The queue holds a broken {name} request: {error}.") from error


def _rich(hint: Any, value: Any) -> Any:
    if hint is Repository:
        return Repository(id=int(value["id"]), name=str(value["name"]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_rich(item, each) for each in value)
    return value
