"""Commands and buttons, from the comment that a person writes to the answer."""

from __future__ import annotations

import re

from tests.e2e.projects import DRIFT, OTHER_DRIFT, PROJECT, SCHEMA_PATH
from tests.e2e.quiet import settle
from tests.sandbox.handles import PullHandle, wait_until
from tests.sandbox.state import IssueComment
from tests.support.stack import Stack


def reviewed(stack: Stack, files: dict[str, str] = DRIFT) -> PullHandle:
    pull = stack.new_repository(PROJECT).open_pull_request("feature", files)
    pull.wait_for_check()
    return pull


def ids(pull: PullHandle) -> list[str]:
    """What the comments call their findings."""
    found = (re.search(r"`([0-9a-f]{8})`</sub>", one.body) for one in pull.review_comments())
    return [match[1] for match in found if match]


def replies(pull: PullHandle, count: int = 1) -> list[str]:
    """What the App said in the conversation."""

    def said() -> list[str]:
        return [one.body for one in pull.comments() if one.by_app]

    wait_until(lambda: len(said()) >= count, f"{count} replies")
    return said()


def reactions(comment: IssueComment) -> list[str]:
    wait_until(lambda: comment.reactions, "a reaction")
    return [one.content for one in comment.reactions]


def test_the_line_that_ignore_answers_with_waves_the_finding_through(stack: Stack) -> None:
    pull = reviewed(stack)
    (finding,) = ids(pull)

    said = pull.comment("alice", f"/driftline ignore {finding} the column comes by hand")

    (reply,) = replies(pull)
    assert reactions(said) == ["+1"]
    line = reply.split("```\n")[1].split("\n```")[0]
    assert line == "  /// driftline-ignore column-missing: the column comes by hand"
    number = int(re.findall(r"above line (\d+) of `prisma/schema.prisma`", reply)[0])
    lines = DRIFT[SCHEMA_PATH].split("\n")
    pull.push({SCHEMA_PATH: "\n".join([*lines[: number - 1], line, *lines[number - 1 :]])})
    run = pull.wait_for_check()
    assert run.conclusion == "success"
    assert "Reason: the column comes by hand" in run.summary
    assert pull.review_comments()[0].body.startswith(f"Suppressed in {pull.head_sha[:7]}.")


def test_in_reply_to_a_comment_its_finding_need_not_be_named(stack: Stack) -> None:
    pull = reviewed(stack, OTHER_DRIFT)
    first, second = pull.review_comments()
    _, other = ids(pull)

    said = pull.reply("alice", first, "/driftline ignore facade of the old table")
    named = pull.reply("alice", first, f"/driftline ignore {other} by hand, too")
    asked = pull.reply("alice", second, "/driftline explain column-missing")
    pull.reply("mallory", second, "/driftline ignore for no reason")
    settle(stack)

    answers: dict[int, list[str]] = {
        one.in_reply_to.id: [] for one in pull.review_comments() if one.in_reply_to
    }
    for one in pull.review_comments():
        if one.by_app and one.in_reply_to:
            answers[one.in_reply_to.id].append(one.body)
    told = "\n".join(answers[first.id])
    assert "/// driftline-ignore column-missing: facade of the old table" in told
    assert "/// driftline-ignore column-missing: by hand, too" in told
    assert answers[second.id][0].startswith("**column-missing**")
    assert len(answers[second.id]) == 1, "who may not write is not answered"
    assert [one.content for each in (said, named, asked) for one in each.reactions] == ["+1"] * 3
    assert not any(one.by_app for one in pull.comments())


def test_recheck_is_heard_in_a_thread_too(stack: Stack) -> None:
    pull = reviewed(stack)
    since = len(stack.sandbox.requests)

    said = pull.reply("alice", pull.review_comments()[0], "/recheck")
    settle(stack)

    assert [one.content for one in said.reactions] == ["+1"]
    made = [one.facts for one in stack.sandbox.requests[since:]]
    assert any(one["method"] == "PATCH" and "/check-runs/" in one["path"] for one in made)


def test_an_unknown_finding_and_a_missing_reason_are_helped(stack: Stack) -> None:
    pull = reviewed(stack, OTHER_DRIFT)
    first, second = ids(pull)

    unknown = pull.comment("alice", "/driftline ignore 0000 reason")
    pull.comment("alice", "/driftline ignore column-missing reason")
    pull.comment("alice", f"/driftline ignore {first}")

    told = "\n".join(replies(pull, 3))
    assert reactions(unknown) == ["confused"]
    assert "There is no finding `0000` here." in told
    assert "`column-missing` could be any of 2." in told
    assert f"- `{second}` (`column-missing`)" in told
    assert f"A reason is mandatory: `/driftline ignore {first} reason`." in told


def test_fix_is_answered_once_with_what_mends(stack: Stack) -> None:
    pull = reviewed(stack)

    pull.comment("alice", "/driftline fix")

    (reply,) = replies(pull)
    assert '\n+ALTER TABLE "users" ADD COLUMN "email" TEXT;\n' in reply
    settle(stack)
    assert len(replies(pull)) == 1


def test_the_button_that_proposes_a_fix_is_for_people_who_may_write(stack: Stack) -> None:
    pull = reviewed(stack)
    run = pull.wait_for_check()

    pull.press(run, "fix", user="mallory")
    settle(stack)
    assert pull.comments() == []
    stack.sandbox.misbehave("double", "check_run.requested_action")
    pull.press(run, "fix", user="alice")

    (reply,) = replies(pull)
    assert "ADD COLUMN" in reply
    settle(stack)
    assert len(pull.comments()) == 1


def test_what_is_no_command_is_not_obeyed(stack: Stack) -> None:
    pull = reviewed(stack)
    for text in (
        "> /driftline help",
        "```\n/driftline help\n```",
        "    /driftline help",
        "`/recheck`",
    ):
        pull.comment("alice", text)
    edited = pull.comment("alice", "hello")
    edited.body = "/driftline help"
    pull.comment("helper[bot]", "/driftline help")

    settle(stack)

    assert not any(one.by_app or one.reactions for one in pull.comments())


def test_a_command_in_a_locked_conversation_ends_quietly(stack: Stack) -> None:
    pull = reviewed(stack)
    pull.lock()

    pull.comment("alice", "/driftline help")

    settle(stack)
    assert not any(one.by_app for one in pull.comments())
