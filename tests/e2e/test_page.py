"""The page of a pull request with the real App behind it: what is typed there works."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import expect

from tests.e2e.projects import DRIFT, MEND, PROJECT
from tests.sandbox.browser import chromium, running_browser
from tests.support.stack import Stack

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
)
SOON = 30_000  # milliseconds


def test_recheck_and_a_push_are_answered_on_the_page(stack: Stack) -> None:
    repository = stack.new_repository(PROJECT)
    pull = repository.open_pull_request("feature", DRIFT, user="alice")
    pull.prepare("Mend it", MEND)
    pull.wait_for_check()
    with running_browser() as browser:
        page = browser.new_page()
        page.goto(pull.url)
        check = page.get_by_role("article", name="Check run Driftline")
        expect(check).to_contain_text("Failing")
        expect(page.locator("#files tr.inline")).to_contain_text("is declared, but no migration")

        page.get_by_label("Your comment (Markdown").fill("/recheck")
        page.get_by_role("button", name="Comment", exact=True).click()
        said = page.get_by_role("article", name="Comment by alice")
        expect(said.get_by_label("Reactions")).to_contain_text("driftline", timeout=SOON)

        page.get_by_role("button", name="Mend it").click()
        expect(check).to_contain_text("Successful", timeout=SOON)
        comment = page.locator("#conversation .place").first
        expect(comment).to_contain_text(re.compile("Mended|resolved"), timeout=SOON)
