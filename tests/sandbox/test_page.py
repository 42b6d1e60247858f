"""The page of a pull request, in a real browser: read, answered, re-checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from tests.sandbox import PullHandle, Sandbox  # noqa: E402
from tests.sandbox.browser import chromium, running_browser  # noqa: E402
from tests.sandbox.conftest import TABLE, Client  # noqa: E402
from tests.sandbox.receiver import Receiver  # noqa: E402

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
)

SUMMARY = """\
**1 error** is new.

| Finding | Where |
|---|---|
| `a.title` is missing | `db/a.sql` |

<details><summary>As SQL</summary>

```sql
ALTER TABLE a ADD COLUMN title text;
```

</details>

<script>document.title = "broken into"</script><!-- hidden -->
"""
BODY = "No migration adds `title`.\n\n```suggestion\n  name text,\n```\n<!-- marker -->"
BUTTON = {"label": "Re-check", "description": "Check again", "identifier": "recheck"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def page(browser: Browser, pull: PullHandle, client: Client) -> Iterator[Page]:
    """`acme/app#1` with a check run and a review, opened; it must not log an error."""
    repository = client.repository()
    run = repository.create_check_run("Driftline", pull.head_sha, status="in_progress")
    run.edit(
        conclusion="failure",
        output={"title": "1 error", "summary": SUMMARY, "annotations": [ANNOTATION]},
        actions=[BUTTON],
    )
    comment = {"path": "db/a.sql", "line": 3, "side": "RIGHT", "body": BODY}
    client.pull().create_review(body="One finding.", event="COMMENT", comments=[comment])
    opened = browser.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    opened.goto(pull.url)
    yield opened
    opened.close()
    assert problems == []


ANNOTATION = {
    "path": "db/a.sql",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "failure",
    "message": "Look here",
}


def test_the_check_run_is_shown_with_its_markdown(page: Page) -> None:
    check = page.get_by_role("article", name="Check run Driftline")
    expect(check).to_contain_text("Failing")
    expect(check.get_by_role("cell", name="a.title is missing")).to_be_visible()
    check.get_by_text("As SQL").click()
    expect(check.get_by_text("ALTER TABLE a ADD COLUMN title text;")).to_be_visible()
    check.get_by_text("1 annotation").click()
    expect(check.get_by_text("Look here")).to_be_visible()


def test_raw_html_is_shown_as_text_and_comments_are_hidden(page: Page) -> None:
    assert "broken into" not in page.title()
    expect(page.get_by_text('<script>document.title = "broken into"</script>')).to_be_visible()
    assert page.get_by_text("hidden").count() == 0
    assert page.get_by_text("marker").count() == 0


def test_a_comment_stands_under_its_line_with_its_suggestion(page: Page) -> None:
    row = page.locator("#files tr.inline")
    expect(row).to_contain_text("No migration adds title.")
    before = row.locator("xpath=preceding-sibling::tr[1]")
    expect(before).to_contain_text("title text,")
    assert row.locator(".suggestion tr").all_inner_texts() == [
        "-\t  title text,",
        "+\t  name text,",
    ]


def test_recheck_typed_into_the_box_is_told_to_the_app_and_shown(
    page: Page, github: Sandbox, pull: PullHandle, client: Client
) -> None:
    page.get_by_label("Your comment (Markdown").fill("/recheck")
    page.locator("#user").select_option("alice")
    page.get_by_role("button", name="Comment", exact=True).click()
    said = page.get_by_role("article", name="Comment by alice")
    expect(said).to_contain_text("/recheck")
    github.drain()
    told = github.deliveries[-1]
    assert (told.name, told.payload["comment"]["body"]) == ("issue_comment.created", "/recheck")
    client.pull().get_issue_comment(pull.comments()[0].id).create_reaction("rocket")
    expect(said.get_by_label("Reactions")).to_contain_text("rocket by driftline[bot]")


def test_buttons_of_the_check_run_reach_the_app(page: Page, github: Sandbox) -> None:
    page.get_by_role("button", name="Re-check").click()
    page.get_by_role("button", name="Re-run").click()
    page.wait_for_load_state()
    github.drain()
    assert [one.name for one in github.deliveries[-2:]] == [
        "check_run.requested_action",
        "check_run.rerequested",
    ]


def test_an_answer_and_a_resolved_thread_are_shown(page: Page, pull: PullHandle) -> None:
    thread = page.locator("#files .thread")
    thread.get_by_text("Reply").first.click()
    thread.get_by_label("Your reply").fill("On purpose.")
    thread.get_by_role("button", name="Reply").click()
    expect(page.locator("#files .thread")).to_contain_text("On purpose.")
    page.locator("#files .thread").get_by_text("Reply").first.click()
    page.locator("#files").get_by_role("button", name="Resolve conversation").click()
    expect(page.locator("#files .thread")).to_contain_text("Resolved by alice")
    assert pull.threads()[0].resolved_by is not None


def test_a_prepared_push_is_shown_without_reloading(page: Page, pull: PullHandle) -> None:
    pull.push({"db/a.sql": TABLE, "db/c.sql": "select 3;\n"})
    expect(page.get_by_role("article", name="db/c.sql")).to_be_visible(timeout=5000)
    expect(page.locator("#conversation")).to_contain_text("outdated")


def test_a_link_to_a_line_leads_to_that_line(page: Page, pull: PullHandle) -> None:
    address = pull.url.replace("/pull/1", f"/blob/{pull.head_sha}/db/a.sql#L3")
    page.goto(address)
    expect(page.locator("tr:target")).to_contain_text("title text,")


def test_a_form_of_another_site_is_refused(
    page: Page, github: Sandbox, receiver: Receiver, pull: PullHandle
) -> None:
    answer = page.request.post(
        f"{pull.url}/comment",
        form={"user": "alice", "body": "/recheck"},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status == 403
    assert pull.comments() == []
