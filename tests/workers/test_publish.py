"""Publishing against a GitHub of values: nothing twice, nothing lost, whatever goes wrong."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from redis import Redis

from bot.github.errors import Forbidden, Unavailable, UnknownOutcome, Unprocessable
from bot.github.facts import Annotation, DraftComment, Output
from tests.workers.fakes import ADA, BOT, FakeGitHub, pull_request
from workers.check_run import CheckRunOfHead
from workers.inflight import KnownRuns
from workers.publish import Comments, CommentsRefused, Published
from workers.review.compose import Comment, Composition
from workers.review.verdict import Verdict
from workers.turn import Superseded

HEAD = "a" * 40
STARTED = Output("Started", "Started.")
VERDICT = Verdict("failure", "1 error", "This change brings 1 error.")


def body(fingerprint: str) -> str:
    return f"Something is wrong.\n\n<!-- driftline:finding:{fingerprint} -->"


def prints(*numbers: int) -> list[str]:
    return [f"{number:016x}" for number in numbers]


def composition(*numbers: int, can_mend: bool = True) -> Composition:
    comments = tuple(
        Comment(each, DraftComment("a.sql", body(each), 1)) for each in prints(*numbers)
    )
    return Composition(
        VERDICT,
        Output("1 error", "One."),
        (),
        comments,
        frozenset(prints(*numbers)),
        can_mend=can_mend,
        review_body="This change brings errors.",
    )


def publish(github: FakeGitHub, made: Composition, **more: bool) -> Published:
    return Comments(github, pull_request(), lambda: None, **more).publish(made)


def bodies(github: FakeGitHub) -> list[str]:
    return [comment.body for comment in github.comments]


def test_all_new_findings_go_out_as_one_review() -> None:
    github = FakeGitHub()
    assert publish(github, composition(1, 2, 3)).posted == 3
    assert len(github.made_reviews) == 1
    assert github.calls == ["review_comments", "create_review"]


def test_what_stands_is_not_repeated() -> None:
    github = FakeGitHub()
    publish(github, composition(1, 2))
    done = publish(github, composition(1, 2, 3))
    assert (done.posted, done.kept) == (1, 2)
    assert bodies(github) == [body(each) for each in prints(1, 2, 3)]
    assert publish(github, composition(1, 2, 3)).posted == 0
    assert len(github.made_reviews) == 2


def test_a_marker_in_somebody_elses_comment_is_nothing() -> None:
    github = FakeGitHub()
    github.write(body(prints(1)[0]), ADA)
    assert publish(github, composition(1)).posted == 1


def test_what_is_mended_is_said_to_be_and_its_thread_resolved() -> None:
    github = FakeGitHub()
    publish(github, composition(1, 2))
    done = publish(github, composition(2))
    assert (done.mended, done.resolved) == (1, 1)
    assert bodies(github)[0].startswith("Mended in aaaaaaa.")
    assert github.resolved == {f"T{github.comments[0].id}"}
    again = publish(github, composition(2))
    assert (again.mended, again.resolved) == (0, 0)


def test_however_many_are_mended_cost_four_requests() -> None:
    github = FakeGitHub()
    publish(github, composition(*range(40)))
    for number in range(5):
        github.write(body(prints(number)[0]), BOT)
    github.calls.clear()
    done = publish(github, composition())
    assert (done.mended, done.resolved, done.doubled) == (40, 40, 5)
    assert github.calls == [
        "review_comments",
        "revise_review_comments",
        "review_threads",
        "resolve_threads",
    ]
    assert publish(github, composition()).mended == 0


def test_a_comment_that_somebody_deleted_meanwhile_hinders_no_other() -> None:
    github = FakeGitHub()
    publish(github, composition(1, 2))
    github.untouchable = {github.comments[0].node_id}
    assert publish(github, composition()).mended == 1


def test_what_was_waved_through_is_said_to_be_suppressed() -> None:
    github = FakeGitHub()
    publish(github, composition(1))
    publish(github, replace(composition(), suppressed=frozenset(prints(1))))
    assert bodies(github)[0].startswith("Suppressed in aaaaaaa.")


def test_a_finding_that_returns_is_a_new_comment() -> None:
    github = FakeGitHub()
    publish(github, composition(1))
    publish(github, composition())
    assert publish(github, composition(1)).posted == 1
    assert len(github.comments) == 2


def test_where_threads_may_not_be_resolved_the_edit_is_all() -> None:
    github = FakeGitHub()
    github.may_resolve = False
    publish(github, composition(1, 2))
    done = publish(github, composition())
    assert done.mended == 2
    assert not done.may_resolve
    publish(github, composition(4))
    github.calls.clear()
    publish(github, composition(), may_resolve=False)
    assert "review_threads" not in github.calls


def test_a_thread_that_people_answered_is_left_alone() -> None:
    github = FakeGitHub()
    publish(github, composition(1))
    github.write("Why?", ADA, reply_to=github.comments[0].id)
    assert publish(github, composition()).mended == 0
    assert bodies(github)[0] == body(prints(1)[0])


def test_nothing_is_mended_while_something_could_not_be_read() -> None:
    github = FakeGitHub()
    publish(github, composition(1))
    assert publish(github, composition(can_mend=False)).mended == 0


def test_what_slipped_through_twice_is_removed_but_for_the_answered_one() -> None:
    github = FakeGitHub()
    publish(github, composition(1))
    second = github.write(body(prints(1)[0]), BOT)
    github.write("I see.", ADA, reply_to=second.id)
    done = publish(github, composition(1))
    assert done.doubled == 1
    assert [comment.id for comment in github.comments if comment.author == BOT] == [second.id]


def test_a_review_that_was_made_although_github_failed_is_not_made_again() -> None:
    github = FakeGitHub()
    github.fail("create_review", UnknownOutcome("502"), after=True)
    publish(github, composition(1, 2))
    assert len(github.made_reviews) == 1
    assert len(github.comments) == 2


def test_a_review_that_was_not_made_is_made_again() -> None:
    github = FakeGitHub()
    github.fail("create_review", UnknownOutcome("502"))
    publish(github, composition(1, 2))
    assert len(github.comments) == 2


def test_a_review_that_stays_unknown_is_left_to_a_retry() -> None:
    github = FakeGitHub()
    for _ in range(2):
        github.fail("create_review", UnknownOutcome("502"))
    with pytest.raises(UnknownOutcome):
        publish(github, composition(1))


@pytest.mark.parametrize("error", [Unprocessable("line"), Forbidden("locked")])
def test_comments_that_github_refuses_are_said_to_be_refused(error: Exception) -> None:
    github = FakeGitHub()
    github.fail("create_review", error)
    with pytest.raises(CommentsRefused):
        publish(github, composition(1))


def test_a_review_that_was_overtaken_writes_nothing() -> None:
    github = FakeGitHub()

    def overtaken() -> None:
        raise Superseded("newer")

    with pytest.raises(Superseded):
        Comments(github, pull_request(), overtaken).publish(composition(1))
    assert github.comments == []


def run_of(github: FakeGitHub, redis: Redis) -> CheckRunOfHead:
    return CheckRunOfHead(github, KnownRuns(redis, 1, "3"), HEAD, "driftline-3")


def test_a_head_has_one_run_however_often_its_review_begins(redis: Redis) -> None:
    github = FakeGitHub()
    first = run_of(github, redis).begin(STARTED)
    assert run_of(github, redis).begin(STARTED) == first
    assert github.calls == ["create_check_run"]


def test_a_concluded_run_without_annotations_is_taken_up_again(redis: Redis) -> None:
    github = FakeGitHub()
    run = run_of(github, redis)
    first = run.begin(STARTED)
    run.conclude("success", Output("Fine", "Fine."))
    assert run_of(github, redis).begin(STARTED) == first
    assert github.runs[0].status == "in_progress"


def annotated(count: int) -> Output:
    return Output(
        "Bad",
        "Bad.",
        annotations=tuple(Annotation("a", n, n, "failure", f"{n}") for n in range(count)),
    )


def test_a_concluded_run_with_annotations_is_followed_by_a_new_one(redis: Redis) -> None:
    github = FakeGitHub()
    run = run_of(github, redis)
    first = run.begin(STARTED)
    run.conclude("failure", annotated(3))
    assert run_of(github, redis).begin(STARTED) != first


def test_a_run_that_redis_forgot_is_found_on_github(redis: Redis) -> None:
    github = FakeGitHub()
    first = run_of(github, redis).begin(STARTED)
    redis.flushdb()
    assert run_of(github, redis).begin(STARTED, ask_github=True) == first


def test_a_run_that_slipped_through_twice_is_concluded_and_counted(redis: Redis) -> None:
    github = FakeGitHub()
    for _ in range(2):
        github.create_check_run("Driftline", HEAD, external_id="driftline-3")
    github.create_check_run("Driftline", HEAD, external_id="driftline-4")  # another pull request
    run = run_of(github, redis)
    assert run.begin(STARTED, ask_github=True) == github.runs[1].id
    assert run.doubled == 1
    assert [each.conclusion for each in github.runs] == ["cancelled", None, None]


def test_a_run_of_unknown_fate_is_looked_for_before_another_is_made(redis: Redis) -> None:
    github = FakeGitHub()
    github.fail("create_check_run", UnknownOutcome("502"), after=True)
    run_of(github, redis).begin(STARTED)
    assert len(github.runs) == 1
    other = FakeGitHub()
    other.fail("create_check_run", UnknownOutcome("502"))
    redis.flushdb()
    run_of(other, redis).begin(STARTED)
    assert len(other.runs) == 1


@pytest.mark.parametrize("after", [True, False])
def test_annotations_are_not_sent_twice_when_the_conclusion_is_repeated(
    redis: Redis, after: bool
) -> None:
    github = FakeGitHub()
    run = run_of(github, redis)
    run.begin(STARTED)
    github.fail("update_check_run", UnknownOutcome("502"), after=after)
    run.conclude("failure", annotated(7))
    assert github.annotations[github.runs[0].id] == [str(n) for n in range(7)]
    assert github.runs[0].conclusion == "failure"


def test_a_failed_read_is_left_to_a_retry(redis: Redis) -> None:
    github = FakeGitHub()
    github.fail("review_comments", Unavailable("503"))
    with pytest.raises(Unavailable):
        publish(github, composition(1))
