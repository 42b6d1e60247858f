"""Pure: a webhook's event and payload -> the request that it means, or why it means none.

Only ids, shas and logins are taken out; everything else is asked of GitHub when the work begins.
Payloads: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.commands import parse_command
from bot.payload import InvalidPayload, Payload
from bot.requests import (
    ActionRequest,
    CancelRequest,
    CommandRequest,
    InstallationChange,
    InstallationRequest,
    MergeGroupGone,
    MergeGroupRequest,
    Reason,
    Repository,
    Request,
    RerunRequest,
    ReviewRequest,
)

__all__ = ["SUBSCRIBED", "Ignored", "InvalidPayload", "read_event"]


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event asks for nothing, for this reason."""

    reason: str


SUBSCRIBED: tuple[str, ...] = (
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review_comment",
)
"""What app.yml subscribes to. GitHub sends ping and installation* without being asked."""

_PULL_REQUEST_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "opened": Reason.OPENED,
        "synchronize": Reason.PUSHED,
        "reopened": Reason.REOPENED,
        "ready_for_review": Reason.READY,
        "edited": Reason.BASE_CHANGED,
    }
)
_INSTALLATION_CHANGES: Mapping[tuple[str, str], InstallationChange] = MappingProxyType(
    {
        ("installation", "created"): InstallationChange.CREATED,
        ("installation", "deleted"): InstallationChange.DELETED,
        ("installation", "suspend"): InstallationChange.SUSPENDED,
        ("installation", "unsuspend"): InstallationChange.RESUMED,
        ("installation", "new_permissions_accepted"): InstallationChange.PERMISSIONS,
        ("installation_repositories", "added"): InstallationChange.REPOSITORIES_ADDED,
        ("installation_repositories", "removed"): InstallationChange.REPOSITORIES_REMOVED,
    }
)


def read_event(
    event: str, payload: dict[str, Any], *, delivery: str = "", app_id: str = ""
) -> Request | Ignored:
    """The request that a delivery means; `InvalidPayload` where a part of it is missing or odd.

    `app_id` is ours (the id or the client id): check runs of other Apps are not our business.
    """
    reader = _READERS.get(event)
    if reader is None:
        return Ignored(f"Nothing is done on {event} events.")
    return reader(event, Payload(payload), delivery, app_id)


def _ping(event: str, payload: Payload, delivery: str, app_id: str) -> Ignored:
    return Ignored("GitHub's ping arrived.")


def _pull_request(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    action = payload.action
    if action != "closed" and action not in _PULL_REQUEST_REASONS:
        return Ignored(f"Nothing is done when a pull request is {action}.")
    if action == "edited" and not payload.has("changes", "base"):
        return Ignored("The pull request's base did not change.")
    if not payload.has("installation"):
        return _NO_INSTALLATION
    installation_id = payload.number("installation", "id")
    repository = _repository(payload)
    number = payload.number("pull_request", "number")
    head_sha = payload.sha("pull_request", "head", "sha")
    if action == "closed":
        is_merged = payload.get("pull_request", "merged") is True
        base_ref = payload.get("pull_request", "base", "ref")
        return CancelRequest(
            installation_id,
            repository,
            number,
            head_sha,
            is_merged,
            delivery,
            base_ref if isinstance(base_ref, str) else "",
        )
    if payload.get("pull_request", "state") == "closed":
        return Ignored("The pull request is closed.")
    return ReviewRequest(
        installation_id=installation_id,
        repository=repository,
        number=number,
        reason=_PULL_REQUEST_REASONS[action],
        head_sha=head_sha,
        delivery=delivery,
        sender=payload.login("sender"),
    )


def _issue_comment(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    # Only a new comment commands: one that is edited was obeyed when it was written.
    if payload.action != "created":
        return Ignored(f"Nothing is done when a comment is {payload.action}.")
    if not payload.has("issue", "pull_request"):
        return Ignored("The comment is on an issue, not on a pull request.")
    return _comment(payload, delivery, "issue")


def _review_comment(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    if payload.action != "created":
        return Ignored(f"Nothing is done when a comment is {payload.action}.")
    return _comment(payload, delivery, "pull_request")


def _comment(payload: Payload, delivery: str, of: str) -> Request | Ignored:
    """What a new comment of the conversation, or on a line, asks for."""
    if payload.get("comment", "user", "type") == "Bot":
        return Ignored("Bots command nothing.")
    login = payload.login("comment", "user")
    if not login:
        return Ignored("The comment's author has no account any more.")
    body = payload.get("comment", "body")
    command = parse_command(body) if isinstance(body, str) else None
    if command is None:
        return Ignored("The comment holds no command.")
    if not payload.has("installation"):
        return _NO_INSTALLATION
    comment_id = payload.number("comment", "id")
    thread = payload.get("comment", "in_reply_to_id")
    return CommandRequest(
        installation_id=payload.number("installation", "id"),
        repository=_repository(payload),
        number=payload.number(of, "number"),
        comment_id=comment_id,
        login=login,
        command=command.name,
        arguments=command.arguments,
        text=command.text,
        delivery=delivery,
        thread=0 if of == "issue" else thread if isinstance(thread, int) else comment_id,
    )


def _check_run(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    action = payload.action
    if action not in ("rerequested", "requested_action"):
        return Ignored(f"Nothing is done when a check run is {action}.")
    if _is_foreign(payload, "check_run", app_id):
        return Ignored("The check run belongs to another App.")
    if not payload.has("installation"):
        return _NO_INSTALLATION
    installation_id = payload.number("installation", "id")
    repository = _repository(payload)
    head_sha = payload.sha("check_run", "head_sha")
    run_id = payload.number("check_run", "id")
    numbers = _numbers(payload, "check_run")
    sender = payload.login("sender")
    if action == "rerequested":
        return RerunRequest(
            installation_id, repository, head_sha, numbers, run_id, sender, delivery
        )
    return ActionRequest(
        installation_id=installation_id,
        repository=repository,
        head_sha=head_sha,
        check_run_id=run_id,
        identifier=payload.text("requested_action", "identifier"),
        login=sender,
        numbers=numbers,
        delivery=delivery,
    )


def _check_suite(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    if payload.action != "rerequested":
        return Ignored(f"Nothing is done when a check suite is {payload.action}.")
    if _is_foreign(payload, "check_suite", app_id):
        return Ignored("The check suite belongs to another App.")
    if not payload.has("installation"):
        return _NO_INSTALLATION
    return RerunRequest(
        installation_id=payload.number("installation", "id"),
        repository=_repository(payload),
        head_sha=payload.sha("check_suite", "head_sha"),
        numbers=_numbers(payload, "check_suite"),
        sender=payload.login("sender"),
        delivery=delivery,
    )


def _merge_group(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    kinds = {"checks_requested": MergeGroupRequest, "destroyed": MergeGroupGone}
    kind = kinds.get(payload.action)
    if kind is None:
        return Ignored(f"Nothing is done when a merge group is {payload.action}.")
    if not payload.has("installation"):
        return _NO_INSTALLATION
    return kind(
        installation_id=payload.number("installation", "id"),
        repository=_repository(payload),
        head_sha=payload.sha("merge_group", "head_sha"),
        head_ref=payload.text("merge_group", "head_ref"),
        base_sha=payload.sha("merge_group", "base_sha"),
        base_ref=payload.text("merge_group", "base_ref"),
        delivery=delivery,
    )


def _installation(event: str, payload: Payload, delivery: str, app_id: str) -> Request | Ignored:
    change = _INSTALLATION_CHANGES.get((event, payload.action))
    if change is None:
        return Ignored(f"Nothing is done when an {event} is {payload.action}.")
    lists = {
        InstallationChange.REPOSITORIES_ADDED: "repositories_added",
        InstallationChange.REPOSITORIES_REMOVED: "repositories_removed",
    }
    items = payload.items(lists.get(change, "repositories"))
    selection = payload.get("installation", "repository_selection")
    return InstallationRequest(
        installation_id=payload.number("installation", "id"),
        change=change,
        account=payload.login("installation", "account"),
        repositories=tuple(
            Repository(id=item.number("id"), name=item.text("full_name")) for item in items
        ),
        delivery=delivery,
        is_selective=None if selection is None else selection == "selected",
    )


_Reader = Callable[[str, Payload, str, str], Request | Ignored]

_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "check_run": _check_run,
        "check_suite": _check_suite,
        "installation": _installation,
        "installation_repositories": _installation,
        "issue_comment": _issue_comment,
        "merge_group": _merge_group,
        "ping": _ping,
        "pull_request": _pull_request,
        "pull_request_review_comment": _review_comment,
    }
)

_NO_INSTALLATION = Ignored("The event was sent by a repository's own webhook, not to the App.")


def _repository(payload: Payload) -> Repository:
    return Repository(
        id=payload.number("repository", "id"), name=payload.text("repository", "full_name")
    )


def _numbers(payload: Payload, part: str) -> tuple[int, ...]:
    """The pull requests that GitHub names: none where the head lies in a fork."""
    return tuple(item.number("number") for item in payload.items(part, "pull_requests"))


def _is_foreign(payload: Payload, part: str, app_id: str) -> bool:
    """GitHub sends these to the App that owns the run; a missing `app` is taken for ours."""
    app = payload.get(part, "app")
    if not app_id or not isinstance(app, dict) or "id" not in app:
        return False
    return app_id not in (str(app["id"]), str(app.get("client_id")))
