"""How to bring one environment back in step: commands, in order, fitted to what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workers.engine.observed.applied import History, key_of
from workers.engine.observed.forecast import Forecast
from workers.engine.observed.halfway import Halfway
from workers.engine.observed.makers import DECLARED
from workers.engine.observed.story import Sight, Story, is_set_back
from workers.engine.prevention.tool import Tool, tool_for
from workers.engine.rules.context import Context
from workers.engine.sql.replay import Migration

_CONFIGURED = (7, 0)
_LISTED = 4
DEPLOY = "Deploy what waits"
"""How the step begins that runs the pending migrations."""


class Commands(Struct, frozen=True):
    """How this project calls its runner."""

    runner: str
    tool: Tool | None = None

    def prisma(self, words: str) -> str:
        """A command of Prisma's, with the schema where Prisma would not find it."""
        tool = self.tool
        return f"`{tool.run} prisma {words}{tool.option}`" if tool else f"`npx prisma {words}`"

    def mark(self, *names: str) -> str:
        """The command that puts migrations on the record without running them."""
        if self.runner == "supabase":
            versions = " ".join(key_of(name, "supabase") for name in names)
            return f"`supabase migration repair --status applied {versions}`"
        return self.prisma(f"migrate resolve --applied {names[0]}")

    @property
    def deploy(self) -> str:
        """The command that runs what waits."""
        return "`supabase db push`" if self.runner == "supabase" else self.prisma("migrate deploy")

    @property
    def migration(self) -> str:
        """The command that writes the migration to what is declared in SQL."""
        return "`supabase db diff -f NAME`" if self.runner == "supabase" else "`driftline fix`"

    @property
    def status(self) -> str:
        """The command that lists what ran."""
        if self.runner == "supabase":
            return "`supabase migration list`"
        return self.prisma("migrate status")

    @property
    def pull(self) -> str:
        """The command that writes down what a database holds beyond its migrations."""
        if self.runner == "supabase":
            return "`supabase db pull` writes it as a migration and marks that as applied here"
        tool = self.tool
        path = tool.migrations_path if tool and tool.migrations_path else "prisma/migrations"
        is_new = tool is None or tool.version >= _CONFIGURED
        target = "--to-config-datasource" if is_new else '--to-url "$DATABASE_URL"'
        run = tool.run if tool else "npx"
        command = f"{run} prisma migrate diff --from-migrations {path} {target} --script"
        return f"`{command}` prints it as SQL"

    def execute(self, migration: Migration) -> str:
        """The command that runs a migration's SQL, and leaves the record alone."""
        tool, path = self.tool, migration.source.path
        if tool is None or tool.version >= _CONFIGURED:
            return f"`npx prisma db execute --file {path}`"
        return f"`{tool.run} prisma db execute --file {path} --schema={tool.schema_path}`"


def advice(
    sight: Sight, forecasts: Sequence[Forecast], story: Story, context: Context
) -> Iterator[str]:
    """One step a line; nothing where there is nothing to do."""
    if story.kind in ("in step", "unread"):
        return
    if story.is_another:
        yield "Check that this environment's connection string is this project's, before all else."
        return
    if story.kind != "empty":
        yield "Take a backup of this database first."
    for history, outlook in zip(sight.histories, forecasts, strict=True):
        commands = commands_of(history, context)
        yield from _record(history, sight, commands)
        yield from _objects(history, sight, story, commands)
        yield from _deployment(history, outlook, sight, story, commands)
    if story.kind == "db push":
        yield "Keep `prisma db push` away from it: what it makes, no migration knows."


def commands_of(history: History, context: Context) -> Commands:
    """The commands of one history."""
    if history.runner == "supabase" or context.project is None:
        return Commands(history.runner)
    return Commands("prisma", tool_for(context.project, context.head.paths))


def _record(history: History, sight: Sight, commands: Commands) -> Iterator[str]:
    """What is wrong with the runner's own table."""
    for name in history.failed:
        half = next((one for one in sight.halves if one.name == name), None)
        yield _resolve(name, half, commands)
    if history.foreign and history.runner == "supabase":
        names = " ".join(name.partition("_")[0] for name in history.foreign)
        yield (
            "Fetch what ran here (`supabase migration fetch`), or take it off the record:"
            f" `supabase migration repair --status reverted {names}`."
        )
    elif history.foreign:
        them = "it" if len(history.foreign) == 1 else "them"
        squashed = [name for name, state in sight.presence.items() if state == "there"]
        unless = f", unless {_list(squashed)} replaces {them}" if squashed else ""
        yield (
            f"Bring {_list(history.foreign)} back into git, from the branch that deployed"
            f" {them}{unless}: without {them} no other environment can be like this one."
        )
    if history.edited:
        why = "" if sight.drift else " (the edit changes nothing here; `migrate dev` resets for it)"
        yield (
            f"Put {_list(history.edited)} back in git as applied, and write the change as a new"
            f" migration{why}."
        )
    if history.assumed:
        yield from _baseline(history, sight, commands)
    elif not history.is_tracked and sight.there.tables and history.pending:
        yield (
            "It holds nothing that these migrations make: check that it is the right database;"
            f" else give them an empty one, or an empty schema. {commands.deploy} would be refused."
        )
    holding = sight.holding
    if is_set_back(sight) and holding is not None:
        for migration in history.applied[holding.count :][:_LISTED]:
            yield (
                f"Run what its record names and it lacks, in order: {commands.execute(migration)}."
            )
        if len(history.applied) - holding.count > _LISTED:
            yield "And so on, up to the last one that is recorded."


def _resolve(name: str, half: Halfway | None, commands: Commands) -> str:
    undone = commands.prisma(f"migrate resolve --rolled-back {name}")
    done = commands.prisma(f"migrate resolve --applied {name}")
    if half is None or not half.is_exact:
        return (
            f"Find out how much of `{name}` ran; undo it, then {undone}, or finish it, then {done}."
        )
    if half.least == 0:
        return f"Nothing of `{name}` is to be undone: {undone}, mend it in git, and deploy again."
    if half.least == half.total:
        return f"All of `{name}` is there: {done}."
    return (
        f"Run what `{name}` holds behind line {half.line} by hand, then {done}; or undo what it"
        f" holds up to there, then {undone}."
    )


def _baseline(history: History, sight: Sight, commands: Commands) -> Iterator[str]:
    """Putting on the record what is there."""
    names = [migration.name for migration in history.assumed]
    if sight.drift:
        yield (
            "Bring what differs in line first, in git or here: a baseline says that the migrations"
            " made all of it."
        )
    if history.runner == "supabase":
        yield f"Put what it holds on record: {commands.mark(*names)}."
    elif len(names) <= _LISTED:
        for name in names:
            yield f"Put what it holds on record (a baseline): {commands.mark(name)}."
    else:
        yield (
            f"Put what it holds on record (a baseline): {commands.mark(names[0])}, and so on for"
            f" each of the {len(names)} up to `{names[-1]}`, in order."
        )


def _objects(history: History, sight: Sight, story: Story, commands: Commands) -> Iterator[str]:
    """What is wrong with what the database holds."""
    if not history.is_tracked:
        return
    for migration in history.pending:
        state = sight.presence.get(migration.name)
        if state == "there":
            yield (
                f"All that `{migration.name}` makes is there: mark it as applied,"
                f" {commands.mark(migration.name)}."
            )
        elif state == "partly":
            yield (
                f"A part of what `{migration.name}` makes is there: write `IF NOT EXISTS` in it,"
                " or undo that part here, before it is deployed."
            )
    makers = [(one, story.maker_of(one.subject)) for one in sight.drift]
    if any("db push" in maker and "still waits" not in maker for _, maker in makers):
        yield (
            "Write the migration that `db push` left out (`driftline fix`), land it, and mark it"
            f" here as applied: {commands.mark('NAME')}."
        )
    if sight.beside is not None and any(maker.startswith(DECLARED) for _, maker in makers):
        yield (
            f"Write the migration that {sight.beside.source} still asks for ({commands.migration}),"
            f" land it, and mark it here as applied: {commands.mark('NAME')}."
        )
    by_hand = [one for one, maker in makers if maker.startswith("by hand")]
    if by_hand:
        yield (
            "Decide for each change made by hand: keep it, as a migration with `IF NOT EXISTS`"
            f" ({commands.pull}), or undo it here."
        )


def _deployment(
    history: History, outlook: Forecast, sight: Sight, story: Story, commands: Commands
) -> Iterator[str]:
    failing = outlook.failing
    is_marked = {name for name, state in sight.presence.items() if state != "absent"}
    is_marked |= {migration.name for migration in history.assumed}
    if failing is not None and failing.failure is not None:
        name = failing.migration.name
        if name not in is_marked:
            yield (
                f"Mend `{name}` before deploying: it would fail here"
                f" ({failing.failure.sqlstate}: {failing.failure.message})."
            )
    there = {name for name, state in sight.presence.items() if state == "there"}
    there |= {migration.name for migration in history.assumed}
    there |= {half.name for half in sight.halves if half.is_exact and half.least == half.total}
    rest = [migration for migration in history.pending if migration.name not in there]
    if rest and (history.is_tracked or history.assumed or story.kind == "empty"):
        yield f"{DEPLOY}: {commands.deploy} ({len(rest)} to run)."
    if story.kind not in ("behind", "empty") or rest:
        yield f"Look whether all is well: {commands.status}, `driftline status`, the smoke tests."


def _list(names: Sequence[str]) -> str:
    told = ", ".join(f"`{name}`" for name in names[:3])
    return told + (f" and {len(names) - 3} more" if len(names) > 3 else "")
