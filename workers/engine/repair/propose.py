"""A repair for each pair of a repository: chosen, planned, written and proven."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.code.places import is_code
from workers.engine.compare import changes as c
from workers.engine.compare.differ import compare
from workers.engine.compare.subjects import subject_of
from workers.engine.errors import EngineError
from workers.engine.fixes import script
from workers.engine.fixes.plan import ordered, parts, plan
from workers.engine.fixes.reversal import lost_on_the_way
from workers.engine.fixes.steps import Stage, Step
from workers.engine.fixes.tree import NotAnExpression
from workers.engine.past import continued
from workers.engine.project.migrations import SCRIPT
from workers.engine.reading import ground_of
from workers.engine.repair.baseline import baseline_of
from workers.engine.repair.choice import Choice, choose
from workers.engine.repair.editing import Outcome, edited
from workers.engine.repair.guards import guard_steps, guards_of
from workers.engine.repair.moves import moves_of
from workers.engine.repair.planning import chosen, files_of, work_for
from workers.engine.repair.proof import Disproof, disproof, standing
from workers.engine.repair.proposal import Mended, Move, NewFile, Proposal, Wish
from workers.engine.repair.sqlite import sqlite_files
from workers.engine.repair.texts import with_files, with_moves
from workers.engine.rules.context import Context
from workers.engine.settings import Settings
from workers.engine.side import options_of, read_side
from workers.engine.snapshot import Code, Snapshot, Tree
from workers.engine.sql.replay import Memo

_MOST_LEFT_OUT = 8
"""How often a repair is tried again without what stood in its way."""
_WRITTEN = frozenset(("postgresql", "sqlite", "mysql"))
_TITLES = {"sqlserver": "SQL Server", "cockroachdb": "CockroachDB", "mongodb": "MongoDB"}
_DEFAULTS = Settings()
_WISH = Wish()


def propose(
    snapshot: Snapshot,
    settings: Settings = _DEFAULTS,
    wish: Wish = _WISH,
    memo: Memo | None = None,
) -> tuple[Proposal, ...]:
    """A repair for each pair that drifts or whose migrations do not run; none for the others."""
    memory = _Memory(memo)
    head = read_side(snapshot.head, settings, memo or memory)
    bases: dict[str, Context] = {}
    if snapshot.base is not None:
        base = read_side(snapshot.base, settings, memo or memory)
        bases = {_place(context): context for context in base.contexts}
    found = []
    for context in head.contexts:
        with_base = replace(context, base=bases.get(_place(context)), changed=snapshot.changed)
        one = _Repair(with_base, settings, wish, memory).proposal()
        if one is not None:
            found.append(one)
    return tuple(found)


class _Memory:
    """Remembers replayed prefixes while one repair is made: each of its states is a replay, and
    none is worth remembering for longer."""

    keeps_states = True

    def __init__(self, outer: Memo | None) -> None:
        self._values: dict[str, bytes] = {}
        self._outer = outer

    def get(self, key: str) -> bytes | None:
        """What was put under a key here or before, or None."""
        if key not in self._values and self._outer is not None:
            return self._outer.get(key)
        return self._values.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Remember a value."""
        self._values[key] = value


def _place(context: Context) -> str:
    return context.schema_path or context.migrations_path


class _Repair(Struct):
    """The repair of one pair."""

    context: Context
    settings: Settings
    wish: Wish
    memo: Memo

    def read(self, tree: Tree) -> Context | None:
        """The same pair in another state of the files."""
        side = read_side(_bare(tree), self.settings, self.memo)
        for context in side.contexts:
            if _place(context) == _place(self.context):
                kept = self.context
                return replace(context, base=kept.base, changed=kept.changed, code=kept.code)
        return None

    def with_new(self, before: Context, files: Iterable[NewFile]) -> Context | None:
        """The state with new files. Where older migrations fail, the new ones run last, as on a
        database that is alive: the order that would be kindest to an empty one is another."""
        files = tuple(files)
        whole = self.read(_with(before, files))
        if whole is None or before.in_name_order is None or whole.project is None:
            return whole
        names = {_name_of(file.path) for file in files if not file.is_way_back}
        new = [one for one in whole.migrations if one.name in names]
        ground = ground_of(whole.project, self.settings, whole.declaration)
        run = continued(before.replay, new, ground)
        if run is None or whole.project.plain is not None:
            return whole
        options = options_of(whole.project, [*before.replay.diagnostics, *run.diagnostics])
        compared = compare(whole.declaration, run.schema, options)
        return replace(whole, replay=run, comparison=compared)

    def proposal(self) -> Proposal | None:
        """The repair, proven; or why there is none; None where nothing is wrong."""
        context = self.context
        if context.declared.provider not in _WRITTEN:
            return _unwritten(context) if standing(context.comparison.changes) else None
        moves = moves_of(context, self.read) if context.migrations else ()
        if moves:
            found = self.read(with_moves(context.head, {move.old: move.new for move in moves}))
            context = found if found is not None else context
        first = None if _failed_before(context) else baseline_of(context, self.settings)
        begun = self.read(_with(context, [first])) if first is not None else None
        context = begun or context
        changes = _asked(context)
        is_sound = not moves and first is None and not changes
        if is_sound and not guards_of(context, self.settings):
            return None
        try:
            mended = self._mended(context, changes, moves)
            return mended if begun is None or first is None else _begun(mended, first)
        except (EngineError, NotAnExpression) as error:
            why = f"It could not be written: {error}."
            return Proposal(context.pair, context.migrations_path, refusal=why)

    def _mended(
        self, context: Context, changes: list[c.Change], moves: tuple[Move, ...]
    ) -> Proposal:
        choices = [choose(change, context, self.wish.side) for change in changes]
        outcome = edited(context, choices, self.read, self.wish.side)
        for _ in range(_MOST_LEFT_OUT):
            proposal, wrong = self._tried(context, outcome, moves)
            if wrong is not None and context.declared.provider == "postgresql":
                # A statement that changes a whole table does not show which column is refused.
                _, apart = self._tried(context, outcome, moves, is_merged=False)
                wrong = apart or wrong
            kept = _without(outcome.choices, wrong)
            if wrong is None or kept == outcome.choices:
                break
            outcome = replace(outcome, choices=kept)
        return proposal

    def _tried(
        self,
        context: Context,
        outcome: Outcome,
        moves: tuple[Move, ...],
        *,
        is_merged: bool = True,
    ) -> tuple[Proposal, Disproof | None]:
        """One attempt: written and held against its promise."""
        rest = [choice for choice in outcome.choices if choice.side == "migration"]
        if context.declared.provider == "sqlite":
            files = sqlite_files(outcome.context, chosen(outcome.context, rest), self.wish)
            proven, wrong = self._proven(context, outcome, (), files, moves)
            changes = chosen(outcome.context, rest) if proven.files else ()
            return replace(proven, losses=tuple(lost_on_the_way(changes))), wrong
        if context.declared.provider == "mysql":
            return self._tried_on_mysql(context, outcome, rest, moves)
        steps, files = self._written(outcome.context, rest, is_merged=is_merged)
        return self._proven(context, outcome, steps, files, moves)

    def _tried_on_mysql(
        self,
        context: Context,
        outcome: Outcome,
        rest: list[Choice],
        moves: tuple[Move, ...],
    ) -> tuple[Proposal, Disproof | None]:
        from workers.engine.repair.mysql import STEPWISE, mysql_files  # with sqlglot, and so late

        work = work_for(outcome.context, rest, self.settings, self.wish)
        files, todos = mysql_files(outcome.context, work, self.wish)
        proven, wrong = self._proven(context, outcome, (), files, moves)
        if not proven.files:
            return proven, wrong
        told = replace(
            proven,
            todos=tuple(todos),
            losses=tuple(lost_on_the_way(work.changes)),
            notes=(*proven.notes, STEPWISE),
        )
        return told, wrong

    def _written(
        self, context: Context, choices: list[Choice], *, is_merged: bool
    ) -> tuple[tuple[Step, ...], tuple[NewFile, ...]]:
        """The steps and their files; what guards the tables is known once they are there."""
        work = work_for(context, choices, self.settings, self.wish)
        work = replace(work, house=replace(work.house, is_merged=is_merged))
        steps = plan(work)
        files = files_of(context, parts(steps, work), work, self.wish)
        first = self.with_new(context, files)
        made = [
            one.change.declared.name for one in choices if isinstance(one.change, c.TableMissing)
        ]
        guards = guards_of(first or context, self.settings, made)
        if guards:
            steps = ordered((*steps, *guard_steps(guards)))
            files = files_of(context, parts(steps, work), work, self.wish)
        return steps, files

    def _proven(
        self,
        before: Context,
        outcome: Outcome,
        steps: tuple[Step, ...],
        files: tuple[NewFile, ...],
        moves: tuple[Move, ...],
    ) -> tuple[Proposal, Disproof | None]:
        whole = self.with_new(outcome.context, files)
        promised = [choice.change for choice in outcome.choices if choice.side != "none"]
        names = [_name_of(file.path) for file in files if not file.is_way_back]
        wrong: Disproof | None = Disproof("the repaired repository could not be read")
        if whole is not None:
            wrong = disproof(before, whole, promised, steps, names)
        told = Proposal(
            pair=self.context.pair,
            migrations_path=self.context.migrations_path,
            mended=tuple(_told(choice) for choice in outcome.choices),
            remaining=tuple(
                subject_of(one.change) for one in outcome.choices if one.side == "none"
            ),
        )
        if wrong is not None:
            return replace(told, refusal=wrong.reason), wrong
        return replace(
            told,
            files=files,
            edits=outcome.edits,
            moves=moves,
            steps=steps,
            todos=tuple(dict.fromkeys(step.todo for step in steps if step.todo)),
            losses=script.losses(steps),
            notes=tuple(_notes(before, whole, steps)),
        ), None


def _begun(found: Proposal, first: NewFile) -> Proposal:
    """The repair with the migration that the history lacked in front."""
    if found.refusal:
        return found
    name = _name_of(first.path)
    told = (
        f"`{name}` makes what older migrations need and none makes; with it they all run on an "
        "empty database. Where its tables are there already, mark it as applied before anything is "
        f"deployed: `prisma migrate resolve --applied {name}`."
    )
    return replace(found, files=(first, *found.files), notes=(told, *found.notes))


def _without(choices: tuple[Choice, ...], wrong: Disproof | None) -> tuple[Choice, ...]:
    """The choices with what is to blame left alone, so that the rest can be mended."""
    if wrong is None:
        return choices
    own = {subject_of(one.change) for one in choices if one.side == "migration"}
    # A part of a table that is made as a whole goes with the table.
    blamed = wrong.subjects & own or {name.rpartition(".")[0] for name in wrong.subjects} & own
    return tuple(
        replace(one, side="none", why=f"it cannot be mended alone: {wrong.reason}")
        if one.side == "migration" and subject_of(one.change) in blamed
        else one
        for one in choices
    )


def _unwritten(context: Context) -> Proposal:
    provider = context.declared.provider
    why = (
        f"Driftline writes no migrations for {_TITLES.get(provider, provider)}: none of its tests "
        "can run one there, so none could be shown to be right. It writes PostgreSQL's, MySQL's "
        "and SQLite's."
    )
    left = tuple(subject_of(change) for change in standing(context.comparison.changes))
    return Proposal(context.pair, context.migrations_path, remaining=left, refusal=why)


def _asked(context: Context) -> list[c.Change]:
    """What is to be mended: of a pull request what it brings; all, where it brings nothing new."""
    found = standing(context.comparison.changes)
    new = [change for change in found if not _is_old(change, context)]
    return new or found


def _is_old(change: c.Change, context: Context) -> bool:
    base = context.base.comparison.changes if context.base is not None else ()
    told = (type(change), subject_of(change))
    return any((type(one), subject_of(one)) == told for one in base)


def _failed_before(context: Context) -> bool:
    """Whether the base's history does not run either: that is not the pull request's affair."""
    base = context.base
    return base is not None and bool((base.in_name_order or base.replay).failures)


def _bare(tree: Tree) -> Tree:
    """The tree without its code, which a repair does not change."""
    files = {path: data for path, data in tree.files.items() if not is_code(path)}
    return replace(tree, files=files, code=Code())


def _with(context: Context, files: Iterable[NewFile]) -> Tree:
    return with_files(context.head, {file.path: file.text for file in files})


def _name_of(path: str) -> str:
    """The migration's name: its folder's, or its file's."""
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] if name == SCRIPT else name.removesuffix(".sql")


def _told(choice: Choice) -> Mended:
    return Mended(subject_of(choice.change), type(choice.change).__name__, choice.side, choice.why)


def _notes(before: Context, whole: Context | None, steps: Iterable[Step]) -> Iterable[str]:
    """What a reader has to know besides: what breaks, what is left, what cannot run."""
    renames = [one for one in steps if one.breaks and one.stage < Stage.REQUIRE]
    if renames:
        shown = ", ".join(f"`{one.subject}`" for one in renames[:5])
        yield (
            f"The code of today does not know the new name of {shown}: deploy it with the code, or "
            "keep the old name by `@map`."
        )
    old = [one for one in standing(before.comparison.changes) if _is_old(one, before)]
    if old and len(old) < len(standing(before.comparison.changes)):
        yield f"{len(old)} older differences are left: `driftline fix` without a base mends them."
    failures = whole.in_name_order.failures if whole and whole.in_name_order else ()
    names = list(dict.fromkeys(f"`{failure.migration}`" for failure in failures))
    if names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield f"{shown} cannot run on an empty database, before and after this repair."
