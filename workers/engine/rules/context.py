"""What every rule may look at besides the value that it is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from workers.engine.annals import Annals
from workers.engine.compare.changes import Change, Comparison
from workers.engine.compare.options import Options
from workers.engine.findings import Related
from workers.engine.prisma.describe import Declaration, DeclaredField, DeclaredModel
from workers.engine.project.discovery import Pair
from workers.engine.schema.model import History, QualifiedName, Schema
from workers.engine.snapshot import OpenPull, Tree
from workers.engine.source import Origin, SourceFile, Span
from workers.engine.sql.replay import Migration, Replay

if TYPE_CHECKING:
    from workers.engine.code.evidence import CodeUse

_NOWHERE = Origin("", Span(0, 0))
T = TypeVar("T")


class Context(Struct, frozen=True, dict=True):
    """One pair of sides, ready to be judged: the same for every rule of one analysis.

    `schema_path` is the declared side's first file (`schema.prisma`, or a `schema.sql`),
    `migrations_path` the folder that holds the migrations; both from the repository's root.
    `changed` holds the paths that the pull request changes, None where there is no base.
    `base` is the same pair at the base, where there is one.
    """

    declaration: Declaration
    replay: Replay
    comparison: Comparison
    migrations: tuple[Migration, ...] = ()
    prisma_version: tuple[int, int] = (7, 0)
    is_supabase: bool = False
    changed: frozenset[str] | None = None
    head: Tree = field(default_factory=lambda: Tree(files={}, paths=frozenset()))
    base: Context | None = None
    others: tuple[OpenPull, ...] = ()
    """The other open pull requests that bring migrations."""
    is_base: bool = False
    """Whether this is the base itself, whose migrations have all landed."""
    schema_path: str = ""
    migrations_path: str = ""
    pair: str = ""
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    """Every file that an `Origin` may point into, decoded, by path."""
    settings: object = None
    project: Pair | None = None
    """What was found in the repository: the files, the folder and the connections of this pair."""
    in_name_order: Replay | None = None
    """The run in name order, where `replay` is another: in the order that the migrations need, or
    with the statements left out that could not run."""
    order: tuple[str, ...] | None = None
    """The names of the migrations in the order of `replay`, where that is not the names' own."""
    by_hand: Replay | None = None
    """What the database would hold if somebody also ran the SQL that no runner reads."""
    by_hand_changes: tuple[Change, ...] = ()
    """What is wrong in tables that only such SQL makes, against their declaration."""
    whole: Replay | None = None
    """What all runners of the repository make together, where there are several."""
    annals: Annals | None = None
    """The repository's past, where somebody can be asked for it."""
    is_covered: bool = False
    """Whether another context's `whole` holds what this one's migrations make."""
    code: CodeUse | None = None
    """What the repository's code does with the schema's client; None where it uses none."""
    options: Options | None = None
    """How the sides were compared; None where they were not."""

    @cached_property
    def _remembered(self) -> dict[object, Any]:
        return {}

    def remember(self, key: object, find: Callable[[], T]) -> T:
        """What `find` gives, looked for once for this context; `key` is the asker's own."""
        if key not in self._remembered:
            self._remembered[key] = find()
        return self._remembered[key]  # type: ignore[no-any-return]

    @property
    def declared(self) -> Schema:
        """The declared schema."""
        return self.declaration.schema

    @property
    def replayed(self) -> Schema:
        """The replayed schema."""
        return self.replay.schema

    def model_of(self, table: QualifiedName) -> DeclaredModel | None:
        """The Prisma model of a declared table; None for a join table or a plain SQL schema."""
        for model in self.declaration.models.values():
            if model.table == table:
                return model
        return None

    def field_of(self, table: QualifiedName, column: str) -> DeclaredField | None:
        """The Prisma field of a declared column, or None."""
        model = self.model_of(table)
        if model is None:
            return None
        for declared in model.fields.values():
            if declared.column == column:
                return declared
        return None

    def place(self, *histories: History) -> Origin:
        """The newest place of the first history that has one, else the schema's first line."""
        for history in histories:
            if history:
                return history[-1]
        path = self.schema_path or next(iter(self.sources), "")
        return Origin(path, _NOWHERE.span)

    def migration_of(self, origin: Origin) -> Migration | None:
        """The migration in whose file a place lies."""
        return self._by_path.get(origin.path)

    @cached_property
    def _by_path(self) -> dict[str, Migration]:
        return {one.source.path: one for one in reversed(self.migrations)}

    def told(self, history: History, what: str) -> Iterator[Related]:
        """The statement that made an object, and the last that touched it, as related places.

        `what` names the object, quoted for the reader: "`users`.`email`".
        """
        whole = statements(history)
        if not whole:
            return
        yield Related(f"{what} was created here", whole[0])
        if len(whole) > 1:
            yield Related(f"{what} was last changed here", whole[-1])


def statements(history: History) -> History:
    """The places that stand for a statement of their own: parts of one before are left out."""
    whole: list[Origin] = []
    for origin in history:
        if not any(
            origin.path == other.path
            and other.span.start <= origin.span.start
            and origin.span.end <= other.span.end
            for other in whole
        ):
            whole.append(origin)
    return tuple(whole)
