"""A repair for MySQL: what today's code survives, and what has to wait for tomorrow's."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.fixes.mysql.plan import Planned, plan
from workers.engine.fixes.plan import Part
from workers.engine.fixes.quoting import printable
from workers.engine.fixes.reversal import reversed_comparison, told_as_lost
from workers.engine.fixes.steps import Work, work_of
from workers.engine.fixes.tokens import script_of
from workers.engine.repair.naming import names_for, title_of
from workers.engine.repair.planning import paths_of
from workers.engine.repair.proposal import NewFile, Wish
from workers.engine.repair.subjects import table_of
from workers.engine.rules.context import Context

STEPWISE = (
    "MySQL commits each statement by itself: where one is refused, those before it stay carried "
    "out. Try the migration on a copy of the data first."
)


def mysql_files(context: Context, work: Work, wish: Wish) -> tuple[tuple[NewFile, ...], list[str]]:
    """The migrations for the changes with their way back, and what people have to decide; none
    where there is nothing to do."""
    planned = plan(work)
    if not planned:
        return (), []
    found = [one for one in _parts(planned) if one[1]]
    title = title_of(sorted({table_of(one) for one in work.changes}))
    taken = [migration.name for migration in context.migrations]
    parts = [Part(name if len(found) > 1 else "", ()) for name, _ in found]
    names = names_for(parts, taken, wish.stamp, title)
    files = []
    for (_, steps), name in zip(found, names, strict=True):
        path, _ = paths_of(context, name)
        files.append(NewFile(path, "".join((*_head(steps), _script(steps)))))
    _, down = paths_of(context, names[-1])
    files.append(NewFile(down, _way_back(work), is_way_back=True))
    return tuple(files), list(dict.fromkeys(todo for one in planned for todo in one.todos))


def _parts(planned: list[Planned]) -> Iterator[tuple[str, list[Planned]]]:
    yield "expand", [one for one in planned if not one.breaks]
    yield "contract", [one for one in planned if one.breaks]


def _head(steps: list[Planned]) -> Iterator[str]:
    why = "; ".join(dict.fromkeys(one.breaks for one in steps if one.breaks))
    if why:
        told = f"To be deployed when the code of today runs nowhere any more: {why}."
        yield f"-- {printable(told)}\n\n"


def _script(steps: list[Planned]) -> str:
    return script_of((one.line for one in steps), "mysql")


def _way_back(work: Work) -> str:
    back = work_of(reversed_comparison(work.comparison), work.replayed, work.declared)
    return f"{told_as_lost(work.changes)}{_script(plan(back))}"
