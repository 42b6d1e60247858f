"""From a comparison to the files of a migration, in the manner and the folder of a pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.compare.subjects import subject_of
from workers.engine.fixes import script
from workers.engine.fixes.plan import Part
from workers.engine.fixes.steps import Running, Work, work_of
from workers.engine.repair.choice import Choice
from workers.engine.repair.house import house_of
from workers.engine.repair.naming import names_for, title_of
from workers.engine.repair.proposal import NewFile, Wish
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName
from workers.engine.settings import Settings


def chosen(context: Context, choices: Iterable[Choice]) -> tuple[c.Change, ...]:
    """The chosen changes as they stand in this state, in the comparison's own objects."""
    wanted = {(type(one.change), subject_of(one.change)) for one in choices}
    changes = context.comparison.changes
    return tuple(one for one in changes if (type(one), subject_of(one)) in wanted)


def work_for(context: Context, choices: Iterable[Choice], settings: Settings, wish: Wish) -> Work:
    """What the makers of steps need to know of this pair."""
    base = context.base
    large = frozenset(
        name
        for name in context.declared.tables
        if name.name in wish.large or str(name) in wish.large
    )

    def text_of(table: QualifiedName, column: str) -> str:
        field = context.field_of(table, column)
        source = context.sources.get(field.origin.path) if field is not None else None
        if field is None or source is None:
            return ""
        return source.text[field.origin.span.start : field.origin.span.end]

    return work_of(
        Comparison(chosen(context, choices), context.comparison.tables),
        context.declared,
        context.replayed,
        house=house_of(context),
        running=Running(base.declared if base is not None else None),
        large=large,
        field_text=text_of,
        server_version=settings.server_version,
    )


def files_of(
    context: Context, found: Sequence[Part], work: Work, wish: Wish
) -> tuple[NewFile, ...]:
    """The migrations, each with its way back beside it."""
    subjects = [step.subject.split(".") for part in found for step in part.steps]
    tables = sorted({words[1] for words in subjects if len(words) > 1})
    taken = [migration.name for migration in context.migrations]
    names = names_for(found, taken, wish.stamp, title_of(tables))
    files = []
    for part, name in zip(found, names, strict=True):
        up, down = paths_of(context, name)
        files.append(NewFile(up, script.up(part, work.house)))
        back = script.down([part])
        if back:
            files.append(NewFile(down, back, is_way_back=True))
    return tuple(files)


def paths_of(context: Context, name: str) -> tuple[str, str]:
    """Where a migration and its way back go; a runner must never take the latter for the former."""
    folder = f"{context.migrations_path}/" if context.migrations_path else ""
    if context.project is None or context.project.is_prisma:
        return f"{folder}{name}/migration.sql", f"{folder}{name}/down.sql"
    above = context.migrations_path.rpartition("/")[0]
    down = f"{above}/down" if above else "down"
    return f"{folder}{name}.sql", f"{down}/{name}.down.sql"
