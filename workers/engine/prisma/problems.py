"""What is wrong with the files themselves, as diagnostics that name the tables they leave open."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.errors import Effect
from workers.engine.prisma.document import Document, Problem
from workers.engine.prisma.symbols import Symbols
from workers.engine.source import Origin


def tell_problems(documents: Iterable[Document], symbols: Symbols) -> None:
    """Add the problems of grammar and of configuration to the diagnostics."""
    for document in documents:
        if document.contract is not None:
            symbols.tell(
                "prisma-contract",
                f"`{document.path}` is a contract of Prisma 8, which is not judged yet.",
                Origin(document.path, document.contract),
            )
            continue
        for problem in document.problems:
            _tell(symbols, document.path, problem)
    configuration = symbols.configuration
    if configuration.unknown_provider is not None and configuration.origin is not None:
        symbols.tell(
            "prisma-provider",
            f"The datasource's provider `{configuration.unknown_provider}` is none that Prisma "
            "has; the schema is read as one for PostgreSQL.",
            configuration.origin,
        )
    for other in configuration.others:
        symbols.tell(
            "prisma-datasource",
            "A schema can have one datasource; only the first counts.",
            other,
            effect=Effect.INFORMATION,
        )


def _tell(symbols: Symbols, path: str, problem: Problem) -> None:
    message = problem.message[:1].upper() + problem.message[1:]
    subjects: tuple[str, ...] = ()
    effect = Effect.UNKNOWN
    if problem.block is not None:
        table = symbols.tables.get(problem.block)
        enum = symbols.enums.get(problem.block)
        message = f"`{problem.block}`: {problem.message}"
        if table is not None:
            subjects = (str(table.name),)
        elif enum is not None:
            subjects = (str(symbols.enum_name(enum)),)
        else:
            effect = Effect.INFORMATION
    symbols.tell("prisma-syntax", f"{message}.", Origin(path, problem.span), subjects, effect)
