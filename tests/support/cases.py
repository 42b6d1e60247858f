"""Literate cases: one Markdown file that reads as a story and holds its own expectation.

Fenced blocks whose opening names a path are files of the repository (```` ```sql a/b.sql ````).
Those under the heading `## Base` make the base; the others are laid over it, and a block that
opens with `gone` takes a file away. A block that opens with `environment NAME` is a database that
was looked at (`environments.observed` reads it). One that opens with `pull NUMBER PATH` is a
migration of another open pull request and lists what it touches; `?` stands for one that nobody has
reviewed. The block that opens with `review` holds the
findings of the family that the case's folder is named after, as the terminal shows them;
`pytest --regenerate` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from tests.support.environments import observed
from workers.engine.analyze import analyze
from workers.engine.report import Report, Verdict, count
from workers.engine.snapshot import OpenPull, Snapshot, Tree
from workers.output.text import render_text
from workers.preferences import preferences

TODAY = date(2026, 1, 1)
"""The day of every case."""
CASES = Path(__file__).parent.parent / "cases"


@dataclass
class Block:
    """A fenced block: the words of its opening, its text, and the lines `[start, end)` of it."""

    words: list[str]
    text: str
    start: int
    end: int
    is_base: bool


@dataclass
class Case:
    """One case as read: the head's files, the base's where there is one, and the expectation."""

    path: Path
    head: dict[str, bytes] = field(default_factory=dict)
    base: dict[str, bytes] | None = None
    review: Block | None = None
    environments: list[Block] = field(default_factory=list)
    others: dict[int, dict[str, str]] = field(default_factory=dict)
    """What other open pull requests bring: by number and path what it touches."""

    @property
    def family(self) -> str:
        """The family whose findings count: the folder's name."""
        return self.path.parent.name

    @property
    def expected(self) -> str:
        """The review as it stands in the file."""
        return self.review.text if self.review else ""


def case_paths() -> list[Path]:
    """All cases."""
    return sorted(CASES.glob("*/*.md"))


def read_case(path: Path) -> Case:
    """Read a case."""
    case = Case(path)
    blocks = list(_blocks(path.read_text()))
    if any(block.is_base for block in blocks):
        case.base = {b.words[1]: b.text.encode() for b in blocks if b.is_base and len(b.words) > 1}
        case.head = dict(case.base)
    for block in blocks:
        if block.words[:1] == ["review"]:
            case.review = block
        elif block.words[:1] == ["pull"]:
            case.others.setdefault(int(block.words[1]), {})[block.words[2]] = block.text
        elif block.words[:1] == ["environment"]:
            case.environments.append(block)
        elif block.is_base or len(block.words) < 2:
            continue
        elif block.words[0] == "gone":
            case.head.pop(block.words[1], None)
        else:
            case.head[block.words[1]] = block.text.encode()
    return case


def review(case: Case) -> str:
    """What Driftline says of a case, of its family alone."""
    snapshot = snapshot_of(case)
    report = analyze(snapshot, preferences(snapshot, TODAY).settings)
    findings = tuple(f for f in report.findings if f.family == case.family)
    pairs = tuple(replace(pair, friendliest=None) for pair in report.pairs)
    shown = replace(report, findings=findings, diagnostics=(), pairs=())
    return render_text(replace(shown, summary=count(findings, pairs), verdict=_verdict(shown)))


def snapshot_of(case: Case) -> Snapshot:
    """The states of a case."""
    seen = tuple(observed(block.words[1], block.text, case.head) for block in case.environments)
    if case.base is None:
        return Snapshot(tree(case.head), observations=seen)
    names = case.head.keys() | case.base.keys()
    changed = frozenset(n for n in names if case.head.get(n) != case.base.get(n))
    others = tuple(_other(number, touched) for number, touched in case.others.items())
    return Snapshot(tree(case.head), tree(case.base), changed, others=others, observations=seen)


def _other(number: int, touched: dict[str, str]) -> OpenPull:
    if any(text.strip() == "?" for text in touched.values()):
        return OpenPull(number, tuple(touched))
    known = {path: frozenset(text.splitlines()) for path, text in touched.items()}
    return OpenPull(number, tuple(touched), known)


def tree(files: dict[str, bytes]) -> Tree:
    """A tree of these files."""
    return Tree(files, frozenset(files))


def regenerate(case: Case) -> None:
    """Write the review of a case into its file."""
    text = review(case).rstrip("\n")
    lines = case.path.read_text().split("\n")
    block = ["```review", *text.split("\n"), "```"]
    if case.review is None:
        lines = [*"\n".join(lines).rstrip("\n").split("\n"), "", *block, ""]
    else:
        lines[case.review.start : case.review.end] = block
    case.path.write_text("\n".join(lines))


def _verdict(report: Report) -> Verdict:
    return (
        "fail"
        if any(f.severity >= 3 and f.status.value == "new" for f in report.findings)
        else "pass"
    )


def _blocks(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    is_base = False
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("## "):
            is_base = line.strip() == "## Base"
        if line.startswith("```"):
            fence = line[: len(line) - len(line.lstrip("`"))]
            end = at + 1
            while end < len(lines) and lines[end].rstrip() != fence:
                end += 1
            body = "\n".join(lines[at + 1 : end])
            words = line.strip("`").split()
            is_file = words[:1] != ["review"]
            yield Block(words, body + ("\n" if is_file and body else ""), at, end + 1, is_base)
            at = end
        at += 1
