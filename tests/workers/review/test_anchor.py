"""Findings on and off the diff of a real change."""

from __future__ import annotations

import difflib

import pytest
from msgspec.structs import replace

from tests.workers.review.reports import edit, finding, place, report
from workers.engine.findings import Edit, Fix, Related
from workers.engine.source import Origin, SourceFile, Span
from workers.review.anchor import Anchored, Grounds, Lines, Place, anchored
from workers.review.lines import LineMap
from workers.review.patch import read_patch

PATH = "prisma/schema.prisma"
SQL = "prisma/migrations/1_init/migration.sql"
OLD = "model User {\n" + "".join(f"  f{n} Int\n" for n in range(20)) + "}\n"
NEW = OLD.replace("  f10 Int\n", "  f10 String\n  added Int\n")


def diff(path: str, old: str, new: str, context: int = 3) -> str:
    """A unified diff as git writes it."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm="", n=context
    )
    return f"diff --git a/{path} b/{path}\n" + "\n".join(lines) + "\n"


FILES = {PATH: NEW, SQL: "CREATE TABLE a ();\nDROP TABLE b;\n"}
GROUNDS = Grounds(report(FILES), read_patch(diff(PATH, OLD, NEW)))


def anchor(one: object, grounds: Grounds = GROUNDS) -> Anchored:
    (result,) = anchored([one], grounds)  # type: ignore[list-item]
    return result


def test_a_finding_on_a_changed_line_stands_there() -> None:
    assert anchor(finding(place(FILES, PATH, "added Int"))).lines == Lines(PATH, 13, 13)


def test_a_finding_on_a_context_line_stands_there() -> None:
    assert anchor(finding(place(FILES, PATH, "f8 Int"))).lines == Lines(PATH, 10, 10)


def test_a_finding_off_the_diff_keeps_its_place() -> None:
    result = anchor(finding(place(FILES, PATH, "f1 Int")))
    assert result.lines is None
    assert result.place == Place(PATH, 3, 3, 3, 9)


def test_a_finding_about_a_whole_model_stands_on_its_first_line_in_the_diff() -> None:
    result = anchor(finding(Origin(PATH, Span(0, len(NEW)))))
    assert result.lines == Lines(PATH, 9, 9)


def test_a_range_ends_with_its_hunk() -> None:
    start, stop = NEW.index("  f9 Int"), NEW.index("  f15 Int")
    assert anchor(finding(Origin(PATH, Span(start, stop)))).lines == Lines(PATH, 11, 16)


def test_a_related_place_stands_in_where_it_is_on_the_diff() -> None:
    related = Related("changed here", place(FILES, PATH, "f10 String"))
    result = anchor(finding(place(FILES, SQL, "DROP TABLE b;"), related=[related]))
    assert result.lines == Lines(PATH, 12, 12)
    assert result.via == related
    assert result.place == Place(SQL, 2, 2, 1, 14)


def test_a_suggestion_replaces_the_commented_lines() -> None:
    fix = Fix("Rename", safe=True, edits=(edit(FILES, PATH, "added", "mended"),))
    result = anchor(finding(place(FILES, PATH, "added Int"), fix=fix))
    assert result.lines == Lines(PATH, 13, 13)
    assert result.suggestion == "  mended Int"


def test_what_cannot_be_seen_is_not_suggested() -> None:
    fix = Fix("Rename", safe=True, edits=(edit(FILES, PATH, "added", "men\u202eded"),))
    assert anchor(finding(place(FILES, PATH, "added Int"), fix=fix)).suggestion is None


def test_an_insertion_after_a_line_is_a_suggestion_for_that_line() -> None:
    at = NEW.index("  added Int") + len("  added Int")
    fix = Fix("Add", safe=True, edits=(Edit(PATH, Span(at, at), "\n\n  @@index([added])"),))
    result = anchor(finding(place(FILES, PATH, "added Int"), fix=fix))
    assert result.suggestion == "  added Int\n\n  @@index([added])"


def test_an_insertion_of_a_whole_line_before_a_line() -> None:
    at = NEW.index("  added Int")
    fix = Fix("Add", safe=True, edits=(Edit(PATH, Span(at, at), "  more Int\n"),))
    result = anchor(finding(place(FILES, PATH, "added Int"), fix=fix))
    assert result.suggestion == "  more Int\n  added Int"


def test_a_removed_line_is_an_empty_suggestion() -> None:
    fix = Fix("Remove", safe=True, edits=(edit(FILES, PATH, "  added Int\n", ""),))
    result = anchor(finding(place(FILES, PATH, "added Int"), fix=fix))
    assert result.lines == Lines(PATH, 13, 13)
    assert result.suggestion == ""


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(SQL, Span(0, 6), "ALTER"),),
        (edit(FILES, PATH, "f1 Int", "f1 String"),),
        (
            Edit(PATH, Span(NEW.index("added"), NEW.index("added") + 5), "a"),
            Edit(PATH, Span(NEW.index("added") + 2, NEW.index("added") + 5), "b"),
        ),
    ],
    ids=["another file", "off the diff", "overlapping"],
)
def test_other_edits_are_no_suggestion(edits: tuple[Edit, ...]) -> None:
    fix = Fix("Mend", safe=True, edits=edits)
    result = anchor(finding(place(FILES, PATH, "added Int"), fix=fix))
    assert result.suggestion is None
    assert result.lines == Lines(PATH, 13, 13)


def test_lines_of_the_merged_state_are_found_in_the_head() -> None:
    merged = "// from the base\n// two lines\n" + NEW
    files = {PATH: merged, "base.sql": "SELECT 1;\n"}
    shifts = diff(PATH, merged, NEW, 0) + (
        "diff --git a/base.sql b/base.sql\ndeleted file mode 100644\n--- a/base.sql\n"
        "+++ /dev/null\n@@ -1 +0,0 @@\n-SELECT 1;\n"
    )
    grounds = Grounds(report(files), read_patch(diff(PATH, OLD, NEW)), LineMap(read_patch(shifts)))
    assert anchor(finding(place(files, PATH, "added Int")), grounds).lines == Lines(PATH, 13, 13)
    assert anchor(finding(place(files, PATH, "// two lines")), grounds).place is None
    assert anchor(finding(place(files, "base.sql", "SELECT 1;")), grounds).place is None
    fix = Fix("Rename", safe=True, edits=(edit(files, PATH, "added", "mended"),))
    result = anchor(finding(place(files, PATH, "added Int"), fix=fix), grounds)
    assert result.suggestion == "  mended Int"


def test_windows_line_ends_do_not_end_up_in_suggestions() -> None:
    files = {PATH: NEW.replace("\n", "\r\n")}
    old = OLD.replace("\n", "\r\n")
    text = "diff --git a/x b/x\n" + "\n".join(
        difflib.unified_diff(
            old.split("\n"), files[PATH].split("\n"), f"a/{PATH}", f"b/{PATH}", lineterm=""
        )
    )
    fix = Fix("Rename", safe=True, edits=(edit(files, PATH, "added", "mended"),))
    grounds = Grounds(report(files), read_patch(text))
    result = anchor(finding(place(files, PATH, "added Int"), fix=fix), grounds)
    assert result.suggestion == "  mended Int"


def gone(text: str, base_text: str) -> Anchored:
    """A finding about the first lines of a file that the pull request deletes."""
    lines = text.split("\n")[:-1]
    head = f"diff --git a/{SQL} b/{SQL}\ndeleted file mode 100644\n--- a/{SQL}\n+++ /dev/null\n"
    shown = "".join(f"-{line}\n" for line in lines)
    patch = read_patch(f"{head}@@ -1,{len(lines)} +0,0 @@\n{shown}")
    made = report({PATH: "x\n"})
    made = replace(made, base_sources={SQL: SourceFile(SQL, base_text)})
    one = finding(Origin(PATH, Span(0, 1)), related=[Related("here", Origin(SQL, Span(0, 12)))])
    (anchored_,) = anchored([one], Grounds(made, patch))
    return anchored_


def test_what_is_deleted_is_commented_on_the_left_side() -> None:
    text = "CREATE\nTABLE a ();\nSELECT 1;\n"
    assert gone(text, text).lines == Lines(SQL, 1, 2, "LEFT")
    assert gone(text, text.replace("TABLE a", "TABLE b")).lines is None


def test_a_deleted_file_has_no_place_in_the_head() -> None:
    patch = read_patch(f"diff --git a/{SQL} b/{SQL}\ndeleted file mode 100644\n")
    assert Grounds(report({PATH: "x\n"}), patch).place(Origin(SQL, Span(0, 1))) is None
