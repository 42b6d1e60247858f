"""The table behind an implicit many-to-many relation: `_AToB` with the columns A and B.

https://www.prisma.io/docs/orm/prisma-schema/data-model/relations/many-to-many-relations
"""

from __future__ import annotations

from msgspec import Struct

from workers.engine.prisma.columns import ColumnMaker
from workers.engine.prisma.relations import ManyToMany, identifying
from workers.engine.prisma.symbols import RelationField, Symbols
from workers.engine.schema.model import (
    Action,
    Column,
    ForeignKey,
    History,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    Table,
)

PRIMARY_KEY = (6, 0)
"""The version from which the pair is a primary key on PostgreSQL; before, a unique index."""


class JoinTableMaker(Struct, frozen=True):
    """Makes the join tables of one schema."""

    symbols: Symbols
    columns: ColumnMaker

    def table(self, relation: ManyToMany) -> Table | None:
        """The join table, or None where a side has no key to point to."""
        origin = relation.first.model.origin(relation.first.node.span)
        history = (origin,)
        first = self._side("A", relation.first, history)
        second = self._side("B", relation.second, history)
        if first is None or second is None:
            self.symbols.tell(
                "prisma-relation",
                f"The many-to-many relation `{relation.name}` joins a model that has no id.",
                origin,
            )
            return None
        namer = self.symbols.namer
        name = namer.join_table(relation.name)
        pair = (IndexKey("A"), IndexKey("B"))
        key = self._primary_key(name, history)
        unique = Index(namer.join_part(name, "_AB_unique"), pair, True, history=history)
        by_second = Index(namer.join_part(name, "_B_index"), pair[1:], history=history)
        uses_keys = self.symbols.configuration.relation_mode != "prisma"
        return Table(
            name=QualifiedName(relation.first.model.name.schema, name),
            columns=(first[0], second[0]),
            primary_key=key,
            indexes=(by_second,) if key is not None else (unique, by_second),
            foreign_keys=(
                self._foreign_key(name, relation, first[1], "A", history),
                self._foreign_key(name, relation, second[1], "B", history),
            )
            if uses_keys
            else (),
            history=history,
        )

    def _side(
        self, column: str, relation: RelationField, history: History
    ) -> tuple[Column, str] | None:
        """The column of a side and the column that it refers to; the side is its field's model."""
        model = relation.model
        fields = identifying(model)
        if not fields:
            return None
        type_ = self.columns.type(model, fields[0])
        return Column(column, type_, not_null=True, history=history), fields[0].column

    def _primary_key(self, name: str, history: History) -> KeyConstraint | None:
        provider = self.symbols.configuration.provider
        if provider != "postgresql" or self.symbols.version < PRIMARY_KEY:
            return None
        made = self.symbols.namer.join_part(name, "_AB_pkey")
        return KeyConstraint(made, ("A", "B"), history=history)

    def _foreign_key(
        self, name: str, relation: ManyToMany, target: str, side: str, history: History
    ) -> ForeignKey:
        field = relation.first if side == "A" else relation.second
        action = self._action(relation)
        return ForeignKey(
            name=self.symbols.namer.join_part(name, f"_{side}_fkey"),
            columns=(side,),
            ref_table=field.model.name,
            ref_columns=(target,),
            on_delete=action,
            on_update=action,
            history=history,
        )

    def _action(self, relation: ManyToMany) -> Action:
        """SQL Server refuses two cascades that meet in one table."""
        is_self = relation.first.model is relation.second.model
        is_sqlserver = self.symbols.configuration.provider == "sqlserver"
        return "NO ACTION" if is_sqlserver and is_self else "CASCADE"
