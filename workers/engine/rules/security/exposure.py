"""What the rules on a Supabase project's whole catalogue are handed: who reaches what.

The questions are those of Supabase's splinter, answered from the replayed state.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.rules.context import Context
from workers.engine.rules.security.access import SYSTEM_SCHEMAS, Access, access_of
from workers.engine.rules.security.subjects import Posture, posture_of
from workers.engine.schema.model import Extension, Function, Policy, QualifiedName, Table, View


class Exposure(Struct, frozen=True):
    """A Supabase project after all migrations, and what of it the base has."""

    context: Context
    posture: Posture
    access: Access

    def tables(self) -> Iterator[Table]:
        """The project's own tables."""
        for table in self.context.replayed.tables.values():
            if table.name.schema not in SYSTEM_SCHEMAS:
                yield table

    def exposed_tables(self, kind: str = "table") -> Iterator[Table]:
        """The tables that the API serves to somebody."""
        for table in self.tables():
            if table.kind == kind and self.is_exposed(table):
                yield table

    def exposed_views(self) -> Iterator[View]:
        """The views that the API serves to somebody."""
        for view in self.context.replayed.views.values():
            if view.name.schema not in SYSTEM_SCHEMAS and self.is_exposed(view):
                yield view

    def is_exposed(self, relation: Table | View) -> bool:
        """Whether the API serves its schema, and somebody may select from it."""
        is_served = relation.name.schema in self.posture.exposed
        return is_served and bool(self.access.readers(relation))

    def functions(self) -> Iterator[Function]:
        """The project's own functions and procedures."""
        for function in self.context.replayed.functions.values():
            if function.name.schema not in SYSTEM_SCHEMAS and function.kind != "aggregate":
                yield function

    def extensions(self) -> Iterator[Extension]:
        """The extensions that the migrations install."""
        yield from self.context.replayed.extensions.values()

    def policies(self) -> Iterator[Policy]:
        """The policies on the project's own tables."""
        for policy in self.context.replayed.policies.values():
            if policy.table.schema not in SYSTEM_SCHEMAS:
                yield policy

    def is_new_table(self, name: QualifiedName) -> bool:
        """Whether the pull request brings a table or view."""
        base = self.context.base
        if base is None:
            return False
        return name not in base.replayed.tables and name not in base.replayed.views

    def is_new_function(self, function: Function) -> bool:
        """Whether the pull request brings a function."""
        base = self.context.base
        return base is not None and function.signature not in base.replayed.functions

    def is_new_extension(self, extension: Extension) -> bool:
        """Whether the pull request brings an extension."""
        base = self.context.base
        return base is not None and extension.name not in base.replayed.extensions


def exposure_subjects(context: Context) -> Iterator[Exposure]:
    """The project, where it is one of Supabase's."""
    if context.replayed.provider != "postgresql" or not context.is_supabase:
        return
    if not context.replay.steps and not context.replayed.tables:
        return
    access = access_of(context.replayed, is_supabase=True)
    yield Exposure(context, posture_of(context), access)
