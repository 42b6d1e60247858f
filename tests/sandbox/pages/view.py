"""What the page of a pull request shows, gathered out of the sandbox's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.sandbox.checks import runs_of
from tests.sandbox.diff import ChangedFile, Line, hunks
from tests.sandbox.state import CheckRun, PullRequest, ReviewComment, Thread
from tests.sandbox.world import World

EMOJI = {
    "+1": "👍",
    "-1": "👎",
    "laugh": "😄",
    "hooray": "🎉",
    "confused": "😕",
    "heart": "❤️",
    "rocket": "🚀",
    "eyes": "👀",
}
WORDS = {
    "success": ("✓", "Successful"),
    "failure": ("✗", "Failing"),
    "neutral": ("■", "Neutral"),
    "cancelled": ("⊘", "Cancelled"),
    "skipped": ("⊘", "Skipped"),
    "timed_out": ("✗", "Timed out"),
    "action_required": ("!", "Action required"),
    "in_progress": ("●", "In progress"),
    "queued": ("○", "Queued"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file's diff: a hunk's header or a line, with the threads under it."""

    kind: str
    old: int | None
    new: int | None
    text: str
    threads: list[Thread]


@dataclass(frozen=True, slots=True)
class FileView:
    """One changed file."""

    file: ChangedFile
    rows: list[Row]
    threads: list[Thread]


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the conversation."""

    at: datetime
    order: int
    kind: str
    thing: Any


def files_view(world: World, pull: PullRequest) -> list[FileView]:
    """The diff with the threads that stand in it."""
    placed: dict[tuple[str, str, int], list[Thread]] = {}
    whole: dict[str, list[Thread]] = {}
    for thread in shown_threads(pull):
        first = thread.comments[0]
        if first.subject_type == "file":
            whole.setdefault(first.path, []).append(thread)
        elif first.line is not None:
            placed.setdefault((first.path, first.side, first.line), []).append(thread)
    return [
        FileView(file, rows_of(file, placed), whole.get(file.path, []))
        for file in world.files(pull)
    ]


def rows_of(file: ChangedFile, placed: dict[tuple[str, str, int], list[Thread]]) -> list[Row]:
    """The rows of one file's patch."""
    rows: list[Row] = []
    for hunk in hunks(file.patch) if file.patch else []:
        rows.append(Row("hunk", None, None, hunk.header, []))
        rows += [line_row(file.path, line, placed) for line in hunk.lines]
    return rows


def line_row(path: str, line: Line, placed: dict[tuple[str, str, int], list[Thread]]) -> Row:
    """The row of one line."""
    kinds = {"+": "added", "-": "removed", " ": "context", "\\": "note"}
    threads: list[Thread] = []
    if line.new is not None:
        threads += placed.get((path, "RIGHT", line.new), [])
    if line.old is not None:
        threads += placed.get((path, "LEFT", line.old), [])
    return Row(kinds[line.kind], line.old, line.new, line.text, threads)


def shown_threads(pull: PullRequest) -> list[Thread]:
    """The threads of submitted reviews."""
    return [one for one in pull.threads if one.comments[0].review.state != "PENDING"]


def conversation(pull: PullRequest) -> list[Happening]:
    """Pushes, comments and reviews in the order in which they came."""
    found = [
        Happening(
            at, 0, "push", {"before": before, "after": after, "force": lost(pull, before, after)}
        )
        for at, before, after in pull.pushes[1:]
    ]
    found += [Happening(one.created_at, one.id, "comment", one) for one in pull.comments]
    for review in pull.reviews:
        comments = [c for t in pull.threads for c in t.comments if c.review is review]
        answers_only = bool(comments) and all(one.in_reply_to for one in comments)
        if review.submitted_at and (review.body or not answers_only):
            at = review.submitted_at
            found.append(
                Happening(at, review.id, "review", {"review": review, "comments": comments})
            )
    return sorted(found, key=lambda one: (one.at, one.order))


def lost(pull: PullRequest, before: str, after: str) -> bool:
    """Whether a push took a commit off the branch, so that it was forced."""
    return pull.repository.git.merge_base(before, after) != before


def commented_lines(comment: ReviewComment) -> list[str]:
    """The lines that a suggestion in this comment would replace."""
    first = comment.in_reply_to or comment
    if not first.diff_hunk or first.original_line is None:
        return []
    start = first.original_start_line or first.original_line
    (hunk,) = hunks(first.diff_hunk)
    return [
        line.text
        for line in hunk.lines
        if line.new is not None and start <= line.new <= first.original_line
    ]


def checks_view(world: World, pull: PullRequest) -> list[CheckRun]:
    """The newest check runs for the head."""
    return runs_of(pull)


def check_words(run: CheckRun) -> tuple[str, str, str]:
    """A check run's sign, word and style."""
    state = run.conclusion or run.status
    return (*WORDS.get(state, ("?", state)), state)


def actors(pull: PullRequest) -> list[tuple[str, str]]:
    """Who may be chosen to write: (login, what they may do)."""
    repository = pull.repository
    known = dict(repository.collaborators)
    if pull.user.type == "User":
        known.setdefault(pull.user.login, repository.role(pull.user))
    known.setdefault("a-stranger", "none" if repository.private else "read")
    author = pull.user.login
    order = {"admin": 0, "maintain": 1, "write": 2, "triage": 3, "read": 4, "none": 5}
    rows = sorted(known.items(), key=lambda one: (one[0] != author, order[one[1]], one[0]))
    words = {"none": "no access"}
    return [
        (login, words.get(role, role) + (", author" if login == author else ""))
        for login, role in rows
    ]


def version(world: World, pull: PullRequest) -> str:
    """A text that changes whenever the page would."""
    runs = [(run.id, run.status, run.conclusion, run.title) for run in runs_of(pull)]
    bodies = [one.body for one in pull.comments] + [one.body for one in pull.review_comments]
    reactions = sum(len(one.reactions) for one in pull.comments)
    reactions += sum(len(one.reactions) for one in pull.review_comments)
    resolved = [one.resolved_by is not None for one in pull.threads]
    state = (pull.state, pull.draft, pull.locked, pull.title, pull.head_sha, pull.mergeable)
    return format(hash((state, str(runs), str(bodies), reactions, str(resolved))) & 0xFFFFFFFF, "x")
