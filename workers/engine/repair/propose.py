"""A repair for each pair of a repository: chosen, planned, written and proven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.compare.subjects import subject_of
from workers.engine.errors import EngineError
from workers.engine.findings import Finding
from workers.engine.fixes import script
from workers.engine.fixes.plan import Part, ordered, parts, plan
from workers.engine.fixes.steps import Running, Step, Work, work_of
from workers.engine.fixes.tree import NotAnExpression
from workers.engine.judge import judge_pair
from workers.engine.repair.choice import Choice, choose
from workers.engine.repair.edits import edits_for
from workers.engine.repair.guards import guard_steps
from workers.engine.repair.house import house_of
from workers.engine.repair.moves import moves_of
from workers.engine.repair.naming import names_for, title_of
from workers.engine.repair.proof import disproof, standing
from workers.engine.repair.proposal import Edited, Mended, Move, NewFile, Proposal, Wish
from workers.engine.repair.sqlite import NO_WAY_BACK, sqlite_files
from workers.engine.repair.texts import with_edits, with_files, with_moves
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName
from workers.engine.settings import Settings
from workers.engine.side import read_side
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.sql.replay import Memo

_WRITTEN = frozenset(("postgresql", "sqlite"))
_DEFAULTS = Settings()
_WISH = Wish()


def propose(
    snapshot: Snapshot,
    settings: Settings = _DEFAULTS,
    wish: Wish = _WISH,
    memo: Memo | None = None,
) -> tuple[Proposal, ...]:
    """A repair for each pair that drifts or whose migrations do not run; none for the others."""
    head = read_side(snapshot.head, settings, memo)
    bases: dict[str, Context] = {}
    if snapshot.base is not None:
        base = read_side(snapshot.base, settings, memo)
        bases = {_place(context): context for context in base.contexts}
    found = []
    for context in head.contexts:
        with_base = replace(context, base=bases.get(_place(context)), changed=snapshot.changed)
        one = _Repair(with_base, settings, wish, memo).proposal()
        if one is not None:
            found.append(one)
    return tuple(found)


def _place(context: Context) -> str:
    return context.schema_path or context.migrations_path


class _Repair(Struct):
    """The repair of one pair, as it grows."""

    context: Context
    settings: Settings
    wish: Wish
    memo: Memo | None = None

    def read(self, tree: Tree) -> Context | None:
        """The same pair in another state of the files."""
        side = read_side(tree, self.settings, self.memo)
        for context in side.contexts:
            if _place(context) == _place(self.context):
                return replace(context, base=self.context.base, changed=self.context.changed)
        return None

    def proposal(self) -> Proposal | None:
        """The repair, proven; or why there is none; None where nothing is wrong."""
        context = self.context
        moves = moves_of(context, self.read) if context.migrations else ()
        moved = context
        if moves:
            found = self.read(with_moves(context.head, {move.old: move.new for move in moves}))
            moved = found if found is not None else context
        guards = self._guards(moved)
        if not moves and not standing(moved.comparison.changes) and not guards:
            return None
        if moved.declared.provider not in _WRITTEN:
            return self._unwritten(moved)
        try:
            return self._mended(moved, moves)
        except (EngineError, NotAnExpression) as error:
            return Proposal(
                context.pair, context.migrations_path, refusal=f"It could not be written: {error}."
            )

    def _unwritten(self, context: Context) -> Proposal:
        provider = context.declared.provider
        why = f"Driftline writes no migrations for {provider} yet, only PostgreSQL's and SQLite's."
        left = tuple(subject_of(change) for change in standing(context.comparison.changes))
        return Proposal(context.pair, context.migrations_path, remaining=left, refusal=why)

    def _mended(self, context: Context, moves: tuple[Move, ...]) -> Proposal:
        choices = [
            choose(change, context, self.wish.side)
            for change in standing(context.comparison.changes)
        ]
        edited, choices, edits = self._edited(context, choices)
        rest = [choice for choice in choices if choice.side == "migration"]
        left = [choice for choice in choices if choice.side == "none"]
        if context.declared.provider == "sqlite":
            files = sqlite_files(edited, _current(edited, rest), self.wish)
            proven = self._proven(context, edited, (), files, moves, edits, choices, left, rest)
            return replace(proven, losses=(NO_WAY_BACK,)) if proven.files else proven
        work = self._work(edited, rest)
        steps = plan(work)
        names_taken = [migration.name for migration in edited.migrations]
        return self._written(context, edited, work, steps, names_taken, moves, edits, choices)

    def _written(
        self,
        before: Context,
        edited: Context,
        work: Work,
        steps: tuple[Step, ...],
        taken: Sequence[str],
        moves: tuple[Move, ...],
        edits: tuple[Edited, ...],
        choices: Sequence[Choice],
    ) -> Proposal:
        rest = [choice for choice in choices if choice.side == "migration"]
        left = [choice for choice in choices if choice.side == "none"]
        files = self._files(edited, parts(steps, work), work, taken)
        first = self.read(with_files(edited.head, {file.path: file.text for file in files}))
        guards = self._guards(first if first is not None else edited)
        if guards:
            steps = ordered((*steps, *guard_steps(guards)))
            files = self._files(edited, parts(steps, work), work, taken)
        return self._proven(before, edited, steps, files, moves, edits, choices, left, rest)

    def _proven(
        self,
        before: Context,
        edited: Context,
        steps: tuple[Step, ...],
        files: tuple[NewFile, ...],
        moves: tuple[Move, ...],
        edits: tuple[Edited, ...],
        choices: Sequence[Choice],
        left: Sequence[Choice],
        rest: Sequence[Choice],
    ) -> Proposal:
        whole = self.read(with_files(edited.head, {file.path: file.text for file in files}))
        promised = [choice.change for choice in choices if choice.side != "none"]
        names = [file.path.rpartition("/")[0].rpartition("/")[2] for file in files]
        names += [file.path.rpartition("/")[2].removesuffix(".sql") for file in files]
        refusal = "the repaired repository could not be read"
        if whole is not None:
            refusal = disproof(before, whole, promised, steps, names)
        told = Proposal(
            pair=self.context.pair,
            migrations_path=self.context.migrations_path,
            mended=tuple(_mended(choice) for choice in choices),
            remaining=tuple(subject_of(choice.change) for choice in left),
        )
        if refusal:
            return replace(told, refusal=refusal, moves=())
        return replace(
            told,
            files=files,
            edits=edits,
            moves=moves,
            steps=steps,
            todos=tuple(dict.fromkeys(step.todo for step in steps if step.todo)),
            losses=script.losses(steps),
            notes=tuple(_notes(whole)),
        )

    def _edited(
        self, context: Context, choices: list[Choice]
    ) -> tuple[Context, list[Choice], tuple[Edited, ...]]:
        """The schema brought to the migrations where that is the choice, each edit proven alone."""
        texts: dict[str, str] = {}
        current = context
        settled = []
        for choice in choices:
            if choice.side != "schema":
                settled.append(choice)
                continue
            found = self._one_edit(current, choice)
            if found is None:
                settled.append(_without_edit(choice, self.wish))
                continue
            current, path, text = found
            texts[path] = text
            settled.append(choice)
        edits = tuple(
            Edited(path, context.sources[path].text, text)
            for path, text in texts.items()
            if text != context.sources[path].text
        )
        return current, settled, edits

    def _one_edit(self, context: Context, choice: Choice) -> tuple[Context, str, str] | None:
        """The state after one edit, where it ends the difference and makes no other."""
        edits = edits_for(choice.change, context)
        if not edits:
            return None
        path = edits[0].path
        text = with_edits(context.sources[path].text, edits)
        after = self.read(with_files(context.head, {path: text}))
        if after is None:
            return None
        had = {(type(one), subject_of(one)) for one in context.comparison.changes}
        now = {(type(one), subject_of(one)) for one in after.comparison.changes}
        told = (type(choice.change), subject_of(choice.change))
        is_sound = len(after.declaration.diagnostics) <= len(context.declaration.diagnostics)
        return (after, path, text) if now < had and told not in now and is_sound else None

    def _work(self, context: Context, choices: Iterable[Choice]) -> Work:
        kept = _current(context, choices)
        comparison = Comparison(kept, context.comparison.tables)
        base = context.base

        def text_of(table: QualifiedName, column: str) -> str:
            field = context.field_of(table, column)
            source = context.sources.get(field.origin.path) if field is not None else None
            if field is None or source is None:
                return ""
            return source.text[field.origin.span.start : field.origin.span.end]

        large = frozenset(
            name
            for name in context.declared.tables
            if name.name in self.wish.large or str(name) in self.wish.large
        )
        return work_of(
            comparison,
            context.declared,
            context.replayed,
            house=house_of(context),
            running=Running(base.declared if base is not None else None),
            large=large,
            field_text=text_of,
            server_version=self.settings.server_version,
        )

    def _files(
        self, context: Context, found: tuple[Part, ...], work: Work, taken: Sequence[str]
    ) -> tuple[NewFile, ...]:
        tables = {
            step.subject.split(".")[1]
            for part in found
            for step in part.steps
            if "." in step.subject
        }
        names = names_for(found, taken, self.wish.stamp, title_of(sorted(tables)))
        files = []
        for part, name in zip(found, names, strict=True):
            up, down = _paths(context, name)
            files.append(NewFile(up, script.up(part, work.house)))
            back = script.down([part])
            if back:
                files.append(NewFile(down, back))
        return tuple(files)

    def _guards(self, context: Context) -> list[Finding]:
        """What the rules on row-level security find, in a project that uses it."""
        if not context.is_supabase:
            return []
        found = judge_pair(context, self.settings).findings
        return [
            one
            for one in found
            if one.rule in ("row-level-security-missing", "policy-without-row-level-security")
            and one.fix is not None
            and one.fix.sql
        ]


def _notes(whole: Context | None) -> Iterable[str]:
    """What a reader has to know besides: where older migrations fail, only databases that are
    alive can take the new ones."""
    failures = whole.in_name_order.failures if whole and whole.in_name_order else ()
    names = list(dict.fromkeys(f"`{failure.migration}`" for failure in failures))
    if names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield f"{shown} cannot run on an empty database, before and after this repair."


def _current(context: Context, choices: Iterable[Choice]) -> tuple[c.Change, ...]:
    """The chosen changes as they stand in this state, in the comparison's own objects."""
    wanted = {(type(one.change), subject_of(one.change)) for one in choices}
    changes = context.comparison.changes
    return tuple(one for one in changes if (type(one), subject_of(one)) in wanted)


def _without_edit(choice: Choice, wish: Wish) -> Choice:
    """What becomes of a change that the schema cannot tell: never a drop that nobody asked for."""
    if wish.side == "schema":
        return replace(choice, side="none", why="the schema cannot say it")
    if isinstance(choice.change, c.TableExtra | c.ColumnExtra | c.EnumExtra):
        why = "the schema cannot say it, and dropping it would lose data: decide yourself"
        return replace(choice, side="none", why=why)
    return replace(choice, side="migration", why="the schema cannot say it")


def _mended(choice: Choice) -> Mended:
    return Mended(subject_of(choice.change), type(choice.change).__name__, choice.side, choice.why)


def _paths(context: Context, name: str) -> tuple[str, str]:
    """Where a migration and its way back go; a runner must never take the latter for the former."""
    folder = f"{context.migrations_path}/" if context.migrations_path else ""
    if context.project is None or context.project.is_prisma:
        return f"{folder}{name}/migration.sql", f"{folder}{name}/down.sql"
    above = context.migrations_path.rpartition("/")[0]
    return f"{folder}{name}.sql", f"{above}/down/{name}.sql" if above else f"down/{name}.sql"
