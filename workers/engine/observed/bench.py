"""One database beside one repository: what differs, how far it came, and who made the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare.changes import Change, ColumnDefaultChanged, ExtensionMissing
from workers.engine.compare.differ import compare
from workers.engine.compare.options import Options
from workers.engine.compare.subjects import subject_of
from workers.engine.observed.applied import History, without_replaced
from workers.engine.observed.course import Stage, stages
from workers.engine.observed.declared import Beside, of_changes, of_sql
from workers.engine.observed.difference import Difference, differences
from workers.engine.observed.expressions import same_expression
from workers.engine.observed.halfway import Halfway, halfway
from workers.engine.observed.holding import (
    MOST_PENDING,
    Holding,
    names_of,
    nearest,
    presence,
)
from workers.engine.observed.makers import Traces, origins, pushed
from workers.engine.observed.observation import Observation
from workers.engine.observed.platform import (
    SUPABASE_SCHEMAS,
    as_run,
    of_schemas,
    without_platform,
    without_records,
    without_tools,
)
from workers.engine.observed.story import Sight, is_set_back
from workers.engine.reading import declare, is_comparable
from workers.engine.rules.context import Context
from workers.engine.schema.model import Schema
from workers.engine.sql.replay import Ground, Migration, Replay, replay


class Bench(Struct, frozen=True):
    """All that is needed to look at one database.

    `applied` are the migrations of git that its records name, in the order in which they ran, and
    `made` is their run; `whole` is what all migrations make. `known` are the schemas that the
    repository speaks of, `there` what the database holds in them.
    """

    histories: tuple[History, ...]
    applied: tuple[Migration, ...]
    ground: Ground
    made: Replay
    whole: Schema
    known: frozenset[str]
    there: Schema
    strangers: tuple[str, ...] = ()

    def own(self, schema: Schema) -> Schema:
        """The part of a schema that is the repository's affair."""
        bare = without_platform(schema, is_supabase=self.ground.is_supabase)
        return of_schemas(bare, self.known)

    def differ(self, schema: Schema) -> tuple[Difference, ...]:
        """What separates the database from a schema."""
        return tuple(differences(*as_run(self.own(schema), self.there)))

    def nearest(self, course: Sequence[Stage]) -> Holding:
        """The stage of a course that the database is nearest to."""
        own = [partial(self._own_stage, stage) for stage in course]
        return nearest(own, self.differ, names_of(self.there))

    def _own_stage(self, stage: Stage) -> Schema:
        return self.own(stage())

    @property
    def is_tracked(self) -> bool:
        """Whether any runner keeps a record there that says anything."""
        return any(history.is_tracked and history.has_rows for history in self.histories)


def examine(
    bench: Bench, observation: Observation, context: Context
) -> tuple[Sight, tuple[Difference, ...], Traces]:
    """What there is to tell of the database, its drift, and the traces of who made it."""
    histories, base, holding = bench.histories, bench.made.schema, None
    drift = bench.differ(base)
    if not bench.is_tracked and bench.there.tables:
        histories, base, holding = _assumed(bench, context)
        drift = holding.differences if holding is not None else drift
    elif not drift:
        histories = tuple(without_replaced(history) for history in histories)
    elif len(histories) == 1 and any(one.kind == "missing" for one in drift):
        holding = bench.nearest(stages(bench.applied, bench.ground, _empty(bench)))
    halves = tuple(_halves(bench, histories))
    deltas = _deltas(bench, histories) if drift and bench.is_tracked else {}
    beside = _from_declared(bench, observation, context)
    agreed = pushed(drift, beside)
    found = presence(deltas, drift, bench.differ(bench.whole)) if deltas else {}
    sight = Sight(
        bench.there,
        histories,
        drift,
        beside,
        agreed,
        bench.strangers,
        holding,
        {name: state for name, state in found.items() if name not in _failed(histories)},
        halves,
    )
    traces = Traces(
        histories,
        agreed,
        {name: one for name, one in deltas.items() if found.get(name, "absent") != "absent"},
        {name: one for name, one in deltas.items() if name in _failed(histories)},
        origins(base, context),
        is_set_back(sight),
        beside,
    )
    return sight, drift, traces


def _empty(bench: Bench) -> Replay:
    return replay((), bench.ground, lenient=True)


def _assumed(bench: Bench, context: Context) -> tuple[tuple[History, ...], Schema, Holding | None]:
    """Without a record: as far as the database came by what it holds."""
    course = stages(context.migrations, bench.ground, _empty(bench))
    holding = bench.nearest(course)
    if not _shares(holding, bench, course[0]()):
        return bench.histories, bench.made.schema, None
    assumed = context.migrations[: holding.count]
    histories = tuple(replace(history, assumed=assumed) for history in bench.histories)
    return histories, course[holding.count](), holding


def _shares(holding: Holding, bench: Bench, empty: Schema) -> bool:
    """Whether the database holds anything of what the nearest stage makes."""
    return holding.count > 0 and len(holding.differences) < len(bench.differ(empty))


def _failed(histories: Sequence[History]) -> frozenset[str]:
    return frozenset(name for history in histories for name in history.failed)


def _halves(bench: Bench, histories: Sequence[History]) -> Iterator[Halfway]:
    """The failed migrations of git that stopped the runner: the last one that began."""
    for history in histories:
        for migration in history.pending:
            if migration.name in history.failed:
                found = halfway(bench.applied, migration, bench.ground, bench.made, bench.nearest)
                if found is not None:
                    yield found


def _deltas(bench: Bench, histories: Sequence[History]) -> Mapping[str, frozenset[str]]:
    """By migration that waits, the subjects of what it changes."""
    pending = [migration for history in histories for migration in history.pending]
    if not 0 < len(pending) <= MOST_PENDING:
        return {}
    done = len(bench.applied)
    course = stages((*bench.applied, *pending), bench.ground, bench.made, done)
    found = {}
    before = bench.own(course[0]())
    for migration, stage in zip(pending, course[1:], strict=True):
        after = bench.own(stage())
        found[migration.name] = frozenset(one.subject for one in differences(before, after))
        before = after
    return found


def _from_declared(bench: Bench, observation: Observation, context: Context) -> Beside | None:
    """What separates the database from the declared schema; None where nothing declares it."""
    pair = context.project
    if pair is not None and pair.plain is not None:
        return of_sql(bench.differ(without_records(context.declared)), pair.plain.root)
    if pair is None or pair.schema is None or not is_comparable(pair, context.declaration):
        return None
    declaration, home = context.declaration, pair.default_schema
    if observation.home not in ("", home):  # the connection says where Prisma works there
        home = observation.home
        declaration = declare(replace(pair, default_schema=home), context.sources)
    there = without_tools(bench.there, declaration.schema.tables)
    changes = compare(declaration, there, Options(default_schema=home)).changes
    return of_changes([one for one in changes if not _is_platform_s(one, bench, observation)])


def _is_platform_s(change: Change, bench: Bench, observation: Observation) -> bool:
    """Whether it is of an extension that is there, of what a platform or an extension keeps, or of
    how the server prints a default."""
    if isinstance(change, ColumnDefaultChanged):
        sides = change.declared.default, change.replayed.default
        return None not in sides and same_expression(sides[0] or "", sides[1] or "")
    if isinstance(change, ExtensionMissing):
        return change.declared.name in observation.schema.extensions
    subject = subject_of(change)
    if bench.ground.is_supabase and subject.partition(".")[0] in SUPABASE_SCHEMAS:
        return True
    return "postgis" in observation.schema.extensions and "spatial_ref_sys" in subject.split(".")
