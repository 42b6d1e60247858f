"""Answers to commands: a reaction always, and one reply where an answer is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.github.errors import Forbidden, NotFound, UnknownOutcome
from bot.github.facts import IssueComment, Permission, Reaction
from workers.review import markdown

if TYPE_CHECKING:
    from redis import Redis

    from bot.requests import CommandRequest

_ANSWERED_SECONDS = 7 * 86_400
_LONGEST_PAGE = 50_000
_HELP = """\
Commands, for people with write permission:

- `/recheck` reviews this pull request again.
- `/driftline explain RULE` shows what a rule means.
- `/driftline help` shows this list."""


class Talk(Protocol):
    """What an answer needs of GitHub."""

    def permission(self, login: str) -> Permission:
        """What somebody may do here."""

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """React to a comment."""

    def create_issue_comment(self, number: int, body: str) -> IssueComment:
        """Write into the conversation."""


def answer(github: Talk, redis: Redis, request: CommandRequest, log: Any) -> bool:
    """React, reply where that is due; whether a review is to be made.

    Who may is asked of the permission endpoint: `author_association` calls private members of an
    organisation contributors.
    """
    if not github.permission(request.login).may_write:
        log.info("refused", login=request.login, command=request.command)
        _react(github, request, "-1", log)
        return False
    if request.command == "recheck":
        _react(github, request, "+1", log)
        return True
    reply, reaction = _reply(request)
    _react(github, request, reaction, log)
    _say_once(github, redis, request, reply, log)
    return False


def _reply(request: CommandRequest) -> tuple[str, Reaction]:
    if request.command == "help":
        return _HELP, "+1"
    if request.command == "explain":
        return _explained(" ".join(request.arguments[:1]))
    asked = markdown.code(f"/driftline {request.command}".strip()[:100])
    return f"There is no command {asked}.\n\n{_HELP}", "confused"


def _explained(name: str) -> tuple[str, Reaction]:
    from workers.engine.rules.catalogue import CATALOGUE

    if name in CATALOGUE:
        rule = CATALOGUE[name]
        head = f"**{rule.name}** ({rule.family}, {rule.severity.word} unless configured)"
        return f"{head}\n\n{rule.page[:_LONGEST_PAGE]}", "+1"
    if not name:
        return "Say which rule: `/driftline explain RULE`.", "confused"
    return f"There is no rule {markdown.code(name[:100])}.", "confused"


def _react(github: Talk, request: CommandRequest, reaction: Reaction, log: Any) -> None:
    """A reaction is a courtesy: a comment that is gone or locked is no reason to fail."""
    try:
        github.react(request.comment_id, reaction)
    except (NotFound, Forbidden) as error:
        log.info("no reaction", error=str(error))


def _say_once(github: Talk, redis: Redis, request: CommandRequest, text: str, log: Any) -> None:
    """Reply at most once to a comment, however often the job runs."""
    key = f"driftline:answered:{request.repository.id}:{request.comment_id}"
    if not redis.set(key, "1", nx=True, ex=_ANSWERED_SECONDS):
        return
    try:
        github.create_issue_comment(request.number, text)
    except UnknownOutcome as error:
        log.warning("perhaps not answered", error=str(error))  # twice would be worse
    except (NotFound, Forbidden) as error:
        log.info("not answered", error=str(error))
    except Exception:
        redis.delete(key)
        raise
