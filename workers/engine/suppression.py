"""Findings that the project's people have waved through, by a comment beside the place.

    -- driftline-ignore index-blocks-writes: the table has forty rows
    CREATE INDEX "Plan_name_idx" ON "Plan"("name");

A comment covers its own line and what follows it: in SQL the next statement, in a Prisma schema
the next line or, before a model, view or enum, the whole block, elsewhere the next line. It names a
rule or a family; the reason behind the colon is mandatory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.code.places import EXTENSIONS
from workers.engine.findings import Finding
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql import postgres
from workers.engine.sql.postgres import SqlSyntaxError
from workers.engine.sql.text import Text

MARK = "driftline-ignore"
_COMMENT_TOKENS = frozenset({275, 276})
_EndOf = Callable[[list[str], int, str, int], int]
_HASH_FILES = (".yml", ".yaml", ".sh", ".bash", ".toml", ".env")


class Suppression(Struct, frozen=True):
    """One such comment: the rule or family, the reason, and the characters it covers."""

    name: str
    reason: str
    origin: Origin
    covers: Span

    def covers_finding(self, finding: Finding) -> bool:
        """Whether the finding is of that rule or family, and begins within what is covered."""
        if self.name not in (finding.rule, finding.family):
            return False
        origin = finding.origin
        return origin.path == self.origin.path and (
            self.covers.start <= origin.span.start < self.covers.end
        )


class UnreasonedSuppression(Struct, frozen=True):
    """A comment without a reason: it does not count."""

    suppression: Suppression


class UnusedSuppression(Struct, frozen=True):
    """A comment that waves nothing through."""

    suppression: Suppression


class Sifted(Struct, frozen=True):
    """Findings that stand, those waved through, and the comments that are in trouble."""

    standing: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    troubles: tuple[UnreasonedSuppression | UnusedSuppression, ...]


def sift(
    findings: Iterable[Finding],
    sources: Mapping[str, SourceFile],
    changed: frozenset[str] | None = None,
) -> Sifted:
    """Apply every comment in the sources to the findings.

    A comment in a migration speaks of a review that is past as soon as the migration has landed;
    so one that covers nothing is told only in files that are under review (`changed`), and
    without a base only outside of SQL.
    """
    written = [one for source in sources.values() for one in suppressions_in(source)]
    counted = [one for one in written if one.reason]
    standing: list[Finding] = []
    suppressed: list[Finding] = []
    used: set[Suppression] = set()
    for finding in findings:
        covering = [one for one in counted if one.covers_finding(finding)]
        used.update(covering)
        if covering:
            suppressed.append(replace(finding, waiver=covering[0].reason))
        else:
            standing.append(finding)
    troubles: list[UnreasonedSuppression | UnusedSuppression] = [
        UnreasonedSuppression(one) for one in written if not one.reason
    ]
    troubles += [
        UnusedSuppression(one)
        for one in counted
        if one not in used and _is_under_review(one.origin.path, changed)
    ]
    return Sifted(tuple(standing), tuple(suppressed), tuple(troubles))


def _is_under_review(path: str, changed: frozenset[str] | None) -> bool:
    return path in changed if changed is not None else not path.lower().endswith(".sql")


def suppressions_in(source: SourceFile) -> Iterator[Suppression]:
    """The comments of one file; none in a kind of file that has no comments."""
    if MARK not in source.text:
        return
    path = source.path.lower()
    if path.endswith(".sql"):
        yield from _in_sql(source)
    elif path.endswith(".prisma"):
        yield from _in_lines(source, "//", _prisma_end)
    elif path.endswith(EXTENSIONS):
        yield from _in_lines(source, "//", _line_end)
    elif path.endswith(_HASH_FILES) or "dockerfile" in path or "containerfile" in path:
        yield from _in_lines(source, "#", _line_end)


def _in_sql(source: SourceFile) -> Iterator[Suppression]:
    text = Text(source.path, source.text)
    try:
        tokens = postgres.scan(text.data)
        statements = postgres.split(text.data)
    except SqlSyntaxError:
        return
    for token in tokens:
        if token.number not in _COMMENT_TOKENS:
            continue
        origin = text.origin(token.start, token.end)
        words = source.text[origin.span.start : origin.span.end].strip("-/* \r\n")
        end = _sql_end(token.start, token.end, statements, tokens, text)
        yield from _read(words, origin, Span(origin.span.start, end))


def _sql_end(
    start: int,
    end: int,
    statements: list[tuple[int, int]],
    tokens: list[postgres.Token],
    text: Text,
) -> int:
    """The end of the statement that follows; of the next line inside of one."""
    following = next(
        (one.start for one in tokens if one.start >= end and one.number not in _COMMENT_TOKENS),
        len(text.data),
    )
    for first, last in statements:
        begins = next(
            (t.start for t in tokens if t.start >= first and t.number not in _COMMENT_TOKENS), first
        )
        if begins == following:
            return text.character(last)
        if begins < start < last:
            newline = text.data.find(b"\n", following)
            return text.character(len(text.data) if newline < 0 else newline)
    return text.character(end)


def _in_lines(source: SourceFile, sign: str, end_of: _EndOf) -> Iterator[Suppression]:
    lines = source.text.splitlines(keepends=True)
    start = 0
    for number, line in enumerate(lines):
        bare = line.strip()
        at = line.find(sign)
        if at >= 0 and MARK in line[at:]:
            words = line[at:].strip().lstrip(f"{sign}! ").strip()
            is_alone = bare.startswith(sign)
            end = start + len(line)
            if is_alone:
                end = end_of(lines, number, sign, end)
            first = start + line.index(bare[0])
            origin = Origin(source.path, Span(start + at, start + len(line.rstrip())))
            yield from _read(words, origin, Span(first, end))
        start += len(line)


def _line_end(lines: list[str], number: int, sign: str, end: int) -> int:
    """The end of the next line that is neither blank nor a comment."""
    for line in lines[number + 1 :]:
        end += len(line)
        if line.strip() and not line.strip().startswith(sign):
            return end
    return end


def _prisma_end(lines: list[str], number: int, sign: str, end: int) -> int:
    """As for a line; the whole block where that line opens one."""
    is_inside = False
    for line in lines[number + 1 :]:
        end += len(line)
        bare = line.strip()
        if is_inside:
            if bare.startswith("}"):
                return end
        elif bare and not bare.startswith(sign):
            if not bare.endswith("{"):
                return end
            is_inside = True
    return end


def _read(words: str, origin: Origin, covers: Span) -> Iterator[Suppression]:
    mark, _, rest = words.partition(" ")
    if mark != MARK:
        return
    names, _, reason = rest.partition(":")
    for name in names.replace(",", " ").split():
        yield Suppression(name, reason.strip(), origin, covers)
