"""From a report to what GitHub shall show: comments, annotations, a check run's output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from bot.github.facts import OUTPUT_BYTES, Action, Annotation, AnnotationLevel, DraftComment, Output
from workers.engine.findings import Finding, Severity, Status
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot
from workers.review import markdown
from workers.review.anchor import Anchored, Grounds, Place, anchored
from workers.review.comments import Links, comment_body, cut_sql, edits_as_diff, short_id
from workers.review.lines import LineMap
from workers.review.patch import read_patch, shown_by_github
from workers.review.pictures import pictures
from workers.review.summary import Listed, summary_text
from workers.review.verdict import UNTOUCHED, Conduct, Verdict, unknowns, verdict

_LEVELS: Mapping[Severity, AnnotationLevel] = MappingProxyType(
    {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTICE: "notice"}
)
_MOST_ANNOTATIONS = 200
"""Four requests' worth, so that a review stays within fifteen; the rest is in the summary."""
_ANNOTATION_BYTES = 60_000
_TITLE_CHARACTERS = 255

RECHECK = Action("Re-check", "Review this commit again", "recheck")
SHOW_ALL = Action("Show all", "Annotate what was there before, too", "show-all")
PROPOSE_FIX = Action("Propose fix", "Reply with what mends this change", "fix")


class Comment(Struct, frozen=True):
    """A comment that shall stand, with the fingerprint that its marker carries."""

    fingerprint: str
    draft: DraftComment


class Composition(Struct, frozen=True):
    """All that GitHub shall show of a review.

    `comments` are the worst first and within the bound. `standing` holds the fingerprint of every
    finding that is there, commented or not: a comment whose finding is not among them is mended,
    or `suppressed` by somebody.
    """

    verdict: Verdict
    output: Output
    actions: tuple[Action, ...]
    comments: tuple[Comment, ...] = ()
    standing: frozenset[str] = frozenset()
    suppressed: frozenset[str] = frozenset()
    can_mend: bool = True
    """Everything was read: what is not among the findings is mended, not merely unseen."""
    review_body: str = ""


class Material(Struct, frozen=True):
    """What a review is composed from; see `Checkout` for the two diffs."""

    report: Report
    snapshot: Snapshot
    diff: str = ""
    shifts: str = ""


def compose(
    material: Material,
    links: Links,
    conduct: Conduct,
    *,
    may_comment: bool = True,
    show_all: bool = False,
) -> Composition:
    """Compose a review. Without `may_comment` every finding becomes an annotation."""
    report = material.report
    judged = verdict(report, conduct)
    snapshot = material.snapshot
    patch = shown_by_github(read_patch(material.diff), snapshot.changed or (), snapshot.renamed)
    grounds = Grounds(report, patch, LineMap(read_patch(material.shifts)))
    new = anchored(report.of_status(Status.NEW), grounds)
    chosen = _chosen(new, conduct.most_comments) if may_comment else ()
    comments = tuple(
        Comment(each.finding.fingerprint, _draft(each, comment_body(each, grounds, links)))
        for each in chosen
    )
    commented = frozenset(id(each.finding) for each in chosen)
    off = [each for each in new if id(each.finding) not in commented]
    if show_all:
        off += anchored(report.of_status(Status.EXISTING), grounds)
    listed = Listed(new, commented, grounds, links, material.snapshot, judged)
    output = Output(
        title=_cut(judged.title, _TITLE_CHARACTERS),
        summary=summary_text(listed, OUTPUT_BYTES),
        annotations=tuple(_annotations(off, report)),
    )
    return Composition(
        verdict=judged,
        output=output,
        actions=_actions(report),
        comments=comments,
        standing=frozenset(
            part.fingerprint
            for finding in report.findings
            if finding.status is not Status.MENDED
            for part in finding.parts
        ),
        suppressed=frozenset(finding.fingerprint for finding in report.suppressed),
        can_mend=not unknowns(report) and not material.snapshot.conflicts,
        review_body=_review_body(judged, len(comments), len(new), pictures(report)),
    )


def untouched() -> Composition:
    """What a pull request gets that changes nothing of the database."""
    output = Output(UNTOUCHED.title, UNTOUCHED.sentence)
    return Composition(UNTOUCHED, output, (RECHECK,))


def _chosen(new: Sequence[Anchored], most: int) -> tuple[Anchored, ...]:
    """The first findings that have lines; two of one fingerprint could not be told apart."""
    chosen: dict[str, Anchored] = {}
    for each in new:
        if each.lines is not None and len(chosen) < most:
            chosen.setdefault(each.finding.fingerprint, each)
    return tuple(chosen.values())


def _draft(each: Anchored, body: str) -> DraftComment:
    assert each.lines is not None
    lines = each.lines
    is_range = lines.first < lines.last
    return DraftComment(
        path=lines.path,
        body=body,
        line=lines.last,
        side=lines.side,
        start_line=lines.first if is_range else None,
        start_side=lines.side if is_range else None,
    )


def _annotations(off: Sequence[Anchored], report: Report) -> list[Annotation]:
    placed = [(each, each.place) for each in off if each.place is not None]
    return [_annotation(each.finding, place, report) for each, place in placed[:_MOST_ANNOTATIONS]]


def _annotation(finding: Finding, place: Place, report: Report) -> Annotation:
    """Annotations show text as it is, without Markdown."""
    about = f"({finding.pair})" if finding.pair else ""
    message = " ".join(part for part in (finding.message, finding.remedy, about) if part)
    one_line = place.first == place.last and place.column is not None
    return Annotation(
        path=place.path,
        start_line=place.first,
        end_line=place.last,
        level=_LEVELS[finding.severity],
        message=_cut_bytes(markdown.visible(message), _ANNOTATION_BYTES),
        title=_cut(
            f"{finding.severity.word}: {finding.rule} ({short_id(finding)})", _TITLE_CHARACTERS
        ),
        raw_details=_cut_bytes(markdown.visible(_details(finding, report)), _ANNOTATION_BYTES),
        start_column=place.column if one_line else None,
        end_column=place.end_column if one_line else None,
    )


def _details(finding: Finding, report: Report) -> str:
    fix = finding.fix
    if fix is None:
        return ""
    if fix.sql:
        return f"{fix.title}\n\n{cut_sql(fix.sql)}"
    return f"{fix.title}\n\n{edits_as_diff(fix.edits, report)}" if fix.edits else ""


def _actions(report: Report) -> tuple[Action, ...]:
    actions = [RECHECK]
    if report.of_status(Status.EXISTING):
        actions.append(SHOW_ALL)
    if any(finding.fix for finding in report.of_status(Status.NEW)):
        actions.append(PROPOSE_FIX)
    return tuple(actions)


def _review_body(judged: Verdict, comments: int, new: int, drawn: str) -> str:
    end = f"\n\n{drawn}" if drawn else ""
    if comments >= new:
        return f"{judged.sentence}{end}"
    others = f"{new - comments} others stand" if new - comments > 1 else "one other stands"
    told = f"{comments} of them are commented on here; {others} in the check run."
    return f"{judged.sentence} {told}{end}"


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _cut_bytes(text: str, limit: int) -> str:
    data = text.encode("utf-8", "replace")
    return text if len(data) <= limit else data[: limit - 3].decode("utf-8", "ignore") + "…"
