"""The chapters in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from workers.engine.dossier.dossier import Dossier, PairDossier
from workers.engine.errors import Effect
from workers.output.report import code, history, plan, summary, tables
from workers.output.report.document import (
    Block,
    Chapter,
    Document,
    Heading,
    Item,
    Listing,
    Paragraph,
    quoted,
)


def compose(dossier: Dossier, name: str, judged: str) -> Document:
    """The document; `name` is the repository's, `judged` says which state and when."""
    word = dossier.readiness.word
    sentence, tone = plan.VERDICTS[word]
    parts = (
        ("summary", "Summary", summary.summary(dossier)),
        ("unread", "What could not be read, and notes", _notes(dossier)),
        ("affected", "Tables affected", _each(dossier, summary.affected)),
        ("fields", "Fields: migrations against schema", _each(dossier, tables.fields)),
        ("resolved", "Put right by later migrations", _each(dossier, tables.resolved)),
        ("indexes", "Index coverage", _each(dossier, tables.indexes)),
        ("policies", "Row-level security", _each(dossier, tables.guards)),
        ("timeline", "Migration timeline", _each(dossier, history.timeline)),
        ("workflow", "Workflow", history.workflow(dossier)),
        ("code", "Code against the migrations", code.code(dossier)),
        ("missing", "Missing migrations", _each(dossier, plan.missing)),
        ("environments", "Likely state of the environments", history.environments(dossier)),
        ("causes", "Root causes", history.causes(dossier)),
        ("actions", "Actions in order", plan.actions(dossier)),
        ("prevention", "Prevention", plan.prevention(dossier)),
        ("readiness", "Readiness", plan.ready(dossier)),
    )
    made = (Chapter(anchor, title, tuple(blocks)) for anchor, title, blocks in parts)
    return Document(
        title=f"Schema drift: {name}",
        subtitle=Item(judged),
        verdict=word,
        tone=tone,
        verdict_line=Item(sentence),
        chapters=tuple(chapter for chapter in made if chapter.blocks),
    )


def _each(dossier: Dossier, chapter: Callable[[PairDossier], Iterable[Block]]) -> Iterator[Block]:
    """A chapter's part for each schema, under its name where there are several to tell of."""
    parts = [(one, list(chapter(one))) for one in dossier.pairs]
    telling = [(one, blocks) for one, blocks in parts if not _says_nothing(blocks)]
    for one, blocks in telling or parts[:1]:
        if len(telling) > 1:
            path = (one.pair.schema_paths or (one.pair.migrations_path or "",))[0]
            yield Heading(quoted(path))
        yield from blocks


def _says_nothing(blocks: list[Block]) -> bool:
    """Whether there is but a sentence which says that there is nothing to say."""
    return all(
        isinstance(block, Paragraph) and block.item.tone in ("muted", "good") for block in blocks
    )


def _notes(dossier: Dossier) -> Iterator[Block]:
    told = dossier.report.diagnostics
    if told:
        yield Listing(
            tuple(
                Item(
                    ("Could not tell: " if d.effect is Effect.UNKNOWN else "") + d.message,
                    d.origin,
                    "bad" if d.effect is Effect.UNKNOWN else "info",
                )
                for d in told
            )
        )
