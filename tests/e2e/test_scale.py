"""Pull requests of a size that GitHub's own answers do not carry, and many pushes to one."""

from __future__ import annotations

from tests.e2e.projects import DRIFT, INIT, MEND, PROJECT, SCHEMA_PATH, schema
from tests.sandbox.handles import PullHandle
from tests.support.stack import Stack

MARK = "<!-- driftline:finding:"


def live(pull: PullHandle) -> list[str]:
    """The fields that comments speak of which are not mended."""
    bodies = [one.body for one in pull.review_comments() if MARK in one.body]
    return sorted(body.split("`")[1] for body in bodies)


def test_ten_pushes_leave_one_comment_for_each_finding_that_stands(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT)
    pull.wait_for_check()
    fields = ["email String?"]
    for number in range(1, 6):
        fields.insert(0, f"extra{number} Int?")
        pull.push({SCHEMA_PATH: "// a line more\n" * number + schema(*fields)})
        assert pull.wait_for_check().conclusion == "failure"
        assert live(pull) == sorted(f"User.{field.split()[0]}" for field in fields)
    posted = len(pull.review_comments())
    for number in range(1, 5):
        fields.remove(f"extra{number} Int?")
        pull.push({SCHEMA_PATH: schema(*fields)})
        assert pull.wait_for_check().conclusion == "failure"
        assert live(pull) == sorted(f"User.{field.split()[0]}" for field in fields)
    pull.push({**MEND, SCHEMA_PATH: schema("email String?")})
    assert pull.wait_for_check().conclusion == "success"
    assert live(pull) == []
    assert len(pull.review_comments()) == posted


def test_five_hundred_findings_are_few_comments_and_annotations(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    fields = [f"field_{number:03} String?" for number in range(500)]

    pull = repository.open_pull_request("feature", {SCHEMA_PATH: schema(*fields)})

    run = pull.wait_for_check(timeout=60)
    assert run.title == "500 errors"
    assert len(pull.review_comments()) == 25
    assert len(run.annotations) == 200
    assert len((run.summary or "").encode()) <= 65_535
    pull.push({"README.md": "more\n"})
    pull.wait_for_check(timeout=60)
    assert len(pull.review_comments()) == 25
    assert len(pull.reviews()) == 1


def test_a_pull_request_of_five_thousand_files_is_anchored_right(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    files = {f"src/{number // 100}/file-{number}.ts": f"{number}\n" for number in range(5000)}

    pull = repository.open_pull_request("feature", {**files, **DRIFT})

    assert pull.wait_for_check(timeout=60).title == "1 error"
    (comment,) = pull.review_comments()
    assert (comment.path, comment.line) == (SCHEMA_PATH, 13)


def test_what_github_does_not_show_of_many_files_becomes_annotations(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    files = {f"app/{number // 100}/file-{number}.ts": f"{number}\n" for number in range(3100)}

    pull = repository.open_pull_request("feature", {**files, **DRIFT})

    run = pull.wait_for_check(timeout=60)
    assert run.title == "1 error"
    assert [one["path"] for one in run.annotations] == [SCHEMA_PATH]
    assert pull.reviews() == []


def test_a_migration_is_commented_on_every_line_it_brings(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    sql = PROJECT[INIT].replace('"users"', '"users"') + 'ALTER TABLE "nowhere" ADD COLUMN "a" INT;'

    pull = repository.open_pull_request(
        "feature", {"prisma/migrations/20240303000000_broken/migration.sql": sql}
    )

    run = pull.wait_for_check()
    assert run.conclusion == "failure"
    assert [one.path for one in pull.review_comments()] == [
        "prisma/migrations/20240303000000_broken/migration.sql"
    ]
