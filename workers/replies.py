"""Answers to commands: a reaction always, and one reply where an answer is due."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from bot.github.errors import Forbidden, NotFound, UnknownOutcome
from bot.github.facts import IssueComment, Permission, Reaction, ReviewComment
from workers.review import markdown
from workers.review.ignoring import Answer

if TYPE_CHECKING:
    from redis import Redis

    from bot.requests import CommandRequest

_ANSWERED_SECONDS = 7 * 86_400
_LONGEST_PAGE = 50_000
_HELP = """\
Commands, for people with write permission, at the start of a line of a comment:

- `/recheck` reviews this pull request again.
- `/driftline explain RULE` shows what a rule means.
- `/driftline ignore FINDING reason` tells the line to commit that waves a finding through. \
FINDING is the number that its comment ends with; in reply to that comment it can be left out.
- `/driftline fix` proposes what mends this pull request.
- `/driftline help` shows this list."""


class Talk(Protocol):
    """What an answer needs of GitHub."""

    def permission(self, login: str) -> Permission:
        """What somebody may do here."""

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """React to a comment."""

    def react_to_review_comment(self, comment_id: int, reaction: Reaction) -> None:
        """React to a comment on a line."""

    def review_comment(self, comment_id: int) -> ReviewComment:
        """One comment on a line."""

    def reply(self, number: int, to: ReviewComment, body: str) -> ReviewComment:
        """Answer in the thread of a comment on a line."""

    def create_issue_comment(self, number: int, body: str) -> IssueComment:
        """Write into the conversation."""


Answerer = Callable[["CommandRequest"], Answer]
"""Answers a command that needs the pull request judged."""


def answer(github: Talk, redis: Redis, request: CommandRequest, judge: Answerer, log: Any) -> bool:
    """React, reply where that is due; whether a review is to be made.

    Who may is asked of the permission endpoint: `author_association` calls private members of an
    organisation contributors. `judge` answers what can only be told from the pull request itself.
    """
    if not github.permission(request.login).may_write:
        log.info("refused", login=request.login, command=request.command)
        _react(github, request, "-1", log)
        return False
    if request.command == "recheck":
        _react(github, request, "+1", log)
        return True
    key = f"{request.repository.id}:{request.comment_id}"
    if not is_answered(redis, key):
        reply = judge(request) if request.command in ("ignore", "fix") else _reply(request)
        _react(github, request, "+1" if reply.is_found else "confused", log)
        say_once(github, redis, request.number, key, reply.text, log, thread=request.thread)
    return False


def _reply(request: CommandRequest) -> Answer:
    if request.command == "help":
        return Answer(_HELP, True)
    if request.command == "explain":
        return _explained(" ".join(request.arguments[:1]))
    asked = markdown.code(f"/driftline {request.command}".strip()[:100])
    return Answer(f"There is no command {asked}.\n\n{_HELP}")


def _explained(name: str) -> Answer:
    from workers.engine.rules.catalogue import CATALOGUE

    name = name.casefold()
    if name in CATALOGUE:
        rule = CATALOGUE[name]
        head = f"**{rule.name}** ({rule.family}, {rule.severity.word} unless configured)"
        return Answer(f"{head}\n\n{rule.page[:_LONGEST_PAGE]}", True)
    if not name:
        return Answer("Say which rule: `/driftline explain RULE`.")
    near = difflib.get_close_matches(name, [rule.name for rule in CATALOGUE], 3, 0.5)
    hint = f" Did you mean {' or '.join(markdown.code(one) for one in near)}?" if near else ""
    return Answer(f"There is no rule {markdown.code(name[:100])}.{hint}")


def _react(github: Talk, request: CommandRequest, reaction: Reaction, log: Any) -> None:
    """A reaction is a courtesy: a comment that is gone or locked is no reason to fail."""
    try:
        if request.thread:
            github.react_to_review_comment(request.comment_id, reaction)
        else:
            github.react(request.comment_id, reaction)
    except (NotFound, Forbidden) as error:
        log.info("no reaction", error=str(error))


def is_answered(redis: Redis, key: str) -> bool:
    """Somebody was told already."""
    return bool(redis.exists(f"driftline:answered:{key}"))


def say_once(
    github: Talk, redis: Redis, number: int, about: str, text: str, log: Any, *, thread: int = 0
) -> None:
    """Write at most once `about` something, however often the job runs.

    Into the conversation, or into the thread that begins with the comment `thread`.
    """
    key = f"driftline:answered:{about}"
    if not redis.set(key, "1", nx=True, ex=_ANSWERED_SECONDS):
        return
    try:
        if thread:
            github.reply(number, github.review_comment(thread), text)
        else:
            github.create_issue_comment(number, text)
    except UnknownOutcome as error:
        log.warning("perhaps not answered", error=str(error))  # twice would be worse
    except (NotFound, Forbidden) as error:
        log.info("not answered", error=str(error))
    except Exception:
        redis.delete(key)
        raise
