"""One environment beside the repository: what was applied, what differs, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.errors import Diagnostic
from workers.engine.observed.advice import advice
from workers.engine.observed.applied import History, key_of, read_history
from workers.engine.observed.bench import Bench, examine
from workers.engine.observed.declared import beside_schema
from workers.engine.observed.difference import Difference
from workers.engine.observed.forecast import Forecast, forecast
from workers.engine.observed.makers import makers
from workers.engine.observed.observation import Observation, Runner
from workers.engine.observed.platform import (
    HOSTS,
    is_hosted_supabase,
    of_schemas,
    without_platform,
)
from workers.engine.observed.story import Story, tell
from workers.engine.project.version import SPLIT_SINCE
from workers.engine.reading import ground_of
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.sql.replay import Ground, Migration, replay


class Survey(Struct, frozen=True):
    """Everything that is known of one environment.

    `drift` is what separates the database from the replay of exactly the migrations that it has
    applied; `from_declared` what separates it from the declared schema.
    """

    observation: Observation
    histories: tuple[History, ...] = ()
    drift: tuple[Difference, ...] = ()
    from_declared: tuple[Difference, ...] | None = None
    story: Story = Story("unread", "")
    forecasts: tuple[Forecast, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.observation.environment

    @property
    def beside_schema(self) -> tuple[str, ...]:
        """What separates the database from the declared schema and is not told as drift."""
        drift = {one.subject for one in self.drift}
        found = [one for one in self.from_declared or () if one.subject not in drift]
        return tuple(beside_schema(one) for one in found)


def survey(observation: Observation, contexts: Sequence[Context]) -> Survey:
    """Look at one environment with the pairs of one state of the repository."""
    if not observation.was_read:
        return Survey(observation)
    mine = _contexts_of(observation, contexts)
    if not mine:
        return Survey(observation, story=Story("unknown", "no migrations lead to this database"))
    bench = _bench(observation, mine)
    sight, drift, traces = examine(bench, observation, mine[0])
    story = replace(tell(sight), makers=tuple(makers(drift, traces)))
    forecasts = tuple(
        forecast(
            observation,
            history,
            bench.ground,
            holds_tables=bool(sight.there.tables),
            is_split=history.runner == "prisma" and mine[0].prisma_version >= SPLIT_SINCE,
        )
        for history in sight.histories
    )
    return Survey(
        observation,
        tuple(sight.histories),
        drift,
        from_declared=sight.beside.differences if sight.beside is not None else None,
        story=story,
        forecasts=forecasts,
        advice=tuple(advice(sight, forecasts, story, mine[0])),
    )


def _bench(observation: Observation, mine: Sequence[Context]) -> Bench:
    first = mine[0]
    ground = _ground(first, observation)
    histories = tuple(
        read_history(observation, _runner(context), context.migrations, _texts(context))
        for context in mine
    )
    applied = histories[0].applied
    if len(histories) > 1:
        applied = tuple(_by_time([m for history in histories for m in history.applied]))
    made = replay(applied, ground, lenient=True)
    is_prefix = first.migrations[: len(applied)] == applied
    begun = made if is_prefix and ground.provider == "postgresql" else None
    whole = replay(first.migrations, ground, lenient=True, start=begun)
    known = _schemas(observation, first, ground, made.schema, whole.schema)
    return Bench(
        histories,
        applied,
        ground,
        made,
        whole.schema,
        known,
        _own(observation.schema, ground, known),
        _strangers(observation, ground, known),
    )


def _schemas(
    observation: Observation, context: Context, ground: Ground, *made: Schema
) -> frozenset[str]:
    """The schemas that the repository speaks of."""
    found = {*ground.search_path, observation.home or "public", "public"}
    if ground.is_supabase:
        found.add("storage")
    for schema in (*made, context.declared):
        found |= schema.schemas.keys()
        found |= {name.schema for name in (*schema.tables, *schema.enums)}
    return frozenset(found)


def _own(schema: Schema, ground: Ground, known: frozenset[str]) -> Schema:
    return of_schemas(without_platform(schema, is_supabase=ground.is_supabase), known)


def _strangers(observation: Observation, ground: Ground, known: frozenset[str]) -> tuple[str, ...]:
    own = without_platform(observation.schema, is_supabase=ground.is_supabase)
    return tuple(sorted({name.schema for name in own.tables} - known - HOSTS))


def _contexts_of(observation: Observation, contexts: Sequence[Context]) -> list[Context]:
    """The pairs that fill this database: the one that the operator named, else for each runner
    the one whose migrations are recorded there, else the first."""
    able = [c for c in contexts if c.migrations and c.project and not c.project.is_second]
    if observation.schema_path:
        named = [c for c in able if c.project and c.project.path == observation.schema_path]
        return named or able[:1]
    chosen: dict[Runner, Context] = {}
    for context in able:
        runner = _runner(context)
        known = chosen.get(runner)
        if known is None or _shared(observation, context) > _shared(observation, known):
            chosen[runner] = context
    recorded = [c for c in chosen.values() if _runner(c) in observation.runners]
    return recorded or list(chosen.values())[:1]


def _shared(observation: Observation, context: Context) -> int:
    runner = _runner(context)
    rows = {key_of(row.name, runner) for row in observation.runners.get(runner, ())}
    return sum(key_of(migration.name, runner) in rows for migration in context.migrations)


def _runner(context: Context) -> Runner:
    folder = context.project.migrations if context.project else None
    return "supabase" if folder is not None and folder.runner == "supabase" else "prisma"


def _texts(context: Context) -> dict[str, bytes]:
    files = context.head.files
    return {
        migration.source.path: files[migration.source.path]
        for migration in context.migrations
        if migration.source.path in files
    }


def _by_time(migrations: list[Migration]) -> list[Migration]:
    """Several runners' migrations as one history: by the time in their names, each runner's own
    order kept by the stable sort."""
    return sorted(migrations, key=lambda one: one.name.rpartition("/")[2][:14])


def _ground(context: Context, observation: Observation) -> Ground:
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    if context.project is None:
        return Ground()
    ground = ground_of(context.project, settings, context.declaration)
    version = observation.server_version or ground.server_version
    is_told = bool(observation.server_version) or ground.is_version_told
    if ground.provider != "postgresql":
        return Ground(ground.search_path, False, version, ground.provider, is_told)
    # A plain server that serves a Supabase project has none of the platform's objects, and a
    # project that says nothing of Supabase may be hosted there.
    there = observation.schema
    is_supabase = is_hosted_supabase(there) or (ground.is_supabase and "auth" in there.schemas)
    path = ground.search_path
    if observation.home and observation.home != path[0]:
        path = (observation.home,)
    return Ground(path, is_supabase, version, ground.provider, is_told)


def look(
    observations: Sequence[Observation], contexts: Sequence[Context]
) -> tuple[tuple[Survey, ...], tuple[Diagnostic, ...]]:
    """All environments, one by one: one that breaks Driftline does not cost the others."""
    found, told = [], []
    for observation in observations:
        try:
            found.append(survey(observation, contexts))
        except Exception as error:  # said as a diagnostic; the review goes on without it
            name = observation.environment
            what = f"The look at `{name}` is broken: {type(error).__name__}: {error}"[:500]
            told.append(Diagnostic("environment-failed", what, None))
    from workers.engine.observed.rehearsal import rehearsed

    return rehearsed(found), tuple(told)
