"""Reviews: the rules of lines, all or nothing, and what becomes of comments after a push."""

from __future__ import annotations

from typing import Any

import pytest
from github import GithubException

from tests.sandbox import PullHandle, RepositoryHandle, Sandbox
from tests.sandbox.conftest import TABLE, Client

GOOD = {"path": "db/a.sql", "line": 3, "side": "RIGHT", "body": "Why?"}


def refused(client: Client, **changes: Any) -> list[Any]:
    """The `errors` of a review that GitHub refuses with 422."""
    with pytest.raises(GithubException) as caught:
        client.pull().create_review(body="", event="COMMENT", comments=[GOOD, GOOD | changes])
    assert caught.value.status == 422
    return list(caught.value.data["errors"])


def test_a_review_carries_comments_on_lines_of_both_sides(pull: PullHandle, client: Client) -> None:
    left = {"path": "db/a.sql", "line": 3, "side": "LEFT", "body": "Gone"}
    both = GOOD | {"start_line": 2, "start_side": "RIGHT"}
    client.pull().create_review(body="Look", event="COMMENT", comments=[GOOD, left, both])
    found = [(c.side, c.start_line, c.line, c.position) for c in pull.review_comments()]
    assert found == [("RIGHT", None, 3, 4), ("LEFT", None, 3, 3), ("RIGHT", 2, 3, 4)]
    assert pull.review_comments()[0].diff_hunk.endswith("\n-  name text,\n+  title text,")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"path": "db/none.sql"}, "Path could not be resolved"),
        ({"line": 77}, "Line could not be resolved"),
        ({"line": 6, "side": "LEFT"}, "Line could not be resolved"),
        ({"start_line": 3}, "Start line must precede the end line."),
        ({"start_line": 4}, "Start line must precede the end line."),
        ({"start_line": 70}, "Start line could not be resolved"),
    ],
)
def test_a_place_outside_the_diff_refuses_the_whole_review(
    pull: PullHandle, client: Client, changes: dict[str, Any], said: str
) -> None:
    assert refused(client, **changes) == [said]
    assert pull.reviews() == []
    assert pull.review_comments() == []


def test_lines_of_two_hunks_make_no_range(repository: RepositoryHandle, client: Client) -> None:
    lines = [f"line {number}\n" for number in range(1, 60)]
    repository.commit({"long.sql": "".join(lines)})
    lines[4], lines[50] = "five\n", "fifty-one\n"
    repository.open_pull_request("long", {"long.sql": "".join(lines)})
    comment = {"path": "long.sql", "line": 51, "side": "RIGHT", "start_line": 5, "body": "x"}
    with pytest.raises(GithubException) as caught:
        client.pull().create_review(body="", event="COMMENT", comments=[comment])
    assert caught.value.data["errors"] == ["Start line must be part of the same hunk as the line."]


def test_a_single_comment_outside_the_diff_is_refused_in_its_own_shape(
    pull: PullHandle, client: Client
) -> None:
    commit = client.repository().get_commit(pull.head_sha)
    with pytest.raises(GithubException) as caught:
        client.pull().create_review_comment("x", commit, "db/a.sql", line=99, side="RIGHT")
    (error,) = caught.value.data["errors"]
    assert error["field"] == "pull_request_review_thread.line"
    assert error["message"] == "pull_request_review_thread.line must be part of the diff"


def test_a_comment_follows_its_line_and_is_outdated_when_the_line_changes(
    pull: PullHandle, client: Client
) -> None:
    client.pull().create_review(body="", event="COMMENT", comments=[GOOD])
    (comment,) = pull.review_comments()
    pull.push({"db/a.sql": "-- first\n" + TABLE.replace("name text", "title text")})
    assert (comment.line, comment.original_line) == (4, 3)
    assert comment.commit_id == pull.head_sha
    pull.push({"db/a.sql": TABLE.replace("name text", "label text")})
    assert (comment.line, comment.position, comment.original_line) == (None, None, 3)
    (seen,) = client.pull().get_review_comments()
    assert seen.line is None


def test_an_answer_joins_the_thread(pull: PullHandle, client: Client) -> None:
    client.pull().create_review(body="", event="COMMENT", comments=[GOOD])
    (first,) = pull.review_comments()
    pull.reply("alice", first, "Because.")
    commit = client.repository().get_commit(pull.head_sha)
    client.pull().create_review_comment("I see.", commit, "db/a.sql", in_reply_to=first.id)
    (thread,) = pull.threads()
    assert [one.body for one in thread.comments] == ["Why?", "Because.", "I see."]


def test_the_app_changes_and_deletes_its_own_comments_alone(
    pull: PullHandle, client: Client
) -> None:
    client.pull().create_review(body="", event="COMMENT", comments=[GOOD])
    (mine,) = client.pull().get_review_comments()
    pull.review("alice", comments=[GOOD])
    theirs = list(client.pull().get_review_comments())[-1]
    mine.edit("Better.")
    assert pull.review_comments()[0].body == "Better."
    with pytest.raises(GithubException) as caught:
        theirs.delete()
    assert caught.value.status == 403
    mine.delete()
    assert [one.user.login for one in pull.review_comments()] == ["alice"]


def test_a_locked_conversation_is_closed_to_the_app(pull: PullHandle, client: Client) -> None:
    pull.lock()
    with pytest.raises(GithubException) as caught:
        client.pull().create_issue_comment("Hello")
    assert caught.value.status == 403
    assert "locked" in caught.value.data["message"]


def test_reacting_twice_changes_nothing(pull: PullHandle, client: Client) -> None:
    said = pull.comment("alice", "/recheck")
    comment = client.pull().get_issue_comment(said.id)
    first, again = comment.create_reaction("rocket"), comment.create_reaction("rocket")
    assert first.id == again.id
    assert [one.content for one in said.reactions] == ["rocket"]


def test_a_comment_on_a_pull_request_tells_that_it_is_one(
    github: Sandbox, pull: PullHandle
) -> None:
    pull.comment("alice", "/recheck")
    github.drain()
    (told,) = [one for one in github.deliveries if one.name == "issue_comment.created"]
    assert told.payload["issue"]["pull_request"]["url"].endswith("/repos/acme/app/pulls/1")
    assert told.payload["sender"]["login"] == "alice"
