"""What GitHub is shown of a report, as text."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from tests.workers.review.reports import edit, finding, place, report, snapshot
from tests.workers.review.test_anchor import NEW, OLD, PATH, SQL, diff
from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Confidence, Finding, Fix, Related, Severity, Status
from workers.engine.report import FieldRow, FieldTable, PairReport, Report, TimelineEntry
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.source import Origin, Span
from workers.review.comments import Links, marked, mended_body
from workers.review.compose import Composition, Material, compose
from workers.review.markdown import size
from workers.review.verdict import Conduct

FILES = {PATH: NEW, SQL: "CREATE TABLE a ();\nDROP TABLE b;\n"}
LINKS = Links("https://github.com", "acme/shop", "a" * 40)
DIFF = diff(PATH, OLD, NEW)


def composed(made: Report, conduct: Conduct | None = None, **more: bool) -> Composition:
    return compose(Material(made, snapshot([PATH]), DIFF), LINKS, conduct or Conduct(), **more)


def test_a_comment_reads_from_its_first_sentence_to_its_marker() -> None:
    one = finding(
        place(FILES, PATH, "added Int"),
        message="Column `added` of `users` is in the schema but no migration creates it.",
        remedy="Write a migration that adds it.",
        related=[Related("creates `users`", place(FILES, SQL, "CREATE TABLE a ();"))],
        fix=Fix("add `added`", safe=True, sql='ALTER TABLE "users" ADD COLUMN "added" INTEGER;'),
        confidence=Confidence.LIKELY,
    )
    (comment,) = composed(report(FILES, [one])).comments
    assert comment.draft.line == 13
    assert comment.draft.start_line is None
    assert comment.draft.body == (
        "Column `added` of `users` is in the schema but no migration creates it.\n\n"
        "Write a migration that adds it.\n\n"
        "<details><summary>SQL: add <code>added</code></summary>\n\n"
        '```sql\nALTER TABLE "users" ADD COLUMN "added" INTEGER;\n```\n\n</details>\n\n'
        "- [`prisma/migrations/1_init/migration.sql` line 1](https://github.com/acme/shop/blob/"
        f"{'a' * 40}/prisma/migrations/1_init/migration.sql#L1): creates `users`\n\n"
        "<sub>error · `column-missing-in-migrations` · likely · `50713ce3`</sub>\n\n"
        f"<!-- driftline:finding:{one.fingerprint} -->"
    )
    assert marked(comment.draft.body) == one.fingerprint == comment.fingerprint


def test_an_edit_of_the_commented_lines_is_a_suggestion() -> None:
    fix = Fix("Rename", safe=True, edits=(edit(FILES, PATH, "added", "mended"),))
    one = finding(place(FILES, PATH, "added Int"), fix=fix)
    (comment,) = composed(report(FILES, [one])).comments
    assert "```suggestion\n  mended Int\n```" in comment.draft.body


def test_another_edit_is_shown_as_a_diff_in_a_fold() -> None:
    fix = Fix("Use SQL", safe=True, edits=(edit(FILES, SQL, "DROP", "ALTER"),))
    one = finding(place(FILES, PATH, "added Int"), fix=fix)
    (comment,) = composed(report(FILES, [one])).comments
    assert "-DROP TABLE b;\n+ALTER TABLE b;" in comment.draft.body
    assert "suggestion" not in comment.draft.body


def test_what_is_off_the_diff_is_an_annotation_and_a_row() -> None:
    one = finding(place(FILES, SQL, "DROP TABLE b;"), remedy="Keep `b`.")
    made = composed(report(FILES, [one]))
    assert made.comments == ()
    (annotation,) = made.output.annotations
    assert (annotation.path, annotation.start_line, annotation.level) == (SQL, 2, "failure")
    assert annotation.message.endswith("Keep `b`.")
    assert "| error | Column `name` of `users`" in made.output.summary
    assert "#L2" in made.output.summary


def test_past_the_bound_the_worst_are_commented_and_the_rest_annotated() -> None:
    findings = [
        finding(
            place(FILES, PATH, "added Int"),
            subject=f"public.users.c{n}",
            severity=Severity.ERROR if n < 3 else Severity.WARNING,
        )
        for n in range(30)
    ]
    made = composed(report(FILES, findings))
    assert [each.fingerprint for each in made.comments] == [f.fingerprint for f in findings[:25]]
    assert len(made.output.annotations) == 5
    assert made.review_body == (
        "This change brings 3 errors and 27 warnings. 25 of them are commented on here;"
        " 5 others stand in the check run."
    )


def test_two_findings_of_one_fingerprint_get_one_comment() -> None:
    one = finding(place(FILES, PATH, "added Int"))
    other = replace(one, origin=place(FILES, PATH, "f10 String"))
    made = composed(report(FILES, [one, other]))
    assert len(made.comments) == 1
    assert len(made.output.annotations) == 1


def test_without_comments_all_is_annotated() -> None:
    made = composed(report(FILES, [finding(place(FILES, PATH, "added Int"))]), may_comment=False)
    assert made.comments == ()
    assert len(made.output.annotations) == 1


def test_five_hundred_findings_stay_within_the_bounds() -> None:
    findings = [
        finding(
            place(FILES, SQL, "DROP TABLE b;"),
            subject=f"public.{'é' * 40}.c{n}",
            message=f"Column `{'é' * 150}{n}` is missing.",
            remedy="Add it. " * 20,
        )
        for n in range(500)
    ]
    made = composed(report(FILES, findings))
    assert size(made.output.summary) <= 65_535
    assert len(made.output.annotations) == 200
    assert "more." in made.output.summary
    assert "This summary was cut" in made.output.summary
    assert made.output.title == "500 errors"


def test_a_finding_that_only_the_base_brings_has_no_place_in_the_head() -> None:
    one = finding(Origin("gone.sql", Span(0, 3)))
    shifts = (
        "diff --git a/gone.sql b/gone.sql\ndeleted file mode 100644\n--- a/gone.sql\n"
        "+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    )
    made = compose(Material(report(FILES, [one]), snapshot([PATH]), DIFF, shifts), LINKS, Conduct())
    assert made.output.annotations == ()
    assert "`gone.sql`" in made.output.summary


def test_a_name_that_would_break_out_does_not() -> None:
    evil = "x`\n\n<img src=//e>@octocat [a](http://e) | --> "
    one = finding(
        place(FILES, PATH, "added Int"), subject=evil, message=f"Column `{evil}` is missing."
    )
    made = composed(report(FILES, [one]))
    for text in (made.comments[0].draft.body, made.output.summary):
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        assert "<img" not in html
        assert "@octocat" not in html.replace("<code>x</code>", "")
        assert 'href="http://e"' not in html


def report_with_tables() -> Report:
    rows = (
        FieldRow("id", "text", "text", "same"),
        FieldRow("model_type", "text", None, "missing"),
        FieldRow("version", "text", "text", "renamed", "was `model_version`"),
    )
    pair = PairReport(
        name="prisma/schema.prisma",
        schema_paths=(PATH,),
        migrations_path="prisma/migrations",
        field_tables=(FieldTable("personal_models", "PersonalModel", rows),),
        timeline=(
            TimelineEntry("1_add", "m/1_add", 1, 2, "fails", "table `a` does not exist", True),
            TimelineEntry("2_init", "m/2_init", 2, 1, "runs"),
        ),
    )
    one = finding(place(FILES, PATH, "added Int"))
    made = report(FILES, [one, replace(one, subject="x", status=Status.MENDED)])
    old = replace(one, subject="y", status=Status.EXISTING)
    return replace(made, pairs=(pair,), findings=(*made.findings, old))


def test_the_summary_reads_like_the_report() -> None:
    made = composed(report_with_tables())
    assert made.output.summary == (
        "This change brings 1 error.\n\n"
        "### What this change brings\n\n"
        "| | Finding | Where |\n|---|---|---|\n"
        "| error | Column `name` of `users` is in the schema but no migration creates it."
        " (`column-missing-in-migrations`, `50713ce3`) | [`prisma/schema.prisma` line 13]"
        f"(https://github.com/acme/shop/blob/{'a' * 40}/prisma/schema.prisma#L13) |\n\n"
        "<details><summary>Order of 2 migrations: 1 fails on an empty database</summary>\n\n"
        "| | Migration | Runs | Needed place |\n|---|---|---|---|\n"
        "| 1 | `1_add` (new) | **no**: table `a` does not exist | 2 |\n"
        "| 2 | `2_init` | yes | 1 |\n\n</details>\n\n"
        "<details><summary><code>personal_models</code> (model <code>PersonalModel</code>):"
        " 2 of 3 columns differ</summary>\n\n"
        "| Column | Schema | Migrations | |\n|---|---|---|---|\n"
        "| `id` | `text` | `text` | same |\n"
        "| `model_type` | `text` | missing | **missing** |\n"
        "| `version` | `text` | `text` | **renamed**: was `model_version` |\n\n</details>\n\n"
        "<details><summary>1 finding that this change mends</summary>\n\n"
        "- Column `name` of `users` is in the schema but no migration creates it."
        " (error, `prisma/schema.prisma`)\n\n</details>\n\n"
        "<details><summary>1 finding that was there before</summary>\n\n"
        "- Column `name` of `users` is in the schema but no migration creates it."
        " (error, `prisma/schema.prisma`)\n\n</details>\n\n"
        f"The whole report is printed by `driftline report --base BASE --head {'a' * 40}`"
        " in a clone."
    )
    assert [action.identifier for action in made.actions] == ["recheck", "show-all"]
    assert made.output.title == "1 error, 1 mended"


def test_a_fix_is_offered_where_there_is_one() -> None:
    fixed = finding(place(FILES, PATH, "added Int"), fix=Fix("Add it", True, sql="SELECT 1;"))
    assert [one.label for one in composed(report(FILES, [fixed])).actions] == [
        "Re-check",
        "Propose fix",
    ]
    old = replace(fixed, status=Status.EXISTING)
    assert [one.label for one in composed(report(FILES, [old])).actions] == ["Re-check", "Show all"]


@pytest.mark.parametrize(
    ("branch", "named"),
    [("release/2.x", "origin/release/2.x"), ("a;rm$IFS-rf`x`", "BASE"), ("-x", "BASE")],
)
def test_the_command_for_the_rest_is_safe_to_paste(branch: str, named: str) -> None:
    links = Links("https://github.com", "acme/shop", "a" * 40, branch)
    made = compose(Material(report(FILES), snapshot([PATH]), DIFF), links, Conduct())
    assert f"`driftline report --base {named} --head {'a' * 40}`" in made.output.summary


def test_show_all_annotates_what_was_there_before() -> None:
    assert composed(report_with_tables()).output.annotations == ()
    assert len(composed(report_with_tables(), show_all=True).output.annotations) == 1


def unknown(path: str) -> Diagnostic:
    return Diagnostic("unread", f"`{path}` was not read.", Origin(path, Span(0, 0)))


def test_what_could_not_be_read_fails_and_is_named() -> None:
    made = composed(report(FILES, diagnostics=[unknown(PATH)], verdict="unknown"))
    assert made.verdict.conclusion == "failure"
    assert made.output.title == "Could not tell whether there is drift"
    assert "### What could not be read\n\n- `prisma/schema.prisma` was not read." in (
        made.output.summary
    )
    assert not made.can_mend


def test_what_could_not_be_read_is_neutral_where_that_was_asked_for() -> None:
    made = composed(
        report(FILES, diagnostics=[unknown(PATH)], verdict="unknown"),
        Conduct(on_unknown="neutral"),
    )
    assert made.verdict.conclusion == "neutral"


def test_what_could_not_be_read_before_is_neutral_and_named() -> None:
    before = unknown(PATH)
    told = replace(before, effect=Effect.INFORMATION)
    made = composed(replace(report(FILES, diagnostics=[told]), unknown_before=(before,)))
    assert made.verdict.conclusion == "neutral"
    assert made.output.title == "Some parts could not be judged"
    assert made.output.summary.count("`prisma/schema.prisma` was not read.") == 1
    assert not made.can_mend


def test_a_trial_never_fails() -> None:
    made = composed(
        report(FILES, [finding(place(FILES, PATH, "added Int"))]), Conduct(is_trial=True)
    )
    assert made.verdict.conclusion == "neutral"
    assert len(made.comments) == 1


def test_warnings_alone_pass() -> None:
    one = finding(place(FILES, PATH, "added Int"), severity=Severity.WARNING)
    made = composed(report(FILES, [one]))
    assert made.verdict.conclusion == "success"
    assert made.output.title == "1 warning"


def test_a_conflict_is_said() -> None:
    shot = Snapshot(Tree({}, frozenset()), None, frozenset([PATH]), conflicts=(PATH, "b.sql"))
    made = compose(Material(report(FILES), shot, DIFF), LINKS, Conduct())
    assert "The head conflicts with its base in `prisma/schema.prisma`, `b.sql`" in (
        made.output.summary
    )


def test_remarks_are_folded() -> None:
    remark = Diagnostic("note", "`a` is a link.", None, Effect.INFORMATION)
    made = composed(report(FILES, diagnostics=[remark]))
    assert "<details><summary>1 remark about what was read</summary>\n\n- `a` is a link." in (
        made.output.summary
    )


def test_a_mended_comment_says_so_and_is_not_found_again() -> None:
    one: Finding = finding(place(FILES, PATH, "added Int"))
    (comment,) = composed(report(FILES, [one])).comments
    body = mended_body(comment.draft.body, "abcdef1234")
    assert body.startswith("Mended in abcdef1.\n\n> Column `name` of `users`")
    assert marked(body) is None
